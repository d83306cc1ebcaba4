package session

import (
	"math"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// The hot calls of the boundary. Each stores over a value of the same kind when
// nothing but the entry is concerned, and gives the new version, 0 when the value
// is the same, and -1 when [Session.Write] must do it, also when no session is
// open. They cannot fail: no call, no map, no allocation, every index checked.
//
// What is usual goes straight on, what is not ends in one place, and conditions
// are joined by bits. Not even what panics on an index or nil may be called, nor
// what makes the stack larger: the build takes a function that calls nothing off
// Go's stack (host/module/code), which is 6 ns of 13. That is why these are
// exported from here and not by package abi.

// hot is the session whose entries they write.
var hot *Session

// Hot makes s the session of the hot calls.
func (s *Session) Hot() { hot = s }

// SetNumber stores a finite number over a number.
//
//go:wasmexport ts_set_number
//go:nosplit
func SetNumber(slot int32, f float64) float64 {
	if s := hot; s != nil {
		bits := math.Float64bits(f + 0)
		if e := s.entries.near(slot); e != nil {
			if e.unlike(Slot(slot), Number)|s.concerned(e)|infinite(bits) == 0 {
				if e.bits != bits {
					return s.stampBits(e, bits)
				}
				return 0
			}
		}
	}
	return -1
}

// SetBool stores a boolean, 1 or 0, over a boolean.
//
//go:wasmexport ts_set_bool
//go:nosplit
func SetBool(slot, b int32) float64 {
	bits := uint64(uint32(b))
	if s := hot; s != nil {
		if e := s.entries.near(slot); e != nil {
			if uint64(e.unlike(Slot(slot), Bool)|s.concerned(e))|bits&^1 == 0 {
				if e.bits != bits {
					return s.stampBits(e, bits)
				}
				return 0
			}
		}
	}
	return -1
}

// SetShort stores up to 16 ASCII characters, packed from the lowest byte on, over a
// string in a small block: a short text must not stay in the room that a long one
// needed.
//
//go:wasmexport ts_set_short
//go:nosplit
func SetShort(slot, count, a0, a1, b0, b1 int32) float64 {
	length, a, b := uint32(count), uint64(uint32(a1))<<32|uint64(uint32(a0)), uint64(uint32(b1))<<32|uint64(uint32(b0))
	if s := hot; s != nil {
		if e := s.entries.near(slot); e != nil {
			growth := int64(length) - int64(uint32(e.bits))
			left := (s.limits.TotalBytes - s.bytes - growth) | (s.limits.ValueBytes - int64(e.keyLength) - int64(length))
			full := uint64(left&-growth) >> 63 // what does not grow fits
			long := (uint64(length) + 15) >> 5
			n := int(e.bits >> (32 + blockBits))
			if uint64(e.unlike(Slot(slot), String)|s.concerned(e))|full|long|(a|b)&0x8080808080808080 == 0 && n < len(s.texts.pages) {
				p := &s.texts.pages[n]
				from := int(e.bits>>32&blockMask) * p.size
				if uint(p.size-16) > smallBlock-16 || uint(from) >= uint(len(p.buf)) {
					return -1
				}
				if block := p.buf[from:]; len(block) >= 16 {
					if uint64(growth)|(a^canon.LoadWord(block))&lowBytes(int(length))|(b^canon.LoadWord(block[8:]))&lowBytes(int(length)-8) != 0 {
						canon.StoreWord(block, a)
						canon.StoreWord(block[8:], b)
						s.bytes += growth
						return s.stampBits(e, e.bits>>32<<32|uint64(length)) // other text of the same length has the same bits
					}
					return 0
				}
			}
		}
	}
	return -1
}

// near gives the entry at the slot's place, whatever it holds, nil where there is none.
func (t *entries) near(slot int32) *entry {
	if place := int(slot & placeMask); place>>chunkBits < len(t.chunks) {
		if c := t.chunks[place>>chunkBits]; c != nil {
			return &c[place&chunkMask]
		}
	}
	return nil
}

// infinite gives 1 for the bits of NaN and the infinities, else 0.
func infinite(bits uint64) uint32 { return uint32((bits>>52&0x7ff + 1) >> 11) }

// concerned gives 0 when a write of the entry concerns nobody else: the batch has
// logged it already, or there is no batch, nobody in Go listens, and no history is
// kept.
func (s *Session) concerned(e *entry) uint32 { return (e.stamp ^ s.stamp) &^ s.alone }

// setAlone sees anew whether a write concerns nobody but its entry.
func (s *Session) setAlone() {
	s.alone = 0
	if s.stamp == noBatch && s.live == 0 && !s.keeping && s.history.limits.Steps == 0 {
		s.alone = noBatch
	}
}

func (s *Session) stampBits(e *entry, bits uint64) float64 {
	version := s.version + 1
	s.version = version
	e.bits, e.version, e.origin = bits, version, s.origin
	return float64(version)
}

// lowBytes masks the lowest n bytes: none for n below 0, all from 8 on.
func lowBytes(n int) uint64 { return 1<<(8*uint(max(n, 0))) - 1 }
