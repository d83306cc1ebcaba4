package session

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLimitsDefault(t *testing.T) {
	s := fresh(t)
	require.Equal(t, Limits{KeyBytes: 1024, Depth: 128, ValueBytes: 64 << 20, Entries: 1 << 20, TotalBytes: 256 << 20}, s.Limits())
	require.NoError(t, s.SetLimits(Limits{KeyBytes: 7}))
	require.Equal(t, Limits{KeyBytes: 7, Depth: 128, ValueBytes: 64 << 20, Entries: 1 << 20, TotalBytes: 256 << 20}, s.Limits())
	require.NoError(t, s.SetLimits(Limits{}))
	require.Equal(t, 1024, s.Limits().KeyBytes)
}

// TestLimitsRange: what no limit can be is refused, and those in force stay.
func TestLimitsRange(t *testing.T) {
	tests := []struct {
		name     string
		good     Limits
		low, bad Limits
		reason   string
	}{
		{"key", Limits{KeyBytes: 65535}, Limits{KeyBytes: -1}, Limits{KeyBytes: 65536}, "65536: it is at least 1 and at most 65535"},
		{"depth", Limits{Depth: 1000}, Limits{Depth: -1}, Limits{Depth: 1001}, "1001: it is at least 1 and at most 1000"},
		{"value", Limits{ValueBytes: 1<<32 - 1}, Limits{ValueBytes: -1}, Limits{ValueBytes: 1 << 32}, "4294967296: it is at least 1 and at most 4294967295"},
		{"entries", Limits{Entries: MaxEntries}, Limits{Entries: -1}, Limits{Entries: MaxEntries + 1}, "at most " + decimal(MaxEntries)},
		{"total", Limits{TotalBytes: 1<<32 - 1}, Limits{TotalBytes: -1}, Limits{TotalBytes: 1 << 32}, "4294967296: it is at least 1 and at most 4294967295"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := fresh(t)
			before := s.Limits()
			for _, l := range []Limits{test.low, test.bad} {
				err := s.SetLimits(l)
				require.ErrorIs(t, err, &Error{Class: ErrLimit.Class, Code: "limit-invalid"})
				require.Equal(t, before, s.Limits())
				_, err = New(Options{Limits: l})
				require.ErrorIs(t, err, ErrLimit)
			}
			require.ErrorContains(t, s.SetLimits(test.bad), test.reason)
			require.NoError(t, s.SetLimits(test.good))
			_, err := New(Options{Limits: test.good})
			require.NoError(t, err)
		})
	}
}

// TestLimits: each limit at its bound and one over it, by each door; over it
// nothing changes (rule 18, decision 36).
func TestLimits(t *testing.T) {
	tests := []struct {
		name      string
		limits    Limits
		key       string
		good, bad Value
		badKey    string // instead of key
		code      string
		text      string
	}{
		{"key", Limits{KeyBytes: 4}, "abcd", NullValue(), NullValue(), "abcde", "key-too-long", "the key would have 5 bytes, more than the 4 allowed"},
		{"key in UTF-8", Limits{KeyBytes: 4}, "éé", NullValue(), NullValue(), "ééa", "key-too-long", "5 bytes, more than the 4"},
		{"depth of arrays", Limits{Depth: 3}, "k", JSONValue([]byte(`[[[]]]`)), JSONValue([]byte(`[[[[]]]]`)), "", "too-deep", "at /0/0/0"},
		{"depth of objects", Limits{Depth: 2}, "k", JSONValue([]byte(`{"a":{}}`)), JSONValue([]byte(`{"a":{"b":{}}}`)), "", "too-deep", "at /a/b"},
		{"string", Limits{ValueBytes: 5}, "k", StringValue("1234"), StringValue("12345"), "", "value-too-large", "the entry would have 6 bytes, more than the 5 allowed"},
		{"string in UTF-8", Limits{ValueBytes: 5}, "k", StringValue("éé"), StringValue("éée"), "", "value-too-large", "6 bytes"},
		{"canonical text", Limits{ValueBytes: 6}, "k", JSONValue([]byte(` [ 1, 2 ] `)), JSONValue([]byte(`[1,22]`)), "", "value-too-large", "7 bytes, more than the 6"},
		{"number", Limits{ValueBytes: 9}, "k", NumberValue(1), NumberValue(1), "kk", "value-too-large", "10 bytes"},
		{"boolean", Limits{ValueBytes: 2}, "k", BoolValue(true), BoolValue(true), "kk", "value-too-large", "3 bytes"},
		{"null", Limits{ValueBytes: 2}, "k", NullValue(), NullValue(), "kk", "value-too-large", "3 bytes"},
		{"reference", Limits{ValueBytes: 17}, "k", ReferenceValue(1), ReferenceValue(1), "kk", "value-too-large", "18 bytes"},
		{"entries", Limits{Entries: 2}, "k", NullValue(), NullValue(), "other", "too-many-entries", "the session would have 3 entries, more than the 2 allowed"},
		{"total", Limits{TotalBytes: 20}, "k", StringValue("123456789"), StringValue("1234567890"), "", "session-too-large", "the session would have 21 bytes, more than the 20 allowed"},
		{"total of a new key", Limits{TotalBytes: 20}, "k", StringValue("12"), NumberValue(1), "ab", "session-too-large", "23 bytes, more than the 20"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := fresh(t)
			if strings.HasPrefix(test.code, "session") || test.code == "too-many-entries" {
				require.NoError(t, s.Set("first one", BoolValue(true)))
			}
			require.NoError(t, s.SetLimits(test.limits))
			require.NoError(t, s.Set(test.key, test.good))
			before, was := s.Stats(), state(s)
			bad := test.key
			if test.badKey != "" {
				bad = test.badKey
			}
			doors := map[string]func() error{
				"Set":    func() error { return s.Set(bad, test.bad) },
				"Init":   func() error { return s.Init(Entry{test.key, NullValue()}, Entry{bad + "", test.bad}) },
				"Update": func() error { return s.Update(Entry{test.key, test.good}, Entry{bad, test.bad}) },
				"Batch":  func() error { return s.Batch(func() error { return s.Set(bad, test.bad) }) },
			}
			if test.badKey == "" {
				delete(doors, "Init")
				doors["Write"] = func() error { return s.Write(s.Slot([]byte(bad)), test.bad).orNil() }
			}
			for door, write := range doors {
				err := write()
				require.ErrorIs(t, err, &Error{Class: ErrLimit.Class, Code: test.code}, door)
				require.ErrorContains(t, err, test.text, door)
				require.Positive(t, refusal(t, err).Limit, door)
				require.Equal(t, was, state(s), door)
				require.Equal(t, before, s.Stats(), door)
			}
			s.Forget()
			check(t, s)
		})
	}
}

// TestLimitsLowered: entries over a new limit stay, shrink, are deleted, and do not
// grow; the hot calls answer as Write does.
func TestLimitsLowered(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Set("text", StringValue("0123456789")))
	setNumber(t, s, "number", 1)
	for _, one := range []Limits{{ValueBytes: 6}, {TotalBytes: 10}} {
		require.NoError(t, s.SetLimits(one))
		require.EqualValues(t, -1, s.SetShortFast(s.Slot([]byte("text")), 11, 0, 0))
	}
	require.NoError(t, s.SetLimits(Limits{ValueBytes: 6, TotalBytes: 10, Entries: 1}))
	text, number := s.Slot([]byte("text")), s.Slot([]byte("number"))
	require.EqualValues(t, -1, s.SetShortFast(text, 11, 0, 0))
	require.ErrorIs(t, s.Write(text, StringValue("0123456789a")), ErrLimit)
	require.Positive(t, s.SetShortFast(text, 10, 0, 0))
	require.Nil(t, s.Write(text, StringValue("abcdefghij")))
	require.Positive(t, s.SetShortFast(text, 9, 0, 0))
	require.Nil(t, s.Write(text, StringValue("abcdefgh")))
	require.Positive(t, s.SetNumberFast(number, 2))
	require.Nil(t, s.Write(number, NumberValue(3)))
	require.ErrorIs(t, s.Set("new", NullValue()), ErrLimit)
	_, err := s.Delete("text")
	require.NoError(t, err)
	require.Equal(t, "number=3 ", state(s))
	check(t, s)
}

// TestLimitsLength: no length is cut to 32 bits before it is compared.
func TestLimitsLength(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.SetLimits(Limits{ValueBytes: 1<<32 - 1, TotalBytes: 1<<32 - 1}))
	require.Nil(t, s.admit([]byte("k"), cell{}, String, 1<<32-2))
	require.NotNil(t, s.admit([]byte("k"), cell{}, String, 1<<32-1))
	require.NotNil(t, s.admit([]byte("k"), cell{}, JSON, 1<<32+5))
}

func TestFits(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.SetLimits(Limits{TotalBytes: 10}))
	require.Nil(t, s.Fits(10))
	require.Equal(t, "session-too-large", s.Fits(11).Code)
}
