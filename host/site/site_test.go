package site_test

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site"
	"github.com/tabstate/tabstate/host/site/sitetest"
)

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// ask sends a request; headers are pairs of name and value.
func ask(h http.Handler, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

// onDisk writes the files to a folder, as old as files are that nobody edits, and returns it as the host opens it.
func onDisk(t testing.TB, files fs.FS) (fs.FS, string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, files))
	old := time.Now().Add(-time.Hour)
	require.NoError(t, filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(name, old, old)
	}))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { root.Close() })
	return root.FS(), dir
}

// TestTable runs the table of requests against files in memory and on disk, with room for them and without.
func TestTable(t *testing.T) {
	pages, _ := onDisk(t, sitetest.Pages())
	runtime, _ := onDisk(t, sitetest.Runtime())
	for name, o := range map[string]site.Options{
		"in memory":        {Pages: sitetest.Pages(), Runtime: sitetest.Runtime()},
		"on disk":          {Pages: pages, Runtime: runtime},
		"with little room": {Pages: pages, Runtime: runtime, Memory: 40 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(site.Handler(o))
			defer server.Close()
			sitetest.Run(t, sitetest.Native, server.Listener.Addr().String(), headers.Default())
		})
	}
}

// TestOtherHeaders runs the table with other headers than the strict ones.
func TestOtherHeaders(t *testing.T) {
	table, err := headers.New(headers.Options{CSP: "img-src *", Embed: []string{"https://a.example"}})
	require.NoError(t, err)
	server := httptest.NewServer(site.Handler(site.Options{Pages: sitetest.Pages(), Runtime: sitetest.Runtime(), Headers: table}))
	defer server.Close()
	sitetest.Run(t, sitetest.Native, server.Listener.Addr().String(), table)
}

func TestBuiltInMissingPage(t *testing.T) {
	h := site.Handler(site.Options{Pages: fstest.MapFS{"index.html": text("start")}})
	got := ask(h, "GET", "/no/such/page")
	require.Equal(t, 404, got.StatusCode)
	require.Contains(t, body(t, got), `<a href="../.././">`)
	require.Contains(t, body(t, ask(h, "GET", "/missing")), `<a href="./">`)
	require.Equal(t, 404, ask(h, "GET", "/tabstate/tabstate.js").StatusCode, "no runtime, and no panic")
	require.Equal(t, 404, ask(h, "GET", "/"+strings.Repeat("a/", 5000)).StatusCode)
}

// TestMounted: below another path all addresses hold.
func TestMounted(t *testing.T) {
	h := http.StripPrefix("/sub/folder", site.Handler(site.Options{Pages: sitetest.Pages(), Runtime: sitetest.Runtime()}))
	require.Equal(t, "guide/", ask(h, "GET", "/sub/folder/guide").Header.Get("Location"))
	require.Contains(t, body(t, ask(h, "GET", "/sub/folder/no/such/page")), `href="../../style.css"`)
	require.Equal(t, 200, ask(h, "GET", "/sub/folder/tabstate/tabstate.js").StatusCode)
}

// TestDirectory serves a real folder as the host does, by os.Root.
func TestDirectory(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret.txt"), []byte("secret"), 0o644))
	write("index.html", "one")
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(dir, "escape.txt")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "out")))
	require.NoError(t, os.Symlink("index.html", filepath.Join(dir, "inside.html")))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	h := site.Handler(site.Options{Pages: root.FS()})

	require.Equal(t, 404, ask(h, "GET", "/escape.txt").StatusCode)
	require.Equal(t, 404, ask(h, "GET", "/out/secret.txt").StatusCode)
	require.Equal(t, "one", body(t, ask(h, "GET", "/inside.html")))

	first := ask(h, "GET", "/")
	write("index.html", "two")
	second := ask(h, "GET", "/", "If-None-Match", first.Header.Get("ETag"))
	require.Equal(t, 200, second.StatusCode, "an edit of the same length within the same second is seen")
	require.Equal(t, "two", body(t, second))

	write("index.html.br", "stale")
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "index.html.br"), old, old))
	require.Equal(t, "two", body(t, ask(h, "GET", "/", "Accept-Encoding", "br")), "a compressed form older than the file")
}
