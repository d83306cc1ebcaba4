package canon

// few is how many members an object may have before its names go into the
// hash table; until then a 64-bit filter and a linear comparison are cheaper.
const few = 16

// names finds members with the same name. The names of all open objects stand
// in one list, those of an inner object after those of the outer one, and go
// when their object is closed.
//
// Names are compared in canonical form, which is unique, so escapes need not
// be decoded.
type names struct {
	text    []byte
	list    []name
	rewrote []byte   // canonical forms of names that are not canonical in the text
	table   []uint32 // 1 + index in list, 0 for none; a power of two long, open addressing
	used    int      // entries of table
	seed    uint64
	base    uint64 // of the hash polynomial, secret
	spread  uint64 // spreads hashes over the table, secret, odd
}

// name is one member's name, without its quotes.
type name struct {
	at   int    // offset in the text, or ^offset in rewrote
	n    int    // length in bytes
	mark uint32 // equal for equal names of one object: cheap while it is small, then the hash
	slot uint32 // in table, if the object is large
}

// scope is what an open object remembers of its names.
type scope struct {
	first   int    // in list
	rewrote int    // length of rewrote before
	seen    uint64 // a bit for each mark so far
	large   bool   // its names are in the table
}

func (s *names) release(most int) {
	const nameSize, slotSize = 24, 4
	if cap(s.list)*nameSize > most {
		s.list = nil
	}
	if cap(s.rewrote) > most {
		s.rewrote = nil
	}
	if len(s.table)*slotSize > most {
		s.table = nil
	}
}

func (s *names) open() scope {
	return scope{first: len(s.list), rewrote: len(s.rewrote)}
}

func (s *names) close(o *scope) {
	if o.large {
		for i := range s.list[o.first:] {
			s.table[s.list[o.first+i].slot] = 0
		}
		s.used -= len(s.list) - o.first
	}
	s.list = s.list[:o.first]
	s.rewrote = s.rewrote[:o.rewrote]
}

// add takes the name text[from:to] into the object's scope, and tells whether
// it was not there before.
func (s *names) add(o *scope, from, to int) bool {
	m := mark(s.text[from:to])
	if bit := uint64(1) << (m * 0x9E3779B1 >> 26); o.seen&bit == 0 && !o.large && len(s.list)-o.first < few {
		o.seen |= bit
		s.list = append(s.list, name{at: from, n: to - from, mark: m})
		return true
	}
	return s.insert(o, name{at: from, n: to - from, mark: m})
}

// addRewritten does the same as add for a name that is not canonical in the
// text, given in canonical form.
func (s *names) addRewritten(o *scope, canonical []byte) bool {
	at := len(s.rewrote)
	s.rewrote = append(s.rewrote, canonical...)
	m := mark(canonical)
	o.seen |= uint64(1) << (m * 0x9E3779B1 >> 26)
	return s.insert(o, name{at: ^at, n: len(canonical), mark: m})
}

// insert is add for all objects but the small ones whose names have different
// marks.
func (s *names) insert(o *scope, n name) bool {
	if !o.large && len(s.list)-o.first < few {
		for i := range s.list[o.first:] {
			if s.same(&s.list[o.first+i], &n) {
				return false
			}
		}
		s.list = append(s.list, n)
		return true
	}
	if !o.large {
		o.large = true
		for i := range s.list[o.first:] {
			s.place(o, o.first+i)
		}
	}
	s.list = append(s.list, n)
	return s.place(o, len(s.list)-1)
}

func (s *names) same(a, b *name) bool {
	return a.mark == b.mark && a.n == b.n && string(s.bytes(a)) == string(s.bytes(b))
}

func (s *names) bytes(n *name) []byte {
	if n.at < 0 {
		return s.rewrote[^n.at : ^n.at+n.n]
	}
	return s.text[n.at : n.at+n.n]
}

// mark distinguishes the names of small objects at the price of three bytes
// read. Whoever makes many names with the same mark gains nothing: there are
// few to compare with.
func mark(s []byte) uint32 {
	n := len(s)
	if n == 0 {
		return 0
	}
	return uint32(n)<<24 ^ uint32(s[0])<<16 ^ uint32(s[n/2])<<8 ^ uint32(s[n-1])
}
