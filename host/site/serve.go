package site

import (
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/tabstate/tabstate/host/headers"
)

// serveDir serves the directory's index.html, at the path that ends in a slash.
func (h *handler) serveDir(w http.ResponseWriter, r *http.Request, from *folder, dir file, shared bool) {
	index, err := from.find(path.Join(dir.name, "index.html"))
	if err != nil || index.isDir {
		h.notFound(w, r, shared)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/") {
		to := url.URL{Path: r.URL.Path + "/", RawQuery: r.URL.RawQuery}
		w.Header().Set("Location", to.String())
		writeText(w, r, http.StatusMovedPermanently, "")
		return
	}
	h.serveFile(w, r, from, index, shared)
}

// serveFile serves the file, or a compressed form of it. Parts of it (Range) are parts of the file as it is.
func (h *handler) serveFile(w http.ResponseWriter, r *http.Request, from *folder, f file, shared bool) {
	header := w.Header()
	header.Set("Content-Type", ContentType(f.name))
	header.Set("Cache-Control", headers.CacheRevalidate)
	if headers.Hashed(f.name) {
		header.Set("Cache-Control", headers.CacheForEver)
	}

	chosen, coding := from.choose(f, r.Header)
	if coding != "" {
		header.Set("Content-Encoding", coding)
	}
	if from.varies(f) {
		header.Set("Vary", "Accept-Encoding")
	}

	opened, err := from.fs.Open(chosen.name)
	if err != nil {
		h.failed(w, r, shared)
		return
	}
	defer opened.Close()
	content, ok := opened.(io.ReadSeeker)
	if !ok {
		h.failed(w, r, shared)
		return
	}
	if info, err := opened.Stat(); err == nil { // it may be another file by now
		chosen.size, chosen.time = info.Size(), info.ModTime()
	}
	etag, err := from.etag(chosen, content)
	if err != nil {
		h.failed(w, r, shared)
		return
	}
	header.Set("ETag", etag)
	if coding != "" {
		// ServeContent leaves the length out when the content is encoded.
		header.Set("Content-Length", strconv.FormatInt(chosen.size, 10))
	}
	http.ServeContent(w, r, f.name, time.Time{}, content)
}

// failed answers for a file that is there but cannot be read, as if it were not there.
func (h *handler) failed(w http.ResponseWriter, r *http.Request, shared bool) {
	for _, name := range []string{"Content-Encoding", "Content-Length", "ETag", "Vary"} {
		w.Header().Del(name)
	}
	h.notFound(w, r, shared)
}

// notFound answers 404, with the site's own page for it if there is one.
func (h *handler) notFound(w http.ResponseWriter, r *http.Request, shared bool) {
	if shared {
		writeText(w, r, http.StatusNotFound, "There is no such file.\n")
		return
	}
	page, err := fs.ReadFile(h.pages.fs, "404.html")
	if err != nil {
		page = []byte(missing)
	}
	writeBody(w, r, http.StatusNotFound, "text/html; charset=utf-8", page)
}

const missing = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Not found</title>
<h1>Not found</h1>
<p>There is no such page. <a href="/">To the start</a></p>
</html>
`

func writeText(w http.ResponseWriter, r *http.Request, status int, text string) {
	writeBody(w, r, status, "text/plain; charset=utf-8", []byte(text))
}

func writeBody(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", headers.CacheRevalidate)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
