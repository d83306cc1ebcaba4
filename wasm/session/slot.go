package session

// Slots are how the boundary names keys: interned once, a number afterwards.

// Slot gives the slot of a key that is present or pinned, 0 for any other. From
// then on [Session.TakeFreed] tells when it is freed.
func (s *Session) Slot(key []byte) Slot {
	place := s.place(key)
	if place == 0 {
		return 0
	}
	s.entries.at(place).known = true
	return s.entries.slot(place)
}

// Reserve gives the slot of a key for a computed value: every door refuses to
// write it until [Session.Unreserve]. It returns an [*Error] if no session accepts
// the key, or the key is there or reserved already.
func (s *Session) Reserve(key []byte) (Slot, *Error) {
	s.Forget()
	slot, err := s.Pin(key)
	if err != nil {
		return 0, err
	}
	e := s.entries.at(uint32(slot) & placeMask)
	taken := e.reserved || e.kind != Absent || e.records > 0 && s.written(uint32(slot)&placeMask)
	e.reserved = e.reserved || !taken
	s.Unpin(slot)
	if taken {
		return 0, refuse(problemKeyTaken, key)
	}
	return slot, nil
}

// written tells whether the open batch has the place in its log: a rollback would
// bring its value back.
func (s *Session) written(place uint32) bool {
	for _, r := range s.log {
		if r.place == place {
			return true
		}
	}
	return false
}

// Unreserve ends [Session.Reserve].
func (s *Session) Unreserve(slot Slot) {
	if e := s.entries.lookup(slot); e != nil && e.reserved {
		e.reserved = false
		s.settle(uint32(slot) & placeMask)
	}
}

// KeyOf gives the key of a slot, nil for a stale one. The bytes are the
// session's own, good until the next write.
func (s *Session) KeyOf(slot Slot) []byte {
	e := s.entries.lookup(slot)
	if e == nil {
		return nil
	}
	e.known = true
	return s.texts.bytes(e.key, int(e.keyLength))
}

// Read gives what the entry of a slot is now. The value's text is the session's
// own, good until the next write. It returns an [*Error] for a stale slot.
func (s *Session) Read(slot Slot) (v Value, version uint64, origin Origin, err *Error) {
	e := s.entries.lookup(slot)
	if e == nil {
		return v, 0, 0, refuse(problemStaleSlot, nil)
	}
	return s.value(e.cell()), e.version, e.origin, nil
}

// Bytes gives the value's text without a copy, nil for kinds that have none.
func (v Value) Bytes() []byte { return v.text }

// Untold tells whether there is anything to tell: changes, slots that were freed, or
// references that nothing holds any more.
func (s *Session) Untold() bool {
	return len(s.changes)+len(s.freed)+len(s.released)+len(s.history.gone) > 0 || s.keeping
}

// TakeFreed gives the slots that were freed since the last call and had been
// told before. Only a session with Options.Track collects them.
func (s *Session) TakeFreed() []Slot {
	freed := s.freed
	s.freed = nil
	return freed
}

// TakeReleased gives the references that nothing holds any more since the last
// call. Only a session with Options.Track collects them.
func (s *Session) TakeReleased() []uint32 {
	released := s.released[:0]
	for _, id := range s.released {
		if s.held[id] == 0 { // else it came back meanwhile
			released = append(released, id)
		}
	}
	s.released = nil
	return released
}

// Known marks a slot as told to the other side of the boundary, and gives it back.
func (s *Session) Known(slot Slot) Slot {
	if e := s.entries.lookup(slot); e != nil {
		e.known = true
	}
	return slot
}

// CheckKey returns the [*Error] for a key that no session accepts (rule 4), or nil.
func (s *Session) CheckKey(key []byte) *Error { return s.checkKey(key) }

// Primitive gives the number, 1 or 0 for a boolean, a reference's number; 0 for
// any other kind.
func (v Value) Primitive() float64 { return v.num }
