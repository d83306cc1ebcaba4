package scenario

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// lifePage is a page with a session, whose scripts stand in testdata/life. %s are attributes of the script tag.
const lifePage = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Life</title>
  <link rel="icon" href="data:,">
  <script src="capture.js"></script>
  <script type="module" crossorigin src="../tabstate/tabstate.js"%s></script>
  <script type="module" crossorigin src="life.js"></script>
</head>
<body>
  <p><label>Field <input id="field" data-session-key="field"></label> <output id="shown" data-session-text="field">nothing</output></p>
  <form data-session-form="f"><label>Pending <input id="pending" data-session-key="pending"></label> <button>Apply</button></form>
  <form action="away.html"><label>The browser's own <input id="plain" name="plain"></label> <button id="send">Send</button></form>
  <p><button id="opener" type="button">window.open</button> <button id="noopener" type="button">window.open, noopener</button>
  <a id="away" href="away.html">away</a> <a id="again" href="page.html">again</a></p>
</body>
</html>
`

const awayPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Away</title><link rel="icon" href="data:,"><p id="here">away</p><a id="again" href="page.html">again</a></html>
`

// lifeSite serves, below life/, page.html and wiped.html (wipe-on-hide), which have sessions, and away.html, which has none.
// ?id= has a page tell the server what its session held when it opened; ?isolated asks for COOP and COEP.
type lifeSite struct {
	home, origin string

	mutex  sync.Mutex
	opened map[string][]string
}

func serveLife(t *testing.T) *lifeSite {
	t.Helper()
	s := &lifeSite{opened: map[string][]string{}}
	root := serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, found := strings.CutPrefix(r.URL.Path, "/life/")
			if !found {
				next.ServeHTTP(w, r)
				return
			}
			h := w.Header()
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Security-Policy", strings.ReplaceAll("default-src ORIGIN; frame-src http:; img-src data:; script-src ORIGIN 'wasm-unsafe-eval'; require-trusted-types-for 'script'",
				"ORIGIN", "http://"+r.Host)) // 'self' is nothing to a page in a sandbox
			h.Set("Access-Control-Allow-Origin", "*")
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			if r.URL.Query().Has("isolated") || strings.Contains(r.Referer(), "isolated") {
				h.Set("Cross-Origin-Opener-Policy", "same-origin")
				h.Set("Cross-Origin-Embedder-Policy", "require-corp")
			}
			switch name {
			case "page.html":
				fmt.Fprintf(w, lifePage, "")
			case "wiped.html":
				fmt.Fprintf(w, lifePage, " data-session-wipe-on-hide")
			case "away.html":
				fmt.Fprint(w, awayPage)
			case "opened":
				s.add(r)
			default:
				pageScript(w, "life/"+name)
			}
		})
	})
	s.home, s.origin = root+"life/", strings.TrimSuffix(root, "/")
	return s
}

// pageScript serves a page script from testdata.
func pageScript(w http.ResponseWriter, name string) {
	text, err := os.ReadFile("host/scenario/testdata/" + name)
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(text)
}

func (s *lifeSite) add(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	id := r.URL.Query().Get("id")
	s.opened[id] = append(s.opened[id], string(body))
}

// began waits until so many pages of the id have opened, and returns what each of them held then.
func (s *lifeSite) began(t *testing.T, id string, count int) []string {
	t.Helper()
	var held []string
	require.Eventually(t, func() bool {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		held = append([]string(nil), s.opened[id]...)
		return len(held) >= count
	}, 30*time.Second, 20*time.Millisecond, "page %s to open %d times", id, count)
	return held
}

// started waits for the page's scripts, and returns what its session was when it opened.
func started(b *browsertest.Browser) any {
	b.Wait("the page's script", `return globalThis.life !== undefined`)
	return b.Call("life.start")
}
