package session

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func steps(s *Session) []int {
	undo, redo := s.Steps()
	return []int{undo, redo}
}

func travels(t *testing.T, s *Session, redo, want bool) {
	t.Helper()
	ok, err := s.Travel(redo)
	require.Nil(t, err)
	require.Equal(t, want, ok)
}

func withHistory(t *testing.T, steps int) *Session {
	t.Helper()
	s := fresh(t)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: steps}))
	return s
}

func setNumber(t *testing.T, s *Session, key string, n int) {
	t.Helper()
	require.NoError(t, s.Set(key, NumberValue(float64(n))))
}

// TestUndoInListener: the change that a listener hears is a step already, and a
// listener may undo and redo like any other code (rules 22 and 25).
func TestUndoInListener(t *testing.T) {
	s := withHistory(t, 10)
	for n := range 3 {
		setNumber(t, s, "a", n)
	}
	var heard []string
	stop, err := s.Subscribe("a", func(c Change) {
		heard = append(heard, valueText(c.Old)+">"+valueText(c.Value))
		if c.Value.Number() == 9 {
			require.Equal(t, []int{4, 0}, steps(s))
			travels(t, s, false, true)
		}
	})
	require.NoError(t, err)
	setNumber(t, s, "a", 9)
	require.Equal(t, []string{"2>9", "9>2"}, heard)
	require.Equal(t, []int{3, 1}, steps(s))
	stop()
	for n := 1; n >= 0; n-- {
		travels(t, s, false, true)
		require.Equal(t, fmt.Sprintf("a=%d ", n), state(s))
	}
	check(t, s)
}

// TestRedoInListener: the change that a listener hears has ended what could be redone.
func TestRedoInListener(t *testing.T) {
	s := withHistory(t, 10)
	setNumber(t, s, "a", 1)
	travels(t, s, false, true)
	stop := s.SubscribeAll(func([]Change) { travels(t, s, true, false) })
	defer stop()
	setNumber(t, s, "b", 1)
	require.Equal(t, "b=1 ", state(s))
	check(t, s)
}

// TestHistoryEndsInListener: what is given up while it is told is still told right.
func TestHistoryEndsInListener(t *testing.T) {
	s := withHistory(t, 1)
	long := StringValue(string(make([]byte, 40)))
	var heard []string
	stopAll := s.SubscribeAll(func(changes []Change) {
		for _, c := range changes {
			heard = append(heard, c.Key+":"+valueText(c.Old)+">"+valueText(c.Value))
		}
	})
	defer stopAll()
	stop, err := s.Subscribe("a", func(c Change) {
		if c.Value.Number() != 1 {
			return
		}
		require.NoError(t, s.Set("b", StringValue("one")))
		require.NoError(t, s.Set("b", StringValue("two")))
		require.NoError(t, s.SetHistory(HistoryLimits{}))
		require.NoError(t, s.Set("c", StringValue("other text")))
		check(t, s)
	})
	require.NoError(t, err)
	require.NoError(t, s.Set("a", long))
	heard = nil
	setNumber(t, s, "a", 1)
	require.Equal(t, []string{
		"a:" + valueText(long) + ">1",
		`b:>"one"`, `b:"one">"two"`, `c:>"other text"`,
	}, heard)
	stop()
	s.Forget()
	check(t, s)
}

// TestResetRolledBack: what clears the history does not, once its own batch was
// rolled back inside another (rules 23 and 25).
func TestResetRolledBack(t *testing.T) {
	s := withHistory(t, 10)
	setNumber(t, s, "a", 1)
	s.Begin()
	s.Begin()
	s.Reset()
	require.NoError(t, s.Restore([]byte(`{"a":7}`)))
	s.Rollback()
	setNumber(t, s, "a", 2)
	s.Commit()
	require.Equal(t, []int{2, 0}, steps(s))
	s.Begin()
	s.Begin()
	s.Reset()
	s.Commit()
	s.Commit()
	require.Equal(t, []int{0, 0}, steps(s))
	s.Forget()
	check(t, s)
}

// TestHistoryBoundInBatch: bounds may change while a step is being taken back.
func TestHistoryBoundInBatch(t *testing.T) {
	for _, redo := range []bool{false, true} {
		for name, bounds := range map[string][]HistoryLimits{
			"ended and begun": {{}, {Steps: 5}}, "ended": {{}}, "fewer bytes": {{Steps: 5, Bytes: 1}}, "fewer": {{Steps: 1}},
		} {
			t.Run(fmt.Sprint(name, redo), func(t *testing.T) {
				s := withHistory(t, 5)
				setNumber(t, s, "a", 1)
				setNumber(t, s, "a", 2)
				if redo {
					travels(t, s, false, true)
				}
				ok, err := s.BeginTravel(redo)
				require.Nil(t, err)
				require.True(t, ok)
				for _, bound := range bounds {
					require.NoError(t, s.SetHistory(bound))
					check(t, s)
				}
				s.Commit()
				check(t, s)
				s.Forget()
				check(t, s)
				for range 5 {
					_, err := s.Undo()
					require.NoError(t, err)
				}
				travels(t, s, false, false)
				check(t, s)
			})
		}
	}
}

// TestTravelWithoutChange: a step that was taken back and written again in the same
// batch is gone, so that undoing until there is nothing left ends.
func TestTravelWithoutChange(t *testing.T) {
	s := withHistory(t, 5)
	setNumber(t, s, "a", 1)
	setNumber(t, s, "a", 2)
	ok, err := s.BeginTravel(false)
	require.Nil(t, err)
	require.True(t, ok)
	setNumber(t, s, "a", 2)
	s.Commit()
	require.Equal(t, []int{1, 0}, steps(s))
	s.Forget()
	check(t, s)
}

// TestUndoOrder: a key that was deleted and made again in one batch goes back to
// where it stood.
func TestUndoOrder(t *testing.T) {
	s := withHistory(t, 5)
	require.NoError(t, s.Restore([]byte(`{"a":1,"b":2,"c":3}`)))
	require.NoError(t, s.Batch(func() error {
		_, err := s.Delete("a")
		require.NoError(t, err)
		return s.Set("a", NumberValue(9))
	}))
	require.Equal(t, "b=2 c=3 a=9 ", state(s))
	travels(t, s, false, true)
	require.Equal(t, "a=1 b=2 c=3 ", state(s))
	travels(t, s, true, true)
	require.Equal(t, "b=2 c=3 a=9 ", state(s))
	check(t, s)
}

// TestHistoryBounds: steps and bytes each at their bound and one over it, and a
// lower bound at run time.
func TestHistoryBounds(t *testing.T) {
	s := fresh(t)
	require.ErrorIs(t, s.SetHistory(HistoryLimits{Steps: -1}), ErrUsage)
	require.ErrorIs(t, s.SetHistory(HistoryLimits{Steps: 1, Bytes: -1}), ErrUsage)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 3}))
	for n := range 4 {
		setNumber(t, s, "a", n)
	}
	require.Equal(t, []int{3, 0}, steps(s))
	for range 3 {
		travels(t, s, false, true)
	}
	require.Equal(t, []int{0, 3}, steps(s))
	require.Equal(t, "a=0 ", state(s))
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 2}))
	require.Equal(t, []int{0, 2}, steps(s), "the nearest steps stay")
	travels(t, s, true, true)
	require.Equal(t, "a=1 ", state(s))

	bytes := int64(stepBytes + 8)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 9, Bytes: 3 * bytes}))
	for n := range 5 {
		setNumber(t, s, "a", n+10)
	}
	require.Equal(t, []int{3, 0}, steps(s))
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 9, Bytes: 3*bytes - 1}))
	require.Equal(t, []int{2, 0}, steps(s))
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 9, Bytes: 1}))
	require.Equal(t, []int{0, 0}, steps(s))
	setNumber(t, s, "a", 1)
	require.Equal(t, []int{0, 0}, steps(s), "a step larger than the bound is none")
	s.Forget()
	check(t, s)
}

// TestHistoryHolds: a reference and its slot live as long as the history names
// them (decision 18).
func TestHistoryHolds(t *testing.T) {
	s := withHistory(t, 2)
	require.NoError(t, s.Set("a", ReferenceValue(7)))
	setNumber(t, s, "a", 1)
	s.Forget()
	require.Empty(t, s.TakeReleased())
	travels(t, s, false, true)
	v, _ := s.Get("a")
	require.EqualValues(t, 7, v.Reference())
	travels(t, s, true, true)
	for n := range 2 {
		s.Forget()
		require.Empty(t, s.TakeReleased(), n)
		setNumber(t, s, "b", n)
	}
	s.Forget()
	require.Equal(t, []uint32{7}, s.TakeReleased())
	check(t, s)
}

// TestTravelRolledBack: the step stays where it was, for the next try.
func TestTravelRolledBack(t *testing.T) {
	s := withHistory(t, 5)
	require.NoError(t, s.Set("a", StringValue("one")))
	require.NoError(t, s.Set("a", ReferenceValue(2)))
	for _, redo := range []bool{false, true} {
		for range 3 {
			before, was := state(s), steps(s)
			ok, err := s.BeginTravel(redo)
			require.Nil(t, err)
			require.True(t, ok)
			require.NotEqual(t, before, state(s))
			setNumber(t, s, "b", 1)
			check(t, s)
			s.Rollback()
			check(t, s)
			require.Equal(t, before, state(s))
			require.Equal(t, was, steps(s))
		}
		travels(t, s, redo, true)
	}
	require.Equal(t, "a=ref:2 ", state(s))
	require.Empty(t, s.TakeReleased())
}
