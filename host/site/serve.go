package site

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/wire"
)

// answer is one request on its way to its response.
type answer struct {
	*handler
	w      http.ResponseWriter
	r      *http.Request
	from   *folder
	shared bool // it is of the runtime, and other origins may load it
}

// file answers with the file of that name.
func (a answer) file(name string) {
	// Once more when the file changes between two looks at it.
	for range 2 {
		e, err := a.from.get(name)
		switch {
		case errors.Is(err, errFolder):
			a.folder(name)
			return
		case err != nil:
			a.missing()
			return
		}
		f := e.choose(a.r.Header)
		if f == nil {
			a.w.Header()["Vary"] = []string{"Accept-Encoding"}
			a.text(http.StatusNotAcceptable, "There is this file only in codings that Accept-Encoding refuses.\n")
			return
		}
		if a.form(e, f) {
			return
		}
		a.from.drop(e)
	}
	a.missing()
}

// form sends the form, or what the request wants of it: nothing but the headers, a part, or that it has not changed. False when its file
// has just changed.
func (a answer) form(e *entry, f *form) bool {
	var content io.ReadSeeker
	switch {
	case f.body != nil:
		if !conditional(a.r.Header) {
			if a.r.Method == http.MethodHead {
				f.set(a.w.Header())
				return true
			}
			if !a.expect(f) {
				f.set(a.w.Header())
			}
			_, _ = a.w.Write(f.body)
			return true
		}
		content = bytes.NewReader(f.body)
	case f.made:
		page, err := a.from.content(f)
		if err != nil {
			return false
		}
		content = bytes.NewReader(page)
	case f.shared != nil && f.shared.use():
		defer f.shared.done()
		if !f.same(f.shared) {
			return false
		}
		content = io.NewSectionReader(f.shared.File, 0, f.length)
		if a.r.Method == http.MethodGet && !conditional(a.r.Header) && a.expect(f) {
			// Flushed, the headers wait for the file; else net/http would read its beginning and send both apart from the rest.
			a.w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(a.w).Flush()
			_, _ = io.Copy(a.w, content)
			return true
		}
	default:
		opened, err := a.from.open(f)
		if err != nil {
			return false
		}
		defer opened.Close()
		var ok bool
		if content, ok = opened.(io.ReadSeeker); !ok {
			small, err := io.ReadAll(opened)
			if err != nil {
				return false
			}
			content = bytes.NewReader(small)
		}
	}
	f.set(a.w.Header())
	if len(a.r.Header["If-Match"]) > 0 {
		delete(a.w.Header(), "Content-Length") // ServeContent leaves it on the empty 412
	}
	http.ServeContent(a.w, a.r, "", time.Time{}, content)
	return true
}

// expect readies the connection for the whole form, if it can be: what is the same each time need not be made each time.
func (a answer) expect(f *form) bool {
	if !wire.Expect(a.r.Context(), f.lines, int(min(f.length, small))) {
		return false
	}
	h := a.w.Header()
	a.headers.Unset(h)
	for _, l := range f.known {
		h[l.name] = l.value
	}
	return true
}

// conditional says whether the request may want something else than the whole.
func conditional(request http.Header) bool {
	return len(request["If-None-Match"]) > 0 || len(request["Range"]) > 0 || len(request["If-Match"]) > 0 ||
		len(request["If-Modified-Since"]) > 0 || len(request["If-Unmodified-Since"]) > 0
}

// folder sends to the path with a slash at its end, if there is a page. The address is relative: where this handler is mounted is
// not known here.
func (a answer) folder(name string) {
	if _, err := a.from.get(join(name, "index.html")); err != nil {
		a.missing()
		return
	}
	to := url.URL{Path: path.Base(name) + "/", RawQuery: a.r.URL.RawQuery}
	a.w.Header()["Location"] = []string{to.String()}
	a.text(http.StatusMovedPermanently, "")
}

// missing answers 404, with the site's own page for it if there is one.
func (a answer) missing() {
	if a.shared {
		a.text(http.StatusNotFound, "There is no such file.\n")
		return
	}
	pages, body := &builtIn, []byte(builtInPage)
	if e, err := a.pages.get("404.html"); err == nil {
		if page, err := a.pages.content(e.forms[plain]); err == nil {
			pages, body = &e.pages, page
		}
	}
	a.body(http.StatusNotFound, "text/html; charset=utf-8", pages.at(body, depth(a.r.URL)))
}

func (a answer) text(status int, text string) {
	a.body(status, "text/plain; charset=utf-8", []byte(text))
}

func (a answer) body(status int, kind string, body []byte) {
	h := a.w.Header()
	h["Content-Type"] = []string{kind}
	h["Cache-Control"] = []string{headers.CacheRevalidate}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	a.w.WriteHeader(status)
	if a.r.Method != http.MethodHead {
		_, _ = a.w.Write(body)
	}
}
