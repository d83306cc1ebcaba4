package session

// Origin says who made a change. The numbers cross the boundary: they never change.
type Origin uint8

const (
	Code     Origin = iota // the page's own code
	Widget                 // an element of the page
	Callback               // a callback of the page
	Restore                // a snapshot
	History                // undo or redo
	URL                    // the address of the page
)

// Options for [New]. The zero Options are the defaults.
type Options struct {
	Mode   Mode
	Limits Limits // members that are 0 take their default
	// Seed keys the hash of the index. A session that takes keys from strangers
	// needs one they do not know.
	Seed uint64
	// Track collects what [Session.TakeFreed] and [Session.TakeReleased] give.
	Track bool
	// OnError hears what a listener panicked with, after the delivery. Without it
	// the first panic goes on to the caller of the write.
	OnError func(recovered any)
}

// Session is one tab's state. Make one with [New].
type Session struct {
	mode    Mode
	limits  Limits
	checker checker
	spans   []span // of a refill
	origin  Origin
	onError func(any)

	entries    entries
	texts      texts
	index      index
	head, tail uint32
	count      int
	bytes      int64
	version    uint64
	sequence   uint64

	log        []record
	levels     []level
	stamp      uint32 // serial of the innermost batch, noBatch outside
	alone      uint32 // all ones when a write outside of batches concerns nobody but its entry, else 0
	lastSerial uint32
	changes    []record // of the last outermost batch, in order of their first write
	told       []batchEnd
	keeping    bool      // changes are collected over several batches
	towards    direction // of the open batch
	history    history

	widgets     []*widget // by number, less 1; nil where one has ended
	freeWidgets []uint32
	forms       []form
	reruns      []rerun // in order of registration
	lastID      uint32  // of forms and reruns
	inputs      uint64  // in forms
	adjusted    bool
	turn        turn
	triggers    []Slot // to be put back to false

	listeners  map[uint32][]*listener // by place; those of all keys stand at place 0
	live       int
	delivering bool

	guards   map[uint32]func(Value) *Error // by place
	held     map[uint32]int                // holders of each reference
	track    bool
	freed    []Slot
	released []uint32
}

// New returns an empty session. It returns an [*Error] if a limit is out of range.
func New(o Options) (*Session, error) {
	s := &Session{mode: o.Mode, stamp: noBatch, track: o.Track, onError: o.OnError}
	s.limits = o.Limits.withDefaults()
	if err := s.limits.check(); err != nil {
		return nil, err
	}
	s.setAlone()
	s.index.seed = o.Seed
	s.checker.Seed = o.Seed
	return s, nil
}

// Len returns the number of entries.
func (s *Session) Len() int { return s.count }

// Get returns the value of a key, and whether the key is there.
func (s *Session) Get(key string) (Value, bool) {
	place := s.place([]byte(key))
	if place == 0 {
		return Value{}, false
	}
	v := s.value(s.entries.at(place).cell())
	return v.clone(), v.kind != Absent
}

// Require returns the value of a key. It returns an [*Error] with code
// key-missing if the key is not there, and another if no session accepts it.
func (s *Session) Require(key string) (Value, error) {
	v, ok := s.Get(key)
	if ok {
		return v, nil
	}
	if err := s.checkKey([]byte(key)); err != nil {
		return v, err
	}
	return v, refuse(problemKeyMissing, []byte(key))
}

// Has tells whether the key is there, with null too. It is false for keys that
// no session accepts.
func (s *Session) Has(key string) bool {
	place := s.place([]byte(key))
	return place != 0 && s.entries.at(place).kind != Absent
}

// Set stores a value. It returns an [*Error], and changes nothing, if the key or
// the value is refused.
func (s *Session) Set(key string, v Value) error {
	_, err := s.Put([]byte(key), v)
	return err.orNil()
}

// Delete removes a key and says whether it was there. The key of a widget goes
// back to the widget's default instead (rule 28). It returns an [*Error] if
// no session accepts such a key, or it is a computed value.
func (s *Session) Delete(key string) (bool, error) {
	k := []byte(key)
	if err := s.checkKey(k); err != nil {
		return false, err
	}
	place := s.place(k)
	if place != 0 && s.entries.at(place).reserved {
		return false, refuse(problemKeyComputed, k)
	}
	if place == 0 || s.entries.at(place).kind == Absent {
		return false, nil
	}
	s.Remove(s.entries.slot(place))
	return true, nil
}

// Pop removes a key and returns its value. It returns the [*Error] of
// [Session.Require] if the key is not there.
func (s *Session) Pop(key string) (Value, error) {
	v, err := s.Require(key)
	if err != nil {
		return v, err
	}
	_, err = s.Delete(key)
	return v, err
}

// Clear removes every key that begins with the prefix, as one batch.
func (s *Session) Clear(prefix string) {
	s.Begin()
	s.removeAll(prefix)
	s.Commit()
}

// Reset removes every key, as one batch, and gives up the history and what is
// pending in forms with it. Widgets enter again with their defaults.
func (s *Session) Reset() {
	s.Begin()
	s.removeAll("")
	s.dropPending(0)
	s.towards = cleared
	s.Commit()
}

// Keys returns the keys in insertion order.
func (s *Session) Keys() []string {
	keys := make([]string, 0, s.count)
	for place := s.head; place != 0; place = s.entries.at(place).next {
		keys = append(keys, string(s.key(place)))
	}
	return keys
}

// Entry is a key with its value, as [Session.Update] and [Session.Init] take it.
type Entry struct {
	Key   string
	Value Value
}

// Update sets all of the entries or none. It returns the [*Error] of the first
// that is refused.
func (s *Session) Update(entries ...Entry) error {
	return s.Batch(func() error {
		for _, e := range entries {
			if err := s.Set(e.Key, e.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// Init sets those of the entries whose keys are absent, all or none. It returns
// the [*Error] of the first that is refused.
func (s *Session) Init(entries ...Entry) error {
	return s.Batch(func() error {
		for _, e := range entries {
			if s.Has(e.Key) {
				continue
			}
			if err := s.Set(e.Key, e.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetOrigin says who makes the changes from now on, and returns who made them
// until now. A new session's are [Code].
func (s *Session) SetOrigin(o Origin) Origin {
	old := s.origin
	s.origin = o
	return old
}

func (s *Session) place(key []byte) uint32 {
	return s.find(key, s.index.hash(key))
}

func (s *Session) key(place uint32) []byte {
	e := s.entries.at(place)
	return s.texts.bytes(e.key, int(e.keyLength))
}

func (e *entry) cell() cell { return cell{bits: e.bits, kind: e.kind} }

func (v Value) clone() Value {
	if v.text != nil {
		v.text = append([]byte(nil), v.text...)
	}
	return v
}
