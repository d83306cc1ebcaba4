package session

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// modelEntry and model are the plainest thing that behaves like a session: a
// list of entries, copied whole when a batch begins.
type modelEntry struct {
	key, value string // canonical text, or ref:N
	version    uint64
}

type model struct {
	entries []modelEntry
	saved   [][]modelEntry
}

func (m *model) find(key string) int {
	return slices.IndexFunc(m.entries, func(e modelEntry) bool { return e.key == key })
}

func (m *model) set(key, value string, version uint64) {
	i := m.find(key)
	switch {
	case i < 0:
		m.entries = append(m.entries, modelEntry{key, value, version})
	case m.entries[i].value != value:
		m.entries[i] = modelEntry{key, value, version}
	}
}

func (m *model) delete(key string) bool {
	i := m.find(key)
	if i < 0 {
		return false
	}
	m.entries = slices.Delete(m.entries, i, i+1)
	return true
}

func (m *model) begin() { m.saved = append(m.saved, slices.Clone(m.entries)) }

func (m *model) commit() { m.saved = m.saved[:len(m.saved)-1] }

func (m *model) rollback() {
	m.entries = m.saved[len(m.saved)-1]
	m.commit()
}

// settle gives what ended as it had been before the batch its old version.
func (m *model) settle(before []modelEntry) {
	for i, e := range m.entries {
		for _, old := range before {
			if old.key == e.key && old.value == e.value {
				m.entries[i].version = old.version
			}
		}
	}
}

func (m *model) keys() []string {
	keys := []string{}
	for _, e := range m.entries {
		keys = append(keys, e.key)
	}
	return keys
}

// references counts how many entries hold each reference.
func (m *model) references() map[uint32]int {
	held := map[uint32]int{}
	for _, e := range m.entries {
		var id uint32
		if n, _ := fmt.Sscanf(e.value, "ref:%d", &id); n == 1 {
			held[id]++
		}
	}
	return held
}

func (m *model) snapshot() string {
	var b strings.Builder
	b.WriteByte('{')
	for _, e := range m.entries {
		if strings.HasPrefix(e.value, "ref:") {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s:%s", quote(e.key), e.value)
	}
	return b.String() + "}"
}

func valueText(v Value) string {
	if v.Kind() == Reference {
		return fmt.Sprintf("ref:%d", v.Reference())
	}
	return string(v.AppendJSON(nil))
}

// draw gives a random value and how the model writes it.
func draw(r *rand.Rand) (Value, string) {
	switch r.IntN(9) {
	case 0:
		return NullValue(), "null"
	case 1:
		b := r.IntN(2) == 0
		return BoolValue(b), fmt.Sprint(b)
	case 2, 3:
		n := r.IntN(20)
		return NumberValue(float64(n)), fmt.Sprint(n)
	case 4:
		s := strings.Repeat("a", r.IntN(24))
		return StringValue(s), quote(s)
	case 5:
		s := strings.Repeat("é", r.IntN(9000))
		return StringValue(s), quote(s)
	case 6:
		n := r.IntN(5)
		return JSONValue(fmt.Appendf(nil, `{"n": %d, "list": [1, 2]}`, n)), fmt.Sprintf(`{"n":%d,"list":[1,2]}`, n)
	case 7:
		s := strings.Repeat("1,", r.IntN(300)) + "1"
		return JSONValue([]byte("[" + s + "]")), "[" + s + "]"
	default:
		n := uint32(r.Uint64()>>33) + 1 // whoever holds values never gives a number twice
		return ReferenceValue(n), fmt.Sprintf("ref:%d", n)
	}
}

// TestModel drives a session and the model with the same random operations
// (rules 1, 5, 6, 8, 10, 11, 14, 15, 19, 21, 23).
func TestModel(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { runModel(t, seed, 25_000) })
	}
}

func runModel(t *testing.T, seed uint64, operations int) {
	r := rand.New(rand.NewPCG(seed, 1))
	s, err := New(Options{Seed: seed, Track: true})
	require.NoError(t, err)
	m := &model{}
	s.held = map[uint32]int{}
	heard := map[string]Change{}
	stops := map[string]func(){}
	deliveries := 0
	stopAll := s.SubscribeAll(func(changes []Change) {
		deliveries++
		for _, c := range changes {
			heard[c.Key] = c
		}
	})
	defer stopAll()
	one := map[string]int{}
	committed := []modelEntry{} // the model when the listeners were last told
	last := uint64(0)
	key := func() string { return fmt.Sprint("key", r.IntN(12)) }

	for i := range operations {
		clear(heard)
		clear(one)
		deliveries = 0
		before := s.Stats().Version
		what := ""
		switch op := r.IntN(24); {
		case op < 10:
			k := key()
			v, text := draw(r)
			what = "set " + k
			err := s.Set(k, v)
			if v.Kind() == Reference && s.Mode() == Enforce {
				require.ErrorIs(t, err, ErrUnserializable)
				require.Equal(t, before, s.Stats().Version)
			} else {
				require.NoError(t, err)
				m.set(k, text, s.Stats().Version)
			}
		case op < 12: // the hot calls, over whatever stands there
			k := key()
			slot := s.Slot([]byte(k))
			n := r.IntN(20)
			what = "fast " + k
			if version := s.SetNumberFast(slot, float64(n)); version > 0 {
				m.set(k, fmt.Sprint(n), uint64(version))
			}
			if version := s.SetShortFast(slot, 3, uint64('x')|uint64('y')<<8|uint64('z')<<16, 0); version > 0 {
				m.set(k, `"xyz"`, uint64(version))
			}
		case op < 15:
			k := key()
			what = "delete " + k
			was, err := s.Delete(k)
			require.NoError(t, err)
			require.Equal(t, m.delete(k), was)
		case op < 17:
			what = "begin"
			if len(m.saved) < 4 {
				s.Begin()
				m.begin()
			}
		case op < 19:
			what = "commit"
			if len(m.saved) > 0 {
				m.commit()
				s.Commit()
			}
		case op < 21:
			what = "rollback"
			if len(m.saved) > 0 {
				m.rollback()
				s.Rollback()
			}
		case op == 21:
			what = "subscribe"
			k := key()
			if stop, ok := stops[k]; ok {
				stop()
				delete(stops, k)
			} else {
				stop, err := s.Subscribe(k, func(Change) { one[k]++ })
				require.NoError(t, err)
				stops[k] = stop
			}
		case op == 22 && r.IntN(20) == 0:
			what = "restore"
			restoreSome(t, r, s, m)
		case op == 23 && r.IntN(20) == 0:
			if r.IntN(2) == 0 {
				what = "clear"
				s.Clear("")
				m.entries = nil
			} else {
				what = "mode"
				require.NoError(t, s.SetMode(Mode(r.IntN(3))))
			}
		}
		what = fmt.Sprintf("step %d: %s", i, what)
		if len(m.saved) == 0 {
			m.settle(committed)
		}
		require.Equal(t, m.keys(), s.Keys(), what)
		require.GreaterOrEqual(t, s.Stats().Version, last, what)
		last = s.Stats().Version
		var bytes int64
		for _, e := range m.entries {
			v, ok := s.Get(e.key)
			require.True(t, ok, what)
			require.Equal(t, e.value, valueText(v), what+" "+e.key)
			place := s.place([]byte(e.key))
			if e.version != 0 {
				require.Equal(t, e.version, s.entries.at(place).version, what+" version of "+e.key)
			}
			bytes += int64(len(e.key)) + s.entries.at(place).cell().size()
		}
		require.Equal(t, bytes, s.Stats().Bytes, what)
		if len(m.saved) > 0 {
			require.Zero(t, deliveries, what)
			continue
		}
		checkDelivery(t, what, committed, m, heard)
		for k := range stops {
			_, changed := heard[k]
			require.Equal(t, changed, one[k] == 1, what+" listener of "+k)
		}
		committed = slices.Clone(m.entries)
		s.Forget()
		require.Equal(t, m.references(), s.held, what)
		for _, id := range s.TakeReleased() {
			require.Zero(t, s.held[id], what)
		}
		if i%500 == 0 {
			snapshot, err := s.Snapshot(true)
			require.NoError(t, err)
			require.Equal(t, m.snapshot(), string(snapshot))
			require.True(t, json.Valid(snapshot))
		}
	}
}

// restoreSome restores a random text, sometimes a broken one.
func restoreSome(t *testing.T, r *rand.Rand, s *Session, m *model) {
	text := "{"
	var entries []modelEntry
	for i := range r.IntN(6) {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf(`"key%d" : %d`, i*2, i)
		entries = append(entries, modelEntry{key: fmt.Sprint("key", i*2), value: fmt.Sprint(i)})
	}
	if r.IntN(3) == 0 {
		require.ErrorIs(t, s.Restore([]byte(text+",]")), ErrSyntax)
		return
	}
	require.NoError(t, s.Restore([]byte(text+"}")))
	m.entries = entries
}

// checkDelivery holds what was delivered against what differs from the last time.
func checkDelivery(t *testing.T, what string, before []modelEntry, m *model, heard map[string]Change) {
	was := map[string]string{}
	for _, e := range before {
		was[e.key] = e.value
	}
	is := map[string]string{}
	for _, e := range m.entries {
		is[e.key] = e.value
	}
	for key, c := range heard {
		require.Equal(t, was[key], valueText(c.Old), what+" old "+key)
		require.Equal(t, is[key], valueText(c.Value), what+" value "+key)
		require.NotEqual(t, was[key], is[key], what+" "+key)
	}
	for key := range was {
		if was[key] != is[key] {
			require.Contains(t, heard, key, what)
		}
	}
	for key := range is {
		if was[key] != is[key] {
			require.Contains(t, heard, key, what)
		}
	}
}
