// Package wire is the session as it is driven across the boundary: keys are
// slots, text lies in shared buffers, results are numbers. Package abi exports
// it function by function; it is plain Go so that it is fuzzed natively. The
// contract is wasm/ABI.md.
package wire

import (
	"math"

	"github.com/tabstate/tabstate/wasm/session"
)

// Results of the calls that return a float64. A positive one is the version of
// exactly the change that was asked for, 0 is no change.
const (
	Drain    = -1 // Changes and Forget have more to tell; from the fast calls: use the full call
	Refused  = -2 // Error tells why
	Trapped  = -3 // the module panicked; nothing it holds can be trusted
	Adjusted = -4 // the value was stored as the widget of its key takes it; outside of batches then as Drain
)

const roomBytes = 64 << 10 // of the buffer that is always there

// Registers is how calls give back more than a number. Its layout is part of
// the contract.
type Registers struct {
	Slot, Kind, Address, Length uint32
	Number, Version             float64
	Origin, Count               uint32
	Limits                      [5]float64 // bytes of a key, depth, bytes of a value, entries, total bytes
}

// Port drives one session.
type Port struct {
	Registers Registers

	// Regain is asked when a call finds the session in use by code in Go: it has the
	// session given back, or says false. Without such code it is nil.
	Regain func() bool

	session *session.Session
	taken   *session.Session // while code in Go has it
	busy    bool             // a call is at work
	told    bool             // Changes was called since the last Forget
	room    []byte
	large   []byte // instead of room, until the call that takes its text
	spare   []byte // a large one that Trim gives up
	out     []byte
	refused *session.Error
}

// Open starts the session, and gives the buffer that is always there. Calls before it, and a second one, are refused.
func (p *Port) Open(mode uint32, seed uint64) ([]byte, float64) {
	if p.session != nil {
		return nil, p.refuse(&session.Error{Class: session.ErrUsage.Class, Code: "session-open", Reason: "this module's session is open already", Hint: "Use that one"})
	}
	s, err := session.New(session.Options{Seed: seed, Track: true})
	if err == nil {
		err = s.SetMode(session.Mode(min(mode, math.MaxUint8)))
	}
	if err != nil {
		return nil, p.refuse(err.(*session.Error))
	}
	p.session = s
	s.Hot()
	p.room = make([]byte, roomBytes)
	p.tellLimits()
	return p.room, 0
}

// Reserve gives a buffer of n bytes for the text of the next call; the first
// kept bytes of the one given before are in it. It is nil, and refused, when the
// text could not be stored anyway: it may be twice what the session may hold,
// since the text of a restore may have blanks and escapes.
func (p *Port) Reserve(n, kept uint32) []byte {
	if !p.ready() {
		p.absent()
		return nil
	}
	if n <= roomBytes {
		p.large = nil
		return p.room
	}
	if err := p.session.Fits(int64(n) / 2); err != nil {
		p.large = nil // the next text is in room again
		p.refuse(err)
		return nil
	}
	old := p.room
	if p.large != nil {
		old = p.large
	}
	if int(n) > len(p.large) {
		if len(p.spare) >= int(n) && len(p.spare)-int(n) < int(n)/4 {
			p.large, p.spare = p.spare, nil
		} else {
			p.large = make([]byte, n)
		}
		copy(p.large, old[:min(int(kept), len(old))])
	}
	return p.large
}

// input gives the text that the caller wrote, of two lengths together, and
// whether the session may keep it: not when that would keep a much longer buffer
// alive. It is nil when the buffer is not that long.
func (p *Port) input(first, second uint32) (text []byte, given bool) {
	buffer := p.room
	if p.large != nil {
		buffer, given = p.large, true
		p.large = nil
	}
	end, length := uint64(first)+uint64(second), uint64(len(buffer))
	if end > length {
		return nil, false
	}
	return buffer[:end:end], given && length-end <= end/4
}

func (p *Port) refuse(err *session.Error) float64 {
	p.refused = err
	return Refused
}

// Error gives the last refusal as a JSON object.
func (p *Port) Error() []byte {
	if p.refused == nil {
		return nil
	}
	p.out = p.refused.AppendJSON(p.out[:0])
	return p.out
}

var notOpen = &session.Error{Class: "SessionNotReadyError", Code: "not-open", Reason: "the session is not open yet", Hint: "Call ts_open first"}
var badArgument = &session.Error{Class: session.ErrUsage.Class, Code: "argument-invalid", Reason: "an argument of the call is out of range"}

// Trim gives up the buffers that one large text made large.
func (p *Port) Trim() {
	p.spare = nil
	if p.session != nil {
		p.session.Trim()
	}
	if cap(p.out) > roomBytes {
		p.out = nil
	}
}
