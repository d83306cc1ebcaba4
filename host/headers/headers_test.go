package headers_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
)

func value(t *testing.T, lines []headers.Line, name string) string {
	t.Helper()
	for _, l := range lines {
		if l.Name == name {
			return l.Value
		}
	}
	t.Fatalf("no %s", name)
	return ""
}

func TestDefault(t *testing.T) {
	all := headers.Default().Everywhere()
	csp := value(t, all, "Content-Security-Policy")
	require.Contains(t, csp, "default-src 'self'; script-src 'self' 'wasm-unsafe-eval';")
	require.Contains(t, csp, "require-trusted-types-for 'script'")
	require.Contains(t, csp, "frame-ancestors 'self'")
	require.NotContains(t, csp, "unsafe-inline")
	require.NotContains(t, csp, "'unsafe-eval'")
	for name, want := range map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "strict-origin-when-cross-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
	} {
		require.Equal(t, want, value(t, all, name))
	}
	shared := headers.Default().Runtime()
	require.Equal(t, "*", value(t, shared, "Access-Control-Allow-Origin"))
	require.Equal(t, "cross-origin", value(t, shared, "Cross-Origin-Resource-Policy"))
}

func TestPolicy(t *testing.T) {
	tests := []struct{ name, csp, has, lacks string }{
		{"another directive", "img-src *", "frame-ancestors 'self'; img-src *", ""},
		{"in place of one", "script-src 'self' https://a.example", "default-src 'self'; script-src 'self' https://a.example; require", "wasm-unsafe-eval"},
		{"several, untidy", " ;IMG-SRC  * ;; default-src\t'none';", "default-src 'none'; script-src", "default-src 'self'"},
		{"twice", "img-src a.example; img-src b.example", "img-src b.example", "a.example"},
		{"the last of all", "frame-ancestors 'none'", "object-src 'none'; frame-ancestors 'none'", "ancestors 'self'"},
		{"without a value", "require-trusted-types-for", "require-trusted-types-for; base-uri", "for 'script'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			csp := strings.ReplaceAll(test.csp, "\t", " ")
			table, err := headers.New(headers.Options{CSP: csp})
			require.NoError(t, err)
			got := value(t, table.Everywhere(), "Content-Security-Policy")
			require.Contains(t, got, test.has)
			if test.lacks != "" {
				require.NotContains(t, got, test.lacks)
			}
		})
	}
}

func TestEmbed(t *testing.T) {
	table, err := headers.New(headers.Options{CSP: "frame-ancestors 'none'", Embed: []string{"https://a.example", "https://*.b.example:8443"}})
	require.NoError(t, err)
	all := table.Everywhere()
	require.Contains(t, value(t, all, "Content-Security-Policy"), "frame-ancestors 'self' https://a.example https://*.b.example:8443")
	require.NotContains(t, value(t, all, "Content-Security-Policy"), "'none'; frame-ancestors 'none'")
	require.Equal(t, "cross-origin", value(t, all, "Cross-Origin-Resource-Policy"))
}

func TestRefusedOptions(t *testing.T) {
	for _, o := range []headers.Options{
		{CSP: "img-src *\r\nSet-Cookie: a=b"},
		{CSP: "img-src a.example, script-src *"},
		{CSP: "img-src ü.example"},
		{Embed: []string{""}},
		{Embed: []string{"https://a.example; script-src *"}},
		{Embed: []string{"https://a.example\n"}},
		{Embed: []string{"https://a.example,https://b.example"}},
	} {
		_, err := headers.New(o)
		require.Error(t, err, o)
	}
}

func TestSet(t *testing.T) {
	table := headers.Default()
	first, second := http.Header{}, http.Header{}
	table.Set(first)
	table.SetRuntime(first)
	require.Equal(t, []string{"cross-origin"}, first["Cross-Origin-Resource-Policy"])
	first.Add("Content-Security-Policy", "sandbox")
	table.Set(second)
	require.Len(t, second["Content-Security-Policy"], 1, "a response changes no other")
	for name := range second {
		require.Equal(t, http.CanonicalHeaderKey(name), name)
	}
}

func TestHandler(t *testing.T) {
	table := headers.Default()
	tests := []struct {
		name   string
		next   http.HandlerFunc
		status int
		failed any
		cut    bool
	}{
		{"an answer", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, 418, nil, false},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, 200, nil, false},
		{"a panic", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			panic("fault")
		}, 500, "fault", false},
		{"a panic after an early hint", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			panic("fault")
		}, 500, "fault", false},
		{"a panic within the answer", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			panic("fault")
		}, 0, "fault", true},
		{"a panic within the body", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("half"))
			panic("fault")
		}, 0, "fault", true},
		{"a cut by the handler", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, nil, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var failed any
			h := table.Handler(test.next, func(_ *http.Request, panicked any) { failed = panicked })
			server := httptest.NewServer(h)
			defer server.Close()
			answer, err := http.Get(server.URL)
			if err == nil {
				defer answer.Body.Close()
				_, err = io.ReadAll(answer.Body)
			}
			require.Equal(t, test.failed, failed)
			require.Equal(t, test.cut, err != nil, err)
			if test.cut {
				return
			}
			require.Equal(t, test.status, answer.StatusCode)
			for _, l := range table.Everywhere() {
				require.Equal(t, []string{l.Value}, answer.Header.Values(l.Name))
			}
			require.Empty(t, answer.Header.Get("Content-Encoding"))
			require.Empty(t, answer.Header.Get("Access-Control-Allow-Origin"))
		})
	}
	require.NotPanics(t, func() {
		w := httptest.NewRecorder()
		table.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errors.New("fault")) }), nil).
			ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, 500, w.Code)
	})
}

func TestStaticAssets(t *testing.T) {
	got, err := headers.Default().StaticAssets([]string{"/tabstate/tabstate.0123456789abcdef.wasm"})
	require.NoError(t, err)
	require.Equal(t, `# Written from the host's table of headers.
/*
  Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'self'
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
  Permissions-Policy: camera=(), microphone=(), geolocation=(), payment=(), usb=()
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Resource-Policy: same-origin
  Cache-Control: no-cache
/tabstate/*
  ! Access-Control-Allow-Origin
  Access-Control-Allow-Origin: *
  ! Cross-Origin-Resource-Policy
  Cross-Origin-Resource-Policy: cross-origin
/tabstate/tabstate.0123456789abcdef.wasm
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable
`, got)

	_, err = headers.Default().StaticAssets(make([]string, 99))
	require.ErrorContains(t, err, "101 rules")
	long, err := headers.New(headers.Options{CSP: "img-src " + strings.Repeat("a.example ", 200)})
	require.NoError(t, err)
	_, err = long.StaticAssets(nil)
	require.ErrorContains(t, err, "2000")
}

func TestHashed(t *testing.T) {
	for name, want := range map[string]bool{
		"a.0123456789abcdef.css":            true,
		"/folder/a.0123456789abcdef00.js":   true,
		"0123456789abcdef0123456789.png":    false,
		"photo-20260101.jpg":                false,
		"app.20260101.css":                  false,
		"a.0123456789ABCDEF.css":            false,
		"folder.0123456789abcdef.d/a.css":   false,
		"":                                  false,
		"tabstate.0123456789abcdef.wasm.br": true,
	} {
		require.Equal(t, want, headers.Hashed(name), name)
	}
}
