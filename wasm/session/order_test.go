package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOrder: insertion order against a slice, through batches that are rolled back
// (rule 6).
func TestOrder(t *testing.T) {
	s := fresh(t)
	r := rand.New(rand.NewPCG(9, 9))
	model := []string{}
	saved := [][]string{}
	for i := range 20_000 {
		key := fmt.Sprint(r.IntN(30))
		at := slices.Index(model, key)
		switch r.IntN(8) {
		case 0, 1, 2:
			setNumber(t, s, key, i)
			if at < 0 {
				model = append(model, key)
			}
		case 3, 4:
			_, err := s.Delete(key)
			require.NoError(t, err)
			if at >= 0 {
				model = slices.Delete(model, at, at+1)
			}
		case 5:
			if len(saved) < 5 {
				s.Begin()
				saved = append(saved, slices.Clone(model))
			}
		case 6, 7:
			if len(saved) == 0 {
				break
			}
			if r.IntN(2) == 0 {
				s.Commit()
			} else {
				s.Rollback()
				model = saved[len(saved)-1]
			}
			saved = saved[:len(saved)-1]
		}
		require.Equal(t, model, s.Keys(), i)
		if i%100 == 0 {
			check(t, s)
		}
	}
}

// TestClearRollback: bringing back many keys looks for no place from the end.
func TestClearRollback(t *testing.T) {
	s := withHistory(t, 3)
	const n = 30_000 // at 10 ns a step the square of it would take 9 s
	require.NoError(t, s.Batch(func() error {
		for i := range n {
			setNumber(t, s, fmt.Sprint(i), i)
		}
		return nil
	}))
	keys := s.Keys()
	s.Begin()
	s.Clear("")
	require.Empty(t, s.Keys())
	s.Rollback()
	require.Equal(t, keys, s.Keys())
	s.Clear("")
	travels(t, s, false, true)
	require.Equal(t, keys, s.Keys())
	travels(t, s, true, true)
	require.Empty(t, s.Keys())
	travels(t, s, false, true)
	s.Forget()
	check(t, s)
}
