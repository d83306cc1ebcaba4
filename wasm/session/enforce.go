package session

// Mode says what becomes of values that JSON cannot represent (rules 13 to 15).
// The numbers cross the boundary: they never change.
type Mode uint8

const (
	Off     Mode = iota // they are held by reference
	Report              // they are held by reference, and reported
	Enforce             // they are refused
)

// Mode returns the enforcement mode.
func (s *Session) Mode() Mode { return s.mode }

// SetMode changes the enforcement mode. It drops nothing: [Session.Violations]
// lists what is present. It returns an [*Error] for a mode there is not.
func (s *Session) SetMode(m Mode) error {
	if m > Enforce {
		return &Error{Class: ErrUsage.Class, Code: "mode-invalid", Reason: "there is no such enforcement mode", Hint: "Use off, report or enforce"}
	}
	s.mode = m
	return nil
}

// Violations lists the entries that JSON cannot represent, in insertion order,
// whatever the mode.
func (s *Session) Violations() []*Error {
	var found []*Error
	for place := s.head; place != 0; place = s.entries.at(place).next {
		if s.entries.at(place).kind == Reference {
			found = append(found, unserializable(s.key(place)))
		}
	}
	return found
}

func unserializable(key []byte) *Error {
	return &Error{Class: ErrUnserializable.Class, Code: "unserializable", Key: string(key), Type: "reference",
		Reason: "the value is held by reference, since JSON cannot represent it", Hint: "Store plain data instead: null, booleans, finite numbers, strings, arrays and objects of these"}
}
