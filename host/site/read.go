package site

import (
	"bytes"
	stdgzip "compress/gzip"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	stdbrotli "github.com/andybalholm/brotli"
)

const (
	// small is up to which size, in bytes, files stay in memory and are compressed.
	small = 512 << 10
	// quick is from which size the system sends a file from the disk with less work than it takes from memory.
	quick = 64 << 10
	// pageLimit is up to which size pages get the tag.
	pageLimit = 4 << 20
	// worthwhile is from which size files are compressed.
	worthwhile = 256
	// overhead is about what an entry takes besides its content.
	overhead = 2 << 10
)

// read makes the entry of a file and keeps it, if the file's time can be relied on and there is room.
func (d *folder) read(name string) (*entry, error) {
	e := &entry{name: name}
	limit := int64(small)
	tagged := d.tag != nil && isPage(name)
	if tagged {
		limit = pageLimit
	}
	f, err := d.readForm(name, limit)
	if err != nil {
		return nil, err
	}
	e.stamp, e.forms[plain] = f.stamp, f
	if tagged && f.body != nil {
		if page, made := d.tag.Insert(f.body, name); made {
			f.made = true
			f.hold(page)
		}
	}
	settled := e.stamp.settled()
	for c := plain + 1; c < codings; c++ {
		if _, ok := d.beside(name, e.stamp, c); ok && !f.made {
			if e.forms[c], err = d.readForm(name+suffixes[c], small); err != nil {
				return nil, err
			}
			settled = settled && e.forms[c].stamp.settled()
		} else if settled && compressible(name) {
			e.forms[c] = compressed(f.body, c)
		}
	}
	for _, f := range e.forms {
		if f != nil && f.onDisk && f.length >= quick && !f.made || f != nil && f.length > small && !f.made {
			f.body = nil
		}
	}
	e.looked.Store(time.Now().UnixNano())
	kept := settled && d.keep(e)
	e.finish(d)
	if kept {
		d.memory.open(d, e)
		d.entries.Store(name, e)
	}
	return e, nil
}

// keep reserves memory for the entry, for its content too if there is room. It says whether there is any.
func (d *folder) keep(e *entry) bool {
	bytes := int64(overhead)
	for _, f := range e.forms {
		if f != nil {
			bytes += int64(len(f.body))
		}
	}
	if d.memory.keep(d, e, bytes) {
		return true
	}
	for c, f := range e.forms {
		switch {
		case f == nil:
		case f.file == "":
			e.forms[c] = nil
		default:
			f.body = nil
		}
	}
	return d.memory.keep(d, e, overhead)
}

// readForm reads a file as it is: its ETag, and its content if that has at most limit bytes.
func (d *folder) readForm(name string, limit int64) (*form, error) {
	opened, err := d.fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		return nil, err
	}
	f := &form{file: name}
	_, f.onDisk = opened.(*os.File)
	if f.stamp, err = stampOf(info); err != nil {
		return nil, err
	}
	if f.stamp.size > limit {
		if _, ok := opened.(io.Seeker); !ok {
			return nil, errors.New("it is large, and its file system reads files only from their beginning")
		}
		hash := sha256.New()
		n, err := io.Copy(hash, opened)
		if err == nil && n != f.stamp.size {
			err = io.ErrUnexpectedEOF
		}
		f.length, f.etag = n, etag(hash.Sum(nil))
		return f, err
	}
	body := make([]byte, f.stamp.size)
	if _, err := io.ReadFull(opened, body); err != nil {
		return nil, err
	}
	f.hold(body)
	return f, nil
}

// compressed returns the body in that coding, nil if it is not worth it.
func compressed(body []byte, c coding) *form {
	if len(body) < worthwhile || len(body) > small {
		return nil
	}
	var out bytes.Buffer
	var w io.WriteCloser
	if c == brotli {
		w = stdbrotli.NewWriterOptions(&out, stdbrotli.WriterOptions{Quality: 6, LGWin: 18})
	} else {
		w = stdgzip.NewWriter(&out)
	}
	if _, err := w.Write(body); err != nil || w.Close() != nil || out.Len() >= len(body)*9/10 {
		return nil
	}
	f := &form{}
	f.hold(bytes.Clone(out.Bytes()))
	return f
}

// open opens the file that has the form's content. It is another file by now if the error is errChanged.
func (d *folder) open(f *form) (fs.File, error) {
	opened, err := d.fs.Open(f.file)
	if err != nil {
		return nil, err
	}
	if !f.same(opened) {
		opened.Close()
		return nil, errChanged
	}
	return opened, nil
}

// same says whether the open file is still what the form was made from.
func (f *form) same(opened fs.File) bool {
	info, err := opened.Stat()
	if err != nil {
		return false
	}
	s, err := stampOf(info)
	return err == nil && s.equal(f.stamp)
}

var errChanged = errors.New("the file has just changed")
