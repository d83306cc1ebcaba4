package scenario

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// hostileCode: wherever the session calls code of the page, that may throw, come back in, or end the session: nothing is half done
// afterwards (rules 14, 20 to 24, 36 to 39, 47).
func hostileCode(t *testing.T, b *browsertest.Browser) {
	b.NewWindow()
	b.Open(faultSite(t, nil) + "?script=matrix.js")
	b.Wait("the page's script", `return globalThis.matrix !== undefined`)
	var size []int
	b.CallInto(&size, "matrix.size")
	var result struct {
		Tried, Thrown, Reported, Destroyed, Crashed, Memory int
		Faults, Stray                                       []string
	}
	b.CallInto(&result, "matrix.run")
	for _, fault := range result.Faults {
		t.Error(fault)
	}
	require.Empty(t, result.Stray, "what nobody handled")
	require.Equal(t, size[0]*size[1], result.Tried)
	require.Equal(t, size[0]*2, result.Destroyed, "each place can end the session")
	happened(t, b, "code of the page at fault", "%d places × %d deeds: %d came out as exceptions, %d were reported, %d ended the session, memory all 0 then; %d crashed at the end of the stack; nothing half done",
		size[0], size[1], result.Thrown, result.Reported, result.Destroyed, result.Crashed)
	counted(b, "faults of the page's code", result.Tried)
	b.Entries()
	b.Close()
}

// hostileInput: what somebody made to break the session is refused with an error of the session, or held exactly as it is.
func hostileInput(t *testing.T, b *browsertest.Browser) {
	const depth, keys, snapshots, seed = 100_000, 1_000_000, 20_000, 8
	b.NewWindow()
	b.Open(faultSite(t, nil) + "?script=input.js&bare")
	b.Wait("the page's script", `return globalThis.input !== undefined`)
	run := func(name string, fn func(t *testing.T, b *browsertest.Browser)) {
		t.Run(name, func(t *testing.T) { fn(t, b.For(t)) })
	}
	run("names of prototypes", func(t *testing.T, b *browsertest.Browser) {
		b.Call("input.names")
		happened(t, b, "names of prototypes everywhere", "ordinary keys; no prototype touched")
	})
	run("lookalikes", func(t *testing.T, b *browsertest.Browser) {
		b.Call("input.lookalikes")
		happened(t, b, "keys that look alike", "different keys, unchanged")
	})
	run("lone surrogates", func(t *testing.T, b *browsertest.Browser) {
		b.Call("input.surrogates")
		happened(t, b, "lone surrogates", "refused at every door")
	})
	run("numbers", func(t *testing.T, b *browsertest.Browser) {
		b.Call("input.numbers")
		happened(t, b, "huge and tiny numbers", "as JSON.parse takes them, or refused")
	})
	run("depth", func(t *testing.T, b *browsertest.Browser) {
		b.Call("input.deep", depth)
		happened(t, b, fmt.Sprintf("%d deep", depth), "too-deep at every door; 1,000 where allowed")
	})
	run("a million keys", func(t *testing.T, b *browsertest.Browser) {
		var held struct{ Ms, Memory, Bytes float64 }
		b.CallInto(&held, "input.keys", keys)
		happened(t, b, fmt.Sprintf("%d keys at once", keys), "restored, read, in a snapshot, one too many refused; %.0f MiB of memory", held.Memory/(1<<20))
	})
	run("snapshots", func(t *testing.T, b *browsertest.Browser) {
		var fuzzed struct {
			Taken, Refusals int
			Codes           map[string]int
		}
		b.CallInto(&fuzzed, "input.snapshots", snapshots, seed)
		require.Equal(t, snapshots, fuzzed.Taken+fuzzed.Refusals)
		require.Greater(t, fuzzed.Taken, snapshots/50, "some have to be good, or nothing is compared")
		require.Greater(t, len(fuzzed.Codes), 4, "%v", fuzzed.Codes)
		happened(t, b, "snapshots changed at random", "%d taken as JSON.parse takes them, %d refused by %d codes, nothing changed", fuzzed.Taken, fuzzed.Refusals, len(fuzzed.Codes))
	})
	counted(b, "hostile inputs", int(b.Call("input.tried").(float64)))
	b.Close()
}

// strictPolicy is the strictest that the runtime works under.
const strictPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-uri reports"

// markup: HTML in values is text, and a page under the strictest policy has nothing to report.
func markup(t *testing.T, b *browsertest.Browser) {
	var mutex sync.Mutex
	var reports []string
	home := serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/strict/page.html":
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", strictPolicy)
				_, _ = io.WriteString(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>Strict</title><link rel="icon" href="data:,">
<script type="module" src="../tabstate/tabstate.js"></script><script type="module" src="markup.js"></script>
<output id="text" data-session-text="text" data-session-attr-title="text"></output>
<input id="field" data-session-key="field"> <textarea id="area" data-session-key="area"></textarea> <output id="area-text" data-session-text="area"></output>
<a id="link" data-session-attr-href="text">link</a> <form id="form" data-session-attr-action="text"><button id="go" data-session-attr-formaction="text">Go</button></form>
<ul><template data-session-each="list" data-session-each-key="id"><li data-session-text="item.title" data-session-attr-title="item.title"></li></template></ul></html>`)
			case "/strict/markup.js":
				pageScript(w, "life/markup.js")
			case "/strict/reports":
				body, _ := io.ReadAll(r.Body)
				mutex.Lock()
				reports = append(reports, string(body))
				mutex.Unlock()
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	b.NewWindow()
	b.Open(home + "strict/page.html")
	b.Wait("the page's script", `return globalThis.markup !== undefined`)
	bound(b)
	var result struct {
		Texts   int
		Pwned   bool
		Reports []string
	}
	b.CallInto(&result, "markup.run")
	require.False(t, result.Pwned)
	require.Empty(t, result.Reports, "what the policy forbids")
	mutex.Lock()
	require.Empty(t, reports, "reports to the server")
	mutex.Unlock()
	clean(b, home)
	happened(t, b, "HTML in values, strictest policy and Trusted Types", "%d texts, each shown as text; 0 reports", result.Texts)
	counted(b, "hostile inputs", result.Texts)
	b.Close()
}
