package session

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIndex: against a map, with keys that collide, growing and shrinking.
func TestIndex(t *testing.T) {
	for _, bits := range []uint32{0, 1, 0xf, 0xff, 1<<32 - 1} { // what is left of the hash
		t.Run(fmt.Sprintf("%x", bits), func(t *testing.T) {
			s := fresh(t)
			r := rand.New(rand.NewPCG(1, uint64(bits)))
			model := map[string]uint32{}
			name := func(i int) []byte { return fmt.Appendf(nil, "%d", i) }
			hash := func(key []byte) uint32 { return s.index.hash(key) & bits }
			keys := 1200
			if bits < 0xff {
				keys = 200 // one chain of all
			}
			for i := range 30_000 {
				key := name(r.IntN(keys))
				// Waves: mostly in, then mostly out.
				if in := r.IntN(10) < 8; in != (i/5000%2 == 1) {
					if model[string(key)] == 0 {
						model[string(key)] = s.newPlace(key, hash(key))
					}
				} else if place := model[string(key)]; place != 0 {
					s.remove(place)
					s.texts.free(s.entries.at(place).key)
					s.entries.give(place)
					delete(model, string(key))
				}
				require.Equal(t, model[string(key)], s.find(key, hash(key)))
				require.Equal(t, len(model), s.index.count)
				if i%997 == 0 {
					for n := range keys {
						require.Equal(t, model[string(name(n))], s.find(name(n), hash(name(n))))
					}
				}
			}
		})
	}
}

// TestIndexSize: at most three quarters full, at least an eighth of twice that.
func TestIndexSize(t *testing.T) {
	s := fresh(t)
	for i := range 48 {
		setNumber(t, s, fmt.Sprint(i), i)
	}
	require.Len(t, s.index.cells, 64)
	setNumber(t, s, "one more", 1)
	require.Len(t, s.index.cells, 128)
	for i := range 32 {
		_, err := s.Delete(fmt.Sprint(i))
		require.NoError(t, err)
	}
	s.Forget()
	require.Len(t, s.index.cells, 128)
	for i := range 2 {
		_, err := s.Delete(fmt.Sprint(32 + i))
		require.NoError(t, err)
	}
	s.Forget()
	require.Len(t, s.index.cells, 64)
	check(t, s)
}

// TestHashSeed: the hash depends on the seed, the length and each byte.
func TestHashSeed(t *testing.T) {
	a, b := index{seed: 1}, index{seed: 2}
	seen := map[uint32]string{}
	for n := range 24 {
		key := make([]byte, n)
		require.NotEqual(t, a.hash(key), b.hash(key))
		for i := -1; i < n; i++ {
			if i >= 0 {
				key[i]++
			}
			h := a.hash(key)
			_, twice := seen[h]
			require.False(t, twice, "%d %d", n, i)
			seen[h] = string(key)
		}
	}
}
