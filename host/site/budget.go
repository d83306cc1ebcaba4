package site

import (
	"sync"
	"time"
)

// budget bounds what the entries of all folders take of memory. Those that were not asked for in the last minute make room
// for others; the minute keeps files from taking turns, each read and compressed again for each request.
type budget struct {
	mu      sync.Mutex
	left    int64
	swept   time.Time
	entries map[*entry]*folder
}

const idleAfter = time.Minute

func newBudget(bytes int64) *budget {
	return &budget{left: bytes, entries: map[*entry]*folder{}}
}

// keep reserves bytes for an entry of the folder, and says whether there was room.
func (b *budget) keep(d *folder, e *entry, bytes int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bytes > b.left && time.Since(b.swept) > time.Second {
		b.sweep()
	}
	if bytes > b.left {
		return false
	}
	b.left -= bytes
	e.bytes = bytes
	b.entries[e] = d
	return true
}

// forget gives back what the entry has, if it has not been given back.
func (b *budget) forget(e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.entries[e]; ok {
		delete(b.entries, e)
		b.left += e.bytes
	}
}

func (b *budget) sweep() {
	b.swept = time.Now()
	before := b.swept.Add(-idleAfter).UnixNano()
	for e, d := range b.entries {
		if e.looked.Load() < before {
			d.entries.CompareAndDelete(e.name, e)
			delete(b.entries, e)
			b.left += e.bytes
		}
	}
}
