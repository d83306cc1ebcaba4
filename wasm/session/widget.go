package session

// WidgetKind says what values a widget takes. The numbers cross the boundary:
// they never change.
type WidgetKind uint8

const (
	TextWidget    WidgetKind = iota + 1 // a string
	NumberWidget                        // a number between Min and Max, or null
	BooleanWidget                       // true or false
	ChoiceWidget                        // one of the options, or null
	ChoicesWidget                       // an array of options, in their order
	DateWidget                          // a string between Min and Max, or null: ISO text compares
	TriggerWidget                       // true for the turn of its click; code cannot write it
	FileWidget                          // a reference, or null; code cannot write it
)

// strictBit is set in an entry whose widgets do not take every value of its kind: the
// hot calls leave it to the full ones.
const strictBit = 1 << 31

// WidgetSpec describes a widget (rules 26 to 34). Values may be absent.
type WidgetSpec struct {
	Key      []byte // a trigger may have none: it has a callback and no entry then
	Kind     WidgetKind
	Disabled bool // the user's input is ignored
	Drop     bool // the entry goes with the last widget of its key
	Form     uint32
	Callback uint32 // 0 for none
	Default  Value
	First    Value // wins over an entry that is there (from the address, or typed before); typed in a form, it is pending
	URL      bool  // First is from the address
	Min, Max Value
	Options  []byte // canonical JSON text of an array of strings

	// What the session adds when it is connected.
	id      uint32
	slot    Slot    // 0 for a trigger without a key
	next    *widget // of the same key, in order of connection
	pending cell    // in a form: the input that was not submitted yet
	order   uint64  // of that input
}

type widget = WidgetSpec // one that is connected

// Connect binds a widget to its key and gives its number. The first that fits of
// the First value, the entry and the default is the value (rule 26). A report is
// the [*Error] of a value that did not fit and was passed over. The spec is the
// session's from then on.
func (s *Session) Connect(spec *WidgetSpec) (id uint32, report, err *Error) {
	if err = s.checkSpec(spec); err != nil {
		return 0, nil, err
	}
	s.Forget()
	w := spec
	if n := len(s.freeWidgets); n > 0 {
		w.id = s.freeWidgets[n-1]
	} else {
		w.id = uint32(len(s.widgets)) + 1
	}
	if len(spec.Key) > 0 || spec.Kind != TriggerWidget {
		if w.slot, err = s.Pin(spec.Key); err != nil {
			return 0, nil, err
		}
		if report, err = s.bind(w); err != nil {
			s.Unpin(w.slot)
			return 0, nil, err
		}
	}
	if n := len(s.freeWidgets); n > 0 {
		s.freeWidgets = s.freeWidgets[:n-1]
	} else {
		s.widgets = append(s.widgets, nil)
	}
	s.widgets[w.id-1] = w
	return w.id, report, nil
}

// WidgetSlot gives the slot of a widget's key, 0 for a trigger without one.
func (s *Session) WidgetSlot(id uint32) Slot {
	if w := s.widget(id); w != nil {
		return w.slot
	}
	return 0
}

// Shows tells which value of its spec the key of a widget has now: 1 the default,
// 2 the first value, 0 another. Arrays are always others: their text may have been
// another than the canonical one.
func (s *Session) Shows(id uint32) int {
	w := s.widget(id)
	if w == nil || w.slot == 0 {
		return 0
	}
	for i, v := range [...]*Value{&w.Default, &w.First} {
		if v.kind != Absent && v.kind != JSON && s.holds(w.place(), *v) {
			return i + 1
		}
	}
	return 0
}

func (s *Session) bind(w *widget) (report, err *Error) {
	place := w.place()
	e, first := s.entries.at(place), s.widgetAt(place)
	last := first
	for last != nil && last.next != nil {
		last = last.next
	}
	switch {
	case e.reserved:
		return nil, refuse(problemKeyComputed, w.Key)
	case first == nil:
		first = w
	case first.Kind != w.Kind:
		return nil, refuse(problemWidgetMismatch, w.Key)
	default:
		last.next = w
	}
	given := w.First
	taken := given.kind != Absent && fit(first, &given)
	if taken {
		report = s.judge(place, &given)
		taken = report == nil
	} else if given.kind != Absent {
		report = refuse(problemWidgetValue, w.Key)
	}
	// What was typed in a form waits for its submission, as it would have later.
	waits := taken && w.Form != 0 && !w.URL && w.Kind != TriggerWidget
	v, had := given, s.value(e.cell())
	if !taken || waits {
		v = had
		if v.kind == Absent {
			v = initial(first)
		} else if !fit(first, &v) {
			report = refuse(problemWidgetValue, w.Key)
			v = initial(first)
		}
	}
	if w.Kind == TriggerWidget && last == nil {
		v = empties[TriggerWidget]
	}
	origin := Widget
	if w.URL && taken {
		origin = URL
	}
	if err = s.admit(s.key(place), e.cell(), v.kind, len(v.text)); err == nil {
		before, alone := s.origin, len(s.levels) == 0
		if alone {
			s.BeginQuiet()
		}
		s.origin = origin
		s.replace(place, v)
		s.origin = before
		if alone {
			s.EndQuiet(before)
		}
	}
	switch {
	case err == nil:
		s.rebind(place, first)
		if waits {
			s.wait(w, given)
		}
	case last != nil:
		last.next = nil
	}
	return report, err
}

// rebind tells the entry at the place which is its first widget, nil for none.
func (s *Session) rebind(place uint32, first *widget) {
	e := s.entries.at(place)
	e.widget = 0
	if s.guards[place] != nil {
		e.widget = strictBit
	}
	if first == nil {
		return
	}
	e.widget |= first.id
	for w := first; w != nil; w = w.next {
		if w.Kind > BooleanWidget || w.Min.kind == Number || w.Max.kind == Number {
			e.widget |= strictBit
		}
	}
}

// widgetAt gives the first widget of the entry at the place, or nil.
//
//go:noinline
func (s *Session) widgetAt(place uint32) *widget {
	return s.widget(s.entries.at(place).widget &^ strictBit)
}

// widget gives the widget of a number, or nil.
//
//go:noinline
func (s *Session) widget(id uint32) *widget {
	if id == 0 || id > uint32(len(s.widgets)) {
		return nil
	}
	return s.widgets[id-1]
}

func (w *widget) place() uint32 { return uint32(w.slot) & placeMask }

// admitted stores a value that fits, unless a limit forbids it.
func (s *Session) admitted(place uint32, v *Value) *Error {
	err := s.admit(s.key(place), s.entries.at(place).cell(), v.kind, len(v.text))
	if err == nil {
		s.replace(place, *v)
	}
	return err
}

// BeginQuiet opens a batch for what the page itself brings about: changes of
// origin Widget, and no step of the history.
func (s *Session) BeginQuiet() (before Origin) {
	s.Begin()
	if len(s.levels) == 1 {
		s.towards = quiet
	}
	return s.SetOrigin(Widget)
}

// EndQuiet ends what BeginQuiet began.
//
//go:noinline
func (s *Session) EndQuiet(before Origin) {
	s.origin = before
	s.Commit()
}

// Change takes the new attributes of a widget, all but its key. The value stays
// where they allow it: it is clamped to a new range, and an option that there is
// no more is taken out (rule 32). The spec is the session's from then on.
func (s *Session) Change(id uint32, spec *WidgetSpec) *Error {
	w := s.widget(id)
	if w == nil {
		return refuse(problemWidgetUnknown, nil)
	}
	spec.Key = w.Key
	if err := s.checkSpec(spec); err != nil {
		return err
	}
	if spec.Kind != w.Kind {
		return refuse(problemWidgetMismatch, w.Key)
	}
	s.Forget()
	spec.id, spec.slot, spec.next, spec.pending, spec.order = w.id, w.slot, w.next, w.pending, w.order
	*w = *spec
	if w.slot == 0 {
		return nil
	}
	place := w.place()
	first := s.widgetAt(place)
	s.rebind(place, first)
	var v Value
	if w.Form != 0 && w.pending.kind != Absent {
		v = refit(first, s.value(w.pending))
	}
	s.setPending(w, v)
	before := s.BeginQuiet()
	s.refit(place, first)
	s.EndQuiet(before)
	return nil
}

// refit stores what of the value the widgets can show, after they changed.
func (s *Session) refit(place uint32, first *widget) {
	s.replace(place, refit(first, s.value(s.entries.at(place).cell())))
}

// Disconnect ends a widget. Its value stays, unless the widget was to drop it
// and is the last of its key (rule 34), or the other widgets of the key cannot
// show it.
func (s *Session) Disconnect(id uint32) {
	w := s.widget(id)
	if w == nil {
		return
	}
	s.Forget()
	s.setPending(w, Value{})
	if w.slot != 0 {
		place := w.place()
		first := s.widgetAt(place)
		if first == w {
			first = w.next
		} else {
			other := first
			for other.next != w {
				other = other.next
			}
			other.next = w.next
		}
		s.rebind(place, first)
		before := s.BeginQuiet()
		if first != nil {
			s.refit(place, first)
		} else if w.Drop {
			s.store(place, cell{})
		}
		s.EndQuiet(before)
		s.Unpin(w.slot)
	}
	s.widgets[id-1] = nil
	s.freeWidgets = append(s.freeWidgets, id)
}

// Input takes a value from the user. In a form it is pending until the form is
// submitted; elsewhere it is written in the open turn. A disabled widget ignores
// it. It gives the slot of the widget's key.
func (s *Session) Input(id uint32, v Value) (Slot, *Error) {
	w := s.widget(id)
	if w == nil {
		return 0, refuse(problemWidgetUnknown, nil)
	}
	if w.Disabled {
		return w.slot, nil
	}
	v, err := s.prepare(w.Key, v)
	if err != nil {
		return 0, err
	}
	if w.slot != 0 && !fit(s.widgetAt(w.place()), &v) {
		return 0, refuse(problemWidgetValue, w.Key)
	}
	if w.Form == 0 || w.Kind == TriggerWidget {
		return w.slot, s.apply(id, w, &v)
	}
	s.wait(w, v)
	return w.slot, nil
}

// wait makes the value pending, as the last input of the form.
func (s *Session) wait(w *widget, v Value) {
	s.setPending(w, v)
	s.inputs++
	w.order = s.inputs
}

// Pending gives the input of a widget in a form that was not submitted yet. Its
// text is the session's own, good until the next write.
func (s *Session) Pending(id uint32) Value {
	if w := s.widget(id); w != nil {
		return s.value(w.pending)
	}
	return Value{}
}

func (s *Session) setPending(w *widget, v Value) {
	c := s.cellOf(v)
	s.hold(c)
	s.drop(w.pending)
	w.pending = c
}

// conform brings a value that code writes into the form that the widgets of the
// key take, if it has any, or tells why they do not.
func (s *Session) conform(place uint32, v *Value) *Error {
	first := s.widgetAt(place)
	if first == nil {
		return nil
	}
	if first.Kind >= TriggerWidget {
		return refuse(problemKeyReadOnly, first.Key)
	}
	given := *v
	if !fit(first, v) {
		return refuse(problemWidgetValue, first.Key)
	}
	if given.num != v.num || string(given.text) != string(v.text) {
		s.adjusted = true
	} else {
		*v = given
	}
	return nil
}

// TakeAdjusted tells whether a write since the last call stored another value
// than the one it was given: clamped, or with its options in their order.
func (s *Session) TakeAdjusted() bool {
	adjusted := s.adjusted
	s.adjusted = false
	return adjusted
}

// toInitial puts the entry of a widget back to its default; it says whether the
// entry has one.
func (s *Session) toInitial(place uint32) bool {
	first := s.widgetAt(place)
	if first != nil {
		s.replace(place, initial(first))
	}
	return first != nil
}

// readOnly tells whether the place is a trigger's or a file's.
//
//go:noinline
func (s *Session) readOnly(place uint32) bool {
	first := s.widgetAt(place)
	return first != nil && first.Kind >= TriggerWidget
}
