package wire

import "github.com/tabstate/tabstate/wasm/session"

// The session is one, and code in Go may use it too, between the calls of the
// other side. It never meets a call half done, nor a call it: other goroutines
// run whenever one waits for the garbage collector.

// Take gives the session to code in Go, until Give. It gives nil while a call is at
// work or somebody else has it, and before Open.
func (p *Port) Take() *session.Session {
	if p.busy || p.session == nil {
		return nil
	}
	taken := p.session
	p.session, p.taken = nil, taken
	cool()
	return taken
}

// Give ends Take.
func (p *Port) Give() {
	if p.taken != nil {
		p.session, p.taken = p.taken, nil
		p.session.Hot()
	}
}

// cool keeps the hot calls out.
func cool() { (*session.Session)(nil).Hot() }

// Shut keeps every call out, in the middle of one or of Take, until open is called.
func (p *Port) Shut() (open func()) {
	s, taken, busy := p.session, p.taken, p.busy
	p.session, p.taken = nil, p.Inside()
	cool()
	return func() {
		p.session, p.taken, p.busy = s, taken, busy
		if s != nil {
			s.Hot()
		}
	}
}

// Inside gives the session in the middle of a call or after Take, for reading it.
func (p *Port) Inside() *session.Session {
	if p.taken != nil {
		return p.taken
	}
	return p.session
}

// Done ends the call that is at work.
func (p *Port) Done() { p.busy = false }

// ready tells whether the session can be used, and marks that a call is at work.
func (p *Port) ready() bool {
	if (p.session == nil || p.busy) && p.Regain != nil && !p.Regain() {
		return false
	}
	if p.session == nil {
		return false
	}
	p.busy = true
	return true
}

// absent refuses a call for which the session is not there.
func (p *Port) absent() float64 {
	if p.taken != nil || p.session != nil {
		return p.refuse(busy)
	}
	return p.refuse(notOpen)
}

var busy = &session.Error{Class: session.ErrUsage.Class, Code: "session-busy", Reason: "the session is in the middle of something: a validator in Go runs, or a batch of a goroutine",
	Hint: "A validator judges its value, and a batch changes the session; neither calls JavaScript that uses it"}

// Free tells whether Take would give the session.
func (p *Port) Free() bool { return p.session != nil && !p.busy }

// Texts gives copies of the two texts that the caller wrote, and false when the buffer is
// not that long. It is for calls of others beside these.
func (p *Port) Texts(first, second uint32) (a, b []byte, ok bool) {
	text, _ := p.input(first, second)
	if text == nil {
		p.refuse(badArgument)
		return nil, nil, false
	}
	text = append([]byte(nil), text...)
	return text[:first:first], text[first:], true
}

// Refuse has Error give the refusal of a call of others.
func (p *Port) Refuse(err *session.Error) int32 { return int32(p.refuse(err)) }
