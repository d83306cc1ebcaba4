package pclntab

import (
	"bytes"
	"maps"
	"slices"

	"github.com/tabstate/tabstate/host/module"
)

// coarse is for how many functions in a row the lookup of a pc begins at the same one. Brotli's sizes: 1 saves nothing, 8 3.1 KiB, 16 3.5, all 4.4.
//
// In a module of up to few functions it begins at the first for all of them, which costs a frame some µs when a stack is scanned or grows
// (not measurable in restores and snapshots of 10,000 keys): then nothing of the lookup's table, 320 bytes for each function and nearly all of
// them zeros, has to be in the module. That is 750 of 2,640 KB before compression, and a page has its session 6 to 12 ms earlier.
const (
	coarse = 16
	few    = 3000
)

func (t *table) step() int {
	if len(t.list) <= few {
		return few
	}
	return coarse
}

// Trim is a pass that takes out of the function table what only readable stack traces need. Nothing moves but the streams within their
// part; what is given up becomes zeros.
//
// Returns an error that wraps ErrLayout when the table is not exactly as it is known, or when what was written does not read
// back as the same but for what was to go. Ask Known about the Go version first.
func Trim(m module.Module) (module.Module, error) {
	image, err := m.Image()
	if err != nil {
		return module.Module{}, err
	}
	before, err := read(image)
	if err != nil {
		return module.Module{}, err
	}
	if err := before.tiled(); err != nil {
		return module.Module{}, err
	}
	after := *before
	after.image = slices.Clone(image)
	if err := after.dropNames(before); err != nil {
		return module.Module{}, err
	}
	after.dropStreams(before)
	after.dropArguments(before)
	after.coarsen()
	if err := same(before, after.image); err != nil {
		return module.Module{}, err
	}
	return m.WithImage(after.image)
}

// tiled checks that the streams lie one behind the other and nothing else lies between them: then their lengths were understood.
func (t *table) tiled() error {
	next := uint32(1)
	for _, offset := range slices.Sorted(maps.Keys(t.lengths)) {
		if offset != next {
			return fault("a stream ends at %d, the next begins at %d", next, offset)
		}
		next = offset + uint32(t.lengths[offset])
	}
	if rest := t.streams.of(t.image)[next:]; len(rest) > 7 || len(bytes.Trim(rest, "\x00")) > 0 { // the linker rounds up to 8
		return fault("the streams end at %d of %d", next, t.streams.size)
	}
	return nil
}

// dropNames replaces names by their class, and takes out files and the lines where functions begin.
func (t *table) dropNames(before *table) error {
	list := newNames()
	for _, f := range t.list {
		t.put(f.at+fieldName, list.offset(class(f.name, t.id(f))))
		t.put(f.at+fieldUnit, 0)
		t.put(f.at+fieldStartLine, 0)
		for _, at := range before.inlined(f) {
			name, err := before.nameAt(before.u32(at + 4))
			if err != nil {
				return err
			}
			t.put(at+4, list.offset(class(name, t.image[at])))
			t.put(at+12, 0)
		}
	}
	if len(list.text) > t.names.size {
		return fault("%d bytes of names do not fit into %d", len(list.text), t.names.size)
	}
	for _, part := range []span{t.names, t.units, t.files} {
		clear(part.of(t.image))
	}
	copy(t.names.of(t.image), list.text)
	return nil
}

// dropStreams takes out the streams from pcs to files, lines and unsafe points, and moves the others together: runs of zeros between them
// would be 3 KiB of brotli.
func (t *table) dropStreams(before *table) {
	all := t.streams.of(t.image)
	clear(all)
	moved, next := map[uint32]uint32{0: 0}, uint32(1)
	for _, f := range t.list {
		for _, at := range f.references() {
			if f.dropped(at) {
				t.put(at, 0)
				continue
			}
			old := before.u32(at)
			if _, ok := moved[old]; !ok {
				moved[old] = next
				next += uint32(copy(all[next:], before.stream(old)))
			}
			t.put(at, moved[old])
		}
	}
}

// dropped says whether a reference is to a stream that goes.
func (f function) dropped(at int) bool {
	return at == f.at+fieldPCFile || at == f.at+fieldPCLine || at == f.pcdata.number(pcdataUnsafePoint)
}

// stream returns the bytes of the stream at an offset, none for offset 0.
func (t *table) stream(offset uint32) []byte {
	return t.streams.of(t.image)[offset:][:t.lengths[offset]]
}

// dropArguments takes out what tells a trace how to print arguments.
func (t *table) dropArguments(before *table) {
	gone, kept := map[uint32]bool{}, map[uint32]bool{}
	for _, f := range t.list {
		for kind := range f.funcdata.count() {
			offset := before.u32(f.funcdata.number(kind))
			if kind == funcdataArgInfo || kind == funcdataArgLiveInfo {
				t.put(f.funcdata.number(kind), none)
				gone[offset] = true
			} else {
				kept[offset] = true
			}
		}
	}
	for offset := range gone {
		if offset != none && !kept[offset] { // equal data of different kinds may be one
			clear(t.data.of(t.image)[offset:before.ends[offset]])
		}
	}
}

// coarsen lets the lookup of a pc begin at the same function for several in a row, and empties the buckets that are never read.
func (t *table) coarsen() {
	step := t.step()
	clear(t.find.of(t.image))
	for i := range t.list {
		t.put(t.find.at+i*perFunc*bucketSize, uint32(i/step*step))
	}
}

// ends returns where the data that begin at starts end, each at the next.
func ends(starts map[uint32]bool, size uint32) map[uint32]uint32 {
	sorted := slices.Sorted(maps.Keys(starts))
	out := make(map[uint32]uint32, len(sorted))
	for i, start := range sorted {
		out[start] = size
		if i+1 < len(sorted) {
			out[start] = sorted[i+1]
		}
	}
	return out
}
