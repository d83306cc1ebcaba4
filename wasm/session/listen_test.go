package session

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChangesOfOneRound: a key that listeners wrote twice in one round is told
// twice, each time with the value and the version that write gave it, as
// JavaScript's listeners hear it (rules 10, 21, 22).
func TestChangesOfOneRound(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	var heard []string
	var versions []uint64
	_, err = s.Subscribe("b", func(c Change) {
		heard = append(heard, fmt.Sprint(c.Old.Number(), " to ", c.Value.Number()))
		versions = append(versions, c.Version)
	})
	require.NoError(t, err)
	_, err = s.Subscribe("a", func(Change) {
		for i := range 3 {
			require.NoError(t, s.Set("b", NumberValue(float64(i+1))))
		}
	})
	require.NoError(t, err)
	require.NoError(t, s.Set("a", NullValue()))
	require.Equal(t, []string{"0 to 1", "1 to 2", "2 to 3"}, heard)
	require.Equal(t, []uint64{2, 3, 4}, versions)
}
