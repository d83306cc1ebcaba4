package session

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// check holds everything a session keeps against everything else it keeps.
func check(t testing.TB, s *Session) {
	t.Helper()
	c := checking{s: s, owners: map[ref]int{}, records: map[uint32]uint32{}, held: map[uint32]int{}}
	c.levels()
	c.log()
	c.places()
	c.order()
	c.cells()
	c.widgets()
	c.texts()
	for id, n := range s.held {
		c.equal(c.held[id], n, "holders of reference %d", id)
	}
	c.equal(len(c.held), len(s.held), "references held")
	listeners := 0
	for place, list := range s.listeners {
		listeners += len(list)
		if place != 0 {
			c.true(s.entries.at(place).pins >= uint32(len(list)), "listeners pin place %d", place)
		}
	}
	c.equal(listeners, s.live, "listeners")
	require.Empty(t, c.faults)
}

type checking struct {
	s       *Session
	owners  map[ref]int       // how long the text is that each block holds
	records map[uint32]uint32 // records by place
	held    map[uint32]int
	faults  []string
}

func (c *checking) true(ok bool, format string, args ...any) {
	if !ok && len(c.faults) < 20 {
		c.faults = append(c.faults, fmt.Sprintf(format, args...))
	}
}

func (c *checking) equal(want, got any, format string, args ...any) {
	c.true(fmt.Sprint(want) == fmt.Sprint(got), "%s: want %v, got %v", fmt.Sprintf(format, args...), want, got)
}

func (c *checking) own(r ref, length int) {
	if r == 0 {
		c.equal(0, length, "length without a block")
		return
	}
	_, twice := c.owners[r]
	c.true(!twice, "block %x has two owners", r)
	c.owners[r] = length
}

func (c *checking) cell(v cell) {
	switch v.kind {
	case Absent, Null:
		c.equal(0, v.bits, "bits of kind %d", v.kind)
	case Bool:
		c.true(v.bits < 2, "boolean %x", v.bits)
	case Number:
		n := c.s.value(v).num
		c.true(n-n == 0 && v.bits != 1<<63, "number %x", v.bits)
	case String, JSON:
		c.own(v.at(), v.length())
	case Reference:
		c.true(v.bits < 1<<32, "reference %x", v.bits)
		c.held[uint32(v.bits)]++
	default:
		c.true(false, "kind %d", v.kind)
	}
}

func (c *checking) record(r record, where string) {
	c.records[r.place]++
	c.cell(r.old)
	c.true(r.version <= c.s.version && r.created <= c.s.sequence, "version and number of a record in %s", where)
	c.true(r.place != 0 && r.place < c.s.entries.places, "place of a record in %s", where)
}

func (c *checking) levels() {
	s := c.s
	mark, stamp := 0, uint32(noBatch)
	for i, l := range s.levels {
		c.true(l.mark >= mark && l.mark <= len(s.log), "mark of level %d", i)
		c.true(l.stamp != 0 && l.stamp != noBatch && (i == 0 || l.stamp != stamp), "stamp of level %d", i)
		mark, stamp = l.mark, l.stamp
	}
	c.equal(stamp, s.stamp, "stamp")
	if len(s.levels) == 0 {
		c.equal(0, len(s.log), "log outside of batches")
		c.equal(forward, s.towards, "direction outside of batches")
	} else if !s.delivering {
		c.equal(0, len(s.changes), "changes in a batch")
	}
}

func (c *checking) log() {
	s := c.s
	for _, r := range s.log {
		c.record(r, "the log")
	}
	from := 0
	for _, batch := range s.told {
		for _, r := range s.changes[from:batch.end] {
			if !batch.kept {
				c.record(r, "the changes")
			}
		}
		from = batch.end
	}
	c.equal(from, len(s.changes), "changes told")
	h := &s.history
	var bytes int64
	for _, steps := range [][]step{h.undo, h.redo, h.gone} {
		for _, st := range steps {
			for _, r := range st.records {
				c.record(r, "the history")
			}
		}
	}
	for _, st := range slices.Concat(h.undo, h.redo) {
		own := int64(0)
		for _, r := range st.records {
			own += stepBytes + r.old.size()
		}
		c.equal(own, st.bytes, "bytes of a step")
		bytes += own
	}
	c.equal(bytes, h.bytes, "bytes of the history")
	c.true(len(h.undo) <= h.limits.Steps && len(h.redo) <= h.limits.Steps, "steps of the history")
	c.true(h.bytes <= h.limits.Bytes, "bound of the history")
}

func (c *checking) places() {
	s := c.s
	used := 0
	free := map[uint32]bool{}
	last := uint32(0)
	for place, n := s.entries.free, 0; n < s.entries.freeCount; n++ {
		c.true(place != 0 && !free[place], "free place %d", place)
		free[place], last = true, place
		place = s.entries.at(place).next
	}
	if s.entries.freeCount > 0 {
		c.equal(last, s.entries.lastFree, "last free place")
	}
	for place := uint32(1); place < s.entries.places; place++ {
		e := s.entries.at(place)
		c.true(e.used != free[place], "place %d is used or free", place)
		c.true(e.stamp != noBatch, "stamp of place %d", place)
		if !e.used {
			c.equal(entry{generation: e.generation, next: e.next}, *e, "free place %d", place)
			continue
		}
		used++
		key := s.key(place)
		c.own(e.key, int(e.keyLength))
		c.equal(s.index.hash(key), e.hash, "hash of %q", key)
		c.equal(place, s.place(key), "place of %q", key)
		c.equal(e, s.entries.lookup(s.entries.slot(place)), "slot of %q", key)
		c.equal(c.records[place], e.records, "records of %q", key)
		c.true(e.kind != Absent || e.pins+e.records+e.widget > 0 || e.reserved, "nothing names %q", key)
		c.true(e.kind == Absent || !e.reserved, "%q is computed and there", key)
		c.true(e.version <= s.version && e.created <= s.sequence, "version and number of %q", key)
		if e.kind == Absent {
			c.true(e.prev == 0 && e.next == 0 && e.bits == 0, "%q is absent and has something", key)
		}
		if err := s.checkKey(key); err != nil && err.Code != "key-too-long" {
			c.true(false, "%v", err)
		}
		if len(s.levels) > 0 && e.stamp == s.stamp {
			in := s.log[s.levels[len(s.levels)-1].mark:]
			c.true(slices.ContainsFunc(in, func(r record) bool { return r.place == place }), "%q is stamped and not in the log", key)
		}
	}
	c.equal(used, s.index.count, "keys in the index")
	cells := 0
	for _, place := range s.index.cells {
		if place != 0 {
			cells++
		}
	}
	c.equal(used, cells, "cells of the index")
	size := len(s.index.cells)
	c.true(size&(size-1) == 0 && cells*4 <= size*3, "size of the index")
	c.true(size <= smallestIndex || cells*8 >= size/2, "the index shrinks")
}

func (c *checking) order() {
	s := c.s
	count, bytes := 0, int64(0)
	before, created := uint32(0), uint64(0)
	for place := s.head; place != 0 && count <= s.count; place = s.entries.at(place).next {
		e := s.entries.at(place)
		c.true(e.used && e.kind != Absent, "place %d is in the order", place)
		c.equal(before, e.prev, "before %d", place)
		c.true(e.created > created, "number of %d", place)
		count++
		bytes += int64(e.keyLength) + e.cell().size()
		before, created = place, e.created
	}
	c.equal(before, s.tail, "tail")
	c.equal(count, s.count, "entries in order")
	c.equal(bytes, s.bytes, "bytes")
}

func (c *checking) cells() {
	present := 0
	for place := uint32(1); place < c.s.entries.places; place++ {
		e := c.s.entries.at(place)
		if e.kind == Absent {
			continue
		}
		present++
		c.cell(e.cell())
		v := c.s.value(e.cell())
		if v.kind == String || v.kind == JSON {
			v.text = slices.Clone(v.text)
			again, err := c.s.prepare(nil, v)
			if err != nil && err.Code == "too-deep" {
				continue
			}
			c.true(err == nil && again.kind == v.kind && string(again.text) == string(v.text), "text of %q", c.s.key(place))
		}
	}
	c.equal(present, c.s.count, "entries present")
}

func (c *checking) widgets() {
	s := c.s
	chained := 0
	for i, w := range s.widgets {
		if w == nil {
			c.true(slices.Contains(s.freeWidgets, uint32(i)+1), "number %d of no widget is free", i+1)
			continue
		}
		c.equal(i+1, w.id, "number of a widget")
		c.cell(w.pending)
		c.true(w.Form == 0 || s.hasForm(w.Form), "form of widget %d", w.id)
		if w.slot != 0 {
			c.equal(string(w.Key), string(s.KeyOf(w.slot)), "key of widget %d", w.id)
			chained++
		}
	}
	for place := uint32(1); place < s.entries.places; place++ {
		for w := s.widgetAt(place); w != nil && chained >= 0; w = w.next {
			c.equal(place, w.place(), "place of widget %d", w.id)
			chained--
		}
	}
	c.equal(0, chained, "widgets that no entry has")
	c.equal(len(s.freeWidgets), len(slices.Compact(slices.Sorted(slices.Values(s.freeWidgets)))), "free numbers of widgets")
}

func (c *checking) texts() {
	t := &c.s.texts
	live := map[uint32]int{}
	for r, length := range c.owners {
		n, b := uint32(r>>blockBits), int(r&blockMask)
		if n == 0 || n >= uint32(len(t.pages)) || t.pages[n].used == 0 {
			c.true(false, "block %x is in no page", r)
			continue
		}
		p := &t.pages[n]
		live[n]++
		if p.alone {
			c.true(b == 0 && length == len(p.buf), "block %x of a page of its own", r)
			continue
		}
		c.true(b < int(p.fresh) && length <= classSize(p.class) && len(p.buf) == pageBytes, "block %x", r)
	}
	for n := range t.pages {
		p := &t.pages[n]
		c.equal(live[uint32(n)], p.used, "blocks of page %d", n)
		if p.used == 0 {
			c.equal(page{}, *p, "page %d", n)
			c.equal(n != 0, slices.Contains(t.unused, uint32(n)), "page %d is unused", n)
			continue
		}
		if p.alone {
			continue
		}
		freed := map[int]bool{}
		for b := int(p.free); b != 0; {
			_, owned := c.owners[ref(n<<blockBits|(b-1))]
			c.true(!owned && !freed[b] && b <= int(p.fresh), "freed block %d of page %d", b-1, n)
			if freed[b] {
				break
			}
			freed[b] = true
			at := (b - 1) * classSize(p.class)
			b = int(p.buf[at]) | int(p.buf[at+1])<<8
		}
		c.equal(int(p.fresh), len(freed)+int(p.used), "blocks ever used of page %d", n)
		room := len(freed) > 0 || (int(p.fresh)+1)*classSize(p.class) <= pageBytes
		c.equal(room, p.listed, "page %d is in the list", n)
	}
	for class, n := range t.room {
		before := uint32(0)
		for ; n != 0; n = t.pages[n].next {
			p := &t.pages[n]
			c.true(p.listed && int(p.class) == class && p.prev == before, "page %d in the list of class %d", n, class)
			before = n
		}
	}
	c.true(len(t.spare) <= sparePages, "spare pages")
	for _, b := range t.spare {
		c.equal(pageBytes, len(b), "length of a spare page")
	}
}
