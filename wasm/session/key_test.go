package session

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRefusedKeys: Require and Pop say that a key is refused where Set would, and
// not that it may only have to be initialised (rules 2, 4, 5).
func TestRefusedKeys(t *testing.T) {
	s, err := New(Options{Limits: Limits{KeyBytes: 4}})
	require.NoError(t, err)
	for key, code := range map[string]string{
		"": "key-empty", "$$x": "key-reserved", "a\xff": "key-not-text", "12345": "key-too-long", "none": "key-missing",
	} {
		_, err := s.Require(key)
		require.Equal(t, code, err.(*Error).Code, "Require(%q)", key)
		_, err = s.Pop(key)
		require.Equal(t, code, err.(*Error).Code, "Pop(%q)", key)
	}
}
