package session

import (
	"math"
	"slices"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

type checker = canon.Checker

// Put stores a value under a key and gives the key's slot, 0 when it is refused.
func (s *Session) Put(key []byte, v Value) (Slot, *Error) {
	if err := s.checkKey(key); err != nil {
		return 0, err
	}
	s.Forget()
	hash := s.index.hash(key)
	place := s.find(key, hash)
	var old cell
	if place != 0 {
		e := s.entries.at(place)
		if e.reserved {
			return 0, refuse(problemKeyComputed, key)
		}
		old = e.cell()
	}
	v, err := s.prepare(key, v)
	if err == nil && place != 0 {
		err = s.conform(place, &v)
		if err == nil {
			err = s.judge(place, &v)
		}
	}
	if err == nil {
		err = s.admit(key, old, v.kind, len(v.text))
	}
	if err == nil && place == 0 {
		if place = s.newPlace(key, hash); place == 0 {
			err = refuseLimit(problemTooManyKeys, key, MaxEntries+1, MaxEntries)
		}
	}
	if err != nil {
		return 0, err
	}
	slot := s.entries.slot(place)
	s.replace(place, v)
	return slot, nil
}

// Write stores a value under the key of a slot.
func (s *Session) Write(slot Slot, v Value) *Error {
	s.Forget()
	e := s.entries.lookup(slot)
	if e == nil {
		return refuse(problemStaleSlot, nil)
	}
	place := uint32(slot) & placeMask
	key := s.key(place)
	if e.reserved {
		return refuse(problemKeyComputed, key)
	}
	v, err := s.prepare(key, v)
	if err == nil {
		err = s.conform(place, &v)
	}
	if err == nil {
		err = s.judge(place, &v)
	}
	if err == nil {
		err = s.admit(key, e.cell(), v.kind, len(v.text))
	}
	if err != nil {
		return err
	}
	if s.alone != 0 && e.widget == 0 && e.kind != Absent && e.kind != Reference && v.kind != Reference {
		s.overwrite(place, v)
	} else {
		s.replace(place, v)
	}
	return nil
}

// Remove deletes the key of a slot and says whether it was there. The key of a
// widget goes back to the widget's default instead.
func (s *Session) Remove(slot Slot) bool {
	s.Forget()
	e := s.entries.lookup(slot)
	if e == nil || e.kind == Absent {
		return false
	}
	place := uint32(slot) & placeMask
	if s.toInitial(place) {
		return true
	}
	s.Begin()
	s.store(place, cell{})
	s.Commit()
	return true
}

// prepare gives the value in the form in which it is stored, or tells why it is
// refused. Its text is the caller's, or the checker's until the next check.
func (s *Session) prepare(key []byte, v Value) (Value, *Error) {
	switch v.kind {
	case Null, Bool:
		return v, nil
	case Number:
		if v.num-v.num != 0 {
			err := refuse(problemNotFinite, key)
			err.Type = "number"
			return v, err
		}
		v.num += 0
		return v, nil
	case String:
		if canon.ValidText(v.text) >= 0 {
			return v, refuse(problemStringNotText, key)
		}
		return v, nil
	case JSON:
		text, fault := s.checker.Value(v.text, s.limits.Depth)
		if fault != nil {
			return v, faultError(key, fault, s.limits.Depth)
		}
		checked := parsed(text, nil)
		checked.given = v.given && checked.kind == JSON && &text[0] == &v.text[0]
		return checked, nil
	case Reference:
		if s.mode == Enforce {
			return v, unserializable(key)
		}
		if v.num != float64(uint32(v.num)) {
			return v, refuse(problemReferenceInvalid, key)
		}
		return v, nil
	}
	return v, refuse(problemKindInvalid, key)
}

// parsed gives the value that a canonical text stands for. A string is decoded
// into scratch.
func parsed(text, scratch []byte) Value {
	switch text[0] {
	case 'n':
		return NullValue()
	case 't':
		return BoolValue(true)
	case 'f':
		return BoolValue(false)
	case '"':
		return Value{kind: String, text: canon.AppendUnquoted(scratch, text)}
	case '[', '{':
		return Value{kind: JSON, text: text}
	}
	return NumberValue(canon.ParseNumber(text))
}

// replace stores a prepared value unless the entry holds the same (rule 10).
func (s *Session) replace(place uint32, v Value) {
	if s.holds(place, v) {
		return
	}
	c := s.cellOf(v)
	s.hold(c)
	if len(s.levels) > 0 { // a batch of its own would log the entry once more
		s.store(place, c)
		return
	}
	s.Begin()
	s.store(place, c)
	s.Commit()
}

// overwrite is replace where the write concerns nobody but its entry: nothing is
// logged, and [Session.Changed] does not count it.
func (s *Session) overwrite(place uint32, v Value) {
	if s.holds(place, v) {
		return
	}
	old := s.entries.at(place).cell()
	s.version++
	s.assign(place, s.cellOf(v), s.version, s.origin, 0)
	s.drop(old)
}

// holds tells whether the entry holds the same.
func (s *Session) holds(place uint32, v Value) bool {
	old := s.entries.at(place).cell()
	switch {
	case old.kind != v.kind:
		return false
	case old.hasText():
		return old.length() == len(v.text) && string(s.texts.bytes(old.at(), len(v.text))) == string(v.text)
	}
	return s.cellOf(v) == old
}

// cellOf gives a prepared value as a cell, which owns its text.
func (s *Session) cellOf(v Value) cell {
	c := cell{kind: v.kind}
	switch v.kind {
	case Number:
		c.bits = math.Float64bits(v.num)
	case Bool, Reference:
		c.bits = uint64(v.num)
	case String, JSON:
		c = textCell(v.kind, s.texts.keep(v), len(v.text))
	}
	return c
}

// store writes a cell that is the entry's from then on. A batch is open.
func (s *Session) store(place uint32, c cell) {
	e := s.entries.at(place)
	if e.stamp == s.stamp {
		s.drop(e.cell())
	} else {
		s.record(place, e)
	}
	s.version++
	if e.kind == Absent {
		s.sequence++
		e.created = s.sequence
	}
	s.assign(place, c, s.version, s.origin, 0)
}

// assign makes the cell the entry's, and keeps count, bytes and order.
func (s *Session) assign(place uint32, c cell, version uint64, origin Origin, near uint32) {
	e := s.entries.at(place)
	old := e.cell()
	if old.kind != Absent && c.kind == Absent {
		s.unlink(place)
		s.count--
		s.bytes -= int64(e.keyLength)
	}
	s.bytes += c.size() - old.size()
	e.bits, e.kind, e.version, e.origin = c.bits, c.kind, version, origin
	if old.kind == Absent && c.kind != Absent {
		s.link(place, near)
		s.count++
		s.bytes += int64(e.keyLength)
	}
}

// removeAll deletes the keys that begin with the prefix. A batch is open.
func (s *Session) removeAll(prefix string) {
	if prefix == "" {
		s.growLog(s.count)
	}
	for place := s.first(prefix); place != 0; {
		next := s.following(place, prefix)
		if !s.toInitial(place) {
			s.store(place, cell{})
		}
		place = next
	}
}

// growLog makes room for n more records.
//
//go:noinline
func (s *Session) growLog(n int) { s.log = slices.Grow(s.log, n) }

// newPlace gives the key a place, 0 when there is none left.
func (s *Session) newPlace(key []byte, hash uint32) uint32 {
	place := s.entries.take()
	if place == 0 {
		return 0
	}
	e := s.entries.at(place)
	e.next = 0
	e.hash, e.key, e.keyLength, e.used = hash, s.texts.put(key), uint16(len(key)), true
	s.insert(place)
	return place
}

// settle frees a place that nothing names any more.
func (s *Session) settle(place uint32) {
	e := s.entries.at(place)
	if !e.used || e.kind != Absent || e.pins != 0 || e.records != 0 || e.reserved || e.widget != 0 {
		return
	}
	if e.known && s.track {
		s.freed = append(s.freed, s.entries.slot(place))
	}
	s.remove(place)
	s.texts.free(e.key)
	s.entries.give(place)
}

// hold counts a reference that an entry, the log or the history has taken.
func (s *Session) hold(c cell) {
	if c.kind != Reference {
		return
	}
	if s.held == nil {
		s.held = map[uint32]int{}
	}
	s.held[uint32(c.bits)]++
}

// drop gives up what a cell holds.
func (s *Session) drop(c cell) {
	if c.hasText() {
		s.texts.free(c.at())
	}
	if c.kind != Reference {
		return
	}
	id := uint32(c.bits)
	if s.held[id]--; s.held[id] > 0 {
		return
	}
	delete(s.held, id)
	if s.track {
		s.released = append(s.released, id)
	}
}
