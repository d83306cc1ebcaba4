package session

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// hear notes what a listener of the key is told.
func hear(t *testing.T, s *Session, key string, log *[]string) (stop func()) {
	t.Helper()
	stop, err := s.Subscribe(key, func(c Change) {
		*log = append(*log, fmt.Sprintf("%s:%s>%s", c.Key, valueText(c.Old), valueText(c.Value)))
	})
	require.NoError(t, err)
	return stop
}

// TestListeners: those of changed keys alone, in order of their subscription, those
// of all keys last; with old value, version and origin (rule 21).
func TestListeners(t *testing.T) {
	s := restored(t, `{"a":1}`)
	var log []string
	hear(t, s, "b", &log)
	hear(t, s, "a", &log)
	stopAll := s.SubscribeAll(func(changes []Change) { log = append(log, fmt.Sprint("all ", len(changes))) })
	stop := hear(t, s, "a", &log)
	s.SetOrigin(Widget)
	var change Change
	_, err := s.Subscribe("a", func(c Change) { change = c })
	require.NoError(t, err)
	require.Equal(t, 5, s.Stats().Listeners)
	require.NoError(t, s.Set("a", StringValue("two")))
	require.Equal(t, []string{`a:1>"two"`, `a:1>"two"`, "all 1"}, log)
	require.Equal(t, []any{"a", s.Stats().Version, Widget}, []any{change.Key, change.Version, change.Origin})
	log = nil
	setNumber(t, s, "c", 1)
	require.Equal(t, []string{"all 1"}, log)
	log = nil
	require.NoError(t, s.Set("a", StringValue("two")))
	require.Empty(t, log, "an equal value is no change (rule 10)")
	stop()
	stop()
	stopAll()
	_, err = s.Delete("a")
	require.NoError(t, err)
	require.Equal(t, []string{`a:"two">`}, log)
	require.Equal(t, 3, s.Stats().Listeners)
	s.Forget()
	check(t, s)
}

// TestListenerWrites: what listeners write is delivered after the round, in order,
// each with the value it ended with (rule 22).
func TestListenerWrites(t *testing.T) {
	s := fresh(t)
	var log []string
	note := func(c Change) {
		log = append(log, fmt.Sprintf("%s:%s>%s", c.Key, valueText(c.Old), valueText(c.Value)))
		check(t, s)
	}
	_, err := s.Subscribe("a", func(c Change) {
		note(c)
		if c.Value.Number() < 3 {
			setNumber(t, s, "b", int(c.Value.Number())*10)
			setNumber(t, s, "a", int(c.Value.Number())+1)
		}
	})
	require.NoError(t, err)
	_, err = s.Subscribe("a", func(c Change) { note(c) })
	require.NoError(t, err)
	_, err = s.Subscribe("b", func(c Change) { note(c) })
	require.NoError(t, err)
	setNumber(t, s, "a", 1)
	require.Equal(t, []string{"a:>1", "a:>1", "b:>10", "a:1>2", "a:1>2", "b:10>20", "a:2>3", "a:2>3"}, log)
}

// TestListenerBatches: batches that listeners run, roll back and nest.
func TestListenerBatches(t *testing.T) {
	s := fresh(t)
	var log []string
	hear(t, s, "b", &log)
	_, err := s.Subscribe("a", func(Change) {
		require.ErrorIs(t, s.Batch(func() error {
			setNumber(t, s, "b", 1)
			return errOwn
		}), errOwn)
		require.NoError(t, s.Batch(func() error {
			setNumber(t, s, "b", 2)
			require.NoError(t, s.Batch(func() error { setNumber(t, s, "b", 3); return nil }))
			check(t, s)
			return nil
		}))
		setNumber(t, s, "b", 4)
		s.Forget() // at an odd moment
		s.Forget()
		check(t, s)
	})
	require.NoError(t, err)
	setNumber(t, s, "a", 1)
	require.Equal(t, []string{"b:>3", "b:3>4"}, log)
	s.Forget()
	check(t, s)
}

// TestListenerEnds: one that ends during a delivery, by itself or by another, is
// told nothing more; one that begins is told of what comes next.
func TestListenerEnds(t *testing.T) {
	s := fresh(t)
	var log []string
	var stops []func()
	listen := func(name string, do func()) {
		stop, err := s.Subscribe("a", func(Change) {
			log = append(log, name)
			do()
		})
		require.NoError(t, err)
		stops = append(stops, stop)
	}
	began := false
	listen("first", func() {
		if !began {
			began = true
			listen("new", func() {})
		}
	})
	listen("ends itself", func() { stops[1]() })
	listen("ends the next", func() { stops[3]() })
	listen("never", func() {})
	listen("last", func() { _, _ = s.Delete("a") })
	setNumber(t, s, "a", 1)
	require.Equal(t, []string{"first", "ends itself", "ends the next", "last", "first", "ends the next", "last", "new"}, log)
	for _, stop := range stops {
		stop()
	}
	s.Forget()
	require.Zero(t, s.Stats().Listeners)
	require.Zero(t, s.index.count, "nothing names the key any more")
	check(t, s)
}

// TestListenerPanics: one does not stop the others, and is reported once after the
// delivery; without anybody to report to, the writer hears of the first (rule 22).
func TestListenerPanics(t *testing.T) {
	for _, reported := range []bool{true, false} {
		t.Run(fmt.Sprint(reported), func(t *testing.T) {
			var log, panics []any
			o := Options{}
			if reported {
				o.OnError = func(p any) {
					panics = append(panics, p)
					log = append(log, "reported")
				}
			}
			s, err := New(o)
			require.NoError(t, err)
			for _, name := range []string{"one", "two", "three"} {
				_, err := s.Subscribe("a", func(Change) {
					log = append(log, name)
					if name != "two" {
						setNumber(t, s, "b", len(log))
						panic(name)
					}
				})
				require.NoError(t, err)
			}
			s.SubscribeAll(func(changes []Change) { log = append(log, changes[0].Key) })
			write := func() { setNumber(t, s, "a", 1) }
			if reported {
				write()
				require.Equal(t, []any{"one", "three"}, panics)
				require.Equal(t, []any{"one", "two", "three", "a", "b", "reported", "reported"}, log)
			} else {
				require.PanicsWithValue(t, "one", write)
				require.Equal(t, []any{"one", "two", "three", "a", "b"}, log)
			}
			require.Equal(t, "a=1 b=3 ", state(s))
			setNumber(t, s, "c", 1)
			require.Equal(t, "c", log[len(log)-1], "the next delivery is as if nothing had been")
			s.Forget()
			check(t, s)
		})
	}
}

// TestListenerCycle: 100 rounds settle, one more does not (rule 22).
func TestListenerCycle(t *testing.T) {
	for _, last := range []int{maxRounds - 1, maxRounds} {
		var panics []any
		s, err := New(Options{OnError: func(p any) { panics = append(panics, p) }})
		require.NoError(t, err)
		calls := 0
		_, err = s.Subscribe("a", func(c Change) {
			calls++
			if n := int(c.Value.Number()); n < last {
				setNumber(t, s, "a", n+1)
			}
		})
		require.NoError(t, err)
		setNumber(t, s, "a", 0)
		require.Equal(t, maxRounds, calls)
		require.Equal(t, fmt.Sprintf("a=%d ", last), state(s), "what was written stays")
		if last < maxRounds {
			require.Empty(t, panics)
		} else {
			require.Len(t, panics, 1)
			err := panics[0].(error)
			require.ErrorIs(t, err, &Error{Class: ErrUsage.Class, Code: "listener-cycle"})
			require.ErrorContains(t, err, `key "a": listeners went on changing the session for 100 rounds`)
		}
		calls = 0
		setNumber(t, s, "a", maxRounds*2)
		require.Equal(t, 1, calls)
		s.Forget()
		check(t, s)
	}
}

// TestListenerSettings: everything else that a listener may do while it is told.
func TestListenerSettings(t *testing.T) {
	s := restored(t, `{"a":1,"b":2}`)
	require.NoError(t, s.Set("f", ReferenceValue(3)))
	var log []string
	hear(t, s, "b", &log)
	var slot Slot
	stop, err := s.Subscribe("a", func(c Change) {
		if c.Value.Number() != 5 {
			return
		}
		require.NoError(t, s.SetMode(Enforce))
		require.ErrorIs(t, s.Set("b", ReferenceValue(1)), ErrUnserializable)
		require.NoError(t, s.SetLimits(Limits{Entries: 1}))
		require.ErrorIs(t, s.Set("new", NullValue()), ErrLimit)
		require.NoError(t, s.SetLimits(Limits{}))
		slot = pin(t, s, "pinned")
		s.Unpin(slot)
		slot = pin(t, s, "pinned")
		reserved, refused := s.Reserve([]byte("sum"))
		require.Nil(t, refused)
		s.Unreserve(reserved)
		require.NoError(t, s.Restore([]byte(`{"b":7}`)))
		_, deleted := s.Delete("b")
		require.NoError(t, deleted)
		s.Begin()
		setNumber(t, s, "b", 8)
		s.Rollback()
		s.Reset()
		check(t, s)
	})
	require.NoError(t, err)
	defer stop()
	setNumber(t, s, "a", 5)
	require.Equal(t, []string{"b:2>7", "b:7>"}, log)
	require.Empty(t, state(s))
	s.Unpin(slot)
	s.Forget()
	require.Equal(t, []uint32{3}, s.TakeReleased())
	check(t, s)
}

// TestListenerLeavesBatchOpen: it ends with the listener, well or not as that did.
func TestListenerLeavesBatchOpen(t *testing.T) {
	for _, panics := range []bool{false, true} {
		s, err := New(Options{OnError: func(any) {}})
		require.NoError(t, err)
		var log []string
		_, err = s.Subscribe("a", func(Change) {
			s.Begin()
			s.Begin()
			setNumber(t, s, "b", 1)
			if panics {
				panic("own")
			}
		})
		require.NoError(t, err)
		hear(t, s, "a", &log)
		hear(t, s, "b", &log)
		setNumber(t, s, "a", 1)
		require.Zero(t, s.Open())
		want := []string{"a:>1", "b:>1"}
		require.Equal(t, want[:len(log)], log)
		require.Equal(t, !panics, s.Has("b"))
		s.Forget()
		check(t, s)
	}
}

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
