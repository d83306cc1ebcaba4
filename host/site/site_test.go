package site_test

import (
	"io"
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

const wasmName = "tabstate.0123456789abcdef.wasm"

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func example() http.Handler {
	return site.Handler(site.Options{
		Pages: fstest.MapFS{
			"index.html":               text("<h1>start</h1>"),
			"guide/index.html":         text("guide"),
			"empty/data.json":          text("{}"),
			"with space.txt":           text("space"),
			"style.css":                text("body{}"),
			".env":                     text("secret"),
			".git/config":              text("secret"),
			".well-known/security.txt": text("contact"),
		},
		Runtime: fstest.MapFS{
			"tabstate.js":      text("export {};"),
			"tabstate.js.br":   text("BR"),
			"tabstate.js.gz":   text("GZIP"),
			wasmName:           text("\x00asm"),
			wasmName + ".br":   text("W"),
			"index.d.ts":       text("types"),
			"manifest.json":    text("{}"),
			".placeholder":     text("hidden"),
			"folder/inner.txt": text("inner"),
		},
	})
}

// ask sends a request; headers are pairs of name and value.
func ask(h http.Handler, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, "http://host.test/", nil)
	path, query, _ := strings.Cut(target, "?")
	r.URL.Path, r.URL.RawQuery = path, query
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func TestFiles(t *testing.T) {
	tests := []struct {
		name, target string
		status       int
		kind, body   string
	}{
		{"start page", "/", 200, "text/html; charset=utf-8", "<h1>start</h1>"},
		{"page by name", "/index.html", 200, "text/html; charset=utf-8", "<h1>start</h1>"},
		{"index of a folder", "/guide/", 200, "text/html; charset=utf-8", "guide"},
		{"style", "/style.css", 200, "text/css; charset=utf-8", "body{}"},
		{"blank in the name", "/with space.txt", 200, "text/plain; charset=utf-8", "space"},
		{"query is of no account", "/style.css?v=2", 200, "text/css; charset=utf-8", "body{}"},
		{"well-known", "/.well-known/security.txt", 200, "text/plain; charset=utf-8", "contact"},
		{"facade", "/tabstate/tabstate.js", 200, "text/javascript; charset=utf-8", "export {};"},
		{"module", "/tabstate/" + wasmName, 200, "application/wasm", "\x00asm"},
		{"manifest", "/tabstate/manifest.json", 200, "application/json", "{}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ask(example(), "GET", test.target)
			require.Equal(t, test.status, got.StatusCode)
			require.Equal(t, test.kind, got.Header.Get("Content-Type"))
			require.Equal(t, test.body, body(t, got))
			require.Regexp(t, `^"[\w-]{24}"$`, got.Header.Get("ETag"))

			head := ask(example(), "HEAD", test.target)
			require.Equal(t, test.status, head.StatusCode)
			require.Empty(t, body(t, head))
			got.Header.Del("Date")
			require.Equal(t, got.Header, head.Header)
		})
	}
}

func TestNotThere(t *testing.T) {
	for _, target := range []string{
		"/missing", "/missing/", "/empty/", "/empty", "/style.css/", "/.env", "/.git/config", "/.git/", "/guide/../.env",
		"/../site.go", "/..", "/./index.html", "//style.css", "//host.test/guide", "/guide//", "/guide\\index.html",
		"/%2e%2e/site.go", "/style.css\x00.html", "", "/tabstate", "/tabstate/", "/tabstate/.placeholder", "/tabstate/folder",
		"/tabstate/../index.html", "/tabstate/missing.wasm",
	} {
		t.Run(target, func(t *testing.T) {
			got := ask(example(), "GET", target)
			require.Equal(t, 404, got.StatusCode)
			require.Equal(t, "no-cache", got.Header.Get("Cache-Control"))
			require.Empty(t, got.Header.Get("ETag"))
			require.NotContains(t, body(t, got), "secret")
			require.Empty(t, body(t, ask(example(), "HEAD", target)))
		})
	}
}

func TestNotFoundPage(t *testing.T) {
	require.Contains(t, body(t, ask(example(), "GET", "/missing")), "<h1>Not found</h1>")
	require.Contains(t, ask(example(), "GET", "/tabstate/missing").Header.Get("Content-Type"), "text/plain")

	own := site.Handler(site.Options{Pages: fstest.MapFS{"404.html": text("ours")}})
	got := ask(own, "GET", "/missing")
	require.Equal(t, 404, got.StatusCode)
	require.Equal(t, "ours", body(t, got))
	require.Equal(t, 404, ask(own, "GET", "/tabstate/tabstate.js").StatusCode, "no runtime, and no panic")
}

func TestRedirectToFolder(t *testing.T) {
	got := ask(example(), "GET", "/guide?a=b")
	require.Equal(t, 301, got.StatusCode)
	require.Equal(t, "/guide/?a=b", got.Header.Get("Location"))
}

func TestMethods(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
		for _, target := range []string{"/", "/missing", "/tabstate/tabstate.js"} {
			got := ask(example(), method, target)
			require.Equal(t, 405, got.StatusCode, method+" "+target)
			require.Equal(t, "GET, HEAD", got.Header.Get("Allow"))
		}
	}
}

func TestEncoding(t *testing.T) {
	tests := []struct {
		name   string
		accept []string
		coding string
	}{
		{"nothing said", nil, ""},
		{"empty", []string{""}, ""},
		{"as browsers say it", []string{"gzip, deflate, br, zstd"}, "br"},
		{"gzip alone", []string{"gzip"}, "gzip"},
		{"the old name", []string{"x-gzip"}, "gzip"},
		{"case and blanks", []string{" GZIP ; Q=0.5 , deflate"}, "gzip"},
		{"gzip liked better", []string{"br;q=0.5, gzip;q=0.8"}, "gzip"},
		{"brotli refused", []string{"br;q=0, gzip"}, "gzip"},
		{"all refused", []string{"br;q=0, gzip;q=0"}, ""},
		{"anything", []string{"*"}, "br"},
		{"anything but brotli", []string{"br;q=0, *"}, "gzip"},
		{"identity alone", []string{"identity"}, ""},
		{"identity liked better", []string{"identity, br;q=0.5"}, ""},
		{"identity liked less", []string{"identity;q=0.5, br"}, "br"},
		{"nothing acceptable", []string{"identity;q=0, zstd"}, ""},
		{"split over lines", []string{"deflate", "gzip"}, "gzip"},
		{"weight that is none", []string{"br;q=high, gzip;q=1"}, "gzip"},
		{"weight over 1", []string{"br;q=2, gzip"}, "gzip"},
		{"weight that is no number", []string{"br;q=NaN, gzip"}, "gzip"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var headers []string
			for _, line := range test.accept {
				headers = append(headers, "Accept-Encoding", line)
			}
			want := map[string]string{"": "export {};", "br": "BR", "gzip": "GZIP"}[test.coding]
			got := ask(example(), "GET", "/tabstate/tabstate.js", headers...)
			require.Equal(t, test.coding, got.Header.Get("Content-Encoding"))
			require.Equal(t, "Accept-Encoding", got.Header.Get("Vary"))
			require.Equal(t, "text/javascript; charset=utf-8", got.Header.Get("Content-Type"))
			require.EqualValues(t, len(want), got.ContentLength)
			require.Equal(t, want, body(t, got))
		})
	}
	require.Empty(t, ask(example(), "GET", "/style.css").Header.Get("Vary"), "nothing to choose from")
}

func TestRevalidation(t *testing.T) {
	h := example()
	plain := ask(h, "GET", "/tabstate/tabstate.js").Header.Get("ETag")
	packed := ask(h, "GET", "/tabstate/tabstate.js", "Accept-Encoding", "br").Header.Get("ETag")
	require.NotEqual(t, plain, packed, "a strong ETag is of one form")
	tests := []struct {
		name, match, accept string
		status              int
	}{
		{"same", plain, "", 304},
		{"same, compressed", packed, "br", 304},
		{"of the other form", plain, "br", 200},
		{"in a list", `"x", ` + plain, "", 304},
		{"weak", "W/" + plain, "", 304},
		{"any", "*", "", 304},
		{"another", `"x"`, "", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				got := ask(h, method, "/tabstate/tabstate.js", "If-None-Match", test.match, "Accept-Encoding", test.accept)
				require.Equal(t, test.status, got.StatusCode)
				require.NotEmpty(t, got.Header.Get("ETag"))
				require.Equal(t, "Accept-Encoding", got.Header.Get("Vary"))
				require.NotEmpty(t, got.Header.Get("Cache-Control"))
				if test.status == 304 {
					require.Empty(t, body(t, got))
				}
			}
		})
	}
}

func TestRange(t *testing.T) {
	got := ask(example(), "GET", "/tabstate/tabstate.js", "Range", "bytes=0-5", "Accept-Encoding", "br")
	require.Equal(t, 206, got.StatusCode)
	require.Equal(t, "export", body(t, got))
	require.Empty(t, got.Header.Get("Content-Encoding"))
	require.Equal(t, 416, ask(example(), "GET", "/tabstate/tabstate.js", "Range", "bytes=99-").StatusCode)
}

func TestCaching(t *testing.T) {
	const forEver = "public, max-age=31536000, immutable"
	h := site.Handler(site.Options{Pages: fstest.MapFS{
		"index.html":                     text("a"),
		"app.0123456789abcdef.css":       text("a"),
		"0123456789abcdef0123456789.png": text("a"),
		"photo-20260101.jpg":             text("a"),
		"app.20260101.css":               text("a"),
	}})
	for target, want := range map[string]string{
		"/":                               "no-cache",
		"/app.0123456789abcdef.css":       forEver,
		"/0123456789abcdef0123456789.png": "no-cache",
		"/photo-20260101.jpg":             "no-cache",
		"/app.20260101.css":               "no-cache",
	} {
		require.Equal(t, want, ask(h, "GET", target).Header.Get("Cache-Control"), target)
	}
	require.Equal(t, forEver, ask(example(), "GET", "/tabstate/"+wasmName).Header.Get("Cache-Control"))
	require.Equal(t, "no-cache", ask(example(), "GET", "/tabstate/tabstate.js").Header.Get("Cache-Control"))
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name, method, target string
		shared               bool
	}{
		{"page", "GET", "/", false},
		{"missing page", "GET", "/missing", false},
		{"redirect", "GET", "/guide", false},
		{"wrong method", "POST", "/", false},
		{"runtime", "GET", "/tabstate/tabstate.js", true},
		{"missing in the runtime", "GET", "/tabstate/missing", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := ask(example(), test.method, test.target).Header
			csp := h.Get("Content-Security-Policy")
			require.Contains(t, csp, "script-src 'self' 'wasm-unsafe-eval';")
			require.Contains(t, csp, "require-trusted-types-for 'script'")
			require.NotContains(t, csp, "unsafe-inline")
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
			require.NotEmpty(t, h.Get("Referrer-Policy"))
			require.NotEmpty(t, h.Get("Permissions-Policy"))
			if test.shared {
				require.Equal(t, "*", h.Get("Access-Control-Allow-Origin"))
				require.Equal(t, []string{"cross-origin"}, h.Values("Cross-Origin-Resource-Policy"))
			} else {
				require.Empty(t, h.Get("Access-Control-Allow-Origin"))
				require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
			}
		})
	}
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
