package session

// Stats counts what a session holds.
type Stats struct {
	Keys      int
	Bytes     int64 // of all entries, as [Limits] counts them
	Version   uint64
	Listeners int
}

// Stats counts what the session holds.
func (s *Session) Stats() Stats {
	return Stats{Keys: s.count, Bytes: s.bytes, Version: s.version, Listeners: s.live}
}

// Advance has the versions go on above the one given, in a session that follows
// from another: a version once given is never given again (rule 10).
func (s *Session) Advance(version uint64) { s.version = max(s.version, version) }
