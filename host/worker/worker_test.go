//go:build !js

// Package main_test runs the host in workerd.
package main_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/api/apitest"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site/sitetest"
	"github.com/tabstate/tabstate/host/worker/pack"
	"github.com/tabstate/tabstate/host/worker/workertest"
)

const root = "../.."

func packed() pack.Options {
	return pack.Options{Pages: sitetest.Pages(), Runtime: sitetest.Runtime(), Headers: headers.Default(), Log: os.Stderr}
}

// TestWorker runs the host in workerd. The tables are those of the native host.
func TestWorker(t *testing.T) {
	address := workertest.Start(t, root, packed())
	t.Run("api", func(t *testing.T) { apitest.Run(t, address, headers.Default()) })
	t.Run("site", func(t *testing.T) {
		sitetest.Run(t, sitetest.Workers, strings.TrimPrefix(address, "http://"), headers.Default())
	})
}

// TestProgramThatDoesNotStart is answered for by the entry, with the headers that all answers have.
func TestProgramThatDoesNotStart(t *testing.T) {
	wrangler := workertest.Wrangler(t, root)
	dir := workertest.Folder(t, root, packed())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dist", "api.wasm"), []byte("\x00asm\x01\x00\x00\x00"), 0o644))
	address := workertest.Serve(t, wrangler, dir)
	for _, method := range []string{http.MethodPost, http.MethodHead} {
		r, err := http.NewRequestWithContext(t.Context(), method, address+"/api/validate", nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusInternalServerError, answer.StatusCode)
		require.Equal(t, method == http.MethodHead, len(body) == 0, string(body))
		require.Equal(t, headers.CacheNever, answer.Header.Get("Cache-Control"))
		for _, line := range headers.Default().Everywhere() {
			require.Equal(t, []string{line.Value}, answer.Header.Values(line.Name))
		}
	}
	answer, err := http.Get(address + "/style.css")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode, "the files need no program")
}

// TestDeploy has wrangler check the configuration and the bundle, without deploying.
func TestDeploy(t *testing.T) {
	wrangler := workertest.Wrangler(t, root)
	dir := workertest.Folder(t, root, packed())
	out, err := workertest.Command(t, dir, wrangler, "deploy", "--dry-run", "--outdir", "out").CombinedOutput()
	require.NoError(t, err, string(out))
	require.NotContains(t, string(out), "WARNING", string(out))
	require.FileExists(t, dir+"/out/entry.js")
}
