package scenario

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// htmlPages are pages whose HTML is bound: what is in their <div id="root">, by name. Each has host/scenario/testdata/html/cases.js.
var htmlPages = map[string]string{
	"empty": "",
	"type":  `<label>Text <input id="text" data-session-key="text"></label> <output data-session-text="text"></output>`,
	"date":  `<label>Day <input id="day" type="date" min="2020-01-01" data-session-key="day"></label> <output data-session-text="day"></output> <button>Next</button>`,
	"list":  `<ul><template data-session-each="list" data-session-each-key="id"><li data-session-attr-id="item.id"><i data-session-text="index"></i> <b data-session-text="item.title"></b></li></template></ul>`,
	"early": `<label>Text <input id="text" value="html" data-session-key="text"></label> <label>Other <input id="other" value="html" data-session-key="other"></label>
<label><input type="checkbox" id="box" data-session-key="box"> Box</label> <output data-session-text="text">html</output>`,
	"rounds": `<template id="piece"><section>
  <input data-session-key="a" data-session-persist="none"><output data-session-text="a"></output>
  <label><input type="checkbox" value="x" data-session-key="group" data-session-persist="none">x</label>
  <form data-session-form="f"><select data-session-key="s" data-session-persist="none"><option>1</option><option>2</option></select><button data-session-callback="none">Go</button></form>
  <ul><template data-session-each="numbers"><li data-session-text="item" data-session-class-on="a"></li></template></ul>
  <details data-session-key="open" data-session-persist="none"><summary>More</summary></details><button type="button" data-session-key="go" data-session-attr-title="a">Press</button>
</section></template><div id="root"></div>`,
}

// htmlSite serves the pages below html/. module, when it is not nil, is called before the compiled module is served.
func htmlSite(t *testing.T, module func()) string {
	cases, err := os.ReadFile("host/scenario/testdata/html/cases.js")
	require.NoError(t, err)
	return serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, found := strings.CutPrefix(r.URL.Path, "/html/")
			if !found {
				if module != nil && strings.HasSuffix(r.URL.Path, ".wasm") {
					module()
				}
				next.ServeHTTP(w, r)
				return
			}
			if name == "cases.js" {
				w.Header().Set("Content-Type", "text/javascript")
				_, _ = w.Write(cases)
				return
			}
			content, found := htmlPages[strings.TrimSuffix(name, ".html")]
			if !found {
				http.NotFound(w, r)
				return
			}
			if !strings.Contains(content, `id="root"`) {
				content = `<div id="root">` + content + `</div>`
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'")
			fmt.Fprintf(w, `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>HTML</title>
  <link rel="icon" href="data:,">
  <script type="module" src="../tabstate/tabstate.js"></script>
  <script type="module" src="cases.js"></script>
</head>
<body>
%s
</body>
</html>
`, content)
		})
	})
}

// boundHTML: what attributes promise, at the size and the speed at which it hurts.
func boundHTML(t *testing.T, b *browsertest.Browser) {
	run := func(name, page string, fn func(t *testing.T, b *browsertest.Browser)) {
		t.Run(name, func(t *testing.T) {
			b := b.For(t)
			home := htmlSite(t, nil)
			b.NewWindow()
			b.Open(home + "html/" + page + ".html")
			bound(b)
			fn(t, b)
			clean(b, home)
			b.Close()
		})
	}

	run("40 characters typed fast", "type", func(t *testing.T, b *browsertest.Browser) {
		text := "The quick brown fox, ÄÖÜ 42 and so on..."
		require.Len(t, []rune(text), 40)
		for round := range 5 {
			over(b, "#text", "")
			b.Keys(text)
			require.Equal(t, []any{text, text, text}, []any{b.Eval(`return document.getElementById("text").value`), b.Text("output"), b.Call("cases.get", "text")}, "round %d", round)
		}
		// In the middle: the caret stays where it is.
		b.Keys(browsertest.Home, browsertest.Right, browsertest.Right, browsertest.Right)
		b.Keys(" very")
		require.Equal(t, "The very"+text[3:], b.Call("cases.get", "text"))
	})

	run("a date typed digit by digit", "date", func(t *testing.T, b *browsertest.Browser) {
		if why := b.Cannot(browsertest.Dates); why != "" {
			t.Logf("not in %s: %s", b.Engine(), why)
			return
		}
		// Each digit of the year makes a date, and the first three are too early ones.
		b.Keys(browsertest.Tab, "03032025")
		b.WaitText("output", "2025-03-03")
		require.Equal(t, "2025-03-03", b.Eval(`return document.getElementById("day").value`))
		b.Keys(browsertest.Shift, browsertest.Tab)
		b.Keys(browsertest.Shift, browsertest.Tab)
		b.Keys("03031999", browsertest.Tab, browsertest.Tab, browsertest.Tab)
		b.WaitText("output", "2020-01-01")
		require.Equal(t, "2020-01-01", b.Eval(`return document.getElementById("day").value`))
	})

	run("1,000 widgets", "empty", func(t *testing.T, b *browsertest.Browser) {
		var bound struct{ First, FirstByHand, Bound, Observed, ByHand float64 }
		b.CallInto(&bound, "cases.bind", 1000)
		t.Logf("bind 1,000 inputs and 1,000 outputs: %.1f ms, left to the observer %.1f, by hand %.1f; the first time in a page %.1f, by hand %.1f", bound.Bound, bound.Observed, bound.ByHand, bound.First, bound.FirstByHand)
		var event struct{ Bound, BoundAgain, ByHand float64 }
		b.CallInto(&event, "cases.inputToText")
		t.Logf("input event to text: %.1f µs (again %.1f), by hand %.1f µs", event.Bound, event.BoundAgain, event.ByHand)

		b.Call("cases.watch")
		b.Click(`[data-session-key="k7"]`)
		b.Keys(browsertest.End, "x")
		require.Equal(t, []any{"characterData in output of 7"}, b.Call("cases.changes"))
		require.Equal(t, "v7x", b.Call("cases.get", "k7"))
		require.Equal(t, "v7x", b.Text("p:nth-child(8) output"))
	})

	run("10,000 rows", "list", func(t *testing.T, b *browsertest.Browser) {
		require.Equal(t, 10000.0, b.Call("cases.list", 10000))
		b.Call("cases.watch")
		took := b.Call("cases.changeRow", 5000, "changed").(float64)
		require.Equal(t, []any{"characterData in b of 5000"}, b.Call("cases.changes"))
		require.Equal(t, "5000 changed", texts(b, `[id="5000"]`)[0])
		t.Logf("changing one of 10,000 rows: %.2f ms", took)
	})

	run("1,000 pieces come and go", "rounds", func(t *testing.T, b *browsertest.Browser) {
		type state struct{ Listeners, Keys, Memory, Heap float64 }
		var first, last state
		b.CallInto(&first, "cases.rounds", 100)
		before := b.Count()
		b.CallInto(&last, "cases.rounds", 1000)
		after := b.Count()
		require.Equal(t, 0.0, b.Eval(`return document.getElementById("root").childNodes.length`))
		require.Equal(t, first.Listeners, last.Listeners, "listeners")
		require.Equal(t, 0.0, last.Listeners, "listeners")
		require.Equal(t, first.Keys, last.Keys, "keys")
		require.LessOrEqual(t, after.Nodes, before.Nodes+20, "nodes")
		require.Equal(t, before.Listeners, after.Listeners, "listeners of the DOM")
		t.Logf("nodes, listeners of the DOM and bytes in use: %+v, %+v", before, after)
		t.Logf("after 100 and 1,100 rounds: %+v, %+v", first, last)
	})

	run("innerHTML, Turbo and htmx", "type", func(t *testing.T, b *browsertest.Browser) {
		show := func(selector, key, typed string) {
			b.WaitFor(selector + `[autocomplete="off"]`) // it is bound
			b.Click(selector)
			b.Keys(browsertest.End, typed)
			require.Equal(t, b.Eval(`return document.querySelector(arguments[0]).value`, selector), b.Call("cases.get", key))
		}
		show("#text", "text", "1")
		listeners := b.Call("cases.listeners")
		b.Call("cases.put", `<p><input id="one" data-session-key="text"> <output data-session-text="text"></output> <input id="new" value="n" data-session-key="new"></p>`)
		show("#one", "text", "2")
		b.WaitText("output", "12")
		show("#new", "new", "m")
		b.Call("cases.put", `<input id="text" data-session-key="text"> <output data-session-text="text"></output>`)
		show("#text", "text", "3")
		require.Equal(t, listeners, b.Call("cases.listeners"))

		b.Eval(`document.getElementById("text").setAttribute("data-turbo-permanent", ""); window.kept = document.getElementById("text")`)
		b.Call("cases.turbo", `<main><input id="text"> <output data-session-text="text"></output> <textarea id="area" data-session-key="area">a</textarea></main>`)
		require.Equal(t, true, b.Eval(`return document.getElementById("text") === kept`))
		show("#text", "text", "4")
		b.WaitText("output", "1234")
		show("#area", "area", "b")

		b.Call("cases.htmx", "main", `<section><input id="text" data-session-key="text"><b data-session-text="text"></b></section><section><button id="press" type="button" data-session-key="press">Press</button></section>`)
		show("#text", "text", "5")
		b.WaitText("b", "12345")
		require.Equal(t, "ab", b.Call("cases.get", "area"), "an element that left keeps its value")
		require.Equal(t, listeners.(float64)+0, b.Call("cases.listeners"))
		b.Call("cases.htmx", "section", ``)
		b.Wait("the listeners", `return cases.listeners() === 0 || cases.listeners()`)
	})

	t.Run("typed before the session is ready", func(t *testing.T) {
		b := b.For(t)
		gate := make(chan struct{})
		home := htmlSite(t, func() {
			select {
			case <-gate:
			case <-time.After(20 * time.Second):
			}
		})
		b.NewWindow()
		b.Open(home + "html/early.html")
		b.Click("#text")
		b.Keys(browsertest.End, " and typed")
		b.Click("#box")
		require.Equal(t, "html", b.Text("output"))
		close(gate)
		bound(b)
		b.WaitText("output", "html and typed")
		require.Equal(t, []any{"html and typed", "html", true}, []any{b.Call("cases.get", "text"), b.Call("cases.get", "other"), b.Call("cases.get", "box")})
		require.Equal(t, "#box", b.Focused())
		clean(b, home)
		b.Close()
	})
}
