package main

import (
	"io/fs"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/markup"
	"github.com/tabstate/tabstate/host/site"
)

// newHandler returns all that this program answers. A router of paths would clean them first, and the site takes them as
// they are.
func newHandler(s settings, pages, runtime fs.FS, log *slog.Logger) (http.Handler, error) {
	table, err := headers.New(headers.Options{CSP: s.csp, Embed: strings.Fields(s.embed)})
	if err != nil {
		return nil, err
	}
	options := site.Options{Pages: pages, Runtime: runtime, Headers: table, Log: log}
	if s.inject.given {
		tag, err := markup.NewTag(site.RuntimePath+"tabstate.min.js", s.inject.value)
		if err != nil {
			return nil, err
		}
		options.Tag = &tag
	}
	files := site.Handler(options)
	all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == healthPath:
			health(w, r)
		default:
			files.ServeHTTP(w, r)
		}
	})
	failed := func(r *http.Request, panicked any) {
		log.Error("panic", "method", r.Method, "path", shortened(r.URL.Path), "panic", panicked, "stack", string(debug.Stack()))
	}
	return logged(log, table.Handler(all, failed)), nil
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
