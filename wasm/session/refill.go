package session

import (
	"math"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// span is where in the text of a refill the value of an entry stands.
type span struct {
	from, end uint32
	escaped   bool // a string with escapes
}

// Refill is [Session.Restore] for callers that need no list of what changed: nothing
// is logged, and [Session.Changed] counts none of it. It does that only where nobody
// else asks either, and the text is as a snapshot of the very keys there are, in
// their order. Else, and for every text that is refused, it changes nothing and
// gives false.
//
// It appends a bit for each place from 0 on to marks, the lowest first: 1 where the
// value is another now.
func (s *Session) Refill(text, marks []byte) ([]byte, bool) {
	s.Forget()
	if s.alone == 0 || len(s.widgets)+len(s.guards)+len(s.held) > 0 || !s.survey(text) {
		return marks, false
	}
	first := len(marks)
	marks = append(marks, make([]byte, s.entries.places>>3+1)...)
	place := s.head
	for _, at := range s.spans {
		e := s.entries.at(place)
		if s.refill(e, text[at.from:at.end], at.escaped) {
			marks[first+int(place>>3)] |= 1 << (place & 7)
		}
		place = e.next
	}
	return marks, true
}

// Trim gives up what a refill keeps for the next one.
func (s *Session) Trim() { s.spans = nil }

// survey tells whether refill can store the text, and notes where each value stands.
func (s *Session) survey(text []byte) bool {
	// In the form of a snapshot no entry, and not all together, count more than this.
	most := int64(len(text) + 8*s.count)
	if s.count == 0 || s.count > s.limits.Entries || most > min(s.limits.ValueBytes, s.limits.TotalBytes) {
		return false
	}
	if cap(s.spans) < s.count {
		s.spans = make([]span, 0, s.count+s.count/8)
	}
	spans, c := s.spans[:0], &s.checker
	c.Begin(text)
	i, before := 0, byte('{')
	for place := s.head; place != 0; before = ',' {
		e := s.entries.at(place)
		if i >= len(text) || text[i] != before || int(e.keyLength) > s.limits.KeyBytes {
			break
		}
		colon, escaped := c.Canonical(i+1, 0)
		if colon < 0 || colon == len(text) || text[colon] != ':' || !s.named(e, text[i+1:colon], escaped) {
			break
		}
		end, escaped := c.Canonical(colon+1, s.limits.Depth)
		if end < 0 {
			break
		}
		spans = append(spans, span{uint32(colon) + 1, uint32(end), escaped})
		i = end
		place = e.next
	}
	c.End()
	s.spans = spans
	return len(spans) == s.count && i+1 == len(text) && text[i] == '}'
}

// named tells whether a canonical text is that of the entry's key.
func (s *Session) named(e *entry, quoted []byte, escaped bool) bool {
	key := s.texts.bytes(e.key, int(e.keyLength))
	if escaped {
		return string(canon.AppendUnquoted(nil, quoted)) == string(key)
	}
	return len(quoted) == len(key)+2 && string(quoted[1:len(quoted)-1]) == string(key)
}

// refill stores the value of a canonical text, and tells whether it is another than
// before. A text takes the place of the one before where it fits.
func (s *Session) refill(e *entry, text []byte, escaped bool) bool {
	old := e.cell()
	c := cell{kind: Number}
	switch text[0] {
	case '"':
		c.kind = String
		if escaped {
			text = canon.AppendUnquoted(nil, text)
		} else {
			text = text[1 : len(text)-1]
		}
	case '{', '[':
		c.kind = JSON
	case 'n':
		c.kind = Null
	case 't':
		c = cell{kind: Bool, bits: 1}
	case 'f':
		c.kind = Bool
	default:
		c.bits = math.Float64bits(canon.ParseNumber(text))
	}
	if c.hasText() {
		c = textCell(c.kind, old.at(), len(text))
		fits, other := false, false
		if old.hasText() {
			fits, other = s.texts.overwrite(old.at(), old.length(), text)
		}
		switch {
		case !fits:
			c = textCell(c.kind, s.texts.put(text), len(text))
			s.drop(old)
		case !other && c == old:
			return false
		}
	} else if c == old {
		return false
	} else {
		s.drop(old)
	}
	s.version++
	s.bytes += c.size() - old.size()
	e.bits, e.kind, e.version, e.origin = c.bits, c.kind, s.version, Restore
	return true
}
