package session

// Change tells a listener about one key.
type Change struct {
	Key     string
	Value   Value // absent when the key is gone
	Old     Value // absent when the key was not there
	Version uint64
	Origin  Origin
}

func (s *Session) change(r record) Change {
	e := s.entries.at(r.place)
	return Change{
		Key:     string(s.key(r.place)),
		Value:   s.value(e.cell()).clone(),
		Old:     s.value(r.old).clone(),
		Version: e.version,
		Origin:  e.origin,
	}
}

// Changed tells how many keys the last outermost batch changed.
func (s *Session) Changed() int { return len(s.changes) }

// ChangedAt gives the slot of the i-th changed key, its version and origin now,
// and its old value, good until the next write.
func (s *Session) ChangedAt(i int) (slot Slot, version uint64, origin Origin, old Value) {
	r := s.changes[i]
	e := s.entries.at(r.place)
	return s.entries.slot(r.place), e.version, e.origin, s.value(r.old)
}
