package session

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

var errOwn = errors.New("own")

// TestBatch: one delivery at the outermost end, with one change for each key that
// ended with another value (rule 23).
func TestBatch(t *testing.T) {
	s := restored(t, `{"a":1,"b":2,"c":3}`)
	var heard []Change
	rounds := 0
	stop := s.SubscribeAll(func(changes []Change) {
		rounds++
		heard = append(heard, changes...)
	})
	defer stop()
	require.NoError(t, s.Batch(func() error {
		setNumber(t, s, "a", 5)
		require.NoError(t, s.Batch(func() error {
			setNumber(t, s, "a", 6)
			setNumber(t, s, "b", 9)
			return nil
		}))
		require.Zero(t, rounds)
		v, _ := s.Get("a")
		require.EqualValues(t, 6, v.Number(), "a batch reads its own writes")
		require.ErrorIs(t, s.Batch(func() error {
			setNumber(t, s, "a", 7)
			setNumber(t, s, "d", 7)
			return errOwn
		}), errOwn)
		setNumber(t, s, "b", 2)
		_, err := s.Delete("c")
		require.NoError(t, err)
		return nil
	}))
	require.Equal(t, 1, rounds)
	require.Len(t, heard, 2)
	require.Equal(t, []string{"a", "c"}, []string{heard[0].Key, heard[1].Key})
	require.Equal(t, []string{"1", "6"}, []string{valueText(heard[0].Old), valueText(heard[0].Value)})
	require.Equal(t, Absent, heard[1].Value.Kind())
	require.Equal(t, "a=6 b=2 ", state(s))
	s.Forget()
	check(t, s)
}

// TestBatchPanics: everything is rolled back, nothing is delivered, and the panic goes on.
func TestBatchPanics(t *testing.T) {
	s := withHistory(t, 5)
	require.NoError(t, s.Restore([]byte(`{"a":1,"b":[2],"c":"three"}`)))
	before, version := snapshot(t, s), s.Stats().Version
	place := s.place([]byte("a"))
	was := *s.entries.at(place)
	stop := s.SubscribeAll(func([]Change) { t.Error("nothing is delivered") })
	defer stop()
	require.PanicsWithValue(t, "own", func() {
		_ = s.Batch(func() error {
			setNumber(t, s, "a", 2)
			return s.Batch(func() error {
				s.Clear("")
				setNumber(t, s, "d", 1)
				setNumber(t, s, "a", 3)
				panic("own")
			})
		})
	})
	require.Equal(t, before, snapshot(t, s))
	require.Greater(t, s.Stats().Version, version, "versions are never used again (rule 10)")
	is := *s.entries.at(place)
	require.Equal(t, []any{was.version, was.created, was.origin}, []any{is.version, is.created, is.origin})
	require.Zero(t, s.Open())
	require.Equal(t, []int{0, 0}, steps(s))
	check(t, s)
}

// TestBatchLeftOpen: batches that fn began end with it.
func TestBatchLeftOpen(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Batch(func() error {
		s.Begin()
		setNumber(t, s, "a", 1)
		return nil
	}))
	require.Zero(t, s.Open())
	require.Equal(t, "a=1 ", state(s))
	require.Panics(t, func() {
		_ = s.Batch(func() error {
			s.Begin()
			s.Begin()
			setNumber(t, s, "a", 2)
			panic("own")
		})
	})
	require.Zero(t, s.Open())
	require.Equal(t, "a=1 ", state(s))
	s.Begin()
	require.NoError(t, s.Batch(func() error {
		s.Commit()
		return nil
	}), "one too few is not made up for")
	require.Equal(t, 1, s.Open())
	s.Rollback()
	s.Rollback()
	s.Commit()
	check(t, s)
}

// TestUpdateInit: all or none, with the first refusal named (rule 7).
func TestUpdateInit(t *testing.T) {
	s := restored(t, `{"a":1}`)
	two, three := NumberValue(2), NumberValue(3)
	require.NoError(t, s.Init(Entry{"a", two}, Entry{"b", two}))
	require.Equal(t, "a=1 b=2 ", state(s))
	require.NoError(t, s.Update(Entry{"a", three}, Entry{"c", three}))
	require.Equal(t, "a=3 b=2 c=3 ", state(s))
	for name, call := range map[string]func(...Entry) error{"Init": s.Init, "Update": s.Update} {
		err := call(Entry{"d", two}, Entry{"$$x", two}, Entry{"", two})
		require.Equal(t, "key-reserved", refusal(t, err).Code, name)
		require.Equal(t, "a=3 b=2 c=3 ", state(s), name)
	}
	check(t, s)
}

// TestVersions: none is given twice, whatever happens to its change (rule 10).
func TestVersions(t *testing.T) {
	s := withHistory(t, 9)
	seen := map[uint64]string{}
	last := uint64(0)
	step := func(what string, do func()) {
		do()
		for _, key := range s.Keys() {
			e := s.entries.at(s.place([]byte(key)))
			v, _ := s.Get(key)
			is := key + "=" + valueText(v)
			if was, ok := seen[e.version]; ok {
				require.Equal(t, was, is, "%s: version %d", what, e.version)
			}
			seen[e.version] = is
		}
		require.GreaterOrEqual(t, s.Stats().Version, last, what)
		last = s.Stats().Version
	}
	for n := range 3 {
		step("set", func() { setNumber(t, s, "a", n) })
		step("batch", func() { s.Begin(); setNumber(t, s, "a", n+10); setNumber(t, s, "b", n) })
		step("rollback", s.Rollback)
		step("set", func() { setNumber(t, s, "b", n+20) })
		step("undo", func() { travels(t, s, false, true) })
		step("redo", func() { travels(t, s, true, true) })
		step("undo", func() { travels(t, s, false, true) })
		step("delete", func() { _, _ = s.Delete("a") })
		step("set", func() { setNumber(t, s, "a", n+30) })
		step("refused restore", func() { require.Error(t, s.Restore([]byte(`{"a":8,"a":9}`))) })
		step("restore", func() { require.NoError(t, s.Restore([]byte(`{"a":1,"b":2,"c":3}`))) })
		step("reset", s.Reset)
	}
}

// TestStampsWrap: the serial numbers of batches come round, in the middle of open
// batches too, and nothing takes an old one for a new.
func TestStampsWrap(t *testing.T) {
	for start := uint32(noBatch - 12); start != noBatch; start++ {
		s := restored(t, `{"a":0,"b":0,"c":0}`)
		s.lastSerial = start
		s.Begin()
		setNumber(t, s, "a", 1)
		s.Begin()
		setNumber(t, s, "a", 2)
		setNumber(t, s, "b", 2)
		s.Begin()
		setNumber(t, s, "b", 3)
		check(t, s)
		s.Commit()
		setNumber(t, s, "c", 4)
		s.Rollback()
		require.Equal(t, "a=1 b=0 c=0 ", state(s))
		setNumber(t, s, "c", 5)
		setNumber(t, s, "a", 6)
		check(t, s)
		s.Commit()
		require.Equal(t, 2, s.Changed())
		require.Equal(t, "a=6 b=0 c=5 ", state(s))
		s.Begin()
		setNumber(t, s, "a", 7)
		s.Rollback()
		require.Equal(t, "a=6 b=0 c=5 ", state(s))
		check(t, s)
	}
}

// TestSettingsInBatch: mode and limits hold at once, and a rollback brings back what
// they would refuse now.
func TestSettingsInBatch(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Set("f", ReferenceValue(1)))
	require.NoError(t, s.Set("long", StringValue("0123456789")))
	s.Begin()
	s.Clear("")
	require.NoError(t, s.SetMode(Enforce))
	require.NoError(t, s.SetLimits(Limits{ValueBytes: 6, Entries: 1, KeyBytes: 2}))
	require.ErrorIs(t, s.Set("f", ReferenceValue(2)), ErrUnserializable)
	require.ErrorIs(t, s.Set("long", NullValue()), ErrLimit)
	s.Rollback()
	require.Equal(t, `f=ref:1 long="0123456789" `, state(s))
	require.Len(t, s.Violations(), 1)
	require.Empty(t, s.TakeReleased())
	check(t, s)
}

// TestPinsInBatch: pins belong to no batch.
func TestPinsInBatch(t *testing.T) {
	s := fresh(t)
	s.Begin()
	slot := pin(t, s, "k")
	require.Nil(t, s.Write(slot, NumberValue(1)))
	s.Rollback()
	require.Equal(t, "k", string(s.KeyOf(slot)))
	s.Begin()
	require.Nil(t, s.Write(slot, NumberValue(1)))
	s.Unpin(slot)
	require.True(t, s.Remove(slot))
	require.Equal(t, "k", string(s.KeyOf(slot)))
	s.Commit()
	s.Forget()
	require.Nil(t, s.KeyOf(slot))
	check(t, s)
}

// TestTouched: every key that the innermost batch wrote, those of batches inside it too.
func TestTouched(t *testing.T) {
	s := restored(t, `{"a":0,"b":0,"c":0}`)
	touched := func() string {
		keys := map[string]bool{}
		s.Touched(func(slot Slot) { keys[string(s.KeyOf(slot))] = true })
		text := ""
		for _, key := range []string{"a", "b", "c", "d"} {
			if keys[key] {
				text += key
			}
		}
		return text
	}
	require.Empty(t, touched())
	s.Begin()
	setNumber(t, s, "a", 1)
	s.Begin()
	require.Empty(t, touched())
	setNumber(t, s, "b", 1)
	s.Begin()
	setNumber(t, s, "c", 1)
	_, err := s.Delete("b")
	require.NoError(t, err)
	s.Commit()
	require.Equal(t, "bc", touched())
	s.Begin()
	setNumber(t, s, "d", 1)
	s.Rollback()
	require.Equal(t, "bc", touched())
	s.Commit()
	require.Equal(t, "abc", touched())
	s.Commit()
	require.Empty(t, touched())
	require.Equal(t, 3, s.Changed())
}

// TestFillAllocates: what 50 batches of 1,000 new keys leave behind is small beside
// the 90 bytes that each key takes, since linear memory never shrinks.
func TestFillAllocates(t *testing.T) {
	s := restored(t, `{}`)
	keys := make([][]byte, 50_000)
	for i := range keys {
		keys[i] = fmt.Appendf(nil, "key%d", i)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for from := 0; from < len(keys); from += 1000 {
		s.Begin()
		for i := from; i < from+1000; i++ {
			_, err := s.Put(keys[i], NumberValue(float64(i)*1.5))
			require.Nil(t, err)
		}
		s.Commit()
	}
	runtime.ReadMemStats(&after)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/uint64(len(keys)), uint64(150))
}
