package site_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/markup"
	"github.com/tabstate/tabstate/host/site"
)

func unpacked(t testing.TB, r *http.Response) string {
	t.Helper()
	packed := body(t, r)
	require.Equal(t, strconv.Itoa(len(packed)), r.Header.Get("Content-Length"))
	var from io.Reader = strings.NewReader(packed)
	switch r.Header.Get("Content-Encoding") {
	case "br":
		from = brotli.NewReader(from)
	case "gzip":
		z, err := gzip.NewReader(from)
		require.NoError(t, err)
		from = z
	}
	text, err := io.ReadAll(from)
	require.NoError(t, err)
	return string(text)
}

// TestTag: with the tag in it a page is a file like any other, in all forms, with and without room in memory.
func TestTag(t *testing.T) {
	tag, err := markup.NewTag(site.RuntimePath+"tabstate.min.js", "enforce")
	require.NoError(t, err)
	long := "<!doctype html><title>Long</title>" + strings.Repeat("<p>text</p>\n", 200)
	pages, _ := onDisk(t, fstest.MapFS{
		"index.html":       text("<!doctype html><title>Start</title>"),
		"a/b/long.html":    text(long),
		"a/b/long.html.br": text("packed without the tag"),
		"own.html":         text(`<!doctype html><script type="module" src="tabstate/tabstate.js"></script>`),
		"own.html.gz":      text("GZIP"),
		"fragment.html":    text("<li>one</li>"),
		"404.html":         text(`<!doctype html><title>Missing</title>`),
		"page.txt":         text("<!doctype html><title>Text</title>"),
		"large.html":       {Data: append([]byte("<!doctype html>"), bytes.Repeat([]byte(" "), 4<<20)...)},
	})
	for _, memory := range []int64{0, 1 << 10, 1} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			h := site.Handler(site.Options{Pages: pages, Tag: &tag, Memory: memory})
			const want = `<script type="module" src="tabstate/tabstate.min.js" data-session-enforce></script>`
			require.Equal(t, "<!doctype html>"+want+"<title>Start</title>", body(t, ask(h, "GET", "/")))

			page := "<!doctype html>" + strings.Replace(want, `src="`, `src="../../`, 1) + long[len("<!doctype html>"):]
			tags := map[string]bool{}
			for _, accept := range []string{"", "br", "gzip"} {
				got := ask(h, "GET", "/a/b/long.html", "Accept-Encoding", accept)
				require.Equal(t, page, unpacked(t, got))
				if memory == 0 {
					require.Equal(t, accept, got.Header.Get("Content-Encoding"))
				}
				etag := got.Header.Get("ETag")
				tags[etag] = true
				require.Equal(t, 304, ask(h, "GET", "/a/b/long.html", "Accept-Encoding", accept, "If-None-Match", etag).StatusCode)
				require.Equal(t, got.Header.Get("Content-Length"), ask(h, "HEAD", "/a/b/long.html", "Accept-Encoding", accept).Header.Get("Content-Length"))
			}
			if memory == 0 {
				require.Len(t, tags, 3, "each form has its own")
			}
			part := ask(h, "GET", "/a/b/long.html", "Range", "bytes=10-60", "Accept-Encoding", "br")
			require.Equal(t, 206, part.StatusCode)
			require.Equal(t, page[10:61], body(t, part))
			require.Equal(t, fmt.Sprintf("bytes 10-60/%d", len(page)), part.Header.Get("Content-Range"))

			require.Contains(t, body(t, ask(h, "GET", "/x/y/z")), `src="../../tabstate/tabstate.min.js"`)
			require.Equal(t, "GZIP", body(t, ask(h, "GET", "/own.html", "Accept-Encoding", "gzip")), "a page that is left alone keeps its compressed form")
			for _, name := range []string{"/fragment.html", "/page.txt", "/large.html", "/own.html"} {
				require.NotContains(t, body(t, ask(h, "GET", name)), "data-session-enforce", name)
			}
		})
	}
}

// TestMadeOnce: however many ask for it, a page is read and compressed once.
func TestMadeOnce(t *testing.T) {
	files, _ := onDisk(t, fstest.MapFS{"long.html": text(strings.Repeat("<p>text</p>\n", 2000))})
	counting := &counting{FS: files}
	h := site.Handler(site.Options{Pages: counting})
	done := make(chan string)
	for range 50 {
		go func() { done <- ask(h, "GET", "/long.html", "Accept-Encoding", "br").Header.Get("ETag") }()
	}
	etag := <-done
	for range 49 {
		require.Equal(t, etag, <-done)
	}
	require.EqualValues(t, 1, counting.opened.Load())
}

type counting struct {
	fs.FS
	opened atomic.Int64
}

func (c *counting) Open(name string) (fs.File, error) {
	c.opened.Add(1)
	return c.FS.Open(name)
}

func (c *counting) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.FS, name) }
