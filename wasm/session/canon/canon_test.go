package canon_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

func TestRule19CanonicalForm(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"blanks go", " { \"a\" : [ 1 , 2 ] }\n", `{"a":[1,2]}`},
		{"members keep their order", `{"b":1,"a":2,"10":3,"9":4}`, `{"b":1,"a":2,"10":3,"9":4}`},
		{"letters need no escape", `"\u0041\u00E9\u4e2d"`, `"Aé中"`},
		{"the slash needs no escape", `"a\/b"`, `"a/b"`},
		{"the short escapes", `"\u0008\u000c\u000A\u000d\u0009\u0022\u005c"`, `"\b\f\n\r\t\"\\"`},
		{"controls in lower case", `"\u0000\u001F\u007F"`, "\"\\u0000\\u001f\x7f\""},
		{"line separators stand as they are", `"\u2028\u2029"`, "\"\u2028\u2029\""},
		{"nothing of HTML is escaped", `"\u003c\u0026>"`, `"<&>"`},
		{"pairs become characters", `"\ud83d\uDE00"`, `"😀"`},
		{"names as well", `{"\u0061\/":1}`, `{"a/":1}`},
		{"a deviation late in a long text", `["` + strings.Repeat("x", 100) + `",1.0]`, `["` + strings.Repeat("x", 100) + `",1]`},
		{"only a blank at the end", `[1] `, `[1]`},
		{"only a blank at the start", ` [1]`, `[1]`},
		{"minus zero", `[-0,-0.0,-0e9]`, `[0,0,0]`},
		{"integers", `[1.0,1e2,10E-1,1e20,1e21,123456789012345678]`, `[1,100,1,100000000000000000000,1e+21,123456789012345680]`},
		{"decimals", `[0.10,1.50,1e-6,1e-7,0.00000012,12e-1]`, `[0.1,1.5,0.000001,1e-7,1.2e-7,1.2]`},
		{"the nearest double", `[9007199254740993,0.1000000000000000055]`, `[9007199254740992,0.1]`},
		{"underflow", `[1e-400,-1e-400,5e-324]`, `[0,0,5e-324]`},
	}
	var c canon.Checker
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			out, f := c.Value([]byte(tc.text), 128)
			require.Nil(t, f)
			require.Equal(t, tc.want, string(out))
			require.Equal(t, tc.want, slowCanonical([]byte(tc.text)).text)
		})
	}
}

func TestRule19CanonicalTextIsReturnedAsItIs(t *testing.T) {
	var c canon.Checker
	for _, s := range []string{`1`, `"x"`, `[]`, `{"a":[1,2.5,null,true,"\n\u001f ä"]}`, `0.000001`, string(table(1000))} {
		text := []byte(s)
		out, f := c.Value(text, 128)
		require.Nil(t, f)
		require.Same(t, &text[0], &out[0])
		require.Len(t, out, len(text))
	}
}

func TestRule17And19Faults(t *testing.T) {
	cases := []struct {
		name, text, code, path string
		offset, line, column   int
		reason, hint           string
	}{
		{"empty", "", canon.InvalidJSON, "", 0, 1, 1, "expected a value, found the end of the text", "cut off"},
		{"a letter", "{\"a\":[1,\n  x]}", canon.InvalidJSON, "/a/1", 11, 2, 3, "expected a value, found 'x'", "encoder"},
		{"no comma in an object", `{"a":{"b":1 "c":2}}`, canon.InvalidJSON, "/a", 12, 1, 13, "expected ',' or '}' after a member, found '\"'", "missing comma"},
		{"no comma in an array", `[[1 2]]`, canon.InvalidJSON, "/0", 4, 1, 5, "expected ',' or ']' after an element, found '2'", "encoder"},
		{"trailing comma in an object", `{"a":1, }`, canon.InvalidJSON, "", 8, 1, 9, "expected a member's name in double quotes, found '}'", "Remove the comma"},
		{"trailing comma in an array", `[1,]`, canon.InvalidJSON, "/1", 3, 1, 4, "expected a value, found ']'", "Remove the comma"},
		{"comment", `[1, // one`, canon.InvalidJSON, "/1", 4, 1, 5, "expected a value, found '/'", "comment"},
		{"single quotes", `{'a':1}`, canon.InvalidJSON, "", 1, 1, 2, "expected a member's name in double quotes, found a single quote", "double quotes"},
		{"NaN", `{"a":NaN}`, canon.InvalidJSON, "/a", 5, 1, 6, "expected a value, found 'N'", "Write null"},
		{"-Infinity", `-Infinity`, canon.InvalidJSON, "", 1, 1, 2, "expected a digit after '-', found 'I'", "Write null"},
		{"a half literal", `[tru]`, canon.InvalidJSON, "/0", 4, 1, 5, "expected 'true', found ']'", "encoder"},
		{"Python", `True`, canon.InvalidJSON, "", 0, 1, 1, "expected a value, found 'T'", "lower case"},
		{"leading zero", `[007]`, canon.InvalidJSON, "/0", 2, 1, 3, "expected no digit after a leading zero, found '0'", "leading zeros"},
		{"plus sign", `+1`, canon.InvalidJSON, "", 0, 1, 1, "expected a value, found '+'", "Begin a number"},
		{"second value", `1 "x"`, canon.InvalidJSON, "", 2, 1, 3, "expected the end of the text, found '\"'", "missing comma"},
		{"byte order mark", "\ufeff{}", canon.InvalidJSON, "", 0, 1, 1, "expected a value, found U+FEFF", "byte order mark"},
		{"raw line break", "[\"ä😀\n\"]", canon.InvalidJSON, "/0", 8, 1, 5, "expected no control character in a string, found a line break", `\n`},
		{"unclosed string", `{"a":"b`, canon.InvalidJSON, "/a", 7, 1, 8, "expected '\"' at the end of a string, found the end of the text", "cut off"},
		{"unknown escape", `["C:\Users"]`, canon.InvalidJSON, "/0", 5, 1, 6, "after a backslash, found 'U'", `\\`},
		{"short \\u", `"\u12"`, canon.InvalidJSON, "", 5, 1, 6, "expected four hexadecimal digits after \\u, found '\"'", "four digits"},
		{"the path is escaped", `{"a/b":{"\n\u0063~d":[0,?]}}`, canon.InvalidJSON, "/a~1b/\nc~0d/1", 24, 1, 25, "found '?'", "encoder"},
		{"brackets in strings do not count", `{"]}":["[{,",?]}`, canon.InvalidJSON, "/]}/1", 13, 1, 14, "found '?'", "encoder"},
		{"escaped quotes in strings", `{"\"\\":["\\\"",?]}`, canon.InvalidJSON, `/"\/1`, 16, 1, 17, "found '?'", "encoder"},
		{"duplicate", `{"a":{"b":1,"b":2}}`, canon.DuplicateKey, "/a/b", 12, 1, 13, `the name "b" already`, "Keep one"},
		{"duplicate by an escape", `{"a":1,"\u0061":2}`, canon.DuplicateKey, "/a", 7, 1, 8, `the name "\u0061" already`, "after their escapes"},
		{"duplicate before a later fault", `{"a":1,"a":?`, canon.DuplicateKey, "/a", 7, 1, 8, "already", "Keep one"},
		{"a fault before a duplicate", `{"a":?,"a":1}`, canon.InvalidJSON, "/a", 5, 1, 6, "found '?'", "encoder"},
		{"UTF-8 in a string", "[\"\xff\"]", canon.InvalidUTF8, "/0", 2, 1, 3, "the byte 0xff is not part of valid UTF-8", "UTF-8"},
		{"UTF-8 in a name", "{\"a\":{\"\xc3\":1}}", canon.InvalidUTF8, "/a", 7, 1, 8, "the byte 0xc3", "UTF-8"},
		{"UTF-8 outside", "[1,\x80]", canon.InvalidUTF8, "/1", 3, 1, 4, "the byte 0x80", "UTF-8"},
		{"lone high", `{"a":"x\ud800y"}`, canon.LoneSurrogate, "/a", 7, 1, 8, `the escape \ud800 is half`, "toWellFormed"},
		{"lone low", `"\uDC00"`, canon.LoneSurrogate, "", 1, 1, 2, `the escape \uDC00 is half`, "both halves"},
		{"lone in a name", `{"\udead":1}`, canon.LoneSurrogate, "", 2, 1, 3, `the escape \udead is half`, "both halves"},
		{"too deep", `[[[[0]]]]`, canon.TooDeep, "/0/0/0", 3, 1, 4, "nested deeper than 3 arrays and objects", "at most 1000"},
		{"number range", `{"a":[-1e999]}`, canon.NumberRange, "/a/0", 6, 1, 7, "the number does not fit a double", "as a string"},
		{"number range of a long number", "1" + strings.Repeat("0", 400), canon.NumberRange, "", 0, 1, 1, "the number does not fit", "as a string"},
		{"number range before a later fault", `1e999.`, canon.NumberRange, "", 0, 1, 1, "the number", "as a string"},
	}
	var c canon.Checker
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			out, f := c.Value([]byte(tc.text), 3)
			require.Nil(t, out)
			require.NotNil(t, f)
			require.Equal(t, tc.code, f.Code, f.Reason)
			require.Equal(t, tc.path, f.Path)
			require.Equal(t, []int{tc.offset, tc.line, tc.column}, []int{f.Offset, f.Line, f.Column})
			require.Contains(t, f.Reason, tc.reason)
			require.Contains(t, f.Hint, tc.hint)
		})
	}
}

func TestRule18Depth(t *testing.T) {
	nest := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	var c canon.Checker
	for _, tc := range []struct{ allowed, depth, fails int }{
		{1, 1, 2}, {2, 2, 3}, {128, 128, 129}, {1000, 1000, 1001},
		{0, 1, 2}, {-5, 1, 2}, {5000, 1000, 1001}, // beyond 1..1000 the nearest bound counts
	} {
		_, f := c.Value(nest(tc.depth), tc.allowed)
		require.Nil(t, f)
		_, f = c.Value(nest(tc.fails), tc.allowed)
		require.NotNil(t, f)
		require.Equal(t, canon.TooDeep, f.Code)
		require.Equal(t, tc.depth, f.Offset)
	}
	_, f := c.Value([]byte(`"scalar"`), 1)
	require.Nil(t, f)
	_, f = c.Value([]byte(strings.Repeat(`[`, 5_000_000)), 1000)
	require.Equal(t, canon.TooDeep, f.Code)
	require.Equal(t, strings.Repeat("/0", 1000), f.Path)
}

func TestRule17DuplicateNames(t *testing.T) {
	object := func(n, again int) []byte {
		text := []byte{'{'}
		for i := range n {
			text = fmt.Appendf(text, `"n%d":{"n0":[{"n1":0}]},`, i)
		}
		if again >= 0 {
			text = fmt.Appendf(text, `"\u006e%d":0,`, again)
		}
		return append(text[:len(text)-1], '}')
	}
	for _, seed := range []uint64{0, 1, math.MaxUint64, 0xDEADBEEF} {
		c := canon.Checker{Seed: seed}
		for _, n := range []int{1, 2, 15, 16, 17, 18, 40, 64, 65, 1000, 20000} {
			_, f := c.Value(object(n, -1), 128)
			require.Nil(t, f)
			for _, again := range []int{0, n / 2, n - 1} {
				_, f = c.Value(object(n, again), 128)
				require.NotNil(t, f, "%d members, number %d again", n, again)
				require.Equal(t, canon.DuplicateKey, f.Code)
				require.Equal(t, fmt.Sprintf("/n%d", again), f.Path)
			}
		}
	}
}

// TestRule17DuplicateNamesInNestedLargeObjects has many objects in the table at
// a time, which come and go at all depths.
func TestRule17DuplicateNamesInNestedLargeObjects(t *testing.T) {
	var text []byte
	var grow func(depth int, again bool)
	grow = func(depth int, again bool) {
		text = append(text, '{')
		for i := range 25 {
			text = fmt.Appendf(text, `"k%d":`, i)
			if depth > 0 && i%8 == depth%8 {
				grow(depth-1, again && i > 16)
			} else {
				text = append(text, '0')
			}
			text = append(text, ',')
		}
		if again && depth == 0 {
			text = append(text, `"k3":0,`...)
		}
		text[len(text)-1] = '}'
	}
	c := canon.Checker{Seed: 99}
	for range 3 {
		text = text[:0]
		grow(5, false)
		_, f := c.Value(text, 10)
		require.Nil(t, f)
		text = text[:0]
		grow(5, true)
		_, f = c.Value(text, 10) // and what it leaves open must not stay in the table
		require.NotNil(t, f)
		require.Equal(t, canon.DuplicateKey, f.Code)
		require.True(t, strings.HasSuffix(f.Path, "/k3"))
	}
}

// TestRule17NamesWithEqualMarks gives the cheap comparison of small objects
// nothing to go by.
func TestRule17NamesWithEqualMarks(t *testing.T) {
	var c canon.Checker
	for _, n := range []int{2, 16, 17, 500} {
		text := []byte{'{'}
		for i := range n {
			text = fmt.Appendf(text, `"a%03dxxxxxa":0,`, i)
		}
		text[len(text)-1] = '}'
		_, f := c.Value(text, 1)
		require.Nil(t, f)
		text = fmt.Appendf(text[:len(text)-1], `,"a%03dxxxxxa":0}`, n/2)
		_, f = c.Value(text, 1)
		require.NotNil(t, f)
		require.Equal(t, canon.DuplicateKey, f.Code)
	}
}

func TestNoAllocationAfterWarmUp(t *testing.T) {
	var c canon.Checker
	small, mixed := table(10<<10), loose(100<<10)
	allocations := testing.AllocsPerRun(20, func() {
		for _, text := range [][]byte{small, mixed} {
			if _, f := c.Value(text, 128); f != nil {
				t.Fatal(f)
			}
		}
	})
	require.Zero(t, allocations)
}

func TestHugeBuffersAreReleased(t *testing.T) {
	var c canon.Checker
	huge := []byte("[1.0" + strings.Repeat(` ,"0123456789"`, 300_000) + "]")
	out, f := c.Value(huge, 1)
	require.Nil(t, f)
	require.Greater(t, len(out), 1<<20)
	require.Greater(t, cap(out), 2<<20)
	medium := "[" + strings.Repeat("1.0,", 50_000) + "1.0]"
	out, f = c.Value([]byte(medium), 1)
	require.Nil(t, f)
	require.LessOrEqual(t, cap(out), 2<<20, "as much as this text could need")
	for range 2 {
		out, f = c.Value([]byte("[1.0]"), 1)
		require.Nil(t, f)
		require.Equal(t, "[1]", string(out))
		require.LessOrEqual(t, cap(out), 1<<20)
	}

	members := []byte{'{'}
	for i := range 200_000 {
		members = fmt.Appendf(members, `"\u006e%d":0,`, i)
	}
	members[len(members)-1] = '}'
	for _, text := range [][]byte{members, []byte(`{"a":0}`), members} { // and the table begins anew
		_, f = c.Value(text, 1)
		require.Nil(t, f)
	}
	_, f = c.Value(append(members[:len(members)-1], `,"n199999":0}`...), 1)
	require.NotNil(t, f)
	require.Equal(t, canon.DuplicateKey, f.Code)
}
