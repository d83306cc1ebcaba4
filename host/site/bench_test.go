package site_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tabstate/tabstate/host/site"
)

// BenchmarkHandler is the handler alone, without a connection.
func BenchmarkHandler(b *testing.B) {
	files := fstest.MapFS{"index.html": text(strings.Repeat("<p>text</p>\n", 500))}
	onDisk, _ := onDisk(b, files)
	for _, c := range []struct {
		name, target string
		options      site.Options
	}{
		{"in memory", "/", site.Options{Pages: files}},
		{"on disk", "/", site.Options{Pages: onDisk}},
		{"missing", "/a/b", site.Options{Pages: onDisk}},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := site.Handler(c.options)
			r := httptest.NewRequest("GET", c.target, nil)
			r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
			w := &discard{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
