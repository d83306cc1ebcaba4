package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestErrorTexts: where, what and what to do, for the person who reads them.
func TestErrorTexts(t *testing.T) {
	s := restored(t, `{"a":1}`)
	require.NoError(t, s.SetLimits(Limits{Entries: 1}))
	require.NoError(t, s.SetMode(Enforce))
	tests := []struct {
		name string
		err  error
		text string
	}{
		{"key", s.Set("$$x", NullValue()), `key "$$x": keys that begin with $$ are reserved. Begin it with another character`},
		{"no key", s.Set("", NullValue()), `the key is empty. Give it at least one character`},
		{"limit", s.Set("b", NullValue()), `key "b": the session would have 2 entries, more than the 1 allowed. Delete keys that are no longer needed, or raise limits.entries`},
		{"reference", s.Set("a", ReferenceValue(1)), `key "a": the value is held by reference, since JSON cannot represent it. Store plain data instead: null, booleans, finite numbers, strings, arrays and objects of these`},
		{"path", s.Set("a", JSONValue([]byte(`{"b":[1,tru]}`))), `, at /b/1, line 1 column 12. `},
		{"restore", s.Restore([]byte("{\n  \"$$x\": 1}")), `key "$$x": keys that begin with $$ are reserved, at /$$x, line 2 column 3. Begin it with another character`},
		{"key that is escaped", s.Write(0, NullValue()).orNil(), `the slot names no key, or no longer does`},
		{"quotes in the key", refuse(problemKeyTaken, []byte("a\"\n")), `key "a\"\n": the key is there already`},
		{"setting", s.SetLimits(Limits{Depth: 2000}), `a limit cannot be 2000: it is at least 1 and at most 1000. Leave it out to have the default`},
		{"mode", s.SetMode(3), `there is no such enforcement mode. Use off, report or enforce`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { require.ErrorContains(t, test.err, test.text) })
	}
}

// TestErrorIs: errors are recognised by class and by code.
func TestErrorIs(t *testing.T) {
	s := fresh(t)
	err := fmt.Errorf("around: %w", s.Set("", NullValue()))
	require.ErrorIs(t, err, ErrKey)
	require.ErrorIs(t, err, &Error{Class: ErrKey.Class, Code: "key-empty"})
	require.NotErrorIs(t, err, &Error{Class: ErrKey.Class, Code: "key-reserved"})
	require.NotErrorIs(t, err, ErrLimit)
	require.NotErrorIs(t, err, errors.New("other"))
	sentinels := []*Error{ErrUnserializable, ErrKey, ErrLimit, ErrSyntax, ErrUsage}
	for i, a := range sentinels {
		for j, b := range sentinels {
			require.Equal(t, i == j, errors.Is(a, b))
		}
	}
	require.NoError(t, (*Error)(nil).orNil())
}

// TestProblems: each has all its texts, in the style of the others.
func TestProblems(t *testing.T) {
	classes := map[string]bool{"SessionKeyError": true, "SessionLimitError": true, "SessionSyntaxError": true, "SessionUsageError": true, "SessionWidgetError": true, "UnserializableSessionStateError": true}
	for p := range problems {
		text := problems[p]
		require.True(t, classes[text.class], p)
		require.Regexp(t, `^[a-z]+(-[a-z0-9]+)+$|^unserializable$`, text.code)
		require.NotEmpty(t, text.reason)
		require.Equal(t, strings.ToLower(text.reason[:1]), text.reason[:1], text.reason)
		for _, part := range []string{text.reason, text.hint} {
			require.False(t, strings.HasSuffix(part, "."), part)
		}
		for _, brace := range strings.Split(text.reason, "{")[1:] {
			require.True(t, strings.HasPrefix(brace, "got}") || strings.HasPrefix(brace, "limit}"), text.reason)
		}
		err := refuseLimit(problem(p), []byte("k"), 12, 34)
		require.NotContains(t, err.Reason, "{")
	}
}

// TestErrorJSON: what is empty is left out, but for the path.
func TestErrorJSON(t *testing.T) {
	tests := []struct {
		name string
		err  *Error
		want string
	}{
		{"little", &Error{Class: "C", Code: "c", Reason: "wrong"}, `{"class":"C","code":"c","message":"wrong","path":"","reason":"wrong"}`},
		{
			"all", &Error{Class: "C", Code: "c", Key: "k\"é", Path: "/a", Type: "t", Reason: "wrong", Hint: "Do", Limit: 5, Line: 2, Column: 3},
			`{"class":"C","code":"c","message":"key \"k\\\"é\": wrong, at /a, line 2 column 3. Do","key":"k\"é","path":"/a","type":"t","reason":"wrong","hint":"Do","limit":5,"line":2,"column":3}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := test.err.AppendJSON([]byte("before "))
			require.Equal(t, "before "+test.want, string(text))
			require.True(t, json.Valid(text[len("before "):]))
		})
	}
}
