package site_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site"
	"github.com/tabstate/tabstate/host/wire"
)

// TestSameHeaders: an answer over a connection of package wire, whose head is made beforehand, has the headers of any other, and those
// that an outer handler sets.
func TestSameHeaders(t *testing.T) {
	files, _ := onDisk(t, fstest.MapFS{
		"index.html":                text(strings.Repeat("<p>text</p>\n", 500)),
		"empty.txt":                 text(""),
		"a.html":                    text("short"),
		"large.bin":                 text(strings.Repeat("l", 700<<10)),
		"code.wasm":                 text(strings.Repeat("w", 100<<10)),
		"code.wasm.br":              text(strings.Repeat("b", 90<<10)),
		"0123.0123456789abcdef.css": text(strings.Repeat("c{}", 3000)),
	})
	table := headers.Default()
	h := site.Handler(site.Options{Pages: files, Runtime: files, Headers: table})
	outer := table.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Outer", "1")
		h.ServeHTTP(w, r)
	}), nil)
	plain := httptest.NewServer(outer)
	defer plain.Close()
	wired := httptest.NewUnstartedServer(outer)
	wired.Listener = wire.Listener(wired.Listener)
	wired.Config.ConnContext = wire.Context
	wired.Start()
	defer wired.Close()
	get := func(s *httptest.Server, method, target, accept string) (http.Header, string) {
		t.Helper()
		request, err := http.NewRequest(method, s.URL+target, nil)
		require.NoError(t, err)
		request.Header.Set("Accept-Encoding", accept)
		answer, err := s.Client().Do(request)
		require.NoError(t, err)
		defer answer.Body.Close()
		require.NotEmpty(t, answer.Header.Get("Date"))
		answer.Header.Del("Date")
		return answer.Header, body(t, answer)
	}
	for _, target := range []string{
		"/", "/empty.txt", "/a.html", "/large.bin", "/code.wasm", "/0123.0123456789abcdef.css", "/missing",
		"/tabstate/a.html", "/tabstate/code.wasm", "/tabstate/large.bin", "/tabstate/missing",
	} {
		for _, accept := range []string{"identity", "gzip", "br"} {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				wantHeader, want := get(plain, method, target, accept)
				gotHeader, got := get(wired, method, target, accept)
				require.Equal(t, wantHeader, gotHeader, method+" "+target+" "+accept)
				require.True(t, want == got, method+" "+target+" "+accept)
				require.Equal(t, "1", gotHeader.Get("X-Outer"))
			}
		}
	}
}
