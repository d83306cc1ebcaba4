package wire

import (
	"math"
	"slices"

	"github.com/tabstate/tabstate/wasm/session"
)

// Find gives the slot of the key in the buffer, 0 when it is neither present nor
// pinned, Refused for a key that no session accepts.
func (p *Port) Find(length uint32) int32 {
	key, ok := p.keyInput(length)
	if !ok {
		return Refused
	}
	if err := p.session.CheckKey(key); err != nil {
		return int32(p.refuse(err))
	}
	return int32(p.session.Slot(key))
}

// Pin gives the slot of the key in the buffer and keeps it until Unpin, or gives
// Refused.
func (p *Port) Pin(length uint32) int32 {
	key, ok := p.keyInput(length)
	if !ok {
		return Refused
	}
	slot, err := p.session.Pin(key)
	if err != nil {
		return int32(p.refuse(err))
	}
	return int32(slot)
}

func (p *Port) keyInput(length uint32) ([]byte, bool) {
	if !p.ready() {
		p.absent()
		return nil, false
	}
	key, _ := p.input(0, length)
	if key == nil {
		p.refuse(badArgument)
		return nil, false
	}
	return key, true
}

// Unpin ends one Pin. Forget tells whether the slot was freed.
func (p *Port) Unpin(slot uint32) {
	if p.ready() {
		p.session.Unpin(session.Slot(slot))
	}
}

// Read puts what the slot's entry is into the registers, and gives its text.
func (p *Port) Read(slot uint32) (text []byte, result int32) {
	if !p.ready() {
		return nil, int32(p.absent())
	}
	v, version, origin, err := p.session.Read(session.Slot(slot))
	if err != nil {
		return nil, int32(p.refuse(err))
	}
	p.Registers.Version, p.Registers.Origin = float64(version), uint32(origin)
	return p.value(v), int32(v.Kind())
}

// Key gives the key of a slot, nil for a stale one.
func (p *Port) Key(slot uint32) []byte {
	if !p.ready() {
		return nil
	}
	return p.session.KeyOf(session.Slot(slot))
}

// ReserveKey gives the slot of the key in the buffer for a computed value, or
// Refused; UnreserveKey ends it.
func (p *Port) ReserveKey(length uint32) int32 {
	key, ok := p.keyInput(length)
	if !ok {
		return Refused
	}
	slot, err := p.session.Reserve(key)
	if err != nil {
		return int32(p.refuse(err))
	}
	return int32(slot)
}

// UnreserveKey ends ReserveKey.
func (p *Port) UnreserveKey(slot uint32) {
	if p.ready() {
		p.session.Unreserve(session.Slot(slot))
	}
}

// Keys gives the keys that begin with the prefix in the buffer, without it, in
// insertion order, as a JSON array.
func (p *Port) Keys(prefixLength uint32) []byte {
	prefix, ok := p.keyInput(prefixLength)
	if !ok {
		return nil
	}
	p.out = p.session.AppendKeys(p.out[:0], string(prefix))
	return p.out
}

// Snapshot gives the text of the snapshot of the keys that begin with the prefix
// in the buffer, without it. With references among them it is refused, unless
// omit leaves them out.
func (p *Port) Snapshot(prefixLength, omit uint32) (text []byte, result float64) {
	prefix, ok := p.keyInput(prefixLength)
	if !ok {
		return nil, Refused
	}
	stats := p.session.Stats()
	if need := int(stats.Bytes) + stats.Keys*8; cap(p.out) < need && len(prefix) == 0 {
		p.out = make([]byte, 0, need)
	}
	text, err := p.session.AppendSnapshot(p.out[:0], string(prefix), omit != 0)
	if err != nil {
		return nil, p.refuse(err)
	}
	p.out = text
	return text, 0
}

// Touched gives the slots of the keys that the innermost open batch wrote; how
// many is in the registers.
func (p *Port) Touched() []byte {
	if !p.ready() {
		return nil
	}
	out := p.out[:0]
	p.session.Touched(func(slot session.Slot) {
		out = appendWord(out, uint32(p.session.Known(slot)))
	})
	p.out = out
	p.Registers.Count = uint32(len(out) / 4)
	return out
}

// Old gives what the i-th changed key was before: its kind, the number in the
// registers, its text.
func (p *Port) Old(i uint32) (text []byte, kind int32) {
	if !p.ready() || uint64(i) >= uint64(p.session.Changed()) {
		return nil, int32(p.refuse(badArgument))
	}
	_, _, _, old := p.session.ChangedAt(int(i))
	return p.value(old), int32(old.Kind())
}

func (p *Port) value(v session.Value) []byte {
	p.Registers.Kind = uint32(v.Kind())
	p.Registers.Number = v.Primitive()
	return v.Bytes()
}

// changeWords is the length of one record of Changes: slot,
// origin, kind before, nothing, and the version as a double.
const changeBytes = 24

// Changes gives the changes of the last outermost batch; their number is in the
// registers.
func (p *Port) Changes() []byte {
	if !p.ready() {
		return nil
	}
	p.told = true
	n := p.session.Changed()
	p.Registers.Count = uint32(n)
	// Not p.out itself: writing a pointer to the heap is slow while a collection is pending (7 ms for 10,000 changes).
	out := slices.Grow(p.out[:0], n*changeBytes)
	for i := range n {
		slot, version, origin, old := p.session.ChangedAt(i)
		p.session.Known(slot)
		end := len(out)
		out = out[:end+changeBytes]
		b := out[end:]
		putWords(b, uint32(slot), uint32(origin))
		putWords(b[8:], uint32(old.Kind()), 0)
		bits := math.Float64bits(float64(version))
		putWords(b[16:], uint32(bits), uint32(bits>>32))
	}
	p.out = out
	return out
}

// Forget ends the reading of Changes and Old; what code in Go changed by itself
// stays to be told until both were called. It gives the slots that were freed
// since the last time, then the references that nothing holds any more; how many
// of either are in the registers as Slot and Count.
func (p *Port) Forget() []byte {
	if !p.ready() {
		return nil
	}
	if p.told {
		p.told = false
		p.session.Told()
	} else {
		p.session.Forget()
	}
	freed, released := p.session.TakeFreed(), p.session.TakeReleased()
	p.Registers.Slot, p.Registers.Count = uint32(len(freed)), uint32(len(released))
	out := p.out[:0]
	for _, slot := range freed {
		out = appendWord(out, uint32(slot))
	}
	for _, id := range released {
		out = appendWord(out, id)
	}
	p.out = out
	return out
}

// putWords is two words at the beginning of b: one instruction, the compiler joins the bytes.
func putWords(b []byte, low, high uint32) {
	v := uint64(high)<<32 | uint64(low)
	_ = b[7]
	b[0], b[1], b[2], b[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	b[4], b[5], b[6], b[7] = byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56)
}

func appendWord(dst []byte, w uint32) []byte {
	return append(dst, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
}
