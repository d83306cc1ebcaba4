package session

// rerun is a function of the page that follows what it reads (rule 39).
type rerun struct {
	id    uint32
	all   bool   // it read which keys there are, or all values
	reads []Slot // pinned
}

// OpenRerun registers a rerun and gives its number. It has read nothing yet.
func (s *Session) OpenRerun() uint32 {
	s.lastID++
	s.reruns = append(s.reruns, rerun{id: s.lastID})
	return s.lastID
}

// CloseRerun ends a rerun.
func (s *Session) CloseRerun(id uint32) {
	if i := s.rerunAt(id); i >= 0 {
		s.SetReads(id, nil)
		s.reruns = append(s.reruns[:i], s.reruns[i+1:]...)
	}
}

func (s *Session) rerunAt(id uint32) int {
	for i := range s.reruns {
		if s.reruns[i].id == id {
			return i
		}
	}
	return -1
}

// SetReads says what the rerun read when it last ran: slots, and 0 among them for
// everything. Stale ones are passed over. The session keeps none of the list.
func (s *Session) SetReads(id uint32, reads []Slot) {
	i := s.rerunAt(id)
	if i < 0 {
		return
	}
	r := &s.reruns[i]
	old := r.reads
	r.all, r.reads = false, nil
	for _, slot := range reads {
		r.all = r.all || slot == 0
		if e := s.entries.lookup(slot); e != nil {
			e.pins++
			r.reads = append(r.reads, slot)
		}
	}
	for _, slot := range old {
		s.Unpin(slot)
	}
}

// findDue begins a pass: the first is of the reruns whose reads changed in the
// turn, those asked for are of all. Both are in order of registration.
func (s *Session) findDue() {
	t := &s.turn
	every := t.passes > 0
	if every {
		t.again = false
	}
	t.passes++
	t.due = t.due[:0]
	if len(s.reruns) == 0 {
		return
	}
	mark, some := s.markChanged()
	for _, r := range s.reruns {
		due := every || r.all && some
		for i := 0; i < len(r.reads) && !due; i++ {
			due = s.entries.at(uint32(r.reads[i])&placeMask).stamp == mark
		}
		if due {
			t.due = append(t.due, r.id)
		}
	}
}
