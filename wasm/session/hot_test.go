package session

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pack gives up to 16 characters as SetShortFast takes them.
func pack(text string) (length int, a, b uint64) {
	for i := range min(len(text), 8) {
		a |= uint64(text[i]) << (i * 8)
	}
	for i := 8; i < min(len(text), 16); i++ {
		b |= uint64(text[i]) << ((i - 8) * 8)
	}
	return len(text), a, b
}

// SetNumberFast and its like are the hot calls to a session.
func (s *Session) SetNumberFast(slot Slot, f float64) float64 {
	s.Hot()
	return SetNumber(int32(slot), f)
}

func (s *Session) SetBoolFast(slot Slot, b bool) float64 {
	s.Hot()
	if b {
		return SetBool(int32(slot), 1)
	}
	return SetBool(int32(slot), 0)
}

func (s *Session) SetShortFast(slot Slot, length uint32, a, b uint64) float64 {
	s.Hot()
	return SetShort(int32(slot), int32(length), int32(a), int32(a>>32), int32(b), int32(b>>32))
}

func setShort(s *Session, slot Slot, text string) float64 {
	length, a, b := pack(text)
	return s.SetShortFast(slot, uint32(length), a, b)
}

// TestShortSameLength: other characters of the same number are a change.
func TestShortSameLength(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Set("k", StringValue("abc")))
	slot := s.Slot([]byte("k"))
	version := s.Stats().Version
	require.EqualValues(t, version+1, setShort(s, slot, "xyz"))
	require.Equal(t, `k="xyz" `, state(s))
	_, now, _, err := s.Read(slot)
	require.Nil(t, err)
	require.Equal(t, version+1, now)
	require.Zero(t, setShort(s, slot, "xyz"))
	require.Equal(t, version+1, s.Stats().Version)
}

// TestHot: what the hot calls do themselves and what they leave to Write.
func TestHot(t *testing.T) {
	const leave = -1
	number := func(f float64) func(*Session, Slot) float64 {
		return func(s *Session, slot Slot) float64 { return s.SetNumberFast(slot, f) }
	}
	boolean := func(b bool) func(*Session, Slot) float64 {
		return func(s *Session, slot Slot) float64 { return s.SetBoolFast(slot, b) }
	}
	short := func(text string) func(*Session, Slot) float64 {
		return func(s *Session, slot Slot) float64 { return setShort(s, slot, text) }
	}
	tests := []struct {
		name string
		was  Value
		call func(*Session, Slot) float64
		want float64 // 1 is a change
		json string
	}{
		{"number", NumberValue(1), number(2.5), 1, "2.5"},
		{"same number", NumberValue(1), number(1), 0, "1"},
		{"minus zero over zero", NumberValue(0), number(math.Copysign(0, -1)), 0, "0"},
		{"minus zero", NumberValue(1), number(math.Copysign(0, -1)), 1, "0"},
		{"NaN", NumberValue(1), number(math.NaN()), leave, "1"},
		{"infinity", NumberValue(1), number(math.Inf(1)), leave, "1"},
		{"minus infinity", NumberValue(1), number(math.Inf(-1)), leave, "1"},
		{"number over a string", StringValue("1"), number(1), leave, `"1"`},
		{"number over null", NullValue(), number(1), leave, "null"},
		{"number over a boolean", BoolValue(true), number(1), leave, "true"},
		{"number over a reference", ReferenceValue(1), number(1), leave, ""},
		{"boolean", BoolValue(true), boolean(false), 1, "false"},
		{"same boolean", BoolValue(true), boolean(true), 0, "true"},
		{"boolean over a number", NumberValue(1), boolean(true), leave, "1"},
		{"short", StringValue("abc"), short("defg"), 1, `"defg"`},
		{"empty", StringValue("abc"), short(""), 1, `""`},
		{"over empty", StringValue(""), short("a"), leave, `""`},
		{"16 characters", StringValue("abc"), short("0123456789abcdef"), 1, `"0123456789abcdef"`},
		{"17 characters", StringValue("abc"), short("0123456789abcdefg"), leave, `"abc"`},
		{"control characters", StringValue("abc"), short("\x00\n"), 1, `"\u0000\n"`},
		{"beyond ASCII", StringValue("abc"), short("é"), leave, `"abc"`},
		{"over a text of 128", StringValue(strings.Repeat("x", 128)), short("a"), 1, `"a"`},
		{"over a text of a middle size", StringValue(strings.Repeat("x", 129)), short("a"), leave, ""},
		{"over a text with a page of its own", StringValue(strings.Repeat("x", 9000)), short("a"), leave, ""},
		{"short over JSON", JSONValue([]byte("[]")), short("a"), leave, "[]"},
		{"length -1", StringValue("abc"), func(s *Session, slot Slot) float64 { return s.SetShortFast(slot, math.MaxUint32, 0, 0) }, leave, `"abc"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := fresh(t)
			s.SetOrigin(Widget)
			require.NoError(t, s.Set("k", test.was))
			s.Forget()
			s.SetOrigin(Callback)
			slot := s.Slot([]byte("k"))
			before := s.Stats()
			got := test.call(s, slot)
			_, version, origin, err := s.Read(slot)
			require.Nil(t, err)
			if test.want == 1 {
				require.EqualValues(t, before.Version+1, got)
				require.Equal(t, before.Version+1, version)
				require.Equal(t, Callback, origin)
			} else {
				require.Equal(t, test.want, got)
				require.Equal(t, before, s.Stats())
				require.Equal(t, Widget, origin)
			}
			v, _ := s.Get("k")
			if test.json != "" {
				require.Equal(t, test.json, string(v.AppendJSON(nil)))
			}
			check(t, s)
		})
	}
}

// TestHotInBatch: what is not noted yet is left to Write, so that a rollback brings
// it back; and so is what somebody hears or the history keeps.
func TestHotInBatch(t *testing.T) {
	s := fresh(t)
	setNumber(t, s, "k", 1)
	slot := s.Slot([]byte("k"))
	s.Begin()
	require.EqualValues(t, -1, s.SetNumberFast(slot, 2))
	setNumber(t, s, "k", 3)
	require.Positive(t, s.SetNumberFast(slot, 4))
	s.Rollback()
	require.Equal(t, "k=1 ", state(s))
	require.Positive(t, s.SetNumberFast(slot, 5))
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 1}))
	require.EqualValues(t, -1, s.SetNumberFast(slot, 6))
	require.NoError(t, s.SetHistory(HistoryLimits{}))
	stop := s.SubscribeAll(func([]Change) {})
	require.EqualValues(t, -1, s.SetNumberFast(slot, 6))
	stop()
	require.Positive(t, s.SetNumberFast(slot, 6))
	check(t, s)
}

// TestHotAllocates: nothing, and neither does reading a number (decision 8).
func TestHotAllocates(t *testing.T) {
	s := fresh(t)
	setNumber(t, s, "n", 1)
	require.NoError(t, s.Set("b", BoolValue(true)))
	require.NoError(t, s.Set("s", StringValue("abc")))
	n, b, short := s.Slot([]byte("n")), s.Slot([]byte("b")), s.Slot([]byte("s"))
	length, low, high := pack("0123456789abcdef")
	f := 0.0
	for name, call := range map[string]func(){
		"number":        func() { f++; s.SetNumberFast(n, f) },
		"boolean":       func() { f++; s.SetBoolFast(b, int(f)%2 == 0) },
		"short string":  func() { f++; s.SetShortFast(short, uint32(length-int(f)%2), low, high) },
		"refused":       func() { s.SetNumberFast(n, math.NaN()) },
		"stale":         func() { s.SetNumberFast(12345, 1) },
		"read":          func() { _, _, _, _ = s.Read(n) },
		"slot":          func() { s.Slot([]byte("n")) },
		"number, Write": func() { f++; _ = s.Write(n, NumberValue(f)) },
	} {
		require.Zero(t, testing.AllocsPerRun(1000, call), name)
	}
}

// TestWriteAlone: a write that concerns nobody but its entry leaves nothing to be
// forgotten, whatever kind it is of; any other is a change as ever.
func TestWriteAlone(t *testing.T) {
	values := []Value{NumberValue(1), StringValue("a"), StringValue(strings.Repeat("b", 9000)), JSONValue([]byte(`{"a":[1]}`)), JSONValue([]byte("[]")), BoolValue(true), NullValue()}
	for i, from := range values {
		for j, to := range values {
			s := fresh(t)
			require.NoError(t, s.Set("k", from))
			s.Forget()
			slot := s.Slot([]byte("k"))
			before := s.Stats().Version
			require.Nil(t, s.Write(slot, to))
			require.Zero(t, s.Changed())
			now, version, _, err := s.Read(slot)
			require.Nil(t, err)
			require.Equal(t, string(to.AppendJSON(nil)), string(now.AppendJSON(nil)))
			if i == j {
				require.Equal(t, before, version)
			} else {
				require.Equal(t, before+1, version)
			}
			check(t, s)

			var told []Change
			defer s.SubscribeAll(func(changes []Change) { told = append(told, changes...) })()
			require.Nil(t, s.Write(slot, from))
			require.Len(t, told, min(1, max(i-j, j-i)))
		}
	}
}
