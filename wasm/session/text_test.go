package session

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTextClasses: every length up to the largest has the smallest class that fits,
// and no class wastes more than 16 bytes or a fifth.
func TestTextClasses(t *testing.T) {
	for c := range uint8(classes) {
		size := classSize(c)
		require.Equal(t, c, class(size))
		if c > 0 {
			require.Greater(t, size, classSize(c-1))
			require.Equal(t, c, class(classSize(c-1)+1))
		}
		require.LessOrEqual(t, pageBytes/size, 1<<blockBits)
	}
	require.Equal(t, largest, classSize(classes-1))
	require.Zero(t, class(0))
	for n := 1; n <= largest; n++ {
		size := classSize(class(n))
		require.GreaterOrEqual(t, size, n)
		require.LessOrEqual(t, size-n, max(16, n/4), n)
	}
}

// TestTextPages: blocks are used again, first to last, pages are given back when
// their last block is, and long texts get one of their own.
func TestTextPages(t *testing.T) {
	var texts texts
	var refs []ref
	per := pageBytes / classSize(class(100))
	for i := range per + 1 {
		refs = append(refs, texts.put([]byte(fmt.Sprintf("%0100d", i))))
	}
	require.Len(t, texts.pages, 3, "one that is never used, and two")
	for i, r := range refs {
		require.Equal(t, fmt.Sprintf("%0100d", i), string(texts.bytes(r, 100)))
	}
	texts.free(refs[5])
	texts.free(refs[7])
	require.Equal(t, refs[7], texts.put(make([]byte, 97)), "the last one freed")
	require.Equal(t, refs[5], texts.put(make([]byte, 112)), "the same class")
	for _, r := range refs {
		texts.free(r)
	}
	require.Len(t, texts.spare, 2)
	require.Len(t, texts.unused, 2)
	long := texts.put([]byte(strings.Repeat("x", largest+1)))
	require.Len(t, texts.pages, 3)
	require.Len(t, texts.spare, 2, "a long text takes no page of blocks")
	texts.free(long)
	require.Len(t, texts.unused, 2)
	require.Equal(t, page{}, texts.pages[long>>blockBits], "nothing is kept of it")
	own := []byte(strings.Repeat("y", 10))
	r := texts.adopt(own)
	require.Same(t, &own[0], &texts.bytes(r, 10)[0])
	texts.free(r)
	texts.free(0)
	require.Zero(t, texts.put(nil))
	require.Nil(t, texts.bytes(0, 0))
}

// TestTextModel: texts of every size, stored and given back at random, read as what
// was stored.
func TestTextModel(t *testing.T) {
	s := fresh(t)
	r := rand.New(rand.NewPCG(5, 5))
	model := map[string]string{}
	for i := range 20_000 {
		key := fmt.Sprint("key", r.IntN(300))
		if r.IntN(3) == 0 {
			_, err := s.Delete(key)
			require.NoError(t, err)
			delete(model, key)
		} else {
			n := r.IntN(200)
			switch r.IntN(20) {
			case 0:
				n = r.IntN(largest)
			case 1:
				n = largest - 2 + r.IntN(5)
			}
			model[key] = strings.Repeat(string(rune('a'+i%26)), n)
			require.NoError(t, s.Set(key, StringValue(model[key])))
		}
		if i%1000 == 0 {
			s.Forget()
			check(t, s)
			for key, want := range model {
				v, ok := s.Get(key)
				require.True(t, ok)
				require.Equal(t, want, v.Text(), key)
			}
		}
	}
	s.Clear("")
	s.Forget()
	check(t, s)
	require.Len(t, s.texts.unused, len(s.texts.pages)-1, "every page is given back")
	require.Zero(t, s.Stats().Bytes)
}

// TestMillionKeys: different keys that come and go for ever take no more room.
func TestMillionKeys(t *testing.T) {
	s := fresh(t)
	for i := range 1_000_000 {
		key := fmt.Sprintf("a key that is never used again %d", i)
		require.NoError(t, s.Set(key, StringValue(key)))
		require.True(t, s.Remove(s.Slot([]byte(key))))
		s.freed = nil
	}
	s.Forget()
	check(t, s)
	require.LessOrEqual(t, len(s.entries.chunks), 2)
	require.LessOrEqual(t, len(s.texts.pages), 4)
	require.LessOrEqual(t, len(s.index.cells), smallestIndex)
	require.Zero(t, s.Stats().Bytes)
}

// TestLargeBatch: what many keys at once needed is given back with them.
func TestLargeBatch(t *testing.T) {
	s := fresh(t)
	const n = 100_000
	require.NoError(t, s.Batch(func() error {
		for i := range n {
			require.NoError(t, s.Set(fmt.Sprint("key", i), StringValue("some text of a certain length")))
		}
		return nil
	}))
	require.Equal(t, n, s.Changed())
	check(t, s)
	s.Clear("")
	s.Forget()
	check(t, s)
	require.Zero(t, cap(s.log)+cap(s.changes), "lists that a large batch made large are given up")
	require.Len(t, s.texts.unused, len(s.texts.pages)-1)
	require.LessOrEqual(t, len(s.texts.spare), sparePages)
	require.Len(t, s.index.cells, smallestIndex)
	require.Equal(t, n, s.entries.freeCount)
}

// TestLargeValues: what long texts needed is given back when they are replaced or
// deleted, whatever door they came by.
func TestLargeValues(t *testing.T) {
	s := fresh(t)
	const size = 8 << 20
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	for i := range 10 {
		text := bytes.Repeat([]byte{'a' + byte(i)}, size)
		require.NoError(t, s.Set("string", Value{kind: String, given: i%2 == 0, text: text}))
		text = slices.Concat([]byte(`["`), bytes.Repeat([]byte{'a' + byte(i)}, size), []byte(`"]`))
		require.NoError(t, s.Set("json", Value{kind: JSON, given: i%2 == 0, text: text}))
	}
	s.Forget()
	require.Less(t, heap()-before, int64(2*size+size/2), "each is there once")
	for _, key := range s.Keys() {
		require.True(t, s.Remove(s.Slot([]byte(key))))
	}
	s.Forget()
	require.Less(t, heap()-before, int64(1<<20))
	check(t, s)
}
