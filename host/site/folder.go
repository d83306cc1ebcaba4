package site

import (
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/tabstate/tabstate/host/markup"
)

// folder is a file system with what is known about its files.
type folder struct {
	fs     fs.FS
	table  func(map[string][]string) // sets the headers that all its files have
	tag    *markup.Tag               // to be put into pages, or nil
	memory *budget
	log    *slog.Logger

	entries sync.Map // name → *entry

	mu      sync.Mutex
	loading map[string]*loading
	turns   chan struct{} // as many as may be loading at once
}

// loading is an entry on its way, that several requests may wait for.
type loading struct {
	done  chan struct{}
	entry *entry
	err   error
}

func newFolder(f fs.FS, table func(map[string][]string), memory *budget, log *slog.Logger) *folder {
	return &folder{fs: f, table: table, memory: memory, log: log, loading: map[string]*loading{}, turns: make(chan struct{}, 2)}
}

// errFolder says that the name is a folder's.
var errFolder = errors.New("it is a folder")

// lookAfter is how long a file, and those beside it, are taken to be as they were. A look costs as much as all the rest of
// an answer (6 µs of 7).
const lookAfter = 100 * time.Millisecond

// get returns the entry of that file. Devices, sockets and the like are not found.
func (d *folder) get(name string) (*entry, error) {
	v, ok := d.entries.Load(name)
	if !ok {
		if _, err := d.stat(name); err != nil {
			return nil, err
		}
		return d.load(name, nil)
	}
	known := v.(*entry)
	now := time.Now()
	looked := known.looked.Load()
	// One request looks; others that come meanwhile take what is known.
	if now.UnixNano()-looked < int64(lookAfter) || !known.looked.CompareAndSwap(looked, now.UnixNano()) || known.stamp.fixed() {
		return known, nil
	}
	is, err := d.stat(name)
	if err != nil {
		d.drop(known)
		return nil, err
	}
	if is.equal(known.stamp) && d.besideSame(known) {
		return known, nil
	}
	return d.load(name, known)
}

// stat returns the stamp of a regular file, errFolder for a folder.
func (d *folder) stat(name string) (stamp, error) {
	info, err := fs.Stat(d.fs, name)
	if err != nil {
		return stamp{}, err
	}
	return stampOf(info)
}

func stampOf(info fs.FileInfo) (stamp, error) {
	switch {
	case info.IsDir():
		return stamp{}, errFolder
	case !info.Mode().IsRegular():
		return stamp{}, fs.ErrNotExist
	}
	return stamp{info.Size(), info.ModTime()}, nil
}

// beside returns the stamp of the file's compressed form, if there is one that is not older than the file: of a file edited
// since, it would be the former content.
func (d *folder) beside(name string, of stamp, c coding) (stamp, bool) {
	s, err := d.stat(name + suffixes[c])
	return s, err == nil && !s.time.Before(of.time)
}

// besideSame says whether the compressed forms beside the file are those that the entry has.
func (d *folder) besideSame(e *entry) bool {
	if e.forms[plain].made {
		return true
	}
	for c := plain + 1; c < codings; c++ {
		s, there := d.beside(e.name, e.stamp, c)
		f := e.forms[c]
		had := f != nil && f.file != ""
		if there != had || had && !s.equal(f.stamp) {
			return false
		}
	}
	return true
}

func (d *folder) drop(e *entry) {
	d.entries.CompareAndDelete(e.name, e)
	d.memory.forget(e)
}

// load reads the file. Requests that come meanwhile wait for the same reading.
func (d *folder) load(name string, known *entry) (*entry, error) {
	d.mu.Lock()
	if v, ok := d.entries.Load(name); ok && known == nil {
		d.mu.Unlock()
		return v.(*entry), nil // it has been loaded meanwhile
	}
	l, ok := d.loading[name]
	if ok {
		d.mu.Unlock()
		<-l.done
		return l.entry, l.err
	}
	l = &loading{done: make(chan struct{}), err: errLoading}
	d.loading[name] = l
	d.mu.Unlock()

	d.turns <- struct{}{}
	defer func() {
		<-d.turns
		d.mu.Lock()
		delete(d.loading, name)
		d.mu.Unlock()
		close(l.done)
	}()
	if known != nil {
		d.drop(known)
	}
	l.entry, l.err = d.read(name)
	if l.err != nil {
		d.log.Warn("a file cannot be read", "name", name, "error", l.err)
		return nil, l.err
	}
	return l.entry, nil
}

// errLoading is what those who wait get when the reading panicked.
var errLoading = errors.New("the file was not read to its end")
