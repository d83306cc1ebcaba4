// Package site serves a folder of pages and the runtime that they load, as one http.Handler. It runs natively and
// knows nothing of listeners, flags or the operating system.
//
// # What it serves
//
// Files only: no directory listing, no file whose name begins with a dot (but .well-known), nothing outside the two file
// systems. GET and HEAD only. Each file has a strong ETag made from its content; names with a content hash in them may be kept for ever,
// all others are revalidated. A part of a file (Range) is a part of the file as it is.
//
// Who accepts it gets a file compressed: as name.br or name.gz beside it, or, for text without these, as it was
// compressed when it was first asked for. A file that changes is seen within a tenth of a second.
//
// # Where it is mounted
//
// It may stand below any path, by http.StripPrefix: all addresses that it writes are relative. A page 404.html is shown at the
// address that was asked for, so the relative addresses in it are changed to hold there.
package site

import (
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/markup"
)

// RuntimePath is where the runtime's files are, whatever the pages are.
const RuntimePath = headers.RuntimePath

// Options says what is served.
type Options struct {
	// Pages is the site: "/" is its index.html, and 404.html, if there, is the page for what is missing. Symbolic
	// links are the file system's affair: os.Root's FS lets none lead outside, os.DirFS lets all. A file without a
	// modification time (embed.FS) is taken to be the same for ever. One over 512 KiB has to be an io.Seeker.
	Pages fs.FS
	// Runtime has the files below /tabstate/, as a build wrote them. Other origins may load them. When it is nil there are none.
	Runtime fs.FS
	// Headers is the table of headers that all responses have. When it is nil, it is the strict one, headers.Default.
	Headers *headers.Table
	// Tag is put into the pages (.html, .htm) that have none, of at most 4 MiB. When it is nil, pages are served as they are.
	Tag *markup.Tag
	// Memory is for small files and for what was compressed, in bytes; 0 stands for 16 MiB. Beyond it files are read
	// when they are asked for, and sent as they are.
	Memory int64
	// Log hears of files that cannot be read. When it is nil, nobody does.
	Log *slog.Logger
}

type handler struct {
	headers        *headers.Table
	pages, runtime *folder
}

// Handler returns the handler of a site. It may be used by any number of goroutines.
func Handler(o Options) http.Handler {
	h := &handler{headers: o.Headers}
	if h.headers == nil {
		h.headers = headers.Default()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Memory == 0 {
		o.Memory = 16 << 20
	}
	memory := newBudget(o.Memory)
	h.pages = newFolder(o.Pages, h.headers.Set, memory, o.Log)
	h.pages.tag = o.Tag
	if o.Runtime != nil {
		h.runtime = newFolder(o.Runtime, func(to map[string][]string) {
			h.headers.Set(to)
			h.headers.SetRuntime(to)
		}, memory, o.Log)
	}
	return h
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := answer{h, w, r, h.pages, false}
	h.headers.Set(w.Header())
	path := r.URL.Path
	if rest, ok := strings.CutPrefix(path, RuntimePath); ok {
		h.headers.SetRuntime(w.Header())
		a.from, a.shared, path = h.runtime, true, "/"+rest
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header()["Allow"] = []string{"GET, HEAD"}
		a.text(http.StatusMethodNotAllowed, "Only GET and HEAD are possible here.\n")
		return
	}
	name, folder, ok := fileName(path, r.URL.RawPath)
	switch {
	case !ok || a.from == nil:
		a.missing()
	case folder:
		a.file(join(name, "index.html"))
	default:
		a.file(name)
	}
}
