package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tabstate/tabstate/host/headers"
)

// entry is what is known about one file of a folder.
type entry struct {
	name  string
	stamp stamp
	forms [codings]*form // forms[plain] is always there
	pages moved          // for 404.html

	bytes  int64        // reserved of the budget
	looked atomic.Int64 // when it was last looked whether the file has changed, because it was asked for, in ns
}

// form is a file as it is sent in one coding, with the headers that it has.
type form struct {
	file   string  // where its content is, "" if only body has it
	stamp  stamp   // of that file
	body   []byte  // its content, nil if that is to be read
	shared *shared // the file, open, nil if it is to be opened
	made   bool    // it is a page with the tag, not what the file holds
	onDisk bool    // the system can send the file by itself
	length int64   // of its content
	etag   string
	header []line
	known  []line // of these, what net/http has to know
	lines  []byte // the others, and those of the table, as they are sent
}

// line is one header as a response's map holds it.
type line struct {
	name  string
	value []string
}

// stamp tells one content of a file from the next.
type stamp struct {
	size int64
	time time.Time
}

func (s stamp) equal(other stamp) bool { return s.size == other.size && s.time.Equal(other.time) }

// settledAfter is how old a file must be for its time to tell one content from the next: some file systems count in 2 s.
const settledAfter = 3 * time.Second

func (s stamp) settled() bool { return s.fixed() || time.Since(s.time) > settledAfter }

// fixed says whether the file is one that never changes, as those in the program.
func (s stamp) fixed() bool { return s.time.IsZero() }

// finish gives each form its headers.
func (e *entry) finish(d *folder) {
	varies := compressible(e.name)
	for _, f := range e.forms[1:] {
		varies = varies || f != nil
	}
	cache := headers.CacheRevalidate
	if headers.Hashed(e.name) {
		cache = headers.CacheForEver
	}
	for c, f := range e.forms {
		if f == nil {
			continue
		}
		f.add("Content-Type", ContentType(e.name))
		f.add("Cache-Control", cache)
		f.add("Etag", f.etag)
		f.add("Content-Length", strconv.FormatInt(f.length, 10))
		f.add("Accept-Ranges", "bytes")
		if varies {
			f.add("Vary", "Accept-Encoding")
		}
		if coding(c) != plain {
			f.add("Content-Encoding", tokens[c])
		}
		f.write(d)
	}
}

func (f *form) add(name, value string) { f.header = append(f.header, line{name, []string{value}}) }

// write makes the lines.
func (f *form) write(d *folder) {
	h := http.Header{}
	d.table(h)
	f.set(h)
	for _, name := range [...]string{"Content-Length", "Content-Type"} { // it would guess the type
		f.known = append(f.known, line{name, h[name]})
		delete(h, name)
	}
	var lines bytes.Buffer
	_ = h.Write(&lines)
	f.lines = lines.Bytes()
}

func (f *form) set(h http.Header) {
	for _, l := range f.header {
		h[l.name] = l.value
	}
}

// choose returns the form that the request is to get, nil if it accepts none. A request for a part gets a part of the file as
// it is, if it can.
func (e *entry) choose(request http.Header) *form {
	w := accepted(request["Accept-Encoding"])
	if len(request["Range"]) > 0 && w[plain] > 0 {
		return e.forms[plain]
	}
	c, ok := w.best(func(c coding) bool { return e.forms[c] != nil })
	if !ok {
		return nil
	}
	return e.forms[c]
}

// hold makes body the form's content.
func (f *form) hold(body []byte) {
	digest := sha256.Sum256(body)
	f.body, f.length, f.etag = body, int64(len(body)), etag(digest[:])
}

// etag returns the strong ETag of what has the digest.
func etag(digest []byte) string {
	return `"` + base64.RawURLEncoding.EncodeToString(digest[:18]) + `"`
}

func isPage(name string) bool { return strings.HasPrefix(ContentType(name), "text/html") }
