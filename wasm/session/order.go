package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// Insertion order is a list through the entries, sorted by the number each got
// when its key came in. What is rolled back or undone takes its old number, and
// so its old position, again.

// link puts a present entry into the list by its number. near is a place that
// most likely follows it, 0 for none.
func (s *Session) link(place, near uint32) {
	e := s.entries.at(place)
	after := uint32(0)
	if near != 0 {
		if n := s.entries.at(near); n.kind != Absent && n.created > e.created {
			after = near
		}
	}
	before := s.tail
	if after != 0 {
		before = s.entries.at(after).prev
	}
	for before != 0 && s.entries.at(before).created > e.created {
		after = before
		before = s.entries.at(before).prev
	}
	e.prev, e.next = before, after
	if before != 0 {
		s.entries.at(before).next = place
	} else {
		s.head = place
	}
	if after != 0 {
		s.entries.at(after).prev = place
	} else {
		s.tail = place
	}
}

func (s *Session) unlink(place uint32) {
	e := s.entries.at(place)
	if e.prev != 0 {
		s.entries.at(e.prev).next = e.next
	} else {
		s.head = e.next
	}
	if e.next != 0 {
		s.entries.at(e.next).prev = e.prev
	} else {
		s.tail = e.prev
	}
	e.prev, e.next = 0, 0
}

// first gives the first place in order whose key begins with the prefix, 0 when
// there is none; following the one after a place. A prefix that is half of a
// character begins no key: what follows it would not be text.
func (s *Session) first(prefix string) uint32 {
	if canon.ValidText([]byte(prefix)) >= 0 {
		return 0
	}
	return s.matching(s.head, prefix)
}

func (s *Session) following(place uint32, prefix string) uint32 {
	return s.matching(s.entries.at(place).next, prefix)
}

func (s *Session) matching(place uint32, prefix string) uint32 {
	for place != 0 && prefix != "" {
		if key := s.key(place); len(key) > len(prefix) && string(key[:len(prefix)]) == prefix {
			break
		}
		place = s.entries.at(place).next
	}
	return place
}
