package session

import (
	"math/bits"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

const smallestIndex = 64

// index finds the place of a key: open addressing with linear probing, at most
// three quarters full, deletion by moving back what follows. 0 is an empty cell.
type index struct {
	cells []uint32
	count int
	seed  uint64
}

// hash is a keyed hash in the manner of wyhash: whoever does not know the seed
// cannot choose keys that collide.
func (x *index) hash(key []byte) uint32 {
	const a, b = 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	h := x.seed ^ uint64(len(key))*a
	for len(key) >= 8 {
		high, low := bits.Mul64(canon.LoadWord(key)^h, x.seed^b)
		h = high ^ low
		key = key[8:]
	}
	var rest uint64
	for i, c := range key {
		rest |= uint64(c) << (i * 8)
	}
	high, low := bits.Mul64(rest^h, x.seed^a)
	h = high ^ low
	return uint32(h ^ h>>32)
}

// find gives the place of the key, 0 when it has none.
func (s *Session) find(key []byte, hash uint32) uint32 {
	x := &s.index
	if len(x.cells) == 0 {
		return 0
	}
	mask := uint32(len(x.cells) - 1)
	for i := hash & mask; x.cells[i] != 0; i = (i + 1) & mask {
		e := s.entries.at(x.cells[i])
		if e.hash == hash && int(e.keyLength) == len(key) && string(s.texts.bytes(e.key, len(key))) == string(key) {
			return x.cells[i]
		}
	}
	return 0
}

// insert adds a place whose key is not in the index.
func (s *Session) insert(place uint32) {
	x := &s.index
	if (x.count+1)*4 > len(x.cells)*3 {
		s.resize(max(len(x.cells)*2, smallestIndex))
	}
	s.put(place)
	x.count++
}

func (s *Session) put(place uint32) {
	x := &s.index
	mask := uint32(len(x.cells) - 1)
	i := s.entries.at(place).hash & mask
	for x.cells[i] != 0 {
		i = (i + 1) & mask
	}
	x.cells[i] = place
}

func (s *Session) resize(size int) {
	old := s.index.cells
	s.index.cells = make([]uint32, size)
	for _, place := range old {
		if place != 0 {
			s.put(place)
		}
	}
}

// remove takes a place out of the index.
func (s *Session) remove(place uint32) {
	x := &s.index
	mask := uint32(len(x.cells) - 1)
	i := s.entries.at(place).hash & mask
	for x.cells[i] != place {
		i = (i + 1) & mask
	}
	for next := (i + 1) & mask; x.cells[next] != 0; next = (next + 1) & mask {
		home := s.entries.at(x.cells[next]).hash & mask
		if (next-home)&mask >= (next-i)&mask {
			x.cells[i] = x.cells[next]
			i = next
		}
	}
	x.cells[i] = 0
	x.count--
	if len(x.cells) > smallestIndex && x.count*8 < len(x.cells) {
		s.resize(len(x.cells) / 2)
	}
}
