package main

import (
	"io/fs"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/tabstate/tabstate/host/api"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/markup"
	"github.com/tabstate/tabstate/host/signup"
	"github.com/tabstate/tabstate/host/site"
)

// newHandler returns all that this program answers. A router of paths would clean them first, and the site takes them as
// they are.
func newHandler(s settings, pages, runtime fs.FS, log *slog.Logger) (http.Handler, error) {
	table, err := s.table()
	if err != nil {
		return nil, err
	}
	tag, err := s.tag()
	if err != nil {
		return nil, err
	}
	mirror, err := s.mirror()
	if err != nil {
		return nil, err
	}
	files := site.Handler(site.Options{Pages: pages, Runtime: runtime, Headers: table, Tag: tag, Log: log})
	calls := api.Handler(mirror)
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == healthPath:
			health(w, r)
		case strings.HasPrefix(r.URL.Path, api.Path):
			calls.ServeHTTP(w, r)
		case s.dir == "" && r.URL.Path == signup.Path:
			signup.ServeHTTP(w, r)
		default:
			files.ServeHTTP(w, r)
		}
	})
	failed := func(r *http.Request, panicked any) {
		log.Error("panic", "method", r.Method, "path", shortened(r.URL.Path), "panic", panicked, "stack", string(debug.Stack()))
	}
	return logged(log, table.Handler(all, failed)), nil
}

// table is the table of headers that the settings ask for.
func (s settings) table() (*headers.Table, error) {
	return headers.New(headers.Options{CSP: s.csp, Embed: strings.Fields(s.embed)})
}

// tag is the script tag for pages that have none, nil when they are to stay as they are.
func (s settings) tag() (*markup.Tag, error) {
	if !s.inject.given {
		return nil, nil
	}
	tag, err := markup.NewTag(site.RuntimePath+"tabstate.min.js", s.inject.value)
	if err != nil {
		return nil, err
	}
	return &tag, nil
}

const healthPath = "/healthz"

// health tells who asks, a load balancer perhaps, that the server answers.
func health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", headers.CacheNever)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
