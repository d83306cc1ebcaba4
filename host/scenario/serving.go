package scenario

import (
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// serving: the runtime works wherever it comes from.
func serving(t *testing.T, b *browsertest.Browser) {
	start := func(t *testing.T, page string, origins ...string) {
		t.Helper()
		b := b.For(t)
		b.Open(page)
		require.Equal(t, opened, b.Call("scenario.start"))
		b.Call("scenario.write", "key", "value")
		require.Equal(t, "value", b.Call("scenario.read", "key"))
		require.Empty(t, b.Call("scenario.policyViolations"))
		clean(b, origins...)
	}
	t.Run("from a subfolder", func(t *testing.T) {
		home := serve(t, "/sub/folder/", nil)
		start(t, home+"scenario.html", strings.TrimSuffix(home, "/sub/folder/"))
		b := b.For(t)
		b.Open(home)
		b.Click(`a[href="counter.html"]`)
		b.WaitFor("#more:enabled")
		b.Click("#more")
		b.WaitText("#count", "1")
		clean(b, strings.TrimSuffix(home, "/sub/folder/"))
	})
	t.Run("from another origin", func(t *testing.T) {
		home, other := serve(t, "/", nil), serve(t, "/", nil)
		start(t, home+"scenario.html?from="+other, home, other)
	})
	t.Run("without the type application/wasm", func(t *testing.T) {
		for _, contentType := range []string{"application/octet-stream", "text/plain"} {
			home := serve(t, "/", onlyWasm(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.Header().Set("Content-Type", contentType)
				_, _ = w.Write(module(t))
			}))
			start(t, home+"scenario.html", home)
		}
	})
	t.Run("on an insecure origin", func(t *testing.T) {
		home := strings.Replace(serve(t, "/", nil), "127.0.0.1", "insecure.test", 1)
		b.Open(home + "scenario.html")
		require.Equal(t, false, b.Eval(`return isSecureContext`))
		start(t, home+"scenario.html", home)
	})
}

// brokenModule: a demo whose module is not the one that belongs to tabstate.js tells its visitor, and offers nothing that would not work.
func brokenModule(t *testing.T, b *browsertest.Browser) {
	home := serve(t, "/", onlyWasm(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/wasm")
		_, _ = w.Write(module(t)[:1000])
	}))
	b.Open(home + "counter.html")
	b.WaitFor("#fault:not([hidden])")
	require.Contains(t, b.Text("#fault-text"), "its digest differs")
	require.Equal(t, true, b.Eval(`return document.querySelector("#more").matches(":disabled")`))
	b.RequireQuiet([]string{strings.TrimSuffix(home, "/")}, "the session could not be opened", "Failed to load resource")
}

// module returns the compiled module.
func module(t *testing.T) []byte {
	bytes, err := fs.ReadFile(built.dist, built.list.Wasm)
	require.NoError(t, err)
	return bytes
}
