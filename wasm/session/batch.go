package session

// noBatch is the stamp outside of batches; no entry ever carries it.
const noBatch = 1<<32 - 1

// record is what an entry was before a batch first wrote it. It names the slot,
// owns the old text, and tells where in the order the entry stood.
type record struct {
	old     cell
	version uint64
	created uint64
	place   uint32
	near    uint32 // what followed in the order
	origin  Origin
}

// level is one open batch.
type level struct {
	mark    int       // its first record in the log
	stamp   uint32    // its serial: entries that carry it are in the log since mark
	towards direction // of the session when it was opened
}

// batchEnd is where in the list of changes those of one outermost batch end.
// There are several when listeners wrote.
type batchEnd struct {
	end  int
	kept bool // the history owns them
}

// Batch runs fn. When it returns an error or panics, everything it did is
// rolled back, version counter excepted, and nothing is delivered; otherwise each
// key that fn changed is one [Change], delivered at the end of the outermost
// batch (rule 23). Batch returns fn's error. Batches that fn began and did not end
// end with it, in the same way.
func (s *Session) Batch(fn func() error) error {
	outside := len(s.levels)
	s.Begin()
	done := false
	defer func() {
		for !done && len(s.levels) > outside {
			s.Rollback()
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	done = true
	for len(s.levels) > outside {
		s.Commit()
	}
	return nil
}

// Begin opens a batch; [Session.Commit] or [Session.Rollback] ends it.
func (s *Session) Begin() {
	s.Forget()
	s.stamp = s.serial()
	s.alone = 0
	s.levels = append(s.levels, level{mark: len(s.log), stamp: s.stamp, towards: s.towards})
}

// Touched calls fn with the slot of every key that the innermost open batch wrote,
// some of them more than once.
func (s *Session) Touched(fn func(Slot)) {
	if len(s.levels) == 0 {
		return
	}
	for _, r := range s.log[s.levels[len(s.levels)-1].mark:] {
		fn(s.entries.slot(r.place))
	}
}

// Open tells how many batches are open.
func (s *Session) Open() int { return len(s.levels) }

// Commit ends the innermost batch. The outermost delivers. Without an open batch
// it does nothing.
func (s *Session) Commit() {
	if len(s.levels) == 0 {
		return
	}
	mark := s.pop()
	if len(s.levels) > 0 {
		return
	}
	stamp := s.serial()
	from := len(s.changes)
	spare := s.log[:0]
	if from == 0 && mark == 0 { // the changes stay where they were logged
		s.changes, spare = spare, s.changes
	}
	for _, r := range s.log[mark:] {
		e := s.entries.at(r.place)
		switch {
		case e.stamp == stamp: // an inner batch logged it again
			s.drop(r.old)
			s.release(r.place)
		case s.equal(r.old, e.cell()):
			e.stamp = stamp
			e.version, e.origin = r.version, r.origin
			s.drop(r.old)
			s.release(r.place)
		default:
			e.stamp = stamp
			s.changes = append(s.changes, r)
		}
	}
	s.log = truncate(spare)
	s.told = append(s.told, batchEnd{len(s.changes), s.remember(s.changes[from:], s.towards)})
	s.towards = forward
	s.deliver()
}

// Rollback ends the innermost batch and undoes what was written in it. Without
// an open batch it does nothing.
func (s *Session) Rollback() {
	if len(s.levels) == 0 {
		return
	}
	s.towards = s.levels[len(s.levels)-1].towards
	mark := s.pop()
	for i := len(s.log) - 1; i >= mark; i-- {
		r := s.log[i]
		e := s.entries.at(r.place)
		s.drop(e.cell())
		// Out of the order and in again, so that it stands where it stood.
		s.assign(r.place, cell{}, r.version, r.origin, 0)
		e.created = r.created
		s.assign(r.place, r.old, r.version, r.origin, r.near)
		e.stamp = 0
		s.release(r.place)
	}
	s.log = s.log[:mark]
	if mark == 0 {
		s.log = truncate(s.log)
	}
}

func (s *Session) pop() (mark int) {
	top := len(s.levels) - 1
	mark = s.levels[top].mark
	s.levels = s.levels[:top]
	s.stamp = noBatch
	if top > 0 {
		s.stamp = s.levels[top-1].stamp
	}
	s.setAlone()
	return mark
}

// record logs what an entry is before it is written.
func (s *Session) record(place uint32, e *entry) {
	s.log = append(s.log, record{old: e.cell(), version: e.version, created: e.created, place: place, near: e.next, origin: e.origin})
	e.stamp = s.stamp
	e.records++
}

// release ends what record began.
func (s *Session) release(place uint32) {
	s.entries.at(place).records--
	s.settle(place)
}

// Forget gives up what the last batch replaced. Until then, or until the next
// write, [Session.ChangedAt] tells of it. It may free slots: whoever is about to
// write looks its slot up afterwards.
func (s *Session) Forget() {
	if len(s.levels) > 0 || s.delivering || s.keeping {
		return
	}
	from := 0
	for _, batch := range s.told {
		if !batch.kept {
			s.giveUp(s.changes[from:batch.end])
		}
		from = batch.end
	}
	s.told = s.told[:0]
	s.changes = truncate(s.changes)
	for i, gone := range s.history.gone {
		s.giveUp(gone.records)
		s.history.gone[i] = step{}
	}
	s.history.gone = s.history.gone[:0]
}

// serial gives a stamp that no entry carries. Stamps are used again after four
// thousand million batches, when all entries' have been cleared.
func (s *Session) serial() uint32 {
	s.lastSerial++
	if s.lastSerial == noBatch {
		s.lastSerial = uint32(len(s.levels)) + 1
		for place := uint32(1); place < s.entries.places; place++ {
			s.entries.at(place).stamp = 0
		}
		for i := range s.levels {
			s.levels[i].stamp = uint32(i) + 1
		}
	}
	return s.lastSerial
}

// truncate empties a list, and gives it up when a large batch made it large: over
// 96 KiB. Lists given up sooner are garbage that a page pays for by growth (53 bytes
// for each of 50,000 keys that came in a thousand at a time).
func truncate(list []record) []record {
	if cap(list) > 1<<11 {
		return nil
	}
	return list[:0]
}
