package session

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRefusedKeys: Require and Pop say that a key is refused where Set would, and
// not that it may only have to be initialised; Delete does so for the name of a
// computed value (rules 2, 4, 5, 24).
func TestRefusedKeys(t *testing.T) {
	s, err := New(Options{Limits: Limits{KeyBytes: 4}})
	require.NoError(t, err)
	_, refused := s.Reserve([]byte("sum"))
	require.Nil(t, refused)
	_, err = s.Delete("sum")
	require.Equal(t, "key-computed", err.(*Error).Code)

	for key, code := range map[string]string{
		"": "key-empty", "$$x": "key-reserved", "a\xff": "key-not-text", "12345": "key-too-long", "none": "key-missing",
	} {
		_, err := s.Require(key)
		require.Equal(t, code, err.(*Error).Code, "Require(%q)", key)
		_, err = s.Pop(key)
		require.Equal(t, code, err.(*Error).Code, "Pop(%q)", key)
	}
}
