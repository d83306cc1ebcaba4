package pclntab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrLayout is wrapped by every error about a table that is not laid out as in the Go versions known here.
var ErrLayout = errors.New("the function table is not as this step knows it")

// magic begins the table: 0xfffffff1 since Go 1.20, padding, instructions of 1 byte, pointers of 8.
var magic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

const (
	headerSize = 72 // 8 bytes of magic, 8 numbers
	funcSize   = 44 // runtime._func, before its two lists
	inlineSize = 16 // runtime.inlinedCall
	bucketSize = 20 // runtime.findfuncbucket: a number and 16 bytes
	perFunc    = 16 // buckets for one function: 65,536 pcs in buckets of 4,096
	none       = ^uint32(0)
)

// The numbers of runtime._func, as offsets in it. The lists of pcdata and funcdata follow it.
const (
	fieldName      = 4
	fieldArgs      = 8
	fieldReturn    = 12
	fieldPCSP      = 16
	fieldPCFile    = 20
	fieldPCLine    = 24
	fieldPCData    = 28
	fieldUnit      = 32
	fieldStartLine = 36
	fieldID        = 40
	fieldFlag      = 41
	fieldFuncData  = 43
)

// The kinds of pcdata and funcdata (internal/abi/symtab.go) that are told apart here.
const (
	pcdataUnsafePoint = 0
	pcdataKinds       = 5

	funcdataInlineTree  = 3
	funcdataArgInfo     = 5
	funcdataArgLiveInfo = 6
	funcdataKinds       = 8
)

// funcIDWrapper marks a function that the compiler made around another.
const funcIDWrapper = 23

// span is a part of the memory image.
type span struct{ at, size int }

func (s span) of(image []byte) []byte { return image[s.at : s.at+s.size] }
func (s span) end() int               { return s.at + s.size }

// table is a pclntab within a memory image.
type table struct {
	image []byte
	// The parts, in the order in which they lie. names, units and files hold text and what leads to it; streams holds what runs along
	// with the pcs; functions the index of functions and their descriptions; data what descriptions point to; find leads from a pc to the index.
	at                                                  int
	names, units, files, streams, functions, data, find span
	list                                                []function
	// lengths has the bytes of each stream by its offset.
	lengths map[uint32]int
	// ends has the end of each funcdata by its offset.
	ends map[uint32]uint32
}

// function is one description, at an address in the image.
type function struct {
	at       int
	entry    uint32
	name     string
	pcdata   span
	funcdata span
}

func (t *table) u32(at int) uint32    { return binary.LittleEndian.Uint32(t.image[at:]) }
func (t *table) put(at int, v uint32) { binary.LittleEndian.PutUint32(t.image[at:], v) }
func (t *table) u64(at int) uint64    { return binary.LittleEndian.Uint64(t.image[at:]) }
func (s span) number(i int) int       { return s.at + 4*i }
func (s span) count() int             { return s.size / 4 }
func (t *table) id(f function) byte   { return t.image[f.at+fieldID] }
func fault(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrLayout}, args...)...)
}

// read finds the table in an image and reads it. Everything that can be known about it is checked: who changes it relies on it.
func read(image []byte) (*table, error) {
	t := &table{image: image}
	if err := t.place(); err != nil {
		return nil, err
	}
	if err := t.readFunctions(); err != nil {
		return nil, err
	}
	if err := t.readStreams(); err != nil {
		return nil, err
	}
	if err := t.readFuncdata(); err != nil {
		return nil, err
	}
	return t, t.checkFind()
}

// place finds the header and runtime.firstmoduledata, which points to it, and reads where the parts are.
func (t *table) place() error {
	var headers []int
	for at := 0; ; at += len(magic) {
		i := bytes.Index(t.image[at:], magic)
		if i < 0 {
			break
		}
		at += i
		headers = append(headers, at)
	}
	if len(headers) != 1 {
		return fault("%d headers of a function table, want 1", len(headers))
	}
	t.at = headers[0]
	if t.at%8 != 0 || len(t.image)-t.at < headerSize {
		return fault("its header at %d is cut off", t.at)
	}
	// moduledata begins with the header's address and a slice of the names.
	var head [16]byte
	binary.LittleEndian.PutUint64(head[:], uint64(t.at))
	binary.LittleEndian.PutUint64(head[8:], uint64(t.at)+t.u64(t.at+32))
	if n := bytes.Count(t.image, head[:]); n != 1 {
		return fault("%d places that look like moduledata, want 1", n)
	}
	data := bytes.Index(t.image, head[:])
	const words = 42
	if data%8 != 0 || len(t.image)-data < 8*words {
		return fault("moduledata at %d is cut off", data)
	}
	var word [words]int
	for i := range word {
		v := t.u64(data + 8*i)
		if used := i <= 19 || i >= 40; used && v > uint64(len(t.image)) || v > 1<<32 {
			return fault("word %d of moduledata is %d, beyond the image", i, v)
		}
		word[i] = int(v)
	}
	slices := []struct {
		part *span
		word int
		unit int
	}{{&t.names, 1, 1}, {&t.units, 4, 4}, {&t.files, 7, 1}, {&t.streams, 10, 1}, {&t.functions, 13, 1}}
	next := t.at + headerSize
	for i, s := range slices {
		*s.part = span{word[s.word], word[s.word+1] * s.unit}
		if word[s.word+1] != word[s.word+2] {
			return fault("slice %d of moduledata has another capacity than length", i)
		}
		if s.part.at != t.at+int(t.u64(t.at+32+8*i)) || s.part.at < next || s.part.at-next > 63 || s.part.size < 0 {
			return fault("part %d is at %d, the header and the part before say otherwise", i, s.part.at)
		}
		next = s.part.end()
	}
	count := int(t.u64(t.at + 8))
	index, length, room, find, first, last := word[16], word[17], word[18], word[19], word[20], word[21]
	text, gofunc, end := word[22], word[40], word[41]
	if index != t.functions.at || length != count+1 || room != length || count < 1 || count > t.functions.size/8 || text != 0 {
		return fault("an index of %d functions, %d in the header", length-1, count)
	}
	if gofunc < next || gofunc-next > 63 || gofunc > find || find > end || find%4 != 0 {
		return fault("function data at %d, buckets at %d, end at %d", gofunc, find, end)
	}
	t.data = span{gofunc, find - gofunc}
	// The linker writes no more bytes of the last bucket than there are pcs, one for each 256.
	t.find = span{find, (last-first+4095)/4096*4 + (last-first+255)/256}
	if last <= first || t.find.end() != end || int(t.u32(index))<<16 != first || last>>16 != int(t.u32(index+8*(count-1))) {
		return fault("pcs from %d to %d, buckets from %d to %d", first, last, find, end)
	}
	if t.names.size < 1 || t.streams.size < 1 {
		return fault("no names or no streams")
	}
	return nil
}

func (t *table) readFunctions() error {
	count := int(t.u64(t.at + 8))
	after := t.functions.at + 8*count + 4
	for i := range count {
		f := function{at: t.functions.at + int(t.u32(t.functions.at+8*i+4)), entry: t.u32(t.functions.at + 8*i)}
		if f.at < after || f.at%4 != 0 || f.at+funcSize > t.functions.end() {
			return fault("function %d is described at %d", i, f.at)
		}
		// On wasm the entry is the number of a wasm function: no hole between two of them.
		if f.entry != t.u32(t.functions.at)+uint32(i) || t.u32(f.at) != f.entry {
			return fault("function %d has the entries %d and %d", i, f.entry, t.u32(f.at))
		}
		tables, data := t.u32(f.at+fieldPCData), t.image[f.at+fieldFuncData]
		if tables > pcdataKinds || data > funcdataKinds {
			return fault("function %d has %d tables and %d data", i, tables, data)
		}
		f.pcdata = span{f.at + funcSize, 4 * int(tables)}
		f.funcdata = span{f.pcdata.end(), 4 * int(data)}
		if after = f.funcdata.end(); after > t.functions.end() {
			return fault("function %d is cut off", i)
		}
		var err error
		if f.name, err = t.nameAt(t.u32(f.at + fieldName)); err != nil {
			return err
		}
		t.list = append(t.list, f)
	}
	return nil
}

// nameAt returns the name that begins at an offset.
func (t *table) nameAt(offset uint32) (string, error) {
	names := t.names.of(t.image)
	if uint64(offset) >= uint64(len(names)) || offset > 0 && names[offset-1] != 0 {
		return "", fault("no name begins at %d", offset)
	}
	end := bytes.IndexByte(names[offset:], 0)
	if end < 0 {
		return "", fault("the name at %d does not end", offset)
	}
	return string(names[offset:][:end]), nil
}

// references returns where in a function's description the offsets of streams stand.
func (f function) references() []int {
	list := []int{f.at + fieldPCSP, f.at + fieldPCFile, f.at + fieldPCLine}
	for i := range f.pcdata.count() {
		list = append(list, f.pcdata.number(i))
	}
	return list
}

func (t *table) readStreams() error {
	t.lengths = map[uint32]int{}
	all := t.streams.of(t.image)
	for _, f := range t.list {
		for _, at := range f.references() {
			offset := t.u32(at)
			if offset == 0 || t.lengths[offset] > 0 {
				continue
			}
			if uint64(offset) >= uint64(len(all)) {
				return fault("%s: a stream at %d of %d", f.name, offset, len(all))
			}
			n := streamLength(all[offset:])
			if n < 0 {
				return fault("%s: the stream at %d does not end", f.name, offset)
			}
			t.lengths[offset] = n
		}
	}
	return nil
}

// streamLength returns the bytes of a stream: pairs of numbers, a step of the value and a step of the pc, and a zero. The first pair may begin
// with a zero.
func streamLength(b []byte) int {
	number := func(at int) (int, bool) {
		for at < len(b) {
			at++
			if b[at-1]&0x80 == 0 {
				return at, true
			}
		}
		return at, false
	}
	at := 0
	for {
		if at < len(b) && b[at] == 0 && at > 0 {
			return at + 1
		}
		var ok bool
		if at, ok = number(at); !ok {
			return -1
		}
		step := at
		if at, ok = number(at); !ok || at == step+1 && b[step] == 0 {
			return -1
		}
	}
}

func (t *table) readFuncdata() error {
	starts := map[uint32]bool{}
	for _, f := range t.list {
		for kind := range f.funcdata.count() {
			offset := t.u32(f.funcdata.number(kind))
			if offset == none {
				continue
			}
			if uint64(offset) >= uint64(t.data.size) {
				return fault("%s: data %d at %d of %d", f.name, kind, offset, t.data.size)
			}
			starts[offset] = true
		}
	}
	t.ends = ends(starts, uint32(t.data.size))
	for _, f := range t.list {
		for _, at := range t.inlined(f) {
			if _, err := t.nameAt(t.u32(at + 4)); err != nil {
				return fmt.Errorf("inlined into %s: %w", f.name, err)
			}
		}
	}
	return nil
}

// funcdata returns the offset of a function's data of a kind, or none.
func (t *table) funcdata(f function, kind int) uint32 {
	if kind >= f.funcdata.count() {
		return none
	}
	return t.u32(f.funcdata.number(kind))
}

// inlined returns the addresses of the calls that were inlined into f.
func (t *table) inlined(f function) []int {
	offset := t.funcdata(f, funcdataInlineTree)
	if offset == none {
		return nil
	}
	var list []int
	for at := offset; at+inlineSize <= t.ends[offset]; at += inlineSize {
		list = append(list, t.data.at+int(at))
	}
	return list
}

// checkFind checks that every function is found as runtime.findfunc does it.
func (t *table) checkFind() error {
	for i := range t.list {
		at := t.find.at + i*perFunc*bucketSize
		if at+5 > t.find.end() {
			return fault("no bucket for function %d", i)
		}
		index := uint64(t.u32(at)) + uint64(t.image[at+4])
		if index > uint64(i) || uint64(i)-index >= uint64(t.step()) {
			return fault("the bucket of function %d says %d", i, index)
		}
	}
	return nil
}
