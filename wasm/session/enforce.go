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
		return refuse(problemModeInvalid, nil)
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
	e := refuse(problemReference, key)
	e.Type = "reference"
	return e
}
