// Package site serves a folder of pages and the runtime that they load, as one http.Handler. It runs natively and
// knows nothing of listeners, flags or the operating system.
//
// # What it serves
//
// Files only: no directory listing, no file whose name begins with a dot (but .well-known), nothing outside the two file
// systems. GET and HEAD only. Each file has a strong ETag made from its content; names with a content hash in them may be kept for ever,
// all others are revalidated. Where name.br or name.gz stand beside a file, they are sent to who accepts them.
package site

import (
	"io/fs"
	"net/http"
	"strings"

	"github.com/tabstate/tabstate/host/headers"
)

// RuntimePath is where the runtime's files are, whatever the pages are.
const RuntimePath = headers.RuntimePath

// Options says what is served.
type Options struct {
	// Pages is the site: "/" is its index.html, and 404.html, if there, is the page for what is missing. Symbolic
	// links are the file system's affair: os.Root's FS lets none lead outside, os.DirFS lets all.
	Pages fs.FS
	// Runtime has the files below /tabstate/, as a build wrote them. Other origins may load them. When it is nil there are none.
	Runtime fs.FS
	// Headers is the table of headers that all responses have. When it is nil, it is the strict one, headers.Default.
	Headers *headers.Table
}

type handler struct {
	headers        *headers.Table
	pages, runtime *folder
}

// Handler returns the handler of a site. It may be used by any number of goroutines.
func Handler(o Options) http.Handler {
	h := &handler{headers: o.Headers, pages: newFolder(o.Pages)}
	if h.headers == nil {
		h.headers = headers.Default()
	}
	if o.Runtime != nil {
		h.runtime = newFolder(o.Runtime)
	}
	return h
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.headers.Set(w.Header())
	path := r.URL.Path
	from, shared := h.pages, false
	if rest, ok := strings.CutPrefix(path, RuntimePath); ok {
		h.headers.SetRuntime(w.Header())
		from, path, shared = h.runtime, "/"+rest, true
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeText(w, r, http.StatusMethodNotAllowed, "Only GET and HEAD are possible here.\n")
		return
	}
	name, ok := fileName(path)
	if !ok || from == nil {
		h.notFound(w, r, shared)
		return
	}
	f, err := from.find(name)
	switch {
	case err != nil:
		h.notFound(w, r, shared)
	case f.isDir:
		h.serveDir(w, r, from, f, shared)
	case strings.HasSuffix(path, "/"):
		h.notFound(w, r, shared)
	default:
		h.serveFile(w, r, from, f, shared)
	}
}
