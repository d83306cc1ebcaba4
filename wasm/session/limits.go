package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// Limits bound a session (rule 18). An entry counts its key in UTF-8, plus 8
// bytes for a number, 1 for null or a boolean, the UTF-8 length of a string, the
// length of the canonical text of an array or object, 16 for a reference.
type Limits struct {
	KeyBytes   int   // bytes of a key, 1 to 65,535; default 1,024
	Depth      int   // nesting of arrays and objects in a value, 1 to 1,000; default 128
	ValueBytes int64 // bytes of one entry; default 64 MiB
	Entries    int   // number of entries, up to MaxEntries; default 1,048,576
	TotalBytes int64 // bytes of all entries; default 256 MiB
}

// ceilings are what no setting can exceed, in the order of the fields. An address
// in the module has 32 bits.
var ceilings = [...]int64{1<<16 - 1, canon.MaxDepth, 1<<32 - 1, MaxEntries, 1<<32 - 1}

func (l Limits) withDefaults() Limits {
	if l.KeyBytes == 0 {
		l.KeyBytes = 1024
	}
	if l.Depth == 0 {
		l.Depth = 128
	}
	if l.ValueBytes == 0 {
		l.ValueBytes = 64 << 20
	}
	if l.Entries == 0 {
		l.Entries = 1 << 20
	}
	if l.TotalBytes == 0 {
		l.TotalBytes = 256 << 20
	}
	return l
}

func (l Limits) check() error {
	for i, value := range [...]int64{int64(l.KeyBytes), int64(l.Depth), l.ValueBytes, int64(l.Entries), l.TotalBytes} {
		if ceiling := ceilings[i]; value < 1 || value > ceiling {
			return refuseLimit(problemLimitInvalid, nil, value, ceiling)
		}
	}
	return nil
}

// Limits returns the limits in force.
func (s *Session) Limits() Limits { return s.limits }

// SetLimits changes the limits; members that are 0 take their default. Entries
// that are over a new limit stay, and can be written as long as they do not grow.
// It returns an [*Error] if a limit is out of range.
func (s *Session) SetLimits(l Limits) error {
	l = l.withDefaults()
	if err := l.check(); err != nil {
		return err
	}
	s.limits = l
	return nil
}

// Fits returns the [*Error] for a text of so many bytes that exceeds what the
// session may hold, or nil.
func (s *Session) Fits(bytes int64) *Error {
	if bytes > s.limits.TotalBytes {
		return refuseLimit(problemSessionTooLarge, nil, bytes, s.limits.TotalBytes)
	}
	return nil
}

// admit tells which limit a value would exceed in place of old, or nil.
func (s *Session) admit(key []byte, old cell, kind Kind, length int) *Error {
	return s.admitTo(s.count, s.bytes, key, old, kind, length)
}

// admitTo is admit into a session of so many entries and bytes.
func (s *Session) admitTo(count int, bytes int64, key []byte, old cell, kind Kind, length int) *Error {
	c := cell{kind: kind}
	size := c.size()
	if c.hasText() {
		size = int64(length)
	}
	growth := size - old.size()
	if old.kind == Absent {
		growth += int64(len(key))
	}
	if entry := int64(len(key)) + size; growth > 0 && entry > s.limits.ValueBytes {
		return refuseLimit(problemValueTooLarge, key, entry, s.limits.ValueBytes)
	}
	if old.kind == Absent {
		if count+1 > s.limits.Entries {
			return refuseLimit(problemTooManyEntries, key, int64(count+1), int64(s.limits.Entries))
		}
	}
	if growth > 0 && bytes+growth > s.limits.TotalBytes {
		return refuseLimit(problemSessionTooLarge, key, bytes+growth, s.limits.TotalBytes)
	}
	return nil
}
