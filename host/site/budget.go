package site

import (
	"os"
	"sync"
	"time"

	"github.com/tabstate/tabstate/host/wire"
)

// budget bounds what the entries of all folders take of memory, and how many files they keep open. Those that were not asked for in the last minute make room
// for others; the minute keeps files from taking turns, each read and compressed again for each request.
type budget struct {
	mu      sync.Mutex
	left    int64
	files   int // that may be opened yet
	swept   time.Time
	entries map[*entry]*folder
}

const idleAfter = time.Minute

// mostFiles is how many files are kept open; of more, each is opened for each response.
const mostFiles = 128

func newBudget(bytes int64) *budget {
	return &budget{left: bytes, files: mostFiles, entries: map[*entry]*folder{}}
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
		b.remove(e)
	}
}

// open keeps the files open that the system sends, as many as there may be.
func (b *budget) open(d *folder, e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.entries[e]; !ok || !wire.Shares {
		return
	}
	for _, f := range e.forms {
		if f == nil || !f.onDisk || f.body != nil || f.made || b.files == 0 {
			continue
		}
		opened, err := d.open(f)
		if err != nil {
			continue // the request will see
		}
		if file, ok := opened.(*os.File); ok {
			f.shared = newShared(file)
			b.files--
		}
	}
}

// remove gives back what the entry has.
func (b *budget) remove(e *entry) {
	delete(b.entries, e)
	b.left += e.bytes
	for _, f := range e.forms {
		if f != nil && f.shared != nil {
			f.shared.done()
			b.files++
		}
	}
}

func (b *budget) sweep() {
	b.swept = time.Now()
	before := b.swept.Add(-idleAfter).UnixNano()
	for e, d := range b.entries {
		if e.looked.Load() < before {
			d.entries.CompareAndDelete(e.name, e)
			b.remove(e)
		}
	}
}
