package session

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestModes: what becomes of a value that JSON cannot represent (rules 13 to 15).
func TestModes(t *testing.T) {
	for _, mode := range []Mode{Off, Report} {
		s, err := New(Options{Mode: mode})
		require.NoError(t, err)
		require.Equal(t, mode, s.Mode())
		require.NoError(t, s.Set("f", ReferenceValue(1)))
	}
	s, err := New(Options{Mode: Enforce})
	require.NoError(t, err)
	setNumber(t, s, "f", 1)
	before := s.Stats()
	refused := refusal(t, s.Set("f", ReferenceValue(1)))
	require.Equal(t, []string{"unserializable", "f", "", "reference"}, []string{refused.Code, refused.Key, refused.Path, refused.Type})
	require.Equal(t, before, s.Stats())
	require.Equal(t, "f=1 ", state(s))
	require.ErrorIs(t, s.SetMode(3), &Error{Class: ErrUsage.Class, Code: "mode-invalid"})
	require.Equal(t, Enforce, s.Mode())
}

// TestViolations: turning enforcement on drops nothing and lists what is there, in
// order, in every mode.
func TestViolations(t *testing.T) {
	s := restored(t, `{"a":1}`)
	require.NoError(t, s.Set("z", ReferenceValue(1)))
	require.NoError(t, s.Set("b", ReferenceValue(2)))
	for _, mode := range []Mode{Off, Report, Enforce} {
		require.NoError(t, s.SetMode(mode))
		found := s.Violations()
		require.Len(t, found, 2)
		require.Equal(t, []string{"z", "b"}, []string{found[0].Key, found[1].Key})
		require.ErrorIs(t, found[0], ErrUnserializable)
	}
	v, ok := s.Get("z")
	require.True(t, ok)
	require.EqualValues(t, 1, v.Reference())
	require.ErrorIs(t, s.Set("z", ReferenceValue(1)), ErrUnserializable, "the same again is refused too")
	_, err := s.Delete("z")
	require.NoError(t, err)
	setNumber(t, s, "b", 1)
	require.Empty(t, s.Violations())
	check(t, s)
}
