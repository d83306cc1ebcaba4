package scenario

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/host/validate"
	"github.com/tabstate/tabstate/wasm/session"
)

const orderPage = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Order</title>
  <link rel="icon" href="data:,">
  <script type="module" src="tabstate/tabstate.js" data-session-enforce></script>
</head>
<body>
<form data-session-form="order" data-session-submit="/api/order" data-session-clear-on-submit>
  <label>Name <input id="name" data-session-key="name" required></label>
  <label>Wish <textarea id="wish" data-session-key="wish"></textarea></label>
  <button>Order</button>
  <output data-session-submit-status="It is ordered."></output>
</form>
<label>Outside <input id="outside" data-session-key="outside" value="of the form"></label>
</body>
</html>
`

// submit sends the session from HTML to a handler behind the middleware, as a visitor does, and shows what that says.
func submit(t *testing.T, b *browsertest.Browser) {
	mirror, err := validate.New(validate.Options{Limits: session.Limits{ValueBytes: 60}})
	require.NoError(t, err)
	received, release := make(chan string, 10), make(chan bool)
	orders := mirror.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		received <- string(body)
		select {
		case <-release:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	home := serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/api/order":
				orders.ServeHTTP(w, r)
			case "/order.html":
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'")
				fmt.Fprint(w, orderPage)
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	b.NewWindow()
	b.Open(home + "order.html")
	bound(b)
	state := func() any {
		return b.Eval(`const form = document.querySelector("form");
return [form.getAttribute("aria-busy"), document.querySelector("button").disabled, document.getElementById("name").value, document.querySelector("output").textContent];`)
	}

	b.Click("#name")
	b.Keys(browsertest.Enter)
	require.Equal(t, []any{nil, false, "", ""}, state(), "the browser asks for the name first")
	b.Keys("Ada", browsertest.Tab, "A cake", browsertest.Tab, browsertest.Enter)
	select {
	case body := <-received:
		require.JSONEq(t, `{"name":"Ada","wish":"A cake","outside":"of the form"}`, body)
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was sent: ", state())
	}
	require.Equal(t, []any{"true", true, "Ada", ""}, state(), "busy until the answer")
	release <- true
	b.WaitText("output", "It is ordered.")
	require.Equal(t, []any{nil, false, "", "It is ordered."}, state(), "and then cleared")
	require.Equal(t, "button", b.Focused(), "the focus is where it was")

	// Too long for the server: it says so, and what was written stays.
	b.Click("#name")
	b.Keys("Grace", browsertest.Tab, "A cake with more candles on it than a server of sixty bytes can take", browsertest.Tab, browsertest.Space)
	b.Wait("the refusal", `return document.querySelector("output").textContent.includes("more than the 60 allowed")`)
	require.Equal(t, "Grace", b.Eval(`return document.getElementById("name").value`))
	require.Equal(t, []any{"SessionLimitError", "value-too-large", "wish", "/wish", 422.0, 1.0}, b.Eval(`const { session } = tabstate;
try {
  await session.submit("/api/order");
} catch (error) {
  return [error.name, error.code, error.key, error.path, error.status, error.violations.length];
}`))
	require.Empty(t, received)
	b.RequireQuiet([]string{home[:len(home)-1]}, "422")
	b.Close()
}
