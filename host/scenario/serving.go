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

// brokenModule: a module that is not the one that belongs to tabstate.js never runs, and the error says why.
func brokenModule(t *testing.T, b *browsertest.Browser) {
	whole := func(t *testing.T) []byte { return module(t) }
	for _, broken := range []struct {
		name, code, says string
		answer           func(t *testing.T, w http.ResponseWriter)
	}{
		{"one byte changed", "module-mismatch", "its digest differs", func(t *testing.T, w http.ResponseWriter) {
			bytes := whole(t)
			bytes[len(bytes)-1] ^= 1
			_, _ = w.Write(bytes)
		}},
		{"cut short", "module-mismatch", "its digest differs", func(t *testing.T, w http.ResponseWriter) {
			_, _ = w.Write(whole(t)[:1000])
		}},
		{"a page instead", "module-mismatch", "its digest differs", func(_ *testing.T, w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!doctype html><title>Sign in</title>"))
		}},
		{"missing", "module-missing", "404", func(_ *testing.T, w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotFound)
		}},
	} {
		t.Run(broken.name, func(t *testing.T) {
			b := b.For(t)
			home := serve(t, "/", onlyWasm(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.Header().Set("Content-Type", "application/wasm")
				broken.answer(t, w)
			}))
			b.Open(home + "scenario.html")
			var result struct {
				Status  *string
				Session any
				Error   struct{ Name, Code, Message, Hint string }
			}
			b.CallInto(&result, "scenario.start")
			require.Nil(t, result.Status)
			require.Nil(t, result.Session)
			require.Equal(t, "SessionOpenError", result.Error.Name)
			require.Equal(t, broken.code, result.Error.Code)
			require.Contains(t, result.Error.Message, broken.says)
			require.NotEmpty(t, result.Error.Hint)
			require.Equal(t, object{"session-ready": 0.0, "session-error": 1.0, "session-crashed": 0.0}, b.Call("scenario.events"))

			// A demo tells its visitor, and offers nothing that would not work.
			b.Open(home + "counter.html")
			b.WaitFor("#fault:not([hidden])")
			require.Contains(t, b.Text("#fault-text"), broken.says)
			require.Equal(t, true, b.Eval(`return document.querySelector("#more").matches(":disabled")`))
			b.RequireQuiet([]string{strings.TrimSuffix(home, "/")}, "the session could not be opened", "Failed to load resource")
		})
	}
}

// module returns the compiled module.
func module(t *testing.T) []byte {
	bytes, err := fs.ReadFile(built.dist, built.list.Wasm)
	require.NoError(t, err)
	return bytes
}
