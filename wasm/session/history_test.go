package session

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func state(s *Session) string {
	text := ""
	for _, key := range s.Keys() {
		v, _ := s.Get(key)
		text += key + "=" + valueText(v) + " "
	}
	return text
}

// TestHistoryModel undoes and redoes at random and holds the session, order of
// keys included, against the list of states it went through (rule 25).
func TestHistoryModel(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	s, err := New(Options{Track: true})
	require.NoError(t, err)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 40}))
	states, at := []string{""}, 0
	for i := range 6_000 {
		version := s.Stats().Version
		switch op := r.IntN(10); {
		case op < 3:
			ok, err := s.Undo()
			require.NoError(t, err)
			undo, _ := s.Steps()
			require.Equal(t, ok, at > 0 || undo > 0, i)
			if ok {
				at--
			}
		case op < 5:
			ok, err := s.Redo()
			require.NoError(t, err)
			require.Equal(t, ok, at < len(states)-1, i)
			if ok {
				at++
			}
		default:
			require.NoError(t, s.Batch(func() error {
				for _, n := range r.Perm(8)[:1+r.IntN(4)] {
					key := fmt.Sprint("key", n)
					if r.IntN(3) == 0 {
						_, err := s.Delete(key)
						require.NoError(t, err)
						if r.IntN(2) == 0 { // it comes back with another value, at the end of the order
							require.NoError(t, s.Set(key, NumberValue(float64(1000+i))))
						}
						continue
					}
					v, _ := draw(r)
					require.NoError(t, s.Set(key, v))
				}
				return nil
			}))
			if state(s) != states[at] {
				states = append(states[:at+1], state(s))
				at++
				if at > 40 {
					states, at = states[1:], at-1
				}
			}
		}
		require.Equal(t, states[at], state(s), i)
		require.GreaterOrEqual(t, s.Stats().Version, version)
		undo, redo := s.Steps()
		require.Equal(t, at, undo, i)
		require.Equal(t, len(states)-1-at, redo, i)
	}
}

// TestHistoryEnds: a restore and a reset clear the history, unless their batch is
// rolled back (rule 25).
func TestHistoryEnds(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 10}))
	require.NoError(t, s.Set("a", NumberValue(1)))
	require.ErrorIs(t, s.Batch(func() error {
		require.NoError(t, s.Restore([]byte(`{}`)))
		return ErrUsage
	}), ErrUsage)
	undo, _ := s.Steps()
	require.Equal(t, 1, undo)
	require.NoError(t, s.Restore([]byte(`{"a":2}`)))
	undo, _ = s.Steps()
	require.Zero(t, undo)
	ok, err := s.Undo()
	require.NoError(t, err)
	require.False(t, ok)
}

// TestUndoRefused: what enforcement or a limit refuses now makes undo fail and
// changes nothing, the history neither (rule 25).
func TestUndoRefused(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 10}))
	require.NoError(t, s.Set("a", ReferenceValue(1)))
	require.NoError(t, s.Set("b", StringValue("long enough")))
	require.NoError(t, s.Update(Entry{"a", NumberValue(1)}, Entry{"b", NumberValue(2)}))
	require.NoError(t, s.SetMode(Enforce))
	before := state(s)
	_, err = s.Undo()
	require.ErrorIs(t, err, ErrUnserializable)
	require.Equal(t, before, state(s))
	require.NoError(t, s.SetMode(Off))
	require.NoError(t, s.SetLimits(Limits{ValueBytes: 4}))
	_, err = s.Undo()
	require.ErrorIs(t, err, ErrLimit)
	require.Equal(t, before, state(s))
	require.NoError(t, s.SetLimits(Limits{}))
	ok, err := s.Undo()
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, `a=ref:1 b="long enough" `, state(s))
	require.ErrorIs(t, s.Batch(func() error { _, err := s.Undo(); return err }), ErrUsage)
}
