package session

// form is a group of widgets whose input is pending until it is submitted.
type form struct {
	id   uint32
	name string
}

// OpenForm registers a form and gives its number. It returns an [*Error] when
// there is one of the name.
func (s *Session) OpenForm(name string) (uint32, *Error) {
	for _, f := range s.forms {
		if f.name == name {
			return 0, refuse(problemFormDuplicate, []byte(name))
		}
	}
	s.lastID++
	s.forms = append(s.forms, form{s.lastID, name})
	return s.lastID, nil
}

func (s *Session) hasForm(id uint32) bool {
	for _, f := range s.forms {
		if f.id == id {
			return true
		}
	}
	return false
}

// CloseForm ends a form: what was pending in it is dropped.
func (s *Session) CloseForm(id uint32) {
	if !s.hasForm(id) {
		return
	}
	s.dropPending(id)
	for i, f := range s.forms {
		if f.id == id {
			s.forms = append(s.forms[:i], s.forms[i+1:]...)
			break
		}
	}
	for _, w := range s.widgets {
		if w != nil && w.Form == id {
			w.Form = 0
		}
	}
}

// dropPending gives up what is pending in the form, in every one for 0.
func (s *Session) dropPending(id uint32) {
	for _, w := range s.widgets {
		if w != nil && (id == 0 || w.Form == id) {
			s.setPending(w, Value{})
		}
	}
}

// Submit writes what is pending in the form, in the order of the last inputs, all
// or nothing, in the open turn. The button, 0 for none, is the one trigger of it
// (rules 40 and 41). What was pending stays so until the turn has ended well.
func (s *Session) Submit(id, button uint32) *Error {
	b := s.widget(button)
	switch {
	case !s.hasForm(id):
		return refuse(problemWidgetUnknown, nil)
	case button != 0 && (b == nil || b.Form != id || b.Kind != TriggerWidget):
		return refuse(problemWidgetUnknown, nil)
	case s.turn.level == 0:
		return refuse(problemNoTurn, nil)
	case b != nil && b.Disabled:
		return nil
	}
	s.Begin()
	var err *Error
	for done := uint64(0); err == nil; {
		var next *widget
		for _, w := range s.widgets {
			if w != nil && w.Form == id && w.pending.kind != Absent && w.order > done && (next == nil || w.order < next.order) {
				next = w
			}
		}
		if next == nil {
			break
		}
		done = next.order
		v := s.value(next.pending)
		err = s.apply(0, next, &v)
	}
	if err == nil && b != nil {
		v := BoolValue(true)
		err = s.apply(button, b, &v)
	}
	if err != nil {
		s.Rollback()
		return err
	}
	s.Commit()
	s.turn.forms = append(s.turn.forms, id)
	return nil
}

// ClearForm puts the widgets of a form back to their defaults, outside of the
// history, and drops what is pending (rule 42).
func (s *Session) ClearForm(id uint32) {
	if !s.hasForm(id) {
		return
	}
	s.Forget()
	s.dropPending(id)
	before := s.BeginQuiet()
	for _, w := range s.widgets {
		if w != nil && w.Form == id && w.Kind != TriggerWidget {
			s.toInitial(w.place())
		}
	}
	s.EndQuiet(before)
}
