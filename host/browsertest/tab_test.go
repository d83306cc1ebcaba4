package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// Each act does to a page what it says, or the driver says why it cannot.
func TestActs(t *testing.T) {
	var loads atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprintf(w, `<!doctype html><title>%s</title><link rel="icon" href="data:,"><script>
globalThis.page = { mark: null, put(text) { this.mark = text; sessionStorage.setItem("mark", text); }, get() { return [this.mark, sessionStorage.getItem("mark")]; } };
let frozen = 0;
document.addEventListener("freeze", () => frozen++);
page.frozen = () => frozen;
</script>`, r.URL.Path)
		loads.Add(1)
	}))
	t.Cleanup(server.Close)

	for _, engine := range browsertest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			browser := browsertest.Start(t, engine, browsertest.Options{})
			first := browser.Window()
			for _, act := range []browsertest.Act{browsertest.Freeze, browsertest.Duplicate, browsertest.Discard, browsertest.Reopen, browsertest.Crash} {
				t.Run(string(act), func(t *testing.T) {
					if why := browser.Cannot(act); why != "" {
						t.Log(why)
						return
					}
					b := browser.For(t)
					b.Switch(first)
					b.NewWindow()
					b.Open(server.URL + "/" + string(act))
					b.Call("page.put", "x")
					before := loads.Load()
					b.Do(act)
					switch act {
					case browsertest.Freeze:
						require.Equal(t, []any{"x", "x"}, b.Call("page.get"), "the page is the same")
						require.Equal(t, 1.0, b.Call("page.frozen"))
					case browsertest.Crash:
						require.Eventually(t, func() bool { return loads.Load() > before }, 10*time.Second, 20*time.Millisecond, "the page loads again")
					default:
						b.Wait("the page", `return globalThis.page !== undefined && document.readyState === "complete"`)
						require.Equal(t, []any{nil, "x"}, b.Call("page.get"), "another page with the tab's storage")
					}
				})
			}
			browser.Switch(first)
			require.Equal(t, true, browser.Eval(`return true`))
		})
	}
}
