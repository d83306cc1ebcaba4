package canon_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// fuzzDepth is small, so that the fuzzer reaches the limit.
const fuzzDepth = 6

// checkValue holds Value to the reference and returns the canonical form, nil
// if the text was refused.
func checkValue(t *testing.T, c *canon.Checker, text []byte) []byte {
	given := bytes.Clone(text)
	out, f := c.Value(text, fuzzDepth)
	require.Equal(t, given, text, "the text is the caller's")
	refused := refusals(text, fuzzDepth)
	if f != nil {
		require.NotEmpty(t, refused, "refused %q: %s %s", text, f.Code, f.Reason)
		if !refused[canon.InvalidJSON] {
			// All that stands in the text is known, so the code must be among it.
			require.Contains(t, refused, f.Code)
		}
		checkFault(t, text, f)
		return nil
	}
	require.Empty(t, refused, "accepted %q", text)
	require.Equal(t, slowCanonical(text).text, string(out))
	canonical := bytes.Clone(out)

	var before, after any
	require.NoError(t, json.Unmarshal(text, &before))
	require.NoError(t, json.Unmarshal(canonical, &after))
	require.Equal(t, before, after)

	again, f := c.Value(canonical, fuzzDepth)
	require.Nil(t, f)
	require.Same(t, &canonical[0], &again[0], "the canonical form is a fixed point")
	require.Len(t, again, len(canonical))
	return canonical
}

func checkFault(t *testing.T, text []byte, f *canon.Fault) {
	require.Contains(t, []string{canon.InvalidJSON, canon.DuplicateKey, canon.InvalidUTF8, canon.LoneSurrogate, canon.TooDeep, canon.NumberRange}, f.Code)
	require.GreaterOrEqual(t, f.Offset, 0)
	require.LessOrEqual(t, f.Offset, len(text))
	before := text[:f.Offset]
	require.True(t, utf8.Valid(before), "a fault before the one reported")
	require.Equal(t, 1+bytes.Count(before, []byte("\n")), f.Line)
	require.Equal(t, 1+utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]), f.Column)
	require.True(t, f.Path == "" || f.Path[0] == '/')
	require.True(t, utf8.ValidString(f.Path) && utf8.ValidString(f.Reason) && f.Reason != "" && f.Hint != "")
}

// addTorture adds the small torture files to the seeds.
func addTorture(f *testing.F) {
	files, err := filepath.Glob("testdata/torture/*.json")
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		if len(text) <= 512 {
			f.Add(text)
		}
	}
}

// FuzzValue compares with encoding/json: the same verdict but for what
// refusals lists, and the same value.
func FuzzValue(f *testing.F) {
	addTorture(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		c := canon.Checker{Seed: uint64(len(text))}
		checkValue(t, &c, text)
		checkValue(t, &c, text) // whatever the first left in the Checker
	})
}

// FuzzMembers compares Members with Value of the whole object and of each part.
func FuzzMembers(f *testing.F) {
	addTorture(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		var c, whole canon.Checker
		rebuilt := []byte{'{'}
		fault := c.Members(text, fuzzDepth-1, func(key, value []byte, at int) *canon.Fault {
			if len(rebuilt) > 1 {
				rebuilt = append(rebuilt, ',')
			}
			require.Equal(t, byte('"'), text[at])
			require.Equal(t, -1, canon.ValidText(key))
			rebuilt = canon.AppendString(rebuilt, key)
			rebuilt = append(rebuilt, ':')
			rebuilt = append(rebuilt, value...)
			return nil
		})
		rebuilt = append(rebuilt, '}')
		canonical, want := whole.Value(text, fuzzDepth)
		if want == nil && canonical[0] != '{' {
			require.NotNil(t, fault)
			require.Equal(t, canon.InvalidJSON, fault.Code)
			return
		}
		if want == nil {
			require.Nil(t, fault)
			require.Equal(t, string(canonical), string(rebuilt))
			return
		}
		require.NotNil(t, fault)
		checkFault(t, text, fault)
		if first := bytes.TrimLeft(text, " \t\r\n"); len(first) > 0 && first[0] == '{' {
			if want.Code == canon.TooDeep {
				// The reason names another limit.
				fault.Reason = want.Reason
			}
			require.Equal(t, want, fault)
		}
	})
}

// FuzzNumber compares with the steps of ECMA-262 taken one by one.
func FuzzNumber(f *testing.F) {
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1.5, 0.1, 1e21, 1e-7, 123.456, 1e15, 1e15 - 1, 999999999.999999, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 5e-7, 1e-6} {
		f.Add(math.Float64bits(x), int64(x), uint8(6))
	}
	f.Fuzz(func(t *testing.T, bits uint64, n int64, decimals uint8) {
		var c canon.Checker
		for _, x := range []float64{
			math.Float64frombits(bits),
			float64(n) / math.Pow10(int(decimals%25)), // decimals, as people write them
			float64(n % 1e15),
		} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				continue
			}
			text := canon.AppendNumber(nil, x)
			require.Equal(t, slowNumber(x), string(text))
			require.Equal(t, x+0, canon.ParseNumber(text)+0)
			out, fault := c.Value(text, 1)
			require.Nil(t, fault)
			require.Same(t, &text[0], &out[0])
		}
	})
}

// FuzzString compares with another encoder, and takes every text there and back.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", "a", "\x00\x1f\x7f\"\\/", "ä中😀", "\xff", "\xed\xa0\x80", "\xe0\x80\x80", "0123456789abcdef\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		at := canon.ValidText(s)
		require.Equal(t, utf8.Valid(s), at < 0)
		quoted := canon.AppendString(nil, s)
		var c canon.Checker
		out, fault := c.Value(quoted, 1)
		if at >= 0 {
			require.True(t, utf8.Valid(s[:at]))
			r, n := utf8.DecodeRune(s[at:])
			require.True(t, r == utf8.RuneError && n <= 1)
			require.Equal(t, canon.InvalidUTF8, fault.Code)
			return
		}
		require.Nil(t, fault)
		require.Same(t, &quoted[0], &out[0], "AppendString writes the canonical form")
		require.Equal(t, slowQuote(string(s)), string(quoted))
		require.Equal(t, string(s), string(canon.AppendUnquoted(nil, quoted)))

		token := canon.PointerToken(nil, s)
		require.Equal(t, byte('/'), token[0])
		back := bytes.ReplaceAll(bytes.ReplaceAll(token[1:], []byte("~1"), []byte("/")), []byte("~0"), []byte("~"))
		require.Equal(t, string(s), string(back))

		// What the standard library writes comes to the same form.
		other, err := json.Marshal(string(s))
		require.NoError(t, err)
		out, fault = c.Value(other, 1)
		require.Nil(t, fault)
		require.Equal(t, string(quoted), string(out))
	})
}
