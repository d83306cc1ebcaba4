package scenario

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// swapLibraries are the files of those that put new HTML into pages, by name.
var swapLibraries = map[string]string{
	"turbo.js": "js/node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js",
	"htmx.js":  "js/node_modules/htmx.org/dist/htmx.min.js",
	"swaps.js": "host/scenario/testdata/html/swaps.js",
}

// swapPages are the bodies of pages that Turbo visits, and whole pages and pieces that htmx puts in, by name.
var swapPages = map[string]string{
	"turbo-1": `<p id="page">1</p> <a id="to-2" href="turbo-2.html">2</a> <a id="again" href="turbo-1.html" data-turbo-action="replace">again</a>
<label>Name <input id="name" data-session-key="name" value="html"></label> <output data-session-text="name">html</output>
<label>Kept <input id="kept" data-turbo-permanent data-session-key="kept"></label>
<ul><template data-session-each="list" data-session-each-key><li data-session-text="item"></li></template></ul>
<turbo-frame id="frame"><label>Inner <input id="inner" data-session-key="inner" value="inner"></label> <output id="inner-out" data-session-text="inner"></output> <a id="frame-2" href="turbo-frame.html">other</a></turbo-frame>`,
	"turbo-2": `<p id="page">2</p> <a id="to-1" href="turbo-1.html">1</a>
<label>Other <input id="other" data-session-key="other" value="o"></label> <b data-session-text="name">html</b>
<label>Kept <input id="kept" data-turbo-permanent data-session-key="kept"></label>`,
	"turbo-frame": `<turbo-frame id="frame"><label>Area <textarea id="area" data-session-key="inner"></textarea></label> <a id="frame-1" href="turbo-1.html">back</a></turbo-frame>`,
	"htmx": `<p id="page">htmx</p> <section id="box"><label>Name <input id="name" data-session-key="name" value="html"></label> <output data-session-text="name"></output></section>
<button id="inner" hx-get="htmx-part.html" hx-target="#box" hx-swap="innerHTML">inner</button> <button id="outer" hx-get="htmx-box.html" hx-target="#box" hx-swap="outerHTML">outer</button>
<button id="morph" hx-get="htmx-same.html" hx-target="#box" hx-swap="outerMorph">morph</button> <button id="end" hx-get="htmx-part.html" hx-target="#box" hx-swap="beforeend">end</button> <button id="delete" hx-get="htmx-part.html" hx-target="#box" hx-swap="delete">delete</button>`,
	"htmx-same": `<section id="box"><label>Name <input id="name" data-session-key="name" value="html"></label> <output data-session-text="name"></output></section>`,
	"htmx-part": `<label>Name <input class="part" data-session-key="name" value="other"></label> <b data-session-text="name">other</b>`,
	"htmx-box":  `<section id="box"><label>Area <textarea id="area" data-session-key="name"></textarea></label> <label><input id="new" value="n" data-session-key="new"></label> <i data-session-text="new"></i></section>`,
}

// swapSite serves the pages below swaps/, under the policy of the other pages.
func swapSite(t *testing.T) string {
	dependencies(t)
	return serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, found := strings.CutPrefix(r.URL.Path, "/swaps/")
			if file := swapLibraries[name]; found && file != "" {
				content, err := os.ReadFile(file)
				if err != nil {
					http.Error(w, err.Error(), http.StatusNotFound)
					return
				}
				w.Header().Set("Content-Type", "text/javascript")
				_, _ = w.Write(content)
				return
			}
			content := swapPages[strings.TrimSuffix(name, ".html")]
			if !found || content == "" {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			// Turbo has a style element of its own, which the nonce allows.
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:; style-src 'self' 'nonce-turbo'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'")
			if r.Header.Get("HX-Request") != "" {
				_, _ = fmt.Fprint(w, content)
				return
			}
			library, _, _ := strings.Cut(strings.TrimSuffix(name, ".html"), "-")
			_, _ = fmt.Fprintf(w, `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Swaps</title>
  <link rel="icon" href="data:,">
  <meta name="csp-nonce" content="turbo">
  <meta name="htmx-config" content='{"includeIndicatorCSS": false, "includeIndicatorStyles": false}'>
  <script src="swaps.js"></script>
  <script type="module" src="../tabstate/tabstate.js"></script>
  <script src="%s.js" defer></script>
</head>
<body>
%s
</body>
</html>
`, library, content)
		})
	})
}

// swaps: elements that real Turbo and real htmx take away and put in bind and let go, and values stay (rules 34 and 35).
func swaps(t *testing.T, b *browsertest.Browser) {
	run := func(library string, fn func(t *testing.T, b *browsertest.Browser)) {
		t.Run(library, func(t *testing.T) {
			b := b.For(t)
			home := swapSite(t)
			b.NewWindow()
			b.Open(home + "swaps/" + library + ".html")
			bound(b)
			b.Eval(`window.same = true`)
			fn(t, b)
			require.Equal(t, true, b.Eval(`return window.same`), "it is one page all the time")
			clean(b, home)
			b.Close()
		})
	}
	holds := func(b *browsertest.Browser, selector, value string) {
		b.WaitFor(selector + `[autocomplete="off"]`)
		b.Wait(selector+" holds "+value, `return document.querySelector(arguments[0]).value === arguments[1] || document.querySelector(arguments[0]).value`, selector, value)
	}
	types := func(b *browsertest.Browser, selector, text string) {
		b.WaitFor(selector + `[autocomplete="off"]`)
		b.Click(selector)
		b.Keys(browsertest.End, text)
	}
	listeners := func(b *browsertest.Browser, want any) {
		b.Wait("the listeners", `return tabstate.session.stats().listeners === arguments[0] || tabstate.session.stats().listeners`, want)
	}

	run("turbo-1", func(t *testing.T, b *browsertest.Browser) {
		count := b.Eval(`return tabstate.session.stats().listeners`)
		b.Eval(`tabstate.session.set("list", ["x", "y"])`)
		types(b, "#name", "!")
		types(b, "#kept", "k")
		b.WaitText("output", "html!")
		for round := range 3 {
			b.Eval(`window.kept = document.getElementById("kept")`)
			b.Click("#to-2")
			b.WaitText("#page", "2")
			b.WaitText("b", "html!"+strings.Repeat("+", round))
			require.Equal(t, true, b.Eval(`return document.getElementById("kept") === kept`))
			types(b, "#kept", "k")
			types(b, "#other", "o")
			if round == 1 {
				b.Back() // from Turbo's own cache: copies of the elements
			} else {
				b.Click("#to-1")
			}
			b.WaitText("#page", "1")
			holds(b, "#name", "html!"+strings.Repeat("+", round))
			require.Equal(t, []string{"x", "y"}, texts(b, "li"))
			types(b, "#name", "+")
			b.WaitText("output", "html!"+strings.Repeat("+", round+1))
			listeners(b, count)
		}
		require.Equal(t, []any{"kkkk", "oooo"}, b.Eval(`return ["kept", "other"].map((key) => tabstate.session.get(key))`))

		types(b, "#inner", "1")
		b.Click("#frame-2")
		holds(b, "#area", "inner1")
		types(b, "#area", "2")
		b.Click("#frame-1")
		holds(b, "#inner", "inner12")
		b.WaitText("#inner-out", "inner12")
		listeners(b, count)

		b.Click("#again")
		b.Wait("the visit", `return !document.documentElement.hasAttribute("data-turbo-preview") && !document.documentElement.hasAttribute("aria-busy")`)
		holds(b, "#name", "html!+++")
		b.WaitText("output", "html!+++")
	})

	run("htmx", func(t *testing.T, b *browsertest.Browser) {
		types(b, "#name", "1")
		count := b.Eval(`return tabstate.session.stats().listeners`)
		b.Click("#morph")
		b.Wait("the swap", `return document.querySelector("output").textContent === ""`)
		b.Eval(`tabstate.session.bind()`) // what was morphed is shown anew
		b.WaitText("output", "html1")
		require.Equal(t, "html1", b.Eval(`return document.getElementById("name").value`))
		listeners(b, count)
		b.Click("#inner")
		holds(b, ".part", "html1")
		b.WaitText("b", "html1")
		types(b, ".part", "2")
		b.WaitText("b", "html12")
		listeners(b, count)
		b.Click("#outer")
		holds(b, "#area", "html12")
		types(b, "#area", "3")
		types(b, "#new", "m")
		b.WaitText("i", "nm")
		b.Click("#end")
		holds(b, ".part", "html123")
		types(b, ".part", "4")
		holds(b, "#area", "html1234")
		b.Click("#delete")
		b.Wait("the end of the box", `return !document.getElementById("box")`)
		listeners(b, 0)
		require.Equal(t, []any{"html1234", "nm"}, b.Eval(`return ["name", "new"].map((key) => tabstate.session.get(key))`))
	})
}
