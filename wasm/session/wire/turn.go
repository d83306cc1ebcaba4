package wire

import (
	"strconv"

	"github.com/tabstate/tabstate/wasm/session"
)

// Widgets connects widgets as one batch, which makes a page of them one call: the
// buffer holds their specs, one after the other. It gives a JSON array of three
// elements for each: widget, slot, and what [session.Session.Shows] gives, or the
// error of what was refused, the widget is 0 then, or did not fit and was passed
// over. What follows a spec whose end cannot be told is not read.
func (p *Port) Widgets(length uint32) (results []byte, result float64) {
	specs, ok := p.keyInput(length)
	if !ok {
		return nil, Refused
	}
	before := p.version()
	specs = append([]byte(nil), specs...) // the session's from now on
	p.out = append(p.out[:0], '[')
	origin := p.session.BeginQuiet()
	for rest := specs; ; p.out = append(p.out, ',') {
		if rest = p.connect(rest); len(rest) == 0 {
			break
		}
	}
	p.session.EndQuiet(origin)
	p.out = append(p.out, ']')
	return p.out, p.ended(before)
}

func (p *Port) connect(specs []byte) (rest []byte) {
	id, told := uint32(0), (*session.Error)(nil)
	spec, rest, err := p.session.ReadSpec(specs)
	if err == nil {
		id, told, err = p.session.Connect(spec)
	}
	if err != nil {
		told = err
	}
	p.out = strconv.AppendUint(p.out, uint64(id), 10)
	p.out = strconv.AppendUint(append(p.out, ','), uint64(p.session.Known(p.session.WidgetSlot(id))), 10)
	p.out = append(p.out, ',')
	if told != nil {
		p.out = told.AppendJSON(p.out)
	} else {
		p.out = append(p.out, '0'+byte(p.session.Shows(id)))
	}
	return rest
}

// WidgetChange gives a widget new attributes.
func (p *Port) WidgetChange(id, length uint32) float64 {
	text, ok := p.keyInput(length)
	if !ok {
		return Refused
	}
	before := p.version()
	spec, _, err := p.session.ReadSpec(append([]byte(nil), text...))
	if err == nil {
		err = p.session.Change(id, spec)
	}
	if err != nil {
		return p.refuse(err)
	}
	return p.ended(before)
}

// WidgetEnd disconnects a widget.
func (p *Port) WidgetEnd(id uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	before := p.version()
	p.session.Disconnect(id)
	return p.ended(before)
}

// Input takes a value from the user; its text begins the buffer. The slot of the
// widget's key is in the registers.
func (p *Port) Input(id, kind uint32, number float64, textLength uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	text, given := p.input(0, textLength)
	if text == nil {
		return p.refuse(badArgument)
	}
	before := p.version()
	slot, err := p.session.Input(id, value(kind, number, text, given))
	if err != nil {
		return p.refuse(err)
	}
	p.Registers.Slot = uint32(slot)
	return p.ended(before)
}

// Pending gives what a widget in a form holds until it is submitted, as Read does.
func (p *Port) Pending(id uint32) (text []byte, kind int32) {
	if !p.ready() {
		return nil, int32(p.absent())
	}
	v := p.session.Pending(id)
	return p.value(v), int32(v.Kind())
}

// Form registers the form whose name is in the buffer and gives its number.
func (p *Port) Form(length uint32) int32 {
	name, ok := p.keyInput(length)
	if !ok {
		return Refused
	}
	id, err := p.session.OpenForm(string(name))
	if err != nil {
		return int32(p.refuse(err))
	}
	return int32(id)
}

// Submit writes what is pending in a form, and presses the button, 0 for none.
func (p *Port) Submit(form, button uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	before := p.version()
	if err := p.session.Submit(form, button); err != nil {
		return p.refuse(err)
	}
	return p.ended(before)
}

// TurnNext says what the driver of the turn runs next: a session.Step. The number
// of the widget or rerun is in the registers as Slot, that of the callback as Count.
func (p *Port) TurnNext() int32 {
	if !p.ready() {
		return int32(p.absent())
	}
	step, id, callback, err := p.session.Next()
	if err != nil {
		return int32(p.refuse(err))
	}
	p.Registers.Slot, p.Registers.Count = id, callback
	return int32(step)
}

// TurnEnd commits the turn, or rolls it back: 1 then. A turn that left all as it was
// has nothing to drain.
func (p *Port) TurnEnd() float64 {
	if !p.ready() {
		return p.absent()
	}
	if p.session.EndTurn() {
		return 1
	}
	if p.session.Open() == 0 && p.session.Untold() {
		return Drain
	}
	return 0
}

// The calls that ask Do for something about a turn, a rerun or a form.
const (
	TurnFailed = iota
	TurnStop
	TurnAgain
	TurnBegin   // argument: 1 rolls back when it fails, 2 is by code
	TriggersEnd // puts buttons back to false
	RerunEnd    // argument: its number
	FormEnd     // argument: its number
	FormClear   // argument: its number
)

// Do is one of the calls above.
func (p *Port) Do(what int, argument uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	s, before := p.session, p.version()
	switch what {
	case TurnFailed:
		s.Fail()
	case TurnStop:
		s.Stop()
	case TurnAgain:
		s.Again()
	case TurnBegin:
		s.BeginTurn(argument&1 != 0, argument&2 != 0)
	case TriggersEnd:
		s.EndTriggers()
	case RerunEnd:
		s.CloseRerun(argument)
	case FormEnd:
		s.CloseForm(argument)
	case FormClear:
		s.ClearForm(argument)
	}
	return p.ended(before)
}

// Rerun registers a rerun and gives its number.
func (p *Port) Rerun() int32 {
	if !p.ready() {
		return int32(p.absent())
	}
	return int32(p.session.OpenRerun())
}

// RerunReads says what a rerun read when it last ran: so many slots are in the
// buffer, 32 bits each, 0 among them for everything.
func (p *Port) RerunReads(id, count uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	if count > 1<<26 {
		return p.refuse(badArgument)
	}
	text, _ := p.input(0, count*4)
	if text == nil {
		return p.refuse(badArgument)
	}
	reads := make([]session.Slot, count)
	for i := range reads {
		b := text[i*4:]
		reads[i] = session.Slot(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
	}
	p.session.SetReads(id, reads)
	return 0
}
