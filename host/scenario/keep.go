package scenario

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// keepPage is a page of the site that keepSite serves. Each shows its name, what its session holds, and links to the others.
const keepPage = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Keep</title>
  <link rel="icon" href="data:,">
  %s
</head>
<body>
  <p id="page">%s</p>
  <p><a id="to-a" href="%[3]sa.html">a</a> <a id="to-b" href="%[3]sb.html">b</a> <a id="to-deep" href="%[3]sdeep/c.html">c</a>
  <a id="to-slow" href="%[3]sslow.html">slow</a> <a id="to-plain" href="%[3]splain.html">plain</a> <a id="to-file" href="%[3]sfile.txt">file</a>
  <a id="opener" href="%[3]sa.html" target="_blank" rel="opener">window</a> <a id="noopener" href="%[3]sa.html" target="_blank" rel="noopener">window</a></p>
  <form action="%[3]sb.html"><input name="field"><button id="send">Send</button></form>
  <pre id="state"></pre>
  %[4]s
</body>
</html>
`

// keepSite serves pages whose sessions are kept, below the path: a, b, deep/c, slow (answers when `answer` was asked for), hop (goes on to b at once),
// plain (without the runtime), frame (a in a frame), prerender (asks for b before it is wanted), step1 and step2 (a bound field,
// the script tag alone; ?tag= are the tag's attributes in place of keep); and file.txt, a download.
// ?policy= adds to the Content Security Policy.
func keepSite(t *testing.T, below string) string {
	answer := make(chan struct{}, 1)
	return serve(t, below, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, found := strings.CutPrefix(r.URL.Path, "/keep/")
			if !found {
				next.ServeHTTP(w, r)
				return
			}
			root, up := "../", ""
			head, tail := "", ""
			switch name {
			case "file.txt":
				w.Header().Set("Content-Disposition", "attachment")
				_, _ = w.Write([]byte("a file"))
				return
			case "deep/c.html":
				root, up = "../../", "../"
			case "answer":
				answer <- struct{}{}
				w.WriteHeader(http.StatusNoContent)
				return
			case "slow.html":
				select {
				case <-answer:
				case <-r.Context().Done():
					return
				}
			case "frame.html":
				tail = `<iframe src="a.html"></iframe>`
			case "step1.html", "step2.html":
				attributes, query := r.URL.Query().Get("tag"), ""
				if attributes == "" {
					attributes = `data-session-keep="navigation" data-session-app="steps"`
				} else {
					query = "?tag=" + html.EscapeString(url.QueryEscape(attributes))
				}
				head = `<script type="module" src="../tabstate/tabstate.js" ` + attributes + `></script>`
				tail = `<input id="name" data-session-key="name" value="nobody"> <output data-session-text="name"></output> <a id="to-1" href="step1.html` + query + `">1</a> <a id="to-2" href="step2.html` + query + `">2</a>`
			case "prerender.html":
				head = `<script type="speculationrules">{"prerender": [{"urls": ["b.html"], "eagerness": "immediate"}]}</script>`
			}
			if tail == "" && name != "plain.html" {
				head += fmt.Sprintf(`<script type="module" src="%sjs/test/keeper.js"></script>`, root)
			}
			if name == "hop.html" {
				head += fmt.Sprintf(`<script type="module" src="%sjs/test/hop.js"></script>`, root)
			}
			from := r.URL.Query().Get("from")
			policy := "default-src 'self' " + from + "; script-src 'self' 'wasm-unsafe-eval' 'inline-speculation-rules' " + from + "; img-src data:; require-trusted-types-for 'script'"
			if more := r.URL.Query().Get("policy"); more != "" {
				policy += "; " + more
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", policy)
			fmt.Fprintf(w, keepPage, head, path.Base(name), up, tail)
		})
	}) + "keep/"
}

// options is the query of a page whose session is opened with more options than keep.
func options(t *testing.T, o object) string {
	text, err := json.Marshal(o)
	require.NoError(t, err)
	return "?options=" + url.QueryEscape(string(text))
}

// keep: the session follows the tab over reload and navigation, back and forward (rule 46).
func keep(t *testing.T, b *browsertest.Browser) {
	run := func(name string, fn func(t *testing.T, b *browsertest.Browser)) {
		t.Run(name, func(t *testing.T) {
			b := b.For(t)
			b.Entries()
			fn(t, b)
			warned(t, b)
		})
	}
	// start opens a page in a tab of its own, where no session is, and waits for the worker that is to take the handover.
	start := func(b *browsertest.Browser, address string) {
		b.NewWindow()
		b.Open(address)
		at(b, "{}")
		registered(b)
	}
	for _, below := range []string{"/", "/sub/folder/"} {
		run("back and forward, below "+below, func(t *testing.T, b *browsertest.Browser) {
			home := keepSite(t, below)
			start(b, home+"a.html")
			b.Call("keeper.write", "x", 1)
			b.Call("keeper.write", "list", []any{"é", object{"deep": nil}})
			b.Click("#to-b")
			on(b, "b.html", `{"x":1,"list":["é",{"deep":null}]}`)
			b.Call("keeper.write", "x", 2)
			b.Call("keeper.write", "list", nil)

			b.Back()
			on(b, "a.html", `{"x":2,"list":null}`)
			require.Equal(t, []any{false, true}, shown(b), "from the back-forward cache")
			require.Subset(t, heard(b), []any{[]any{"x", "restore"}, []any{"list", "restore"}})
			b.Call("keeper.write", "x", 3)
			b.Forward()
			on(b, "b.html", `{"x":3,"list":null}`)
			require.Equal(t, []any{false, true}, shown(b))
			b.Back()
			on(b, "a.html", `{"x":3,"list":null}`)

			b.Reload()
			on(b, "a.html", `{"x":3,"list":null}`)
			b.Call("keeper.write", "x", 4)
			b.Call("keeper.go", "b.html")
			on(b, "b.html", `{"x":4,"list":null}`)
			b.Type("[name=field]", "sent")
			b.Click("#send")
			b.Wait("the form", `return location.search === "?field=sent"`)
			on(b, "b.html", `{"x":4,"list":null}`)
			b.Click("#to-deep")
			on(b, "c.html", `{"x":4,"list":null}`)
			b.Call("keeper.write", "x", 5)
			b.Click("#to-a")
			on(b, "a.html", `{"x":5,"list":null}`)
			b.Eval(`history.go(-3)`)
			on(b, "b.html", `{"x":5,"list":null}`)
			noTicket(t, b)
			require.Equal(t, []any{below + "tabstate/tabstate-keep/"}, stored(b).Scopes)
			b.Close()
		})
	}
	run("a page that writes as it leaves and returns", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.writeOn", "beforeunload", "leaving")
		b.Call("keeper.writeOn", "pagehide", "left")
		b.Call("keeper.writeOn", "pageshow", "returned")
		b.Click("#to-b")
		on(b, "b.html", `{"x":1,"leaving":true}`)
		b.Call("keeper.write", "x", 2)
		b.Back()
		on(b, "a.html", `{"x":2,"leaving":true}`)
		b.Forward()
		on(b, "b.html", `{"x":2,"leaving":true}`)
		b.Back()
		on(b, "a.html", `{"x":2,"leaving":true,"left":true,"returned":true}`)
		b.Close()
	})
	run("by attributes alone", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		holds := func(page, value string) {
			t.Helper()
			b.WaitText("#page", page)
			b.Wait(value, `return document.getElementById("name").value === arguments[0] && globalThis.tabstate?.session?.get("name") === arguments[0]`, value)
		}
		b.NewWindow()
		b.Open(home + "step1.html")
		holds("step1.html", "nobody")
		registered(b)
		b.Clear("#name")
		b.Type("#name", "Ada")
		b.Click("#to-2")
		holds("step2.html", "Ada")
		b.Type("#name", " L")
		b.Back()
		holds("step1.html", "Ada L")
		b.Type("#name", ".")
		b.Forward()
		holds("step2.html", "Ada L.")
		b.Reload()
		holds("step2.html", "Ada L.")
		b.Close()
	})
	run("by attributes alone, wiped when hidden", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		holds := func(page, value string) {
			t.Helper()
			b.WaitText("#page", page)
			b.Wait(value, `return document.getElementById("name").value === arguments[0] && globalThis.tabstate?.session?.get("name") === arguments[0]`, value)
			b.WaitText("output", value)
			require.Equal(t, []any{true, "open"}, b.Eval(`return [await tabstate.ready === tabstate.session, tabstate.session.status]`))
		}
		for attributes, last := range map[string]string{"data-session-wipe-on-hide": "nobody", `data-session-wipe-on-hide data-session-keep="navigation" data-session-app="wiped"`: "Ada Lovelace"} {
			b.NewWindow()
			b.Open(home + "step1.html?tag=" + url.QueryEscape(attributes))
			holds("step1.html", "nobody")
			keeps := strings.Contains(attributes, "keep")
			if keeps {
				registered(b)
			}
			b.Eval(`
				window.seen = { ready: 0, first: tabstate.session, shown: [] };
				document.addEventListener("session-ready", () => { seen.ready++; });
				addEventListener("pageshow", (event) => seen.shown.push(event.persisted, document.getElementById("name").value, document.querySelector("output").textContent, seen.first.status));`)
			b.Clear("#name")
			b.Type("#name", "Ada")
			b.Click("#to-2")
			if keeps {
				holds("step2.html", "Ada")
			} else {
				holds("step2.html", "nobody")
			}
			b.Type("#name", " Lovelace")
			b.Back()
			holds("step1.html", last)
			require.Equal(t, []any{[]any{true, "nobody", "", "destroyed"}, 1.0}, b.Eval(`return [seen.shown, seen.ready]`), "put back to its HTML, then opened anew")
			b.Type("#name", "!")
			holds("step1.html", last+"!")
			b.Close()
		}
	})
	run("pages that are passed through", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", 1)
		for range 5 {
			b.Eval(`document.body.id = "old"`) // the page it goes to looks the same
			b.Call("keeper.go", "hop.html")
			b.WaitFor("body:not(#old)")
			on(b, "b.html", `{"x":1}`)
		}
		b.Click("#to-plain")
		b.WaitText("#page", "plain.html")
		b.Click("#to-a")
		on(b, "a.html", `{"x":1}`)
		b.Close()
	})
	run("a server that takes longer than a withdrawal", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.writeWhenWithdrawn", "x", 2)
		b.Call("keeper.go", "slow.html")
		on(b, "slow.html", `{"x":2}`)
		b.Close()
	})
	run("a download is no leave", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.copyTickets")
		b.Click("#to-file")
		b.WaitFile("file.txt")
		require.Len(t, b.Call("keeper.copiedTickets"), 1, "the ticket, while it may be a leave")
		b.Call("keeper.write", "x", 2)
		b.Wait("the withdrawal", `return sessionStorage.length === 0`)
		b.Reload()
		on(b, "a.html", `{"x":2}`)
		b.Click("#to-file")
		b.Call("keeper.write", "x", 3)
		b.Click("#to-b")
		on(b, "b.html", `{"x":3}`)
		b.Close()
	})
	run("tabs never mix", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		first := b.Window()
		b.Call("keeper.write", "tab", 1)
		start(b, home+"a.html")
		second := b.Window()
		b.Call("keeper.write", "tab", 2)
		for range 3 {
			b.Switch(first)
			b.Click("#to-b")
			b.Switch(second)
			b.Click("#to-b")
			on(b, "b.html", `{"tab":2}`)
			b.Back()
			b.Switch(first)
			on(b, "b.html", `{"tab":1}`)
			b.Reload()
			on(b, "b.html", `{"tab":1}`)
			b.Click("#to-a")
			on(b, "a.html", `{"tab":1}`)
			b.Switch(second)
			on(b, "a.html", `{"tab":2}`)
		}
		for _, link := range []string{"#opener", "#noopener"} {
			before := b.Windows()
			b.Eval(`sessionStorage.setItem("copied", "")`)
			b.Click(link)
			b.Opened(before)
			on(b, "a.html", `{}`)
			require.Equal(t, link == "#opener", len(tickets(b)) == 1, "the new tab has a copy of sessionStorage")
			b.Close()
			b.Switch(second)
		}
		on(b, "a.html", `{"tab":2}`)
		b.Close()
		b.Switch(first)
		on(b, "a.html", `{"tab":1}`)
		b.Close()
	})
	run("a ticket is good once", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.copyTickets")
		b.Click("#to-b")
		on(b, "b.html", `{"x":1}`)
		tickets := b.Call("keeper.copiedTickets")
		require.Len(t, tickets, 1)
		b.Close()
		b.NewWindow()
		b.Open(home + "plain.html")
		b.Eval(`Object.assign(sessionStorage, arguments[0])`, tickets)
		b.Click("#to-a")
		on(b, "a.html", `{}`)
		noTicket(t, b)
		b.Close()
	})
	run("duplicated and reopened by the browser", func(t *testing.T, b *browsertest.Browser) {
		if reason := b.Cannot(browsertest.Duplicate); reason != "" {
			t.Log(reason)
			return
		}
		home := keepSite(t, "/")
		start(b, home+"a.html")
		first := b.Window()
		b.Call("keeper.write", "x", 1)
		b.Do(browsertest.Duplicate)
		on(b, "a.html", `{}`)
		b.Call("keeper.write", "x", 2)
		b.Click("#to-b")
		on(b, "b.html", `{"x":2}`)
		b.Close()
		b.Switch(first)
		on(b, "a.html", `{"x":1}`)
		b.Click("#to-b")
		on(b, "b.html", `{"x":1}`)
		// Its sessionStorage comes back with the tab, and the ticket in it: within 10 s that is good, once.
		b.Do(browsertest.Reopen)
		b.WaitText("#page", "b.html")
		b.Wait("the session", `return document.getElementById("state").textContent !== ""`)
		t.Log("a tab that was reopened at once holds", b.Text("#state"))
		noTicket(t, b)
		b.Close()
	})
	run("unclaimed, it expires", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		query := options(t, object{"worker": "../tabstate/tabstate-worker.js?expires=1000"})
		start(b, home+"a.html"+query)
		b.Call("keeper.write", "x", 1)
		b.Click("#to-plain")
		b.WaitText("#page", "plain.html")
		b.Wait("the worker to have dropped it", `
const [ticket] = Object.values(sessionStorage);
const [{ active }] = await navigator.serviceWorker.getRegistrations();
const { port1, port2 } = new MessageChannel();
const held = await new Promise((done) => {
  port1.onmessage = ({ data }) => done(data);
  active.postMessage({ claim: ticket, lineage: "", version: -1, next: ticket }, [port2]); // it is held on under the same ticket
});
return ticket !== undefined && held === null;`)
		b.Eval(`location.href = "b.html" + arguments[0]`, query)
		on(b, "b.html", `{}`)
		b.Eval(`history.go(-2)`)
		b.WaitText("#page", "a.html")
		require.Equal(t, []any{false, true}, shown(b), "from the back-forward cache")
		on(b, "a.html", `{"x":1}`)
		b.Close()
	})
	run("the tab is closed", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", 1)
		b.Close()
		start(b, home+"a.html")
		b.Close()
	})
	run("sessionStorage is full", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Entries()
		b.Call("keeper.write", "x", 1)
		b.Eval(`for (let size = 1 << 24; size >= 1; size >>= 1) try { for (let i = 0; ; i++) sessionStorage.setItem(size + " " + i, "x".repeat(size)); } catch {}`)
		b.Click("#to-b")
		on(b, "b.html", `{}`)
		require.Len(t, warned(t, b, "not possible here"), 1)
		b.Close()
	})
	run("another name is another session", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html"+options(t, object{"app": "one"}))
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.go", "b.html"+options(t, object{"app": "two"}))
		on(b, "b.html", `{}`)
		b.Call("keeper.go", "b.html"+options(t, object{"app": "one"}))
		on(b, "b.html", `{"x":1}`)
		require.ElementsMatch(t, []any{"/tabstate/tabstate-keep-one/", "/tabstate/tabstate-keep-two/"}, stored(b).Scopes)
		b.Close()
	})
	run("over 8 MiB", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		const limit = 8 << 20
		b.Call("keeper.fill", "x", limit-len(`{"x":""}`))
		b.Entries()
		b.Reload()
		at(b, fmt.Sprint(limit, " characters"))
		require.Empty(t, warned(t, b))
		b.Call("keeper.fill", "x", limit-len(`{"x":""}`)+1)
		b.Click("#to-file")
		b.Reload()
		on(b, "a.html", `{}`)
		require.Len(t, warned(t, b, "over 8 MiB"), 1)
		registered(b)
		b.Call("keeper.fill", "x", 50_000_000)
		b.Click("#to-b")
		on(b, "b.html", `{}`)
		require.Len(t, warned(t, b, "over 8 MiB"), 1)
		b.Close()
	})
	run("history and listeners begin with the page", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html"+options(t, object{"history": true}))
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.write", "x", 2)
		b.Click("#to-b")
		on(b, "b.html", `{"x":2}`)
		require.Empty(t, heard(b), "what was there when it opened is no change")
		require.Equal(t, false, b.Call("keeper.undo"), "what was handed over is no step")
		b.Call("keeper.write", "x", 3)
		require.Equal(t, true, b.Call("keeper.undo"))
		at(b, `{"x":2}`)
		b.Close()
	})
	run("references stay behind", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Entries()
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.refer", "fn")
		b.Click("#to-file")
		b.Click("#to-b")
		on(b, "b.html", `{"x":1}`)
		require.Len(t, warned(t, b, `do not go to the next page: "fn"`), 1)
		b.Back()
		on(b, "a.html", `{"x":1}`)
		b.Forward()
		on(b, "b.html", `{"x":1}`)
		require.Empty(t, warned(t, b, "later page"), "nothing was newer: the reference is there still")
		b.Call("keeper.write", "x", 2)
		b.Back()
		on(b, "a.html", `{"x":2}`)
		require.Len(t, warned(t, b, `values that JSON cannot represent are not in a later page's state, which replaces this one's: "fn"`), 1)
		b.Close()
	})
	run("a version is given once in all pages of a tab (rule 10)", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		version := func() float64 { return b.Call("keeper.version").(float64) }
		start(b, home+"a.html")
		for i := range 50 {
			b.Call("keeper.write", "x", i)
		}
		first := version()
		require.GreaterOrEqual(t, first, 50.0)
		b.Click("#to-b")
		on(b, "b.html", `{"x":49}`)
		second := version()
		require.Greater(t, second, first)
		b.Call("keeper.write", "x", "b")
		second = version()
		b.Back()
		on(b, "a.html", `{"x":"b"}`)
		third := version()
		require.Greater(t, third, second)
		b.Call("keeper.write", "x", "a")
		third = version()
		b.Reload()
		on(b, "a.html", `{"x":"a"}`)
		require.Greater(t, version(), third)
		b.Close()
	})
	run("a page that refuses what it gets", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", "a long text")
		b.Call("keeper.go", "b.html"+options(t, object{"limits": object{"valueBytes": 5}}))
		on(b, "b.html", `{}`)
		require.Equal(t, []any{"value-too-large"}, b.Call("keeper.history").(object)["errors"])
		b.Close()
	})
	run("a page that cannot open", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"a.html")
		b.Call("keeper.write", "x", 1)
		b.Call("keeper.go", "b.html"+options(t, object{"limits": object{"depth": 5000}}))
		b.WaitText("#page", "b.html")
		b.Wait("the refusal", `return document.getElementById("state").textContent.startsWith("Session")`)
		b.Call("keeper.go", "a.html")
		on(b, "a.html", `{"x":1}`)
		b.Close()
	})
	run("wiped when hidden", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		query := options(t, object{"wipeOnHide": true})
		start(b, home+"a.html"+query)
		b.Call("keeper.write", "x", 1)
		b.Click("#to-b")
		on(b, "b.html", `{"x":1}`)
		b.Call("keeper.write", "x", 2)
		b.Back()
		b.WaitText("#page", "a.html")
		require.Equal(t, []any{false, true}, shown(b))
		require.Equal(t, "destroyed", b.Call("keeper.status"))
		b.Call("keeper.start")
		on(b, "a.html", `{"x":2}`)
		b.Reload()
		on(b, "a.html", `{"x":2}`)
		b.Close()

		start(b, home+"a.html"+options(t, object{"wipeOnHide": true, "keep": "none"}))
		b.Call("keeper.write", "x", 1)
		b.Click("#to-b")
		on(b, "b.html", `{}`)
		b.Back()
		b.WaitText("#page", "a.html")
		require.Equal(t, "destroyed", b.Call("keeper.status"))
		b.Call("keeper.start")
		on(b, "a.html", `{}`)
		b.Close()
	})
	run("prerendered", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		start(b, home+"prerender.html")
		b.Call("keeper.write", "x", 1)
		time.Sleep(time.Second)
		b.Click("#to-b")
		on(b, "b.html", `{"x":1}`)
		t.Log("prerendered:", b.Call("keeper.activated"))
		b.Close()
	})
	run("where it is not possible", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		other := serve(t, "/", nil)
		own := home[:len(home)-len("keep/")] + "tabstate/tabstate-worker.js"
		for _, c := range []struct{ name, home, query, says string }{
			{"insecure origin", strings.Replace(home, "127.0.0.1", "insecure.test", 1), "", "the origin is insecure"},
			{"forbidden by worker-src", home, "?policy=worker-src+'none'", "refused its service worker"},
			{"forbidden by trusted-types", home, "?policy=trusted-types+'none'", "refused its service worker"},
			{"no such worker", home, options(t, object{"worker": "missing.js"}), "refused its service worker"},
			{"runtime of another origin", home, "?from=" + other, "the page's own origin"},
		} {
			t.Run(c.name, func(t *testing.T) {
				b := b.For(t)
				b.NewWindow()
				b.Entries()
				b.Open(c.home + "a.html" + c.query)
				at(b, "{}")
				b.Call("keeper.write", "x", 1)
				require.Len(t, waitWarned(t, b, `keep: "navigation" is not possible here`), 1)
				b.Call("keeper.go", "b.html"+c.query)
				on(b, "b.html", `{}`)
				require.Equal(t, []string(nil), tickets(b))
				require.Len(t, waitWarned(t, b, c.says), 1, "once a page")
				b.Back()
				on(b, "a.html", `{"x":1}`)
				b.Close()
			})
		}
		for _, c := range []struct{ name, query string }{
			{"allowed by trusted-types", "?policy=trusted-types+tabstate"},
			{"runtime of another origin, worker of the page's", "?from=" + other + "&" + options(t, object{"worker": own})[1:]},
		} {
			t.Run(c.name, func(t *testing.T) {
				b := b.For(t)
				start(b, home+"a.html"+c.query)
				b.Call("keeper.write", "x", 1)
				b.Click("#to-b")
				on(b, "b.html", `{"x":1}`)
				b.Close()
			})
		}
		t.Run("in a frame", func(t *testing.T) {
			b := b.For(t)
			b.NewWindow()
			b.Entries()
			b.Open(home + "frame.html")
			b.Wait("the frame", `return document.querySelector("iframe").contentDocument.getElementById("state")?.textContent === "{}"`)
			require.Len(t, warned(t, b, "not for a frame"), 1)
			b.Close()
		})
	})
	run("nothing is stored", func(t *testing.T, b *browsertest.Browser) {
		home := keepSite(t, "/")
		marker := "marker" + rand.Text() + rand.Text()
		start(b, home+"a.html")
		for range 3 {
			b.Call("keeper.write", "secret", marker)
			b.Click("#to-b")
			on(b, "b.html", `{"secret":"`+marker+`"}`)
			b.Back()
			on(b, "a.html", `{"secret":"`+marker+`"}`)
			b.Reload()
			on(b, "a.html", `{"secret":"`+marker+`"}`)
		}
		require.Equal(t, kept{Session: object{}, Local: object{}, Databases: []any{}, Cached: []any{}, Scopes: []any{"/tabstate/tabstate-keep/"}}, stored(b))
		control := "control" + rand.Text() + rand.Text()
		b.Call("keeper.store", control)
		// The browser writes some of its files with a delay of seconds.
		time.Sleep(6 * time.Second)
		folder := filepath.Dir(b.Downloads())
		if b.Cannot(browsertest.Disk) == "" {
			require.NotEmpty(t, filesWith(t, folder, control), "what is stored is found so")
		}
		require.Empty(t, filesWith(t, folder, marker))
		b.Close()
	})
}

// at waits for what the page's session holds.
func at(b *browsertest.Browser, state string) { b.WaitText("#state", state) }

// on waits for the page and what its session holds.
func on(b *browsertest.Browser, page, state string) {
	b.WaitText("#page", page)
	b.WaitText("#state", state)
}

// registered waits until the service worker can be given something.
func registered(b *browsertest.Browser) {
	b.Wait("the service worker", `return !navigator.serviceWorker || (await navigator.serviceWorker.getRegistrations()).some((r) => r.active)`)
}

func shown(b *browsertest.Browser) any { return b.Call("keeper.history").(object)["shown"] }
func heard(b *browsertest.Browser) any { return b.Call("keeper.history").(object)["heard"] }

// kept is what the browser stores for the origin of the page.
type kept struct {
	Session, Local            object
	Cookies                   string
	Databases, Cached, Scopes []any
}

func stored(b *browsertest.Browser) (all kept) {
	b.CallInto(&all, "keeper.stored")
	return all
}

// tickets returns the names in sessionStorage.
func tickets(b *browsertest.Browser) (names []string) {
	b.EvalInto(&names, `return Object.keys(sessionStorage).length === 0 ? null : Object.keys(sessionStorage)`)
	return names
}

func noTicket(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	require.Empty(t, tickets(b), "a ticket in sessionStorage")
}

// warned returns the warnings of Tabstate since the log was last read, that have the text. Nothing else may have gone wrong, but
// what a policy or a missing file is to cause.
func warned(t *testing.T, b *browsertest.Browser, text ...string) (list []string) {
	t.Helper()
	for _, entry := range b.Entries() {
		meant := strings.Contains(strings.ReplaceAll(entry.Text, "-", " "), "Content Security ") || strings.Contains(entry.Text, "missing.js") || strings.Contains(entry.Text, "MIME type")
		if entry.Kind == browsertest.Fault && !meant {
			t.Errorf("a page is not clean: %s", entry.Text)
		}
		if entry.Kind == browsertest.Warning && strings.Contains(entry.Text, "tabstate: ") && strings.Contains(entry.Text, strings.Join(text, "")) {
			list = append(list, entry.Text)
		}
	}
	return list
}

// waitWarned is warned, once there is one.
func waitWarned(t *testing.T, b *browsertest.Browser, text string) (list []string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); len(list) == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		list = warned(t, b, text)
	}
	return list
}

// filesWith returns the files below the folder that hold the text, in UTF-8 or UTF-16.
func filesWith(t *testing.T, folder, text string) (found []string) {
	var wide []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	require.NoError(t, filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // the browser removes files as we look
		}
		content, err := os.ReadFile(name)
		if err == nil && (bytes.Contains(content, []byte(text)) || bytes.Contains(content, wide)) {
			found = append(found, name)
		}
		return nil
	}))
	return found
}
