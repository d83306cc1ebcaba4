package site_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/site"
)

// age makes the file as old as that.
func age(t *testing.T, file string, ago time.Duration) {
	t.Helper()
	when := time.Now().Add(-ago)
	require.NoError(t, os.Chtimes(file, when, when))
}

// TestChanges: what is changed on disk is soon what is served, kept in memory or not.
func TestChanges(t *testing.T) {
	files, dir := onDisk(t, fstest.MapFS{
		"style.css": text("one"),
		"large.bin": {Data: make([]byte, 600<<10)},
		"code.js":   text("code();"),
	})
	h := site.Handler(site.Options{Pages: files})
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(path(name), []byte(content), 0o644))
		age(t, path(name), time.Minute)
	}
	soon := func(holds func() bool) {
		t.Helper()
		require.Eventually(t, holds, 10*time.Second, 20*time.Millisecond)
	}
	serves := func(target, want, match string) func() bool {
		return func() bool {
			return body(t, ask(h, "GET", target, "Accept-Encoding", "gzip", "If-None-Match", match)) == want
		}
	}

	first := ask(h, "GET", "/style.css")
	require.Equal(t, "one", body(t, first))
	write("style.css", "two")
	soon(serves("/style.css", "two", first.Header.Get("ETag")))
	require.NoError(t, os.Remove(path("style.css")))
	missing := func() bool { return ask(h, "GET", "/style.css").StatusCode == 404 }
	soon(missing)
	require.NoError(t, os.Mkdir(path("style.css"), 0o755))
	soon(missing)

	first = ask(h, "GET", "/large.bin")
	require.Len(t, body(t, first), 600<<10)
	require.Equal(t, 304, ask(h, "GET", "/large.bin", "If-None-Match", first.Header.Get("ETag")).StatusCode)
	write("large.bin", strings.Repeat("x", 600<<10))
	second := ask(h, "GET", "/large.bin", "If-None-Match", first.Header.Get("ETag"))
	require.Equal(t, 200, second.StatusCode, "what is sent from the disk is looked at each time")
	require.Equal(t, "xxx", body(t, second)[:3])

	// A compressed form that comes and goes.
	require.True(t, serves("/code.js", "code();", "")())
	write("code.js.gz", "GZIP")
	soon(serves("/code.js", "GZIP", ""))
	require.NoError(t, os.Remove(path("code.js.gz")))
	soon(serves("/code.js", "code();", ""))
}

// TestUnreadable: what is there and cannot be read is not there, and the log tells.
func TestUnreadable(t *testing.T) {
	var log bytes.Buffer
	h := site.Handler(site.Options{
		Pages: unreadable{fstest.MapFS{"a.txt": text("a"), "b.txt": text("b")}},
		Log:   slog.New(slog.NewTextHandler(&log, nil)),
	})
	got := ask(h, "GET", "/a.txt", "Accept-Encoding", "br")
	require.Equal(t, 404, got.StatusCode)
	require.Empty(t, got.Header.Get("ETag"))
	require.Contains(t, log.String(), "name=a.txt")
	require.Equal(t, "b", body(t, ask(h, "GET", "/b.txt")))
}

type unreadable struct{ fs.FS }

func (u unreadable) Open(name string) (fs.File, error) {
	if name == "a.txt" {
		return nil, errors.New("the disk is broken")
	}
	return u.FS.Open(name)
}

func (u unreadable) Stat(name string) (fs.FileInfo, error) { return fs.Stat(u.FS, name) }

// TestDevices: only regular files are served; a pipe would hold the request for ever.
func TestDevices(t *testing.T) {
	h := site.Handler(site.Options{Pages: fstest.MapFS{"pipe": {Mode: fs.ModeNamedPipe}, "device.html": {Mode: fs.ModeDevice}}})
	require.Equal(t, 404, ask(h, "GET", "/pipe").StatusCode)
	require.Equal(t, 404, ask(h, "GET", "/device.html").StatusCode)
}

// TestLargeFile sends a file that stays on disk, over a connection, whole and in parts.
func TestLargeFile(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 100<<10)
	files, _ := onDisk(t, fstest.MapFS{"large.bin": {Data: content}})
	server := httptest.NewServer(site.Handler(site.Options{Pages: files}))
	defer server.Close()
	got, err := http.Get(server.URL + "/large.bin")
	require.NoError(t, err)
	defer got.Body.Close()
	require.EqualValues(t, len(content), got.ContentLength)
	require.Equal(t, string(content), body(t, got))

	request, err := http.NewRequest("GET", server.URL+"/large.bin", nil)
	require.NoError(t, err)
	request.Header.Set("Range", "bytes=1000000-1000015")
	part, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer part.Body.Close()
	require.Equal(t, 206, part.StatusCode)
	require.Equal(t, string(content[1000000:1000016]), body(t, part))
}

// FuzzPath: whatever is asked for, only files of the site come back, none that is hidden, and nothing breaks.
func FuzzPath(f *testing.F) {
	outside := f.TempDir()
	require.NoError(f, os.WriteFile(filepath.Join(outside, "secret.txt"), []byte("secret"), 0o644))
	dir := filepath.Join(outside, "site")
	for _, name := range []string{"guide/.hidden", ".well-known"} {
		require.NoError(f, os.MkdirAll(filepath.Join(dir, filepath.FromSlash(name)), 0o755))
	}
	for name, content := range map[string]string{
		"index.html": "page", "guide/index.html": "page", ".well-known/a": "page", "style.css": "page",
		".env": "secret", "guide/.hidden/a": "secret", ".well-known/.a": "secret",
	} {
		require.NoError(f, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(content), 0o644))
	}
	require.NoError(f, os.Symlink(outside, filepath.Join(dir, "out")))
	root, err := os.OpenRoot(dir)
	require.NoError(f, err)
	f.Cleanup(func() { root.Close() })
	h := site.Handler(site.Options{Pages: root.FS(), Runtime: root.FS()})
	for _, seed := range []string{
		"/", "/guide", "/guide/", "/style.css", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", `/..\secret.txt`, "/out/secret.txt",
		"/.env", "/%2eenv", "/guide/.hidden/a", "/.well-known/a", "/.well-known/.a", "//host/secret.txt", "/style.css%00", "/tabstate/../../secret.txt", "/tabstate/index.html", "/C:/secret.txt", "/style.css/", "/%c0%ae%c0%ae/secret.txt", "/\xff",
	} {
		f.Add(seed, "bytes=0-1", "br;q=0.5, *;q=0")
	}
	f.Fuzz(func(t *testing.T, target, ranges, accept string) {
		r := httptest.NewRequest("GET", "/", nil)
		u, err := r.URL.Parse("http://a.example")
		require.NoError(t, err)
		if u.Path, err = unescape(target); err != nil {
			u.Path = target
		} else {
			u.RawPath = target
		}
		r.URL = u
		r.Header["Range"], r.Header["Accept-Encoding"] = []string{ranges}, []string{accept}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.NotContains(t, w.Body.String(), "secret")
		require.Contains(t, []int{200, 206, 301, 404, 406, 416}, w.Code)
		require.NotEmpty(t, w.Header().Get("Content-Security-Policy"))
		require.NotContains(t, w.Header().Get("Location"), "\n")
		if location := w.Header().Get("Location"); location != "" {
			require.False(t, strings.HasPrefix(location, "//") || strings.Contains(strings.Split(location, "/")[0], ":"), location)
		}
	})
}

func unescape(s string) (string, error) {
	u, err := http.NewRequest("GET", "http://a.example"+s, nil)
	if err != nil {
		return "", err
	}
	return u.URL.Path, nil
}
