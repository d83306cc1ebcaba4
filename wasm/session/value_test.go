package session

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestValues: what each value reads as, counts, and is in JSON.
func TestValues(t *testing.T) {
	tests := []struct {
		name string
		in   Value
		kind Kind
		json string
		size int64
	}{
		{"null", NullValue(), Null, "null", 1},
		{"true", BoolValue(true), Bool, "true", 1},
		{"false", BoolValue(false), Bool, "false", 1},
		{"zero", NumberValue(0), Number, "0", 8},
		{"minus zero", NumberValue(math.Copysign(0, -1)), Number, "0", 8},
		{"smallest", NumberValue(5e-324), Number, "5e-324", 8},
		{"largest", NumberValue(math.MaxFloat64), Number, "1.7976931348623157e+308", 8},
		{"empty string", StringValue(""), String, `""`, 0},
		{"string", StringValue("a\"\x00é\U0001f600"), String, `"a\"\u0000é` + "\U0001f600" + `"`, 9},
		{"long string", StringValue(strings.Repeat("x", 9000)), String, `"` + strings.Repeat("x", 9000) + `"`, 9000},
		{"array", JSONValue([]byte(" [ 1 , -0 ] ")), JSON, "[1,0]", 5},
		{"object", JSONValue([]byte(`{"b":1, "a":{}}`)), JSON, `{"b":1,"a":{}}`, 14},
		{"JSON null", JSONValue([]byte(" null ")), Null, "null", 1},
		{"JSON true", JSONValue([]byte("true")), Bool, "true", 1},
		{"JSON false", JSONValue([]byte("false\n")), Bool, "false", 1},
		{"JSON number", JSONValue([]byte("1e2")), Number, "100", 8},
		{"JSON minus zero", JSONValue([]byte("-0.0")), Number, "0", 8},
		{"JSON tiny", JSONValue([]byte("1e-400")), Number, "0", 8},
		{"JSON string", JSONValue([]byte(`"\u0061\n"`)), String, `"a\n"`, 2},
		{"JSON empty string", JSONValue([]byte(`""`)), String, `""`, 0},
		{"reference", ReferenceValue(math.MaxUint32), Reference, "", 16},
		{"reference 0", ReferenceValue(0), Reference, "", 16},
		{"boolean of a number", PrimitiveValue(Bool, 17), Bool, "true", 1},
		{"null of a number", PrimitiveValue(Null, 17), Null, "null", 1},
		{"given text", GivenText(JSON, []byte("[1]")), JSON, "[1]", 3},
		{"given string", GivenText(String, []byte(strings.Repeat("y", 9000))), String, `"` + strings.Repeat("y", 9000) + `"`, 9000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := fresh(t)
			require.NoError(t, s.Set("k", test.in))
			v, ok := s.Get("k")
			require.True(t, ok)
			require.Equal(t, test.kind, v.Kind())
			require.Equal(t, test.json, string(v.AppendJSON(nil)))
			require.Equal(t, 1+test.size, s.Stats().Bytes)
			require.False(t, v.Kind() == Number && math.Signbit(v.Number()))
			version := s.Stats().Version
			require.NoError(t, s.Set("k", v), "the same again")
			require.Equal(t, version, s.Stats().Version, "is no change (rule 10)")
			check(t, s)
		})
	}
}

// TestValueKinds: the accessors of other kinds answer with nothing.
func TestValueKinds(t *testing.T) {
	for _, v := range []Value{{}, NullValue(), BoolValue(true), NumberValue(3), StringValue("x"), JSONValue([]byte("[]")), ReferenceValue(4)} {
		require.Equal(t, v.Kind() == Bool, v.Bool())
		require.Equal(t, v.Kind() == Number, v.Number() != 0)
		require.Equal(t, v.Kind() == Reference, v.Reference() != 0)
		require.Equal(t, v.Kind() == String || v.Kind() == JSON, v.Text() != "")
		require.Equal(t, v.Text(), string(v.Bytes()))
	}
	require.EqualValues(t, 1, BoolValue(true).Primitive())
	require.EqualValues(t, 4, ReferenceValue(4).Primitive())
}

// TestValuesRefused: each with its code, and the value before stays (rules 16, 17).
func TestValuesRefused(t *testing.T) {
	tests := []struct {
		name  string
		in    Value
		class *Error
		code  string
		path  string
	}{
		{"NaN", NumberValue(math.NaN()), ErrUnserializable, "unserializable", ""},
		{"infinity", NumberValue(math.Inf(1)), ErrUnserializable, "unserializable", ""},
		{"minus infinity", NumberValue(math.Inf(-1)), ErrUnserializable, "unserializable", ""},
		{"no UTF-8", StringValue("a\xff"), ErrSyntax, "invalid-utf8", ""},
		{"surrogate in UTF-8", StringValue("\xed\xa0\x80"), ErrSyntax, "invalid-utf8", ""},
		{"no text", JSONValue(nil), ErrSyntax, "invalid-json", ""},
		{"NaN as text", JSONValue([]byte("[NaN]")), ErrSyntax, "invalid-json", "/0"},
		{"number that fits no double", JSONValue([]byte("[1e309]")), ErrSyntax, "number-range", "/0"},
		{"duplicate", JSONValue([]byte(`{"a":1,"\u0061":2}`)), ErrSyntax, "duplicate-key", "/a"},
		{"lone surrogate", JSONValue([]byte(`"\ud800"`)), ErrSyntax, "lone-surrogate", ""},
		{"no UTF-8 in text", JSONValue([]byte("[\"\xff\"]")), ErrSyntax, "invalid-utf8", "/0"},
		{"absent", Value{}, ErrUsage, "kind-invalid", ""},
		{"no such kind", PrimitiveValue(7, 1), ErrUsage, "kind-invalid", ""},
		{"reference NaN", PrimitiveValue(Reference, math.NaN()), ErrUsage, "argument-invalid", ""},
		{"reference -1", PrimitiveValue(Reference, -1), ErrUsage, "argument-invalid", ""},
		{"reference 1.5", PrimitiveValue(Reference, 1.5), ErrUsage, "argument-invalid", ""},
		{"reference of 33 bits", PrimitiveValue(Reference, 1<<32), ErrUsage, "argument-invalid", ""},
		{"reference infinity", PrimitiveValue(Reference, math.Inf(1)), ErrUsage, "argument-invalid", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, mode := range []Mode{Off, Report, Enforce} {
				s := fresh(t)
				require.NoError(t, s.Set("k", NumberValue(1)))
				require.NoError(t, s.SetMode(mode))
				before := s.Stats()
				for _, key := range []string{"k", "new"} {
					err := s.Set(key, test.in)
					if mode == Enforce && test.in.Kind() == Reference {
						require.ErrorIs(t, err, ErrUnserializable)
						continue
					}
					require.ErrorIs(t, err, test.class)
					refused := refusal(t, err)
					require.Equal(t, []string{test.code, test.path, key}, []string{refused.Code, refused.Path, refused.Key})
					require.NotEmpty(t, refused.Reason)
					require.NotEmpty(t, refused.Hint)
				}
				require.Equal(t, before, s.Stats())
				require.Equal(t, "k=1 ", state(s))
				check(t, s)
			}
		})
	}
}

// TestIsolation: bytes that a caller keeps are not the session's, and what Get gives
// is the caller's (rule 9).
func TestIsolation(t *testing.T) {
	for _, n := range []int{2, 100, 9000} {
		s := fresh(t)
		text := []byte(`["` + strings.Repeat("1", n) + `"]`)
		want := string(text)
		require.NoError(t, s.Set("k", JSONValue(text)))
		require.NoError(t, s.Set("b", BorrowedText(String, text)))
		clear(text)
		for _, key := range []string{"k", "b"} {
			v, _ := s.Get(key)
			require.Equal(t, want, v.Text())
			clear(v.Bytes())
			v, _ = s.Get(key)
			require.Equal(t, want, v.Text())
		}
	}
}

// TestGivenTextKept: long text that is given away is not copied, but what is not in
// its canonical form is.
func TestGivenTextKept(t *testing.T) {
	s := fresh(t)
	text := []byte(`["` + strings.Repeat("1", largest) + `"]`)
	_, err := s.Put([]byte("k"), GivenText(JSON, text))
	require.Nil(t, err)
	v, _, _, err := s.Read(s.Slot([]byte("k")))
	require.Nil(t, err)
	require.Same(t, &text[0], &v.Bytes()[0])
	loose := append([]byte(" "), text...)
	_, err = s.Put([]byte("k"), GivenText(JSON, append(loose, ' ')))
	require.Nil(t, err)
	check(t, s)
}

// TestReleased: a reference is given up once, when nothing holds it, and not when it
// came back before that was asked for (rule 15, decision 18).
func TestReleased(t *testing.T) {
	s := fresh(t)
	hold := func(key string, id uint32) { require.NoError(t, s.Set(key, ReferenceValue(id))) }
	hold("a", 5)
	hold("b", 5)
	require.True(t, s.Remove(s.Slot([]byte("a"))))
	s.Forget()
	require.Empty(t, s.TakeReleased())
	setNumber(t, s, "b", 1)
	require.Empty(t, s.TakeReleased(), "the change names it")
	s.Forget()
	hold("c", 5)
	require.Empty(t, s.TakeReleased())
	setNumber(t, s, "c", 1)
	s.Forget()
	require.Equal(t, []uint32{5}, s.TakeReleased())
	s.Begin()
	hold("a", 6)
	hold("a", 7)
	s.Rollback()
	require.ElementsMatch(t, []uint32{6, 7}, s.TakeReleased())
	require.NoError(t, s.SetMode(Enforce))
	require.Error(t, s.Set("a", ReferenceValue(8)))
	require.Empty(t, s.TakeReleased(), "what was refused was never held")
	check(t, s)
}
