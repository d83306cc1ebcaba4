package canon

// The hash table of the names of large objects, shared by all that are open.
//
// Linear probing needs no tombstones here: names leave in the reverse order of
// their coming, a whole object at a time, so a slot that is emptied was empty
// when everything that stays was placed. Growing keeps that order.

// place puts list[i], of the object with scope o, into the table. It returns
// false, and leaves the name out of the list, when it is there already.
func (s *names) place(o *scope, i int) bool {
	if 2*(s.used+1) > len(s.table) {
		s.grow()
	}
	n := &s.list[i]
	// The same names come back in inner objects; the scope keeps them apart.
	n.mark = s.hash(s.bytes(n)) + uint32(o.first)*0x9E3779B1
	slot := s.slot(n.mark)
	for s.table[slot] != 0 {
		if other := int(s.table[slot]) - 1; other >= o.first && s.same(&s.list[other], n) {
			s.list = s.list[:i]
			return false
		}
		slot = (slot + 1) % uint32(len(s.table))
	}
	s.take(i, slot)
	return true
}

func (s *names) take(i int, slot uint32) {
	s.list[i].slot = slot
	s.table[slot] = uint32(i + 1)
	s.used++
}

// grow doubles the table.
func (s *names) grow() {
	old := s.table
	s.table = make([]uint32, max(8*few, 2*len(old)))
	s.used = 0
	if len(old) == 0 {
		s.derive()
		return
	}
	for i := range s.list {
		if n := &s.list[i]; old[n.slot] == uint32(i+1) {
			slot := s.slot(n.mark)
			for s.table[slot] != 0 {
				slot = (slot + 1) % uint32(len(s.table))
			}
			s.take(i, slot)
		}
	}
}

// derive makes the secrets of the hash from the seed, by the steps of
// splitmix64.
func (s *names) derive() {
	z := s.seed + 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	s.base = z>>34 | 1<<16 // below 2^30
	s.spread = (z^z>>27)*0x94D049BB133111EB | 1
}

// slot returns where in the table to look first for a hash.
func (s *names) slot(hash uint32) uint32 {
	return uint32(uint64(hash)*s.spread>>32) % uint32(len(s.table))
}

// hash evaluates the bytes, three to a coefficient, as a polynomial at a secret
// point modulo the prime 2^31-1. Two names of n bytes have the same hash at n/3
// of the 2^29 points at most, whoever chose them: nobody can prepare names that
// collide.
func (s *names) hash(b []byte) uint32 {
	const prime = 1<<31 - 1
	h := uint64(len(b))
	for len(b) >= 3 {
		h = h*s.base + (uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16) // below 2^33 * 2^30 + 2^24
		h = h&prime + h>>31                                                // modulo the prime, below 2^33
		b = b[3:]
	}
	for _, x := range b {
		h = h*s.base + uint64(x)
		h = h&prime + h>>31
	}
	return uint32(h % prime)
}
