package session

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

// Ceilings that no setting can exceed. An address in the module has 32 bits.
const (
	maxKeyBytes = 1<<16 - 1
	maxDepth    = 1000
	maxBytes    = 1<<32 - 1
)

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
	for _, c := range []struct {
		name         string
		value, limit int64
	}{
		{"keyBytes", int64(l.KeyBytes), maxKeyBytes},
		{"depth", int64(l.Depth), maxDepth},
		{"valueBytes", l.ValueBytes, maxBytes},
		{"entries", int64(l.Entries), MaxEntries},
		{"totalBytes", l.TotalBytes, maxBytes},
	} {
		if c.value < 1 || c.value > c.limit {
			return &Error{Class: ErrLimit.Class, Code: "limit-invalid", Limit: c.limit,
				Reason: "the limit " + c.name + " cannot be " + decimal(c.value), Hint: "Use 1 to " + decimal(c.limit)}
		}
	}
	return nil
}

// Limits returns the limits in force.
func (s *Session) Limits() Limits { return s.limits }

// SetLimits changes the limits; members that are 0 take their default. Entries
// that are over a new limit stay, and are refused when they are next written. It
// returns an [*Error] if a limit is out of range.
func (s *Session) SetLimits(l Limits) error {
	l = l.withDefaults()
	if err := l.check(); err != nil {
		return err
	}
	s.limits = l
	return nil
}

// admit tells which limit a value would exceed in place of old, or nil.
func (s *Session) admit(key []byte, old cell, kind Kind, length int) *Error {
	size := cell{kind: kind, bits: uint64(length)}.size()
	entry := int64(len(key)) + size
	if entry > s.limits.ValueBytes {
		return overLimit("value-too-large", key, entry, s.limits.ValueBytes, "bytes in this entry", "Keep less in one key, or raise limits.valueBytes")
	}
	growth := size - old.size()
	if old.kind == Absent {
		growth += int64(len(key))
		if s.count+1 > s.limits.Entries {
			return overLimit("too-many-entries", key, int64(s.count+1), int64(s.limits.Entries), "entries", "Delete keys that are no longer needed, or raise limits.entries")
		}
	}
	if growth > 0 && s.bytes+growth > s.limits.TotalBytes {
		return overLimit("session-too-large", key, s.bytes+growth, s.limits.TotalBytes, "bytes in the session", "Delete keys that are no longer needed, or raise limits.totalBytes")
	}
	return nil
}

func overLimit(code string, key []byte, got, limit int64, what, hint string) *Error {
	return &Error{Class: ErrLimit.Class, Code: code, Key: string(key), Limit: limit,
		Reason: "this would make " + decimal(got) + " " + what + ", more than the " + decimal(limit) + " allowed", Hint: hint}
}
