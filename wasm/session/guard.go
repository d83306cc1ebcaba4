package session

// Guard has judge called with each value that is to be stored under the key,
// whoever writes it, before anything changes: what judge returns refuses the
// write. It is not called for deletions, for a widget's default, and for the value
// that is there already. While it runs, nothing may be written to the session. stop
// ends it. Guard returns an [*Error] if the key has a guard, or no session accepts it.
func (s *Session) Guard(key string, judge func(Value) *Error) (stop func(), err error) {
	slot, refused := s.Pin([]byte(key))
	if refused != nil {
		return nil, refused
	}
	place := uint32(slot) & placeMask
	if s.guards[place] != nil {
		s.Unpin(slot)
		return nil, refuse(problemValidatorTaken, []byte(key))
	}
	if s.guards == nil {
		s.guards = map[uint32]func(Value) *Error{}
	}
	s.guards[place] = judge
	e := s.entries.at(place)
	e.widget |= strictBit // the hot calls leave it to the full ones
	ended := false
	return func() {
		if ended {
			return
		}
		ended = true
		delete(s.guards, place)
		s.rebind(place, s.widgetAt(place))
		s.Unpin(slot)
	}, nil
}

// judge asks the guard of the place, if there is one.
func (s *Session) judge(place uint32, v *Value) *Error {
	if len(s.guards) == 0 {
		return nil
	}
	return s.askGuard(place, v)
}

//go:noinline
func (s *Session) askGuard(place uint32, v *Value) *Error {
	judge := s.guards[place]
	if judge == nil {
		return nil
	}
	err := judge(v.clone())
	if err != nil && err.Key == "" {
		err.Key = string(s.key(place))
	}
	return err
}

// Judge gives what the key's guard has against the value that is there, or nil.
func (s *Session) Judge(key string) *Error {
	place := s.place([]byte(key))
	if place == 0 || s.entries.at(place).kind == Absent {
		return nil
	}
	v := s.value(s.entries.at(place).cell())
	return s.judge(place, &v)
}

// KeepChanges has the changes of outermost batches collected until [Session.Told],
// instead of the last batch's alone: for writes that nobody asks about at once.
func (s *Session) KeepChanges() {
	if s.keeping {
		return
	}
	s.Forget() // those of the last batch were told
	s.keeping = true
	s.setAlone()
}

// Told is [Session.Forget] also of what KeepChanges collected.
func (s *Session) Told() {
	s.keeping = false
	s.setAlone()
	s.Forget()
}
