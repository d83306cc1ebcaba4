package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// Inspector checks snapshots that come from elsewhere, as a host does, by the
// rules of [Session.Restore] into a session that has neither widgets nor
// computed values. It says all that is wrong at once, where a restore needs only
// the first fault, and stores nothing. The module in the page has none of it.
//
// An Inspector may be used again and again, but not concurrently.
type Inspector struct {
	session *Session // for its limits and what it counts; nothing is stored in it
	survey  canon.Survey
	scratch []byte
}

// NewInspector returns an Inspector with these limits; members that are 0 take
// their default. The seed is to be one that those who write the texts do not
// know. It returns an [*Error] if a limit is out of range.
func NewInspector(l Limits, seed uint64) (*Inspector, error) {
	s, err := New(Options{Limits: l})
	if err != nil {
		return nil, err
	}
	return &Inspector{session: s, survey: canon.Survey{Checker: canon.Checker{Seed: seed}}}, nil
}

// Limits returns the limits in force.
func (n *Inspector) Limits() Limits { return n.session.limits }

// Inspect calls refused for each fault of the snapshot, in the order of the
// text: the first is the error that Restore would return. After
// one with the code invalid-json or invalid-utf8 there are no others, since what
// follows cannot be told. It calls entry for each entry without a fault, with
// its key and the canonical text of its value, which are good during the call.
// It ends when one of the two returns false.
func (n *Inspector) Inspect(text []byte, entry func(key, value []byte) bool, refused func(*Error) bool) {
	s := n.session
	s.count, s.bytes = 0, 0
	n.survey.Members(text, s.limits.Depth, func(name, value []byte, at int, fault *canon.Fault) bool {
		if fault != nil {
			return refused(faultError(nil, fault, s.limits.Depth))
		}
		if err := n.admit(name, value); err != nil {
			err.Path = string(canon.PointerToken(nil, name[:cut(name, max(s.limits.KeyBytes, 64))])) // as RestoreText: shared, it would make the module larger
			err.Line, err.Column = n.survey.Position(at)
			return refused(err)
		}
		return entry(name, value)
	})
	if cap(n.scratch) > keptScratch {
		n.scratch = nil
	}
}

// keptScratch is how many bytes of a long string's room are kept for the next.
const keptScratch = 1 << 20

// admit counts an entry, or tells which rule or limit it breaks.
func (n *Inspector) admit(key, value []byte) *Error {
	s := n.session
	if err := s.checkKey(key); err != nil {
		return err
	}
	v := parsed(value, n.scratch[:0])
	c := cell{kind: v.kind, bits: uint64(uint32(len(v.text)))}
	if v.kind == String {
		n.scratch = v.text
	}
	if err := s.admit(key, cell{}, v.kind, len(v.text)); err != nil {
		return err
	}
	s.count++
	s.bytes += int64(len(key)) + c.size()
	return nil
}
