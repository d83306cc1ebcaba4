package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

type (
	Inner  struct{ X, Y int }
	Base   struct{ ID, Name string }
	tagged struct {
		Base
		*Inner
		Title  string            `json:"title"`
		Skip   int               `json:"-"`
		Dash   int               `json:"-,"`
		Empty  string            `json:"empty,omitempty"`
		Zero   time.Time         `json:"zero,omitzero"`
		Count  int64             `json:",string"`
		Text   string            `json:"text,string"`
		Flag   *bool             `json:"flag,string"`
		Name   string            // nearer than Base.Name
		Map    map[string]any    `json:"map,omitempty"`
		Ints   map[int]string    `json:"ints"`
		Times  map[stamp]float32 `json:"times"`
		Any    any
		Bytes  []byte
		Raw    json.RawMessage
		Number json.Number
		hidden chan int
		Dur    time.Duration
		Bad    string "json:\"b\\\"d\""
	}
	stamp  int
	self   struct{ v string }
	byAddr struct{ V int }
	Left   struct{ Both, L int }
	Right  struct{ Both, R int }
	twins  struct {
		Left
		Right
	}
	TagLeft struct {
		Both int `json:"Both"`
	}
	dominates struct {
		TagLeft
		Right
	}
	Twice struct {
		A struct{ Left }
		*Left
	}
	list  struct{ Next *list }
	plain []plain
	zero  struct{ n int }
)

func (s stamp) MarshalText() ([]byte, error)   { return fmt.Appendf(nil, "at %d", int(s)), nil }
func (s self) MarshalJSON() ([]byte, error)    { return json.Marshal(map[string]string{"self": s.v}) }
func (b *byAddr) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{"addr":%d}`, b.V), nil }
func (z zero) IsZero() bool                    { return z.n == 7 }
func (b byAddr) String() string                { return "" }

func whole() *tagged {
	yes := true
	return &tagged{
		Base: Base{"1", "far"}, Inner: &Inner{3, 4}, Title: "<a&b> \"quoted\" é 😀 \u2028 \x01", Skip: 1, Dash: 2, Count: 42, Text: `in "quotes"`, Flag: &yes, Name: "near",
		Map: map[string]any{"b": 1, "a": []any{nil, true, 1.5, "s"}, "": map[string]int{}}, Ints: map[int]string{10: "x", 9: "y"}, Times: map[stamp]float32{3: 0.1},
		Any: &Inner{5, 6}, Bytes: []byte("\x00bytes"), Raw: json.RawMessage(`{"r":[1,2.50]}`), Number: "1e3", hidden: make(chan int), Dur: time.Second, Bad: "b",
	}
}

// TestEncodeAsJSON: what Encode gives is what encoding/json gives, in the canonical form.
func TestEncodeAsJSON(t *testing.T) {
	n := 5
	p := &n
	for i, v := range []any{
		nil, true, 1, -1.5, "text", uint8(7), float32(0.1), 1e21, 1e-9, int64(maxSafe), uint64(maxSafe), "", "é\u2028</script>",
		[]int{}, []int(nil), map[string]int(nil), map[string]int{}, [2]string{"a", "b"}, []byte(nil), []byte{}, [3]byte{1, 2, 3},
		whole(), *whole(), &tagged{}, []any{whole(), nil}, map[string]*tagged{"x": whole()},
		self{"v"}, &self{"v"}, (*self)(nil), byAddr{1}, &byAddr{2}, []byAddr{{3}}, map[string]byAddr{"m": {4}}, struct{ B byAddr }{byAddr{5}}, &struct{ B byAddr }{byAddr{6}},
		twins{Left{1, 2}, Right{3, 4}}, dominates{TagLeft{1}, Right{2, 3}}, Twice{Left: &Left{1, 2}}, Twice{},
		&p, big.NewInt(12345), time.Date(2025, 1, 2, 3, 4, 5, 6, time.UTC), json.Number(""), json.RawMessage(nil), map[string]json.RawMessage{"a": []byte("[1 ]")},
		list{&list{&list{}}}, plain{{}, {{}}}, struct{ error }{errors.New("x")}, struct {
			Z zero `json:",omitzero"`
		}{zero{7}}, &struct {
			Z zero `json:",omitzero"`
		}{zero{1}},
		struct {
			S []string    `json:",omitempty"`
			M map[int]int `json:",omitempty"`
			P *int        `json:",omitempty"`
			F float64     `json:",omitempty"`
			A [0]int      `json:",omitempty"`
			I any         `json:",omitempty"`
			N struct{}    `json:",omitempty"`
		}{},
		struct {
			I int     `json:",string"`
			F float32 `json:",string"`
			B bool    `json:",string"`
			P *string `json:",string"`
			L []int   `json:",string"`
		}{I: 1, F: 1.5},
		map[*stamp]int{nil: 1}, map[uint8]bool{1: true},
	} {
		want, err := json.Marshal(v)
		require.NoError(t, err, "%d", i)
		got, fault := Encode(v, 128)
		require.Nil(t, fault, "%d %T: %v", i, v, fault)
		var text []byte
		if got.Kind() == session.JSON {
			text = got.Bytes()
		} else {
			text = got.AppendJSON(nil)
		}
		require.Equal(t, canonical(t, want), canonical(t, text), "%d %T", i, v)
	}
}

func canonical(t *testing.T, text []byte) string {
	var c canon.Checker
	out, fault := c.Value(text, 128)
	require.Nil(t, fault, "%s", text)
	return string(out)
}

type failing struct{ panics bool }

func (f failing) MarshalJSON() ([]byte, error) {
	if f.panics {
		panic("on purpose")
	}
	return nil, errors.New("on purpose")
}

type torn struct{}

func (torn) MarshalJSON() ([]byte, error) { return []byte(`{"a":`), nil }

// TestEncodeRefuses: what JSON cannot represent is refused with its place (rules 16 and 17).
func TestEncodeRefuses(t *testing.T) {
	loop := &list{}
	loop.Next = &list{loop}
	ring := map[string]any{}
	ring["a/b"] = map[string]any{"~": []any{1, ring}}
	round := plain{nil}
	round[0] = round
	var pointer any
	pointer = &pointer
	deep := any(1)
	for range 129 {
		deep = []any{deep}
	}
	tests := []struct {
		name            string
		v               any
		code, path, typ string
	}{
		{"NaN", math.NaN(), "unserializable", "", "NaN"},
		{"an infinity", math.Inf(-1), "unserializable", "", "Infinity"},
		{"a float32", []float32{1, float32(math.Inf(1))}, "unserializable", "/1", "Infinity"},
		{"a channel", struct{ C chan int }{}, "unserializable", "/C", "chan int"},
		{"a function", map[string]any{"f": func() {}}, "unserializable", "/f", "func()"},
		{"a nil function", []func(){nil}, "unserializable", "/0", "func()"},
		{"a complex number", []any{1, complex(1, 2)}, "unserializable", "/1", "complex128"},
		{"2^53", 1 << 53, "unserializable", "", "int"},
		{"-2^53", []int64{-1 << 53}, "unserializable", "/0", "int64"},
		{"a large uint64", struct{ A struct{ B uint64 } }{struct{ B uint64 }{1 << 60}}, "unserializable", "/A/B", "uint64"},
		{"text that is none", "a\xffb", "invalid-utf8", "", "string"},
		{"text that is none, inside", []any{map[string]string{"x": "\xed\xa0\x80"}}, "invalid-utf8", "/0/x", "string"},
		{"a name that is none", map[string]int{"\xff": 1}, "invalid-utf8", "", "string"},
		{"a cyclic pointer", loop, "unserializable", "/Next/Next", "*value.list"},
		{"a cyclic map", ring, "unserializable", "/a~1b/~0/1", "map[string]interface {}"},
		{"a cyclic slice", round, "unserializable", "/0", "value.plain"},
		{"a pointer to itself", pointer, "unserializable", "", "*interface {}"},
		{"too deep", deep, "too-deep", strings.Repeat("/0", 128), ""},
		{"keys that are no text", map[float64]int{1: 1}, "unserializable", "", "float64"},
		{"a method that fails", struct{ F failing }{}, "unserializable", "/F", "value.failing"},
		{"a method that panics", []failing{{true}}, "unserializable", "/0", "value.failing"},
		{"a method that gives no JSON", []any{torn{}}, "unserializable", "/0", "value.torn"},
		{"a json.Number that is none", []json.Number{"NaN"}, "unserializable", "/0", "json.Number"},
		{"an unsafe pointer", struct{ P uintptr }{1 << 60}, "unserializable", "/P", "uintptr"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, fault := Encode(test.v, 128)
			require.NotNil(t, fault)
			require.Equal(t, []string{test.code, test.path, test.typ}, []string{fault.Code, fault.Path, fault.Type})
			require.NotEmpty(t, fault.Reason)
			require.NotEmpty(t, fault.Hint)
		})
	}
}

// TestDecode: what is read is what encoding/json makes of it, and a mismatch says where.
func TestDecode(t *testing.T) {
	v, fault := Encode(whole(), 128)
	require.Nil(t, fault)
	text, err := json.Marshal(whole())
	require.NoError(t, err)
	var got, want tagged
	require.NoError(t, json.Unmarshal(text, &want))
	require.Nil(t, DecodeText(v.Bytes(), &got))
	require.Equal(t, want, got)

	var n int
	require.Nil(t, Decode(session.NumberValue(3), &n))
	require.Equal(t, 3, n)
	var s *string
	require.Nil(t, Decode(session.NullValue(), &s))
	require.Nil(t, s)
	for _, test := range []struct {
		v               session.Value
		target          any
		code, path, typ string
	}{
		{session.NumberValue(1.5), &n, "type-mismatch", "", "number 1.5"},
		{session.StringValue("x"), &n, "type-mismatch", "", "string"},
		{session.NumberValue(1e300), &n, "type-mismatch", "", "number 1e+300"},
		{session.JSONValue([]byte(`{"Base":1,"title":{"a":1}}`)), &tagged{}, "type-mismatch", "/title", "object"},
		{session.Value{}, &n, "key-missing", "", ""},
		{session.ReferenceValue(1), &n, "type-mismatch", "", "reference"},
	} {
		fault := Decode(test.v, test.target)
		require.NotNil(t, fault)
		require.Equal(t, []string{test.code, test.path, test.typ}, []string{fault.Code, fault.Path, fault.Type}, fault.Reason)
	}
}

// FuzzEncode: values made of any JSON text come out as encoding/json has them.
func FuzzEncode(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,null,true,"x"],"b":{"c":-0.0}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var v any
		if json.Unmarshal(text, &v) != nil {
			return
		}
		want, err := json.Marshal(v)
		if err != nil {
			return
		}
		got, fault := Encode(v, 128)
		if fault != nil {
			require.Equal(t, "too-deep", fault.Code, "%s", text)
			return
		}
		if got.Kind() != session.JSON {
			return
		}
		require.Equal(t, canonical(t, want), canonical(t, got.Bytes()))
		var back any
		require.Nil(t, DecodeText(got.Bytes(), &back))
	})
}

func (s *stamp) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "at %d", (*int)(s))
	return err
}
