package session

// Slot names an entry as long as the entry, a subscriber, a batch or the
// history names its key: 22 bits of place, 8 bits of generation. A Slot that was
// freed is refused until its place was used 256 times more, and a place rests
// while 1,024 others are free. 0 is no slot.
type Slot uint32

const (
	placeBits   = 22
	placeMask   = 1<<placeBits - 1
	chunkBits   = 10
	chunkMask   = 1<<chunkBits - 1
	restingFree = 1024

	// MaxEntries is how many entries a session can be allowed to hold.
	MaxEntries = 1<<placeBits - restingFree - 2
)

// entry is one key and its value: 64 bytes without a pointer, so that a million
// of them cost the collector nothing.
type entry struct {
	bits       uint64 // the value, see cell
	version    uint64
	created    uint64 // position in insertion order
	hash       uint32
	key        ref
	prev, next uint32 // neighbours in insertion order; next free place when free
	pins       uint32 // how often Pin gave the slot, less Unpin
	records    uint32 // records of the log, of the changes and of the history that name the slot
	stamp      uint32 // serial of the batch that last logged it
	widget     uint32 // number of the key's first widget, with strictBit
	keyLength  uint16
	kind       Kind
	origin     Origin
	generation uint8
	used       bool // the place holds a key
	reserved   bool // the key is a computed value's: no door writes it
	known      bool // the slot was told to the other side of the boundary
}

type chunk [1 << chunkBits]entry

// entries is the table of all places. Place 0 is never used.
type entries struct {
	chunks    []*chunk
	places    uint32 // places ever used, the unused first one included
	free      uint32 // first free place
	lastFree  uint32
	freeCount int
}

func (t *entries) at(place uint32) *entry {
	return &t.chunks[place>>chunkBits][place&chunkMask]
}

// lookup gives the entry that the slot names, nil for a stale or foreign slot.
func (t *entries) lookup(slot Slot) *entry {
	place := uint32(slot) & placeMask
	if place>>chunkBits >= uint32(len(t.chunks)) {
		return nil
	}
	e := &t.chunks[place>>chunkBits][place&chunkMask]
	if !e.used || uint32(e.generation) != uint32(slot)>>placeBits {
		return nil
	}
	return e
}

// unlike gives 0 when the entry is the one that the slot names, holds a value of
// the kind, and takes every value of that kind.
func (e *entry) unlike(slot Slot, kind Kind) uint32 {
	return uint32(e.generation) ^ uint32(slot)>>placeBits | uint32(e.kind^kind) | e.widget&strictBit
}

func (t *entries) slot(place uint32) Slot {
	return Slot(uint32(t.at(place).generation)<<placeBits | place)
}

// take gives a place that is not used, 0 when there is none left.
func (t *entries) take() uint32 {
	full := t.places >= placeMask
	if t.freeCount > restingFree || full && t.freeCount > 0 {
		place := t.free
		t.free = t.at(place).next
		t.freeCount--
		return place
	}
	if full {
		return 0
	}
	if t.places == 0 {
		t.places = 1
	}
	if t.places>>chunkBits >= uint32(len(t.chunks)) {
		t.chunks = append(t.chunks, new(chunk))
	}
	t.places++
	return t.places - 1
}

// give returns a place. The oldest free place is taken first.
func (t *entries) give(place uint32) {
	e := t.at(place)
	*e = entry{generation: e.generation + 1}
	if t.freeCount == 0 {
		t.free = place
	} else {
		t.at(t.lastFree).next = place
	}
	t.lastFree = place
	t.freeCount++
}
