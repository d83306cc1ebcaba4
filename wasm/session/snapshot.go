package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// Snapshot gives the canonical JSON text of all entries: an object, compact, in
// insertion order (rule 19). References cannot be in it: unless omit is set, it
// returns the [*Error] of the first.
func (s *Session) Snapshot(omit bool) ([]byte, error) {
	text, err := s.AppendSnapshot(nil, omit)
	return text, err.orNil()
}

// AppendSnapshot is [Session.Snapshot] into a buffer.
func (s *Session) AppendSnapshot(dst []byte, omit bool) ([]byte, *Error) {
	dst = append(dst, '{')
	for place := s.head; place != 0; {
		e := s.entries.at(place)
		if e.kind == Reference {
			if !omit {
				return nil, unserializable(s.key(place))
			}
		} else {
			if dst[len(dst)-1] != '{' {
				dst = append(dst, ',')
			}
			dst = canon.AppendString(dst, s.key(place))
			dst = append(dst, ':')
			dst = s.value(e.cell()).AppendJSON(dst)
		}
		place = e.next
	}
	return append(dst, '}'), nil
}

// AppendKeys appends the keys in insertion order to dst, as a JSON array.
func (s *Session) AppendKeys(dst []byte) []byte {
	dst = append(dst, '[')
	for place := s.head; place != 0; place = s.entries.at(place).next {
		if dst[len(dst)-1] != '[' {
			dst = append(dst, ',')
		}
		dst = canon.AppendString(dst, s.key(place))
	}
	return append(dst, ']')
}

// Restore replaces all entries by those of a JSON object. It returns an [*Error]
// with line, column and path of the first fault, and changes nothing then.
func (s *Session) Restore(text []byte) error { return s.RestoreText(text).orNil() }

// RestoreText is [Session.Restore] for callers that need the *Error itself.
func (s *Session) RestoreText(text []byte) *Error {
	before := s.SetOrigin(Restore)
	defer s.SetOrigin(before)
	s.Begin()
	s.removeAll()
	var scratch []byte
	var refused *Error
	fault := s.checker.Members(text, s.limits.Depth, func(key, value []byte, at int) *canon.Fault {
		v := parsed(value, scratch[:0])
		if v.kind == String && cap(v.text) > cap(scratch) {
			scratch = v.text
		}
		if refused = s.restoreEntry(key, v); refused != nil {
			return &canon.Fault{Offset: at}
		}
		return nil
	})
	if fault == nil {
		s.towards = cleared
		s.Commit()
		return nil
	}
	s.Rollback()
	if refused == nil {
		return faultError(nil, fault, s.limits.Depth)
	}
	refused.Line, refused.Column = fault.Line, fault.Column
	refused.Path = string(canon.PointerToken(nil, []byte(refused.Key)))
	return refused
}

// restoreEntry stores a member of a checked text.
func (s *Session) restoreEntry(key []byte, v Value) *Error {
	if err := s.checkKey(key); err != nil {
		return err
	}
	hash := s.index.hash(key)
	place := s.find(key, hash)
	if err := s.admit(key, cell{}, v.kind, len(v.text)); err != nil {
		return err
	}
	if place == 0 {
		if place = s.newPlace(key, hash); place == 0 {
			return overLimit("too-many-entries", key, MaxEntries+1, MaxEntries, "entries", "Restore less")
		}
	}
	s.replace(place, v)
	return nil
}
