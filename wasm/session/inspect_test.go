package session

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inspected gives what an Inspector refuses, as code and path, and the keys it accepts.
func inspected(t *testing.T, l Limits, text string) (refused, keys []string) {
	t.Helper()
	n, err := NewInspector(l, 1)
	require.NoError(t, err)
	for range 2 { // the second time with what the first left
		refused, keys = nil, nil
		n.Inspect([]byte(text), func(key, _ []byte) bool {
			keys = append(keys, string(key))
			return true
		}, func(e *Error) bool {
			require.Positive(t, e.Line)
			require.Positive(t, e.Column)
			refused = append(refused, e.Code+" "+e.Path)
			return true
		})
	}
	return refused, keys
}

// TestInspect: all that is wrong is told, and what is not, too (rules 17 to 19).
func TestInspect(t *testing.T) {
	tests := []struct {
		name          string
		limits        Limits
		text          string
		refused, keys []string
	}{
		{"nothing", Limits{}, `{}`, nil, nil},
		{"no fault", Limits{}, `{"a":1,"__proto__":{"x":1},"":null}`, []string{"key-empty /"}, []string{"a", "__proto__"}},
		{"of every kind", Limits{KeyBytes: 3, Depth: 2, ValueBytes: 10, Entries: 3},
			`{"ok":1,"$$a":1,"long":2,"deep":[[[]]],"num":1e999,"big":"12345678","x":1,"y":2,"z":3,"more":[1]}`,
			[]string{"key-reserved /$$a", "key-too-long /long", "too-deep /deep/0/0", "number-range /num", "value-too-large /big", "too-many-entries /z", "key-too-long /more"},
			[]string{"ok", "x", "y"}},
		{"entries", Limits{Entries: 2}, `{"a":1,"b":2,"c":3,"d":4}`, []string{"too-many-entries /c", "too-many-entries /d"}, []string{"a", "b"}},
		{"bytes, where a smaller one still fits", Limits{TotalBytes: 20}, `{"a":1,"b":1,"c":"12345678","d":""}`, []string{"session-too-large /c"}, []string{"a", "b", "d"}},
		{"duplicate", Limits{}, `{"a":1,"a":2,"b":3}`, []string{"duplicate-key /a"}, []string{"a", "b"}},
		{"malformed at the end", Limits{}, `{"$$a":1,"b":2,`, []string{"key-reserved /$$a", "invalid-json "}, []string{"b"}},
		{"a string counts without its escapes", Limits{ValueBytes: 4}, `{"a":"\u0041\u0042\u0043","b":"abcd"}`, []string{"value-too-large /b"}, []string{"a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			refused, keys := inspected(t, test.limits, test.text)
			require.Equal(t, test.refused, refused)
			require.Equal(t, test.keys, keys)
		})
	}
	_, err := NewInspector(Limits{Depth: 1001}, 0)
	require.ErrorIs(t, err, ErrLimit)
}

// TestInspectStops: whoever has seen enough ends it.
func TestInspectStops(t *testing.T) {
	n, err := NewInspector(Limits{}, 0)
	require.NoError(t, err)
	text := []byte("{" + strings.Repeat(`"$$a":1,`, 50) + `"b":1,"c":1}`)
	seen := 0
	n.Inspect(text, func(key, _ []byte) bool { t.Fatal(string(key)); return true }, func(*Error) bool { seen++; return seen < 10 })
	require.Equal(t, 10, seen)
	n.Inspect(text, func(key, _ []byte) bool { seen++; return false }, func(*Error) bool { return true })
	require.Equal(t, 11, seen)
}

// FuzzInspect: an Inspector accepts what a restore accepts, with the same texts, and the first it refuses is what a restore
// refuses, in the same words.
func FuzzInspect(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a":1,"$$b":2,"":3}`, `{"a":"1234567890","b":[[[[[[[[[1]]]]]]]]]}`, `{"a":1,"a":1}`, `{"a":"\ud800","b":1e999}`, "{\"\xff\":1}",
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}`, `{"abcdefghijklmnopqrstuvwxyz":1}`, `{"a":"` + strings.Repeat("x", 50) + `","b":"` + strings.Repeat("y", 50) + `"}`, `[`,
	} {
		f.Add([]byte(text))
	}
	limits := Limits{Depth: 8, KeyBytes: 20, ValueBytes: 60, TotalBytes: 90, Entries: 5}
	n, err := NewInspector(limits, 7)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text []byte) {
		var first *Error
		accepted := "{"
		n.Inspect(text, func(key, value []byte) bool {
			if len(accepted) > 1 {
				accepted += ","
			}
			accepted += quote(string(key)) + ":" + string(value)
			return true
		}, func(e *Error) bool {
			if first == nil {
				first = e
			}
			return true
		})
		s, err := New(Options{Limits: limits})
		require.NoError(t, err)
		require.Equal(t, s.RestoreText(text, ""), first)
		if first == nil {
			require.Equal(t, snapshot(t, s), accepted+"}")
		} else {
			// What was accepted can be restored, but for what the refused would have taken away from it.
			require.NoError(t, s.Restore([]byte(accepted+"}")))
		}
	})
}
