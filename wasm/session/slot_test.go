package session

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func fresh(t *testing.T) *Session {
	t.Helper()
	s, err := New(Options{Track: true})
	require.NoError(t, err)
	return s
}

func pin(t *testing.T, s *Session, key string) Slot {
	t.Helper()
	slot, err := s.Pin([]byte(key))
	require.Nil(t, err)
	return slot
}

// TestUnpinTooOften: whoever drives the exports may end more pins than there are.
// What a batch or the history has noted of a key keeps its place all the same.
func TestUnpinTooOften(t *testing.T) {
	t.Run("in a batch that rolls back", func(t *testing.T) {
		s := fresh(t)
		require.NoError(t, s.Set("a", NumberValue(1)))
		s.Begin()
		slot := s.Slot([]byte("a"))
		require.True(t, s.Remove(slot))
		s.Unpin(slot)
		s.Unpin(slot)
		require.NoError(t, s.Set("b", NumberValue(2)))
		s.Rollback()
		require.Equal(t, "a=1 ", state(s))
		require.Equal(t, slot, s.Slot([]byte("a")))
	})
	t.Run("with a history", func(t *testing.T) {
		s := fresh(t)
		require.NoError(t, s.SetHistory(HistoryLimits{Steps: 5}))
		require.NoError(t, s.Set("a", NumberValue(1)))
		slot := s.Slot([]byte("a"))
		require.True(t, s.Remove(slot))
		s.Forget()
		s.Unpin(slot)
		s.Unpin(slot)
		ok, err := s.Undo()
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "a=1 ", state(s))
	})
	t.Run("of a reserved key", func(t *testing.T) {
		s := fresh(t)
		slot, err := s.Reserve([]byte("a"))
		require.Nil(t, err)
		s.Unpin(slot)
		require.ErrorIs(t, s.Set("a", NullValue()), &Error{Class: ErrKey.Class, Code: "key-computed"})
		s.Unreserve(slot)
		require.Equal(t, []Slot{slot}, s.TakeFreed())
		require.NoError(t, s.Set("a", NullValue()))
	})
}

// TestSlotLives: a slot is good as long as anything names its key, and freed when
// the last one stops (decision 33).
func TestSlotLives(t *testing.T) {
	stale := func(t *testing.T, s *Session, slot Slot) {
		t.Helper()
		require.ErrorIs(t, s.Write(slot, NullValue()), &Error{Class: ErrUsage.Class, Code: "stale-slot"})
		_, _, _, err := s.Read(slot)
		require.ErrorIs(t, err, &Error{Class: ErrUsage.Class, Code: "stale-slot"})
		require.False(t, s.Remove(slot))
		require.Nil(t, s.KeyOf(slot))
		require.EqualValues(t, -1, s.SetNumberFast(slot, 1))
		require.Equal(t, []Slot{slot}, s.TakeFreed())
		require.Nil(t, s.TakeFreed())
	}
	good := func(t *testing.T, s *Session, slot Slot) {
		t.Helper()
		s.Forget()
		require.Equal(t, "k", string(s.KeyOf(slot)))
		require.Empty(t, s.TakeFreed())
	}
	remove := func(t *testing.T, s *Session, slot Slot) {
		t.Helper()
		require.True(t, s.Remove(slot))
	}
	set := func(t *testing.T, s *Session) Slot {
		t.Helper()
		require.NoError(t, s.Set("k", NumberValue(1)))
		return s.Slot([]byte("k"))
	}
	t.Run("while present", func(t *testing.T) {
		s := fresh(t)
		slot := set(t, s)
		good(t, s, slot)
		remove(t, s, slot)
		require.Empty(t, s.TakeFreed(), "the changes name it until they are forgotten")
		s.Forget()
		stale(t, s, slot)
	})
	t.Run("while pinned", func(t *testing.T) {
		s := fresh(t)
		slot := set(t, s)
		require.Equal(t, slot, pin(t, s, "k"))
		require.Equal(t, slot, pin(t, s, "k"))
		remove(t, s, slot)
		good(t, s, slot)
		s.Unpin(slot)
		good(t, s, slot)
		require.Nil(t, s.Write(slot, NumberValue(2)))
		remove(t, s, slot)
		s.Forget()
		s.Unpin(slot)
		stale(t, s, slot)
	})
	t.Run("while a listener has it", func(t *testing.T) {
		s := fresh(t)
		stop, err := s.Subscribe("k", func(Change) {})
		require.NoError(t, err)
		slot := s.Slot([]byte("k"))
		good(t, s, slot)
		stop()
		stop()
		stale(t, s, slot)
	})
	t.Run("while a batch is open", func(t *testing.T) {
		s := fresh(t)
		slot := set(t, s)
		s.Begin()
		s.Begin()
		remove(t, s, slot)
		s.Commit()
		good(t, s, slot)
		s.Rollback()
		good(t, s, slot)
		s.Begin()
		remove(t, s, slot)
		s.Commit()
		s.Forget()
		stale(t, s, slot)
	})
	t.Run("made in a batch that rolls back", func(t *testing.T) {
		s := fresh(t)
		s.Begin()
		slot := set(t, s)
		s.Rollback()
		stale(t, s, slot)
	})
	t.Run("while in the history", func(t *testing.T) {
		s := fresh(t)
		require.NoError(t, s.SetHistory(HistoryLimits{Steps: 2}))
		slot := set(t, s)
		remove(t, s, slot)
		good(t, s, slot)
		require.NoError(t, s.Set("other", NumberValue(1)))
		good(t, s, slot)
		require.NoError(t, s.Set("other", NumberValue(2)))
		s.Forget()
		stale(t, s, slot)
	})
	t.Run("until the history ends", func(t *testing.T) {
		s := fresh(t)
		require.NoError(t, s.SetHistory(HistoryLimits{Steps: 9}))
		slot := set(t, s)
		remove(t, s, slot)
		good(t, s, slot)
		require.NoError(t, s.SetHistory(HistoryLimits{}))
		stale(t, s, slot)
	})
	t.Run("while reserved", func(t *testing.T) {
		s := fresh(t)
		slot, err := s.Reserve([]byte("k"))
		require.Nil(t, err)
		good(t, s, slot)
		s.Unreserve(slot)
		stale(t, s, slot)
		s.Unreserve(slot)
	})
}

// TestReserve: a computed value's key is written through no door, and is given
// only when the key is free, in an open batch too (decision 24).
func TestReserve(t *testing.T) {
	taken := &Error{Class: ErrKey.Class, Code: "key-taken"}
	computed := &Error{Class: ErrKey.Class, Code: "key-computed"}
	s := fresh(t)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 5}))
	require.NoError(t, s.Set("sum", NumberValue(1)))
	_, err := s.Reserve([]byte("sum"))
	require.ErrorIs(t, err, taken)
	require.NoError(t, s.Batch(func() error {
		_, err := s.Delete("sum")
		require.NoError(t, err)
		_, refused := s.Reserve([]byte("sum"))
		require.ErrorIs(t, refused, taken, "a rollback would bring it back")
		return nil
	}))
	slot, err := s.Reserve([]byte("sum"))
	require.Nil(t, err)
	_, err = s.Reserve([]byte("sum"))
	require.ErrorIs(t, err, taken)
	require.ErrorIs(t, s.Set("sum", NumberValue(2)), computed)
	require.ErrorIs(t, s.Write(slot, NumberValue(2)), computed)
	require.ErrorIs(t, s.Restore([]byte(`{"sum":1}`)), computed)
	_, undone := s.Undo()
	require.ErrorIs(t, undone, computed)
	require.False(t, s.Has("sum"))
	require.EqualValues(t, -1, s.SetNumberFast(slot, 1))
	require.Empty(t, s.Keys())
	s.Begin()
	other, err := s.Reserve([]byte("other"))
	require.Nil(t, err)
	s.Rollback()
	require.ErrorIs(t, s.Write(other, NullValue()), computed, "a rollback ends no reservation")
	s.Begin()
	s.Unreserve(other)
	require.NoError(t, s.Set("other", NumberValue(1)))
	s.Rollback()
	require.False(t, s.Has("other"))
	s.Unreserve(slot)
	ok, undone := s.Undo()
	require.NoError(t, undone)
	require.True(t, ok)
	require.Equal(t, "sum=1 ", state(s))
}

// TestPlacesRest: a place is used again only when more than restingFree others are
// free, so that a stale slot is told apart for restingFree reuses and its
// generations come round no sooner than after 256 times as many.
func TestPlacesRest(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Set("first", NullValue()))
	stale := s.Slot([]byte("first"))
	require.True(t, s.Remove(stale))
	for i := range 256*restingFree - 1 {
		key := fmt.Sprint("key", i)
		require.NoError(t, s.Set(key, NullValue()))
		require.NotEqual(t, stale, s.Slot([]byte(key)), i)
		if i < restingFree {
			require.NotEqual(t, stale&placeMask, s.Slot([]byte(key))&placeMask, i)
		}
		require.True(t, s.Remove(s.Slot([]byte(key))))
		s.freed = nil
		if i%1000 == 0 {
			require.Nil(t, s.entries.lookup(stale), i)
		}
	}
	require.Nil(t, s.entries.lookup(stale))
}

// TestPlacesEnd: when every place names a key, the next key is refused by a limit
// at each door, and nothing changes.
func TestPlacesEnd(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Set("a", NumberValue(1)))
	s.entries.places = placeMask // as if all had been used
	full := &Error{Class: ErrLimit.Class, Code: "too-many-entries"}
	before := s.Stats()
	require.ErrorIs(t, s.Set("b", NumberValue(1)), full)
	_, err := s.Pin([]byte("b"))
	require.ErrorIs(t, err, full)
	_, err = s.Reserve([]byte("b"))
	require.ErrorIs(t, err, full)
	_, subscribed := s.Subscribe("b", func(Change) {})
	require.ErrorIs(t, subscribed, full)
	require.ErrorIs(t, s.Restore([]byte(`{"a":2,"b":1}`)), full)
	require.Equal(t, "a=1 ", state(s))
	require.Equal(t, before.Bytes, s.Stats().Bytes)
	require.NoError(t, s.Set("a", NumberValue(2)))
	_, deleted := s.Delete("a")
	require.NoError(t, deleted)
	require.NoError(t, s.Set("b", NumberValue(1)), "the last free place is taken without a rest")
}

// TestForeignSlots: no slot that was never given names anything.
func TestForeignSlots(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Set("a", NumberValue(1)))
	for _, slot := range []Slot{0, 2, 1023, 1024, 1 << 22, 1<<22 | 1, placeMask, 1<<30 | 1, 1<<31 | 1, 1<<32 - 1} {
		require.Nil(t, s.entries.lookup(slot), slot)
		require.EqualValues(t, -1, s.SetNumberFast(slot, 2))
		require.EqualValues(t, -1, s.SetBoolFast(slot, true))
		require.EqualValues(t, -1, s.SetShortFast(slot, 1, 'a', 0))
		s.Unpin(slot)
		s.Unreserve(slot)
	}
	require.Equal(t, "a=1 ", state(s))
}
