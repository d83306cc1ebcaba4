package session

import (
	"math"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// Snapshot gives the canonical JSON text of all entries: an object, compact, in
// insertion order (rule 19). References cannot be in it: unless omit is set, it
// returns the [*Error] of the first.
func (s *Session) Snapshot(omit bool) ([]byte, error) {
	text, err := s.AppendSnapshot(nil, "", omit)
	return text, err.orNil()
}

// AppendSnapshot is [Session.Snapshot] into a buffer, of the entries whose keys
// begin with the prefix, without it.
func (s *Session) AppendSnapshot(dst []byte, prefix string, omit bool) ([]byte, *Error) {
	start := len(dst)
	for place := s.first(prefix); place != 0; {
		e := s.entries.at(place)
		c := e.cell()
		if c.kind != Reference {
			if prefix == "" {
				dst = s.texts.appendQuoted(dst, ',', e.key, int(e.keyLength))
			} else {
				dst = canon.AppendString(append(dst, ','), s.key(place)[len(prefix):])
			}
		} else if !omit {
			return nil, unserializable(s.key(place))
		}
		switch c.kind {
		case Number:
			dst = canon.AppendNumber(append(dst, ':'), math.Float64frombits(c.bits))
		case String:
			dst = s.texts.appendQuoted(dst, ':', c.at(), c.length())
		case JSON:
			dst = s.texts.append(append(dst, ':'), c.at(), c.length())
		case Null, Bool:
			dst = s.value(c).AppendJSON(append(dst, ':'))
		}
		place = e.next
		if prefix != "" {
			place = s.matching(place, prefix)
		}
	}
	if len(dst) == start {
		dst = append(dst, '{')
	}
	dst[start] = '{' // before the first entry, too, there is a comma
	return append(dst, '}'), nil
}

// AppendKeys appends the keys that begin with the prefix, without it, to dst: a
// JSON array in insertion order.
func (s *Session) AppendKeys(dst []byte, prefix string) []byte {
	start := len(dst)
	dst = append(dst, '[')
	for place := s.first(prefix); place != 0; place = s.following(place, prefix) {
		if len(dst) > start+1 {
			dst = append(dst, ',')
		}
		dst = canon.AppendString(dst, s.key(place)[len(prefix):])
	}
	return append(dst, ']')
}

// Restore replaces all entries by those of a JSON object. It returns an [*Error]
// with line, column and path of the first fault, and changes nothing then.
func (s *Session) Restore(text []byte) error { return s.RestoreText(text, "").orNil() }

// RestoreText is [Session.Restore] of the entries whose keys begin with the
// prefix, from a text that has the keys without it.
func (s *Session) RestoreText(text []byte, prefix string) *Error {
	before := s.SetOrigin(Restore)
	s.Begin()
	r := restoring{inPlace: prefix == "" && len(s.widgets) == 0 && len(s.guards) == 0, place: s.head}
	if !r.inPlace {
		s.removeAll(prefix)
	}
	var scratch, prefixed []byte
	var refused *Error
	fault := s.checker.Members(text, s.limits.Depth, func(name, value []byte, at int) *canon.Fault {
		v := parsed(value, scratch[:0])
		if v.kind == String && cap(v.text) > cap(scratch) {
			scratch = v.text
		}
		key := name
		if prefix != "" && len(name) > 0 { // the prefix alone is no key of its scope
			prefixed = append(append(prefixed[:0], prefix...), name...)
			key = prefixed
		}
		if refused = s.restoreMember(&r, key, v); refused != nil {
			refused.Path = string(canon.PointerToken(nil, name[:cut(name, max(s.limits.KeyBytes, 64))]))
			return &canon.Fault{Offset: at}
		}
		return nil
	})
	if fault == nil {
		s.clearRest(&r)
	}
	s.SetOrigin(before) // what listeners write is theirs
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
	return refused
}

// restoring is how far a restore has come. As long as the members of its text come
// in the order of the entries, they are written in place, and what is equal costs no
// write; then the entries that are left are removed, and the rest is added.
type restoring struct {
	inPlace bool
	place   uint32 // of the entry that comes next
	count   int    // of entries restored in place, and their bytes
	bytes   int64
}

func (s *Session) restoreMember(r *restoring, key []byte, v Value) *Error {
	if !r.inPlace {
		return s.restoreEntry(key, v)
	}
	place := r.place
	if place == 0 || len(key) > s.limits.KeyBytes || string(s.key(place)) != string(key) {
		s.clearRest(r)
		return s.restoreEntry(key, v)
	}
	// As if the entries that follow were not there any more.
	if err := s.admitTo(r.count, r.bytes, key, cell{}, v.kind, len(v.text)); err != nil {
		return err
	}
	e := s.entries.at(place)
	r.place = e.next
	if len(s.log) == cap(s.log) {
		s.growLog(s.count - r.count) // once: what it would outgrow step by step is garbage, and many entries change if this many do
	}
	s.replace(place, v)
	r.count++
	r.bytes += int64(len(key)) + e.cell().size()
	return nil
}

// clearRest removes the entries that no member came for.
func (s *Session) clearRest(r *restoring) {
	for place := r.place; r.inPlace && place != 0; {
		next := s.entries.at(place).next
		s.store(place, cell{})
		place = next
	}
	r.inPlace = false
}

// restoreEntry stores a member of a checked text.
func (s *Session) restoreEntry(key []byte, v Value) *Error {
	if err := s.checkKey(key); err != nil {
		return err
	}
	hash := s.index.hash(key)
	place := s.find(key, hash)
	if place != 0 && s.entries.at(place).reserved {
		return refuse(problemKeyComputed, key)
	}
	if place != 0 && s.entries.at(place).widget != 0 {
		if s.readOnly(place) && fit(s.widgetAt(place), &v) {
			return nil // a trigger is what it is, and a file cannot be in a text
		}
		if err := s.conform(place, &v); err != nil {
			return err
		}
		if err := s.judge(place, &v); err != nil {
			return err
		}
	}
	if err := s.admit(key, cell{}, v.kind, len(v.text)); err != nil {
		return err
	}
	if place == 0 {
		if place = s.newPlace(key, hash); place == 0 {
			return refuseLimit(problemTooManyKeys, key, MaxEntries+1, MaxEntries)
		}
	}
	s.replace(place, v)
	return nil
}
