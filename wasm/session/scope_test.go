package session

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func prefixed(t *testing.T, s *Session, prefix string) (text, keys string) {
	t.Helper()
	snapshot, err := s.AppendSnapshot(nil, prefix, false)
	require.Nil(t, err)
	return string(snapshot), string(s.AppendKeys(nil, prefix))
}

// TestScope: a prefix shows, restores and clears its keys alone, without itself
// (rule 50).
func TestScope(t *testing.T) {
	const all = `{"cart":0,"cart:a":1,"b":2,"cart:":3,"cart:b":4,"cart2:a":5,"cart:cart:a":6}`
	s := restored(t, all)
	text, keys := prefixed(t, s, "cart:")
	require.Equal(t, `{"a":1,"b":4,"cart:a":6}`, text)
	require.Equal(t, `["a","b","cart:a"]`, keys)
	_, keys = prefixed(t, s, "cart:cart:")
	require.Equal(t, `["a"]`, keys)
	text, keys = prefixed(t, s, "none:")
	require.Equal(t, `{}[]`, text+keys)
	text, _ = prefixed(t, s, "")
	require.Equal(t, all, text)

	require.Nil(t, s.RestoreText([]byte(`{"z":1,"a":[2]}`), "cart:"))
	require.Equal(t, `{"cart":0,"b":2,"cart:":3,"cart2:a":5,"cart:z":1,"cart:a":[2]}`, snapshot(t, s))
	s.Clear("cart:")
	require.Equal(t, `{"cart":0,"b":2,"cart:":3,"cart2:a":5}`, snapshot(t, s))
	s.Clear("")
	require.Equal(t, `{}`, snapshot(t, s))
	s.Forget()
	check(t, s)
}

// TestScopeReferences: the first reference of the scope is named by its whole key.
func TestScopeReferences(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Set("x", ReferenceValue(1)))
	require.NoError(t, s.Set("cart:f", ReferenceValue(2)))
	_, err := s.AppendSnapshot(nil, "cart:", false)
	require.Equal(t, "cart:f", err.Key)
	text, err := s.AppendSnapshot(nil, "other:", false)
	require.Nil(t, err)
	require.Equal(t, `{}`, string(text))
}

// TestScopeRestoreRefused: paths are those of the text, keys those of the session.
func TestScopeRestoreRefused(t *testing.T) {
	s := restored(t, `{"cart:a":1,"b":2}`)
	tests := []struct{ name, text, code, path, key string }{
		{"no key of the scope", `{"":1}`, "key-empty", "/", ""},
		{"duplicate", `{"a":1,"a":2}`, "duplicate-key", "/a", ""},
		{"too long", `{"` + strings.Repeat("k", 1020) + `":1}`, "key-too-long", "/" + strings.Repeat("k", 1020), "cart:" + strings.Repeat("k", 59)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := s.RestoreText([]byte(test.text), "cart:")
			require.NotNil(t, err)
			require.Equal(t, test.code, err.Code)
			require.Equal(t, test.path, err.Path)
			require.Equal(t, test.key, err.Key)
			require.Equal(t, `{"cart:a":1,"b":2}`, snapshot(t, s))
		})
	}
	require.ErrorIs(t, s.RestoreText([]byte(`{"a":1}`), "$$").orNil(), &Error{Class: ErrKey.Class, Code: "key-reserved"})
	require.ErrorIs(t, s.RestoreText([]byte(`{"a":1}`), "\xc3").orNil(), &Error{Class: ErrKey.Class, Code: "key-not-text"})
}

// TestScopeHalfCharacter: a prefix that ends within a character begins no key.
func TestScopeHalfCharacter(t *testing.T) {
	s := restored(t, `{"é":1}`)
	text, keys := prefixed(t, s, "\xc3")
	require.Equal(t, `{}[]`, text+keys)
	s.Clear("\xc3")
	require.Equal(t, 1, s.Len())
}
