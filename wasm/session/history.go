package session

// stepBytes is what a record of the history counts besides its text.
const stepBytes = 48

// HistoryLimits bound what undo remembers. Zero Steps is no history.
type HistoryLimits struct {
	Steps int   // how many steps can be undone; default 0
	Bytes int64 // bytes of the values remembered; default 16 MiB
}

// step is what one outermost batch replaced.
type step struct {
	records []record
	bytes   int64
}

// history is what can be undone and redone (rule 25). Its records name slots and
// own texts as those of a batch do.
type history struct {
	limits     HistoryLimits
	undo, redo []step
	gone       []step // given up, but perhaps among the changes that are still told
	bytes      int64
}

// direction says what becomes of the changes of a batch once they were told.
type direction uint8

const (
	forward direction = iota // they can be undone, and nothing can be redone any more
	undone                   // they can be redone
	redone                   // they can be undone
	cleared                  // the history ends with them
	quiet                    // the history does not have them
)

// SetHistory bounds the history; with zero Steps it is given up. It returns an
// [*Error] if a bound is negative.
func (s *Session) SetHistory(l HistoryLimits) error {
	if l.Steps < 0 || l.Bytes < 0 {
		return refuse(problemHistoryInvalid, nil)
	}
	if l.Bytes == 0 {
		l.Bytes = 16 << 20
	}
	s.history.limits = l
	s.setAlone()
	if l.Steps == 0 {
		s.forgetHistory()
	}
	s.trimHistory()
	s.Forget()
	return nil
}

// Undo takes back the last step: one outermost batch, or one lone write. It is a
// change like any other: new versions, origin History, told to the listeners.
// It returns false when there is nothing to undo, and an [*Error], changing
// nothing, when a value is refused now or a batch is open.
func (s *Session) Undo() (bool, error) {
	ok, err := s.Travel(false)
	return ok, err.orNil()
}

// Redo takes back the last Undo. See [Session.Undo].
func (s *Session) Redo() (bool, error) {
	ok, err := s.Travel(true)
	return ok, err.orNil()
}

// Travel is Undo, or Redo, for callers that need the *Error itself.
func (s *Session) Travel(redo bool) (bool, *Error) {
	ok, err := s.BeginTravel(redo)
	if ok {
		s.Commit()
	}
	return ok, err
}

// BeginTravel writes back the last step inside a batch, which the caller commits,
// or rolls back to have the step where it was.
func (s *Session) BeginTravel(redo bool) (bool, *Error) {
	if len(s.levels) > 0 {
		return false, refuse(problemUndoInBatch, nil)
	}
	s.Forget()
	steps, towards := s.history.undo, undone
	if redo {
		steps, towards = s.history.redo, redone
	}
	if len(steps) == 0 {
		return false, nil
	}
	before := s.SetOrigin(History)
	defer s.SetOrigin(before)
	s.Begin()
	s.towards = towards
	records := steps[len(steps)-1].records
	// What goes first, so that the limits see the end of the step and not its middle.
	for pass := range 2 {
		for i := len(records) - 1; i >= 0; i-- {
			if (records[i].old.kind == Absent) != (pass == 0) {
				continue
			}
			if err := s.writeBack(records[i]); err != nil {
				s.Rollback()
				return false, err
			}
		}
	}
	return true, nil
}

// writeBack stores a copy of what a record has.
func (s *Session) writeBack(r record) *Error {
	e := s.entries.at(r.place)
	key := s.key(r.place)
	if e.reserved && r.old.kind != Absent {
		return refuse(problemKeyComputed, key)
	}
	if e.widget&^strictBit != 0 {
		if s.readOnly(r.place) || r.old.kind == Absent && s.toInitial(r.place) {
			return nil
		}
		v := s.value(r.old)
		err := s.conform(r.place, &v)
		if err == nil {
			err = s.judge(r.place, &v)
		}
		if err == nil {
			err = s.admitted(r.place, &v)
		}
		return err
	}
	if r.old.kind == Reference && s.mode == Enforce {
		return unserializable(key)
	}
	if r.old.kind != Absent {
		v := s.value(r.old)
		if err := s.judge(r.place, &v); err != nil {
			return err
		}
		if err := s.admit(key, e.cell(), r.old.kind, r.old.length()); err != nil {
			return err
		}
	}
	c := r.old
	if c.hasText() {
		c = textCell(c.kind, s.texts.put(s.texts.bytes(c.at(), c.length())), c.length())
	}
	s.hold(c)
	s.store(r.place, c)
	if c.kind != Absent && e.created != r.created {
		s.unlink(r.place)
		e.created = r.created
		s.link(r.place, r.near)
	}
	return nil
}

// remember brings the history up to date with a batch that ends, before listeners
// hear of it: they may undo it. It tells whether the changes are the history's now.
func (s *Session) remember(changes []record, towards direction) bool {
	h := &s.history
	list := &h.undo
	switch towards {
	case quiet:
		return false
	case cleared:
		s.forgetHistory()
		return false
	case undone:
		s.popStep(&h.undo)
		list = &h.redo
	case redone:
		s.popStep(&h.redo)
	}
	if len(changes) == 0 || h.limits.Steps == 0 {
		return false
	}
	var taken, gone step
	for _, r := range changes {
		if s.readOnly(r.place) { // a trigger and a file are the user's alone
			gone.records = append(gone.records, r)
			continue
		}
		taken.records = append(taken.records, r)
		taken.bytes += stepBytes + r.old.size()
	}
	if gone.records != nil {
		h.gone = append(h.gone, gone)
	}
	if taken.records == nil {
		return true
	}
	for towards == forward && len(h.redo) > 0 {
		s.popStep(&h.redo)
	}
	h.bytes += taken.bytes
	*list = append(*list, taken)
	s.trimHistory()
	return true
}

// popStep gives up the newest step of a list, if there is one.
func (s *Session) popStep(list *[]step) {
	if last := len(*list) - 1; last >= 0 {
		s.giveUpStep((*list)[last])
		(*list)[last] = step{}
		*list = (*list)[:last]
	}
}

// dropStep gives up the oldest step of a list.
func (s *Session) dropStep(list *[]step) {
	s.giveUpStep((*list)[0])
	*list = append((*list)[:0], (*list)[1:]...)
}

func (s *Session) giveUpStep(gone step) {
	s.history.bytes -= gone.bytes
	s.history.gone = append(s.history.gone, gone)
}

func (s *Session) giveUp(records []record) {
	for _, r := range records {
		s.drop(r.old)
		s.release(r.place)
	}
}

// trimHistory gives up the oldest steps, then what could be redone, until the
// bounds hold.
func (s *Session) trimHistory() {
	h := &s.history
	for len(h.undo) > 0 && (len(h.undo) > h.limits.Steps || h.bytes > h.limits.Bytes) {
		s.dropStep(&h.undo)
	}
	for len(h.redo) > 0 && (len(h.redo) > h.limits.Steps || h.bytes > h.limits.Bytes) {
		s.dropStep(&h.redo)
	}
}

// forgetHistory gives up all steps.
func (s *Session) forgetHistory() {
	for len(s.history.undo) > 0 {
		s.popStep(&s.history.undo)
	}
	for len(s.history.redo) > 0 {
		s.popStep(&s.history.redo)
	}
}

// KeepsHistory tells whether there is a history.
func (s *Session) KeepsHistory() bool { return s.history.limits.Steps > 0 }

// Steps tells how many steps can be undone and redone.
func (s *Session) Steps() (undo, redo int) {
	return len(s.history.undo), len(s.history.redo)
}
