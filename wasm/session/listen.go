package session

// maxRounds is how often listeners may answer a delivery with writes of their
// own before the delivery ends with an error (rule 22).
const maxRounds = 100

type listener struct {
	fn    func([]Change)
	ended bool
}

// Subscribe calls fn after each batch that changed the key, and gives the
// function that ends it. It returns an [*Error] if no session accepts the key.
func (s *Session) Subscribe(key string, fn func(Change)) (stop func(), err error) {
	slot, refused := s.Pin([]byte(key))
	if refused != nil {
		return nil, refused
	}
	l := &listener{fn: func(changes []Change) { fn(changes[0]) }}
	return s.listen(l, slot, uint32(slot)&placeMask), nil
}

// SubscribeAll calls fn with all changes of each batch, and gives the function
// that ends it.
func (s *Session) SubscribeAll(fn func([]Change)) (stop func()) {
	return s.listen(&listener{fn: fn}, 0, 0)
}

func (s *Session) listen(l *listener, slot Slot, place uint32) (stop func()) {
	if s.listeners == nil {
		s.listeners = map[uint32][]*listener{}
	}
	s.listeners[place] = append(s.listeners[place], l)
	s.live++
	s.setAlone()
	return func() {
		if l.ended {
			return
		}
		l.ended = true
		s.live--
		s.setAlone()
		// A new list: a delivery may be going through the old one.
		var rest []*listener
		for _, other := range s.listeners[place] {
			if other != l {
				rest = append(rest, other)
			}
		}
		if rest == nil {
			delete(s.listeners, place)
		} else {
			s.listeners[place] = rest
		}
		if slot != 0 {
			s.Unpin(slot)
		}
	}
}

// Pin gives the slot of a key, present or not, and keeps it until [Session.Unpin].
func (s *Session) Pin(key []byte) (Slot, *Error) {
	if err := s.checkKey(key); err != nil {
		return 0, err
	}
	hash := s.index.hash(key)
	place := s.find(key, hash)
	if place == 0 {
		if place = s.newPlace(key, hash); place == 0 {
			return 0, refuseLimit(problemTooManyKeys, key, MaxEntries+1, MaxEntries)
		}
	}
	s.entries.at(place).pins++
	s.entries.at(place).known = true
	return s.entries.slot(place), nil
}

// Unpin ends one [Session.Pin].
func (s *Session) Unpin(slot Slot) {
	if e := s.entries.lookup(slot); e != nil && e.pins > 0 {
		e.pins--
		s.settle(uint32(slot) & placeMask)
	}
}

// deliver tells the listeners about the changes, and about those that listeners
// make meanwhile, in rounds.
func (s *Session) deliver() {
	if s.live == 0 || s.delivering {
		return
	}
	s.delivering = true
	var panics []any
	round := 0
	for from := 0; from < len(s.changes); round++ {
		if round == maxRounds {
			panics = append(panics, refuseLimit(problemListenerCycle, s.key(s.changes[from].place), 0, maxRounds))
			break
		}
		to := len(s.changes)
		s.tell(s.changes[from:to:to], &panics)
		from = to
	}
	s.delivering = false
	if s.onError == nil && len(panics) > 0 {
		panic(panics[0])
	}
	for _, p := range panics {
		s.onError(p)
	}
}

func (s *Session) tell(round []record, panics *[]any) {
	all := s.changesOf(round)
	for i, r := range round {
		for _, l := range s.listeners[r.place] {
			s.call(l, all[i:i+1], panics)
		}
	}
	for _, l := range s.listeners[0] {
		s.call(l, all, panics)
	}
}

// changesOf gives what the records of a round tell. When several batches of
// listeners changed a key, each ended where the next one began.
func (s *Session) changesOf(round []record) []Change {
	all := make([]Change, len(round))
	next := make(map[uint32]record)
	for i := len(round) - 1; i >= 0; i-- {
		r := round[i]
		all[i] = s.change(r)
		if n, ok := next[r.place]; ok {
			all[i].Value, all[i].Version, all[i].Origin = s.value(n.old).clone(), n.version, n.origin
		}
		next[r.place] = r
	}
	return all
}

// call tells one listener. A batch that it began and did not end ends with it.
func (s *Session) call(l *listener, changes []Change, panics *[]any) {
	if l.ended {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			*panics = append(*panics, p)
		}
		for len(s.levels) > 0 {
			s.Rollback()
		}
	}()
	l.fn(changes)
	for len(s.levels) > 0 {
		s.Commit()
	}
}
