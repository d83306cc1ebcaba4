package session

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func restored(t *testing.T, text string) *Session {
	t.Helper()
	s := fresh(t)
	require.NoError(t, s.Restore([]byte(text)))
	return s
}

func snapshot(t *testing.T, s *Session) string {
	t.Helper()
	text, err := s.Snapshot(false)
	require.NoError(t, err)
	return string(text)
}

func refusal(t *testing.T, err error) *Error {
	t.Helper()
	var refused *Error
	require.True(t, errors.As(err, &refused), "%v", err)
	return refused
}

// TestSnapshot: canonical text in insertion order, which restores to an equal
// session (rules 6 and 19, decision 19).
func TestSnapshot(t *testing.T) {
	tests := []struct{ name, restore, snapshot string }{
		{"nothing", ` { } `, `{}`},
		{"order", `{"b":1,"a":2,"1":3}`, `{"b":1,"a":2,"1":3}`},
		{"scalars", `{"n":null,"t":true,"f":false,"s":"","i":-0.0,"e":1e2}`, `{"n":null,"t":true,"f":false,"s":"","i":0,"e":100}`},
		{"members keep their order", `{"o": {"b" : 1, "a" : [ 1 , 2 ] } }`, `{"o":{"b":1,"a":[1,2]}}`},
		{"shortest escapes", `{"s":"\u0041\/\u000a\u001f\ud83d\ude00\u007f"}`, "{\"s\":\"A/\\n\\u001f\U0001f600\x7f\"}"},
		{"numbers as JavaScript prints them", `{"a":[1.0,1e21,1E-7,123456789012345680000,0.000001,9007199254740993,5e-324]}`, `{"a":[1,1e+21,1e-7,123456789012345680000,0.000001,9007199254740992,5e-324]}`},
		{"names that mean something elsewhere", `{"__proto__":{"__proto__":1},"constructor":[],"toString":"x"}`, `{"__proto__":{"__proto__":1},"constructor":[],"toString":"x"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := restored(t, test.restore)
			require.Equal(t, test.snapshot, snapshot(t, s))
			again := restored(t, test.snapshot)
			require.Equal(t, test.snapshot, snapshot(t, again))
			require.Equal(t, s.Keys(), again.Keys())
			require.Equal(t, s.Stats().Bytes, again.Stats().Bytes)
			var want, got any
			require.NoError(t, json.Unmarshal([]byte(test.restore), &want))
			require.NoError(t, json.Unmarshal([]byte(test.snapshot), &got))
			require.Equal(t, want, got)
			check(t, s)
		})
	}
}

// TestSnapshotReferences: what cannot be in a snapshot is named, or left out when
// asked (rule 19).
func TestSnapshotReferences(t *testing.T) {
	s := restored(t, `{"a":1,"b":2,"c":3}`)
	require.NoError(t, s.Set("b", ReferenceValue(1)))
	_, err := s.Snapshot(false)
	require.ErrorIs(t, err, ErrUnserializable)
	require.Equal(t, "b", refusal(t, err).Key)
	text, err := s.Snapshot(true)
	require.NoError(t, err)
	require.Equal(t, `{"a":1,"c":3}`, string(text))
	require.NoError(t, s.Set("a", ReferenceValue(2)))
	require.NoError(t, s.Set("c", ReferenceValue(3)))
	text, err = s.Snapshot(true)
	require.NoError(t, err)
	require.Equal(t, `{}`, string(text))
}

// TestRestoreRefused: the first fault is named with line, column and path, and
// nothing has changed (rules 17 and 19).
func TestRestoreRefused(t *testing.T) {
	long := strings.Repeat("k", 1025)
	tests := []struct {
		name, text, code, path string
		line, column           int
	}{
		{"no text", "", "invalid-json", "", 1, 1},
		{"no object", "[1]", "invalid-json", "", 1, 1},
		{"scalar", "1", "invalid-json", "", 1, 1},
		{"something after it", `{"a":1}x`, "invalid-json", "", 1, 8},
		{"unfinished", "{\"a\":1,\n \"b\"", "invalid-json", "", 2, 5},
		{"duplicate", "{\"a\":1,\n\"b\":2, \"a\":3}", "duplicate-key", "/a", 2, 8},
		{"duplicate inside", `{"o":{"p":[0,{"x":1,"x":2}]}}`, "duplicate-key", "/o/p/1/x", 1, 21},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "invalid-utf8", "/a", 1, 7},
		{"surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "invalid-utf8", "/a", 1, 7},
		{"lone surrogate", `{"a":["\ud800"]}`, "lone-surrogate", "/a/0", 1, 8},
		{"lone surrogate as key", `{"\udc00":1}`, "lone-surrogate", "", 1, 3},
		{"number too large", `{"a":{"b":1e400}}`, "number-range", "/a/b", 1, 11},
		{"too deep", `{"a":` + strings.Repeat("[", 129) + strings.Repeat("]", 129) + "}", "too-deep", "/a" + strings.Repeat("/0", 128), 1, 134},
		{"empty key", `{"a":1, "":2}`, "key-empty", "/", 1, 9},
		{"reserved key", `{"a":1, "$$x":2}`, "key-reserved", "/$$x", 1, 9},
		{"long key", `{"` + long + `":1}`, "key-too-long", "/" + long[:1024], 1, 2},
		{"a path that is escaped", `{"$$a/b~":1}`, "key-reserved", "/$$a~1b~0", 1, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := restored(t, `{"old":"value","a":[1]}`)
			before := s.Stats()
			refused := refusal(t, s.Restore([]byte(test.text)))
			require.Equal(t, test.code, refused.Code)
			require.Equal(t, test.path, refused.Path)
			require.Equal(t, []int{test.line, test.column}, []int{refused.Line, refused.Column}, refused)
			require.Equal(t, `{"old":"value","a":[1]}`, snapshot(t, s))
			require.Equal(t, before.Bytes, s.Stats().Bytes)
			require.Equal(t, Code, s.SetOrigin(Code))
			require.Zero(t, s.Open())
			s.Forget()
			check(t, s)
		})
	}
}

// TestRestoreLimits: each limit holds for a restore too, and names the member.
func TestRestoreLimits(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		good   string
		bad    string
		code   string
		path   string
	}{
		{"key", Limits{KeyBytes: 2}, `{"ab":1}`, `{"ab":1,"abc":2}`, "key-too-long", "/abc"},
		{"depth", Limits{Depth: 2}, `{"a":[[]]}`, `{"a":1,"b":[[[]]]}`, "too-deep", "/b/0/0"},
		{"value", Limits{ValueBytes: 4}, `{"a":[1]}`, `{"a":1,"b":"1234"}`, "value-too-large", "/a"},
		{"entries", Limits{Entries: 2}, `{"a":1,"b":1}`, `{"a":1,"b":2,"c":3}`, "too-many-entries", "/c"},
		{"bytes", Limits{TotalBytes: 18}, `{"a":1,"b":1}`, `{"a":1,"b":"","c":"12345678"}`, "session-too-large", "/c"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := restored(t, `{"old":1}`)
			require.NoError(t, s.SetLimits(test.limits))
			refused := refusal(t, s.Restore([]byte(test.bad)))
			require.ErrorIs(t, refused, ErrLimit)
			require.Equal(t, test.code, refused.Code)
			require.Equal(t, test.path, refused.Path)
			require.Positive(t, refused.Line)
			require.Equal(t, `{"old":1}`, snapshot(t, s))
			require.NoError(t, s.Restore([]byte(test.good)))
			require.Equal(t, test.good, snapshot(t, s))
			check(t, s)
		})
	}
}

// TestRestoreOrigin: the changes of a restore have its origin; what listeners write
// when they hear of them has theirs (rule 21).
func TestRestoreOrigin(t *testing.T) {
	s := fresh(t)
	s.SetOrigin(Widget)
	var heard []Origin
	stop := s.SubscribeAll(func(changes []Change) {
		for _, c := range changes {
			heard = append(heard, c.Origin)
		}
		if len(heard) == 1 {
			require.NoError(t, s.Set("b", NumberValue(1)))
			s.SetOrigin(Callback)
		}
	})
	defer stop()
	require.NoError(t, s.Restore([]byte(`{"a":1}`)))
	require.Equal(t, []Origin{Restore, Widget}, heard)
	require.Equal(t, Callback, s.SetOrigin(Code), "a listener set it")
}

// TestRestoreInBatch: it is rolled back with the batch around it, and seen in it.
func TestRestoreInBatch(t *testing.T) {
	s := withHistory(t, 5)
	require.NoError(t, s.Set("a", NumberValue(1)))
	require.NoError(t, s.Set("r", ReferenceValue(4)))
	s.Begin()
	require.NoError(t, s.Set("b", NumberValue(2)))
	require.NoError(t, s.Restore([]byte(`{"c":3,"a":4}`)))
	require.Equal(t, "c=3 a=4 ", state(s))
	require.ErrorIs(t, s.Restore([]byte(`{"d":3,"d":4}`)), ErrSyntax)
	require.Equal(t, "c=3 a=4 ", state(s))
	check(t, s)
	s.Rollback()
	require.Equal(t, "a=1 r=ref:4 ", state(s))
	require.Equal(t, []int{2, 0}, steps(s))
	require.Empty(t, s.TakeReleased())
	check(t, s)
}
