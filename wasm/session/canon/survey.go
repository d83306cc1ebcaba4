package canon

import "unicode/utf8"

// Survey goes through the members of objects and on after their faults. The
// host has it, to say all that is wrong at once; what runs in the page needs
// only the first fault, so none of this is linked into the module. Its zero
// value is ready. It is not for concurrent use.
type Survey struct {
	Checker // its Seed is that of the names, too

	whole            []byte
	names            names
	scope            scope
	name             []byte // of the member, decoded
	at, line, column int    // how far Position has counted
}

// Members calls visit for each member of the object that text is to be, in
// order: the name decoded to UTF-8, the value in canonical form, and the byte
// offset of the name. Of a member at fault it gives the first fault instead of
// the value, with the name unless that is at fault. The slices are valid only
// during the call; Members ends when it returns false.
//
// The first fault is the one that [Checker.Members] reports. A text that is no
// JSON, or no UTF-8, is given up there, since what follows cannot be told; such
// a fault may stand outside of members, and then has no name. After any other
// fault the member is passed over, with what else is wrong in it.
func (s *Survey) Members(text []byte, depth int, visit func(name, value []byte, at int, fault *Fault) bool) {
	s.whole = text
	s.at, s.line, s.column = 0, 1, 1
	s.names.seed = s.Seed
	s.scope = s.names.open()
	s.members(clamp(depth, 1, MaxDepth), visit)
	s.names.close(&s.scope)
	s.whole = nil
	s.names.release(keep)
	if cap(s.name) > keep {
		s.name = nil
	}
}

func (s *Survey) members(depth int, visit func(name, value []byte, at int, fault *Fault) bool) {
	text := s.whole
	i := skipBlanks(text, 0)
	if at(text, i) != '{' {
		visit(nil, nil, 0, s.outside("an object", i))
		return
	}
	i = skipBlanks(text, i+1)
	if at(text, i) == '}' {
		s.ended(i+1, visit)
		return
	}
	for {
		if at(text, i) != '"' {
			visit(nil, nil, 0, s.outside("a member's name in double quotes", i))
			return
		}
		start := i
		name, end, fault := s.memberName(start)
		if fault != nil && (!visit(name, nil, start, fault) || fault.malformed()) {
			return
		}
		i = skipBlanks(text, end)
		if at(text, i) != ':' {
			visit(name, nil, start, s.outside("':' after a member's name", i))
			return
		}
		value, end, wrong := s.value(skipBlanks(text, i+1), depth)
		if wrong != nil {
			wrong.Path = string(PointerToken(nil, name)) + wrong.Path
		}
		if fault == nil || wrong != nil && wrong.malformed() {
			if !visit(name, value, start, wrong) || wrong != nil && wrong.malformed() {
				return
			}
		}
		i = skipBlanks(text, end)
		switch at(text, i) {
		case ',':
			i = skipBlanks(text, i+1)
		case '}':
			s.ended(i+1, visit)
			return
		default:
			visit(nil, nil, 0, s.outside("',' or '}' after a member", i))
			return
		}
	}
}

// Position returns line and column of an offset, from 1. It counts on from
// where it was last asked.
func (s *Survey) Position(offset int) (line, column int) {
	if offset < s.at {
		s.at, s.line, s.column = 0, 1, 1
	}
	line, column = position(s.whole[s.at:], offset-s.at)
	if line == 1 {
		column += s.column - 1
	}
	s.at, s.line, s.column = offset, s.line+line-1, column
	return s.line, s.column
}

// memberName checks the name whose opening quote stands at i. It returns the
// name decoded, nil when it has none, and the offset after its closing quote.
func (s *Survey) memberName(i int) ([]byte, int, *Fault) {
	canonical, end, fault := s.value(i, 1)
	if fault != nil {
		return nil, end, fault
	}
	s.name = AppendUnquoted(s.name[:0], canonical)
	if !s.names.addRewritten(&s.scope, canonical[1:len(canonical)-1]) {
		fault = s.fault(DuplicateKey, i, duplicate(s.whole[i:end]), duplicateHint)
		fault.Path = string(PointerToken(nil, s.name))
	}
	return s.name, end, fault
}

// value checks the value that begins at i. It returns its canonical form and
// the offset after it, as far as brackets and quotes tell when it has a fault,
// whose path is that in the value.
func (s *Survey) value(i, depth int) ([]byte, int, *Fault) {
	text := s.whole[i:]
	s.begin(text)
	s.room = 0
	end := s.scan(0, depth)
	canonical := text[:max(end, 0)]
	if end >= 0 && s.copied > 0 {
		s.cut(end, end)
		canonical = s.buf
	}
	if fault := s.end(); fault != nil {
		fault.Offset += i
		fault.Line, fault.Column = s.Position(fault.Offset)
		return nil, i + skipValue(text), fault
	}
	return canonical, i + end, nil
}

// ended checks that nothing but blanks follows the object.
func (s *Survey) ended(i int, visit func(name, value []byte, at int, fault *Fault) bool) {
	if i = skipBlanks(s.whole, i); i < len(s.whole) {
		visit(nil, nil, 0, s.outside("the end of the text", i))
	}
}

// outside makes the fault of a text in which something else is expected between
// its members than what stands there. It is [Checker.expected] without a path:
// that is read from the text before, which may have faults here.
func (s *Survey) outside(what string, i int) *Fault {
	text := s.whole
	if i < len(text) && text[i] >= utf8.RuneSelf && skipWide(text, i) == i {
		return s.fault(InvalidUTF8, i, notUTF8(text, i), utf8Hint)
	}
	return s.fault(InvalidJSON, i, unexpected(what, text, i), advice(text, i))
}

func (s *Survey) fault(code string, i int, reason, hint string) *Fault {
	line, column := s.Position(i)
	return &Fault{Code: code, Offset: i, Line: line, Column: column, Reason: reason, Hint: hint}
}

// malformed says whether the text is no JSON, or no text at all.
func (f *Fault) malformed() bool { return f.Code == InvalidJSON || f.Code == InvalidUTF8 }

// skipValue returns the offset after the value that text begins with, as far as
// brackets and quotes tell.
func skipValue(text []byte) int {
	open := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = skipQuoted(text, i+1)
			if open == 0 {
				return min(i+1, len(text))
			}
		case '{', '[':
			open++
		case '}', ']':
			if open--; open < 0 {
				return i
			}
			if open == 0 {
				return i + 1
			}
		case ',':
			if open == 0 {
				return i
			}
		}
	}
	return len(text)
}
