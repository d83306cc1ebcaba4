package session

import (
	"math/bits"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// ref names a block of text: the page in the upper 20 bits, the block within
// the page in the lower 12. 0 is no text.
type ref uint32

const (
	pageBytes  = 64 << 10
	blockBits  = 12
	blockMask  = 1<<blockBits - 1
	largest    = 8 << 10 // longer texts get a page of their own
	classes    = 32
	smallBlock = 128 // the largest block that a short text may stay in
	sparePages = 4   // empty pages kept for the next text, of whatever length
)

// page is 64 KiB of blocks of one size, or exactly one long text. Blocks that
// were freed are chained through their first two bytes.
type page struct {
	buf        []byte
	size       int // of a block; a long text is block 0 alone
	class      uint8
	alone      bool
	listed     bool   // in the list of pages with room
	free       uint16 // first freed block, plus one
	fresh      uint16 // first block never used
	used       uint16
	prev, next uint32 // the list of pages with room
}

// texts holds the text of keys and values outside of Go's heap of objects: in
// pages without pointers, so that the collector has next to nothing to look at.
// Keys deleted and made again reuse the blocks.
type texts struct {
	pages  []page
	room   [classes]uint32 // first page of a class with a free block, 0 for none
	spare  [][]byte
	unused []uint32 // page numbers free for use
}

// class gives the size class of a text: steps of 16 bytes up to 128, then four
// steps to each doubling.
func class(n int) uint8 {
	if n <= 128 {
		return uint8(max(n-1, 0) >> 4)
	}
	shift := bits.Len(uint(n-1)) - 3
	return uint8(8 + (shift-5)*4 + (n-1)>>shift&3)
}

// classSize is the size of a class's blocks in bytes.
func classSize(c uint8) int {
	if c < 8 {
		return (int(c) + 1) << 4
	}
	c -= 8
	return (int(c&3) + 5) << (5 + c>>2)
}

// put stores a copy of b. The empty text has no block.
func (t *texts) put(b []byte) ref {
	if len(b) == 0 {
		return 0
	}
	if len(b) > largest {
		return t.adopt(append(make([]byte, 0, len(b)), b...))
	}
	r := t.block(class(len(b)))
	copy(t.bytes(r, len(b)), b)
	return r
}

// keep stores a value's text: itself when it was given and is long, else a copy.
func (t *texts) keep(v Value) ref {
	if v.given && len(v.text) > largest {
		return t.adopt(v.text)
	}
	return t.put(v.text)
}

// adopt stores b itself, which nobody else may use from then on.
func (t *texts) adopt(b []byte) ref {
	n := t.page()
	t.pages[n] = page{buf: b, alone: true, used: 1}
	return ref(n << blockBits)
}

// bytes gives n bytes of the text at r.
func (t *texts) bytes(r ref, n int) []byte {
	if n == 0 {
		return nil
	}
	p := &t.pages[r>>blockBits]
	from := int(r&blockMask) * p.size
	return p.buf[from : from+n : from+n]
}

// append appends n bytes of the text at r: a short one by whole words, since a bulk
// copy is slow to begin (20 ns). Blocks are whole words long.
func (t *texts) append(dst []byte, r ref, n int) []byte {
	end := len(dst)
	p := &t.pages[r>>blockBits]
	if n > smallBlock || cap(dst)-end < n+8 || p.alone {
		return append(dst, t.bytes(r, n)...)
	}
	from := int(r&blockMask) * p.size
	to, block := dst[end:end+n+8], p.buf[from:]
	for i := 0; i < n; i += 8 {
		canon.StoreWord(to[i:], canon.LoadWord(block[i:]))
	}
	return dst[:end+n]
}

// appendQuoted appends a mark and n bytes of the text at r as a JSON string: a short one, if it needs no escapes, by whole words.
func (t *texts) appendQuoted(dst []byte, mark byte, r ref, n int) []byte {
	end := len(dst)
	p := &t.pages[r>>blockBits]
	if n-1 < smallBlock && cap(dst)-end >= n+11 && !p.alone {
		to, block := dst[end:end+n+11], p.buf[int(r&blockMask)*p.size:]
		to[0], to[1] = mark, '"'
		found, i := uint64(0), 0
		for ; i+8 <= n; i += 8 {
			w := canon.LoadWord(block[i:])
			found |= canon.Special(w)
			canon.StoreWord(to[i+2:], w)
		}
		if i < n {
			w := canon.LoadWord(block[i:])
			canon.StoreWord(to[i+2:], w)
			found |= canon.SpecialAmong(w, n-i)
		}
		if found == 0 {
			to[n+2] = '"'
			return dst[:end+n+3]
		}
	}
	return canon.AppendString(append(dst, mark), t.bytes(r, n))
}

// overwrite puts b in place of the n bytes at r, where its block is that of b's
// class or b is the same, and tells whether it was another text.
func (t *texts) overwrite(r ref, n int, b []byte) (fits, other bool) {
	p := &t.pages[r>>blockBits]
	if n == 0 || len(b) == 0 || p.alone || p.size != classSize(class(len(b))) {
		same := string(t.bytes(r, n)) == string(b)
		return same, !same
	}
	from := int(r&blockMask) * p.size
	block := p.buf[from : from+len(b)]
	different, i := uint64(0), 0
	for ; i+8 <= len(b); i += 8 {
		w := canon.LoadWord(b[i:])
		different |= w ^ canon.LoadWord(block[i:])
		canon.StoreWord(block[i:], w)
	}
	for ; i < len(b); i++ {
		different |= uint64(b[i] ^ block[i])
		block[i] = b[i]
	}
	return true, different != 0 || n != len(b)
}

func (t *texts) free(r ref) {
	if r == 0 {
		return
	}
	n := uint32(r >> blockBits)
	p := &t.pages[n]
	if p.alone {
		t.release(n)
		return
	}
	b := uint16(r & blockMask)
	at := int(b) * p.size
	p.buf[at], p.buf[at+1] = byte(p.free), byte(p.free>>8)
	p.free = b + 1
	p.used--
	if p.used == 0 {
		t.unlist(n)
		if len(t.spare) < sparePages {
			t.spare = append(t.spare, p.buf)
		}
		t.release(n)
	} else if !p.listed {
		t.list(n)
	}
}

// block takes a block of the class.
func (t *texts) block(c uint8) ref {
	n := t.room[c]
	if n == 0 {
		n = t.page()
		t.pages[n] = page{buf: t.buffer(), class: c, size: classSize(c)}
		t.list(n)
	}
	p := &t.pages[n]
	var b uint16
	if p.free != 0 {
		b = p.free - 1
		at := int(b) * p.size
		p.free = uint16(p.buf[at]) | uint16(p.buf[at+1])<<8
	} else {
		b = p.fresh
		p.fresh++
	}
	p.used++
	if p.free == 0 && (int(p.fresh)+1)*p.size > pageBytes {
		t.unlist(n)
	}
	return ref(n<<blockBits | uint32(b))
}

func (t *texts) buffer() []byte {
	if n := len(t.spare); n > 0 {
		b := t.spare[n-1]
		t.spare[n-1] = nil
		t.spare = t.spare[:n-1]
		return b
	}
	return make([]byte, pageBytes)
}

// page gives the number of an unused page; page 0 is never used.
func (t *texts) page() uint32 {
	if n := len(t.unused); n > 0 {
		p := t.unused[n-1]
		t.unused = t.unused[:n-1]
		return p
	}
	if len(t.pages) == 0 {
		t.pages = append(t.pages, page{})
	}
	t.pages = append(t.pages, page{})
	return uint32(len(t.pages) - 1)
}

func (t *texts) release(n uint32) {
	t.pages[n] = page{}
	t.unused = append(t.unused, n)
}

func (t *texts) list(n uint32) {
	p := &t.pages[n]
	p.listed, p.prev, p.next = true, 0, t.room[p.class]
	if p.next != 0 {
		t.pages[p.next].prev = n
	}
	t.room[p.class] = n
}

func (t *texts) unlist(n uint32) {
	p := &t.pages[n]
	if !p.listed {
		return
	}
	if p.prev != 0 {
		t.pages[p.prev].next = p.next
	} else {
		t.room[p.class] = p.next
	}
	if p.next != 0 {
		t.pages[p.next].prev = p.prev
	}
	p.listed, p.prev, p.next = false, 0, 0
}
