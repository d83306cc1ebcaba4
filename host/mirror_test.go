package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/api/apitest"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site/sitetest"
)

// TestAPITable: what is around the handler changes none of its answers.
func TestAPITable(t *testing.T) {
	handler, err := newHandler(settings{}, sitetest.Pages(), sitetest.Runtime(), newLog(settings{}, io.Discard))
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	defer server.Close()
	apitest.Run(t, server.URL, headers.Default())
}

func TestMirrorFlags(t *testing.T) {
	schemas := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(schemas, "age.json"), []byte(`{"type":"integer","minimum":18}`), 0o644))
	var log strings.Builder
	handler := serverOf(t, parsed(t, "-max-body", "100", "-schemas", schemas, "-limits", `{"depth":2,"entries":3}`), &log).Handler
	ask := func(body string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/api/validate?secret", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	status, _ := ask(`{"age":18,"a":[[1]]}`)
	require.Equal(t, 204, status)
	status, _ = ask(`{"a":"` + strings.Repeat("x", 100) + `"}`)
	require.Equal(t, 413, status)
	status, body := ask(`{"age":17,"a":[[["secret"]]]}`)
	require.Equal(t, 422, status)
	require.Contains(t, body, "it is less than 18")
	require.Contains(t, body, `"limit":2`)
	require.NotContains(t, body+log.String(), "secret", "neither answered nor logged")

	for want, args := range map[string][]string{
		"unknown field":   {"-limits", `{"deep":1}`},
		"limit cannot be": {"-limits", `{"depth":1001}`},
		"no such file":    {"-schemas", filepath.Join(schemas, "missing")},
		"there is no":     {"-schemas", t.TempDir()},
	} {
		_, err := newHandler(parsed(t, args...), sitetest.Pages(), nil, newLog(settings{}, io.Discard))
		require.ErrorContains(t, err, want)
	}
	_, err := parse([]string{"-worker", "-schemas", "x"}, io.Discard)
	require.ErrorContains(t, err, "-worker takes")
	_, err = parse([]string{"-max-body", "0"}, io.Discard)
	require.ErrorContains(t, err, "-max-body")
}
