package session

// A turn is what follows from one interaction, or from a call of code: input →
// callbacks of what changed → reruns whose reads changed → commit (rule 36). The
// session says what is next; whoever drives it calls the page's functions.

// Step says what the driver of a turn does next. The numbers cross the boundary:
// they never change.
type Step uint8

const (
	Done         Step = iota // end the turn
	CallbackStep             // run the callback of a widget
	RerunStep                // run a rerun
)

type turn struct {
	level       int // how many batches are open, its own included; 0 is no turn
	joined      int // turns begun inside it
	before      Origin
	transaction bool
	over        bool // nothing more is run
	failed      bool
	again       bool // another pass of the reruns was asked for
	judged      int  // events that were looked at
	next        int
	events      []uint32 // widgets whose callback may run, in order of input
	passes      int
	due         []uint32 // reruns of this pass that did not run yet
	forms       []uint32 // those submitted
}

// BeginTurn opens a turn, or joins the one that is open. By code its writes have
// the origin Code, else Widget. With transaction [Session.Fail] rolls it back.
func (s *Session) BeginTurn(transaction, code bool) {
	t := &s.turn
	if t.level > 0 {
		t.joined++
		return
	}
	before := s.origin
	if !code {
		s.origin = Widget
	}
	s.Begin()
	*t = turn{level: len(s.levels), before: before, transaction: transaction, events: t.events[:0]}
}

// InTurn tells whether a turn is open.
func (s *Session) InTurn() bool { return s.turn.level > 0 }

// apply writes the input of a widget, and notes its callback: none for id 0.
func (s *Session) apply(id uint32, w *widget, v *Value) *Error {
	t := &s.turn
	if t.level == 0 {
		return refuse(problemNoTurn, w.Key)
	}
	if w.slot != 0 {
		if w.Kind == TriggerWidget {
			s.triggers = append(s.triggers, w.slot)
		}
		before := s.origin
		if before != URL {
			s.origin = Widget
		}
		err := s.judge(w.place(), v)
		if err == nil {
			err = s.admitted(w.place(), v)
		}
		s.origin = before
		if err != nil {
			return err
		}
	}
	if id == 0 || w.Callback == 0 {
		return nil
	}
	for _, known := range t.events {
		if known == id {
			return nil
		}
	}
	t.events = append(t.events, id)
	return nil
}

// Next says what to do next: nothing, or the callback of a widget (its number,
// and that of its callback), or a rerun (its number). What it writes has the
// right origin from then on. It returns an [*Error], and the turn is as if
// failed, when reruns ask for one another without end.
func (s *Session) Next() (step Step, id, callback uint32, err *Error) {
	t := &s.turn
	if t.level == 0 || t.over {
		return Done, 0, 0, nil
	}
	// What was typed together is looked at together, before a callback changes it.
	if t.judged < len(t.events) {
		mark, _ := s.markChanged()
		for ; t.judged < len(t.events); t.judged++ {
			w := s.widget(t.events[t.judged])
			if w != nil && w.slot != 0 && s.entries.at(w.place()).stamp != mark {
				t.events[t.judged] = 0
			}
		}
	}
	for t.next < len(t.events) {
		id = t.events[t.next]
		t.next++
		if w := s.widget(id); w != nil {
			s.origin = Callback
			return CallbackStep, id, w.Callback, nil
		}
	}
	for {
		for len(t.due) > 0 {
			id = t.due[0]
			t.due = t.due[1:]
			if s.rerunAt(id) >= 0 {
				s.origin = Code
				return RerunStep, id, 0, nil
			}
		}
		if t.passes > 0 && !t.again {
			return Done, 0, 0, nil
		}
		if t.passes > maxRounds {
			s.Fail()
			return Done, 0, 0, refuseLimit(problemRerunCycle, nil, 0, maxRounds)
		}
		s.findDue()
	}
}

// markChanged stamps the entries whose value is another than before the turn. They
// are logged again when they are written next, as by an inner batch.
func (s *Session) markChanged() (mark uint32, some bool) {
	same, mark := s.serial(), s.serial()
	if s.turn.level > len(s.levels) {
		return mark, false
	}
	for _, r := range s.log[s.levels[s.turn.level-1].mark:] {
		e := s.entries.at(r.place)
		if e.stamp == same || e.stamp == mark {
			continue
		}
		e.stamp = same
		if !s.equal(r.old, e.cell()) {
			e.stamp = mark
			some = true
		}
	}
	return mark, some
}

// Again asks for one more pass of all reruns in the open turn.
func (s *Session) Again() { s.turn.again = true }

// Stop ends the turn early: callbacks and reruns that did not run yet are skipped.
func (s *Session) Stop() { s.turn.over = true }

// Fail is [Session.Stop] because a callback or rerun failed: with transaction the
// turn is rolled back at its end (rule 38).
func (s *Session) Fail() { s.turn.over, s.turn.failed = true, true }

// EndTurn commits the turn, or rolls it back, and says whether it did that.
func (s *Session) EndTurn() (rolledBack bool) {
	t := &s.turn
	if t.joined > 0 {
		t.joined--
		return false
	}
	level := t.level
	t.level = 0
	if level == 0 {
		return false
	}
	s.origin = t.before
	if len(s.levels) < level {
		return false
	}
	for len(s.levels) > level {
		s.Rollback()
	}
	if t.failed && t.transaction {
		s.Rollback()
		return true
	}
	for _, id := range t.forms {
		s.dropPending(id)
	}
	s.Commit()
	return false
}

// EndTriggers puts the triggers of turns that have ended back to false, as a
// batch that is no step of the history.
func (s *Session) EndTriggers() {
	if len(s.triggers) == 0 || s.turn.level > 0 {
		return
	}
	s.Forget()
	before := s.BeginQuiet()
	for _, slot := range s.triggers {
		if e := s.entries.lookup(slot); e != nil && e.kind == Bool {
			s.replace(uint32(slot)&placeMask, BoolValue(false))
		}
	}
	s.triggers = s.triggers[:0]
	s.EndQuiet(before)
}
