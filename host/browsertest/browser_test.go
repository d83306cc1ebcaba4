package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

const page = `<!doctype html><html lang="en"><title>Page</title><link rel="icon" href="data:,">
<button id="add">Add</button> <output id="count">0</output> <input id="name"> <input id="file" type="file">
<a id="more" href="/more" target="_blank" rel="noopener">More</a> <a id="save" download="a.txt" href="data:text/plain,saved">Save</a>
<script>
let count = 0;
document.querySelector("#add").addEventListener("click", (event) => {
  document.querySelector("#count").textContent = event.isTrusted ? ++count : "untrusted";
});
globalThis.page = { factor: 2, twice(n) { return Promise.resolve(n * this.factor); }, fail() { throw new RangeError("as told"); } };
</script>`

// serve serves the page under every path but /broken, which logs errors.
func serve(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		text := page
		if r.URL.Path == "/broken" {
			text = `<!doctype html><link rel="icon" href="data:,"><script>console.warn("careful"); console.log("fine"); missing();</script>
<img src="http://elsewhere.invalid/x.png" alt="">`
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestEngines(t *testing.T) {
	address := serve(t)
	for _, engine := range browsertest.Engines {
		t.Run(string(engine), func(t *testing.T) { drives(t, engine, address) })
	}
}

// drives: the engine does what the methods say.
func drives(t *testing.T, engine browsertest.Engine, address string) {
	browser := browsertest.Start(t, engine, browsertest.Options{Width: 500, Height: 400})
	run := func(name string, scenario func(t *testing.T, b *browsertest.Browser)) {
		t.Run(name, func(t *testing.T) {
			b := browser.For(t)
			b.Open(address + "/")
			b.Entries()
			scenario(t, b)
		})
	}

	run("clicks and keys are real input", func(t *testing.T, b *browsertest.Browser) {
		b.Click("#add")
		b.WaitText("#count", "1")
		require.Equal(t, "#add", b.Focused())
		b.Keys(browsertest.Space, browsertest.Enter)
		b.WaitText("#count", "3")
		b.Keys(browsertest.Tab)
		require.Equal(t, "#name", b.Focused())
		b.Keys("Go")
		b.Type("#name", "pher")
		require.Equal(t, "Gopher", b.Eval(`return document.querySelector("#name").value`))
		b.Keys(browsertest.Shift, browsertest.Tab)
		require.Equal(t, "#add", b.Focused())
		b.Clear("#name")
		require.Empty(t, b.Eval(`return document.querySelector("#name").value`))
	})

	run("scripts return JSON", func(t *testing.T, b *browsertest.Browser) {
		require.Nil(t, b.Eval(``))
		require.Equal(t, "x1", b.Eval(`return arguments[0] + arguments[1]`, "x", 1))
		require.Equal(t, []any{1.0, nil, map[string]any{"a": true}}, b.Eval(`return [1, null, { a: true }]`))
		odd := map[string]any{"__proto__": map[string]any{"x": -0.5}, "é 😀": nil}
		require.Equal(t, odd, b.Eval(`return arguments[0]`, odd))
		require.Equal(t, 42.0, b.Call("page.twice", 21))
		var number int
		b.CallInto(&number, "page.twice", 4)
		require.Equal(t, 8, number)
	})

	run("a failing script fails the test", func(t *testing.T, b *browsertest.Browser) {
		for script, want := range map[string]string{"page.fail": "RangeError: as told", "page.nothing": "the page offers no function page.nothing"} {
			probe := &recorder{TB: t}
			probe.run(func() { b.For(probe).Call(script) })
			require.Contains(t, probe.text, want)
		}
	})

	run("history", func(t *testing.T, b *browsertest.Browser) {
		b.Open(address + "/second")
		b.Back()
		require.Equal(t, address+"/", b.URL())
		b.Forward()
		require.Equal(t, address+"/second", b.URL())
		b.Click("#add")
		b.Reload()
		b.WaitText("#count", "0")
	})

	run("windows", func(t *testing.T, b *browsertest.Browser) {
		first, before := b.Window(), b.Windows()
		b.Click("#more")
		opened := b.Opened(before)
		require.NotEqual(t, first, opened)
		b.Wait("the new page", `return location.pathname === "/more"`)
		b.Close()
		require.Equal(t, first, b.Window())
		b.NewWindow()
		require.Len(t, b.Windows(), 2)
		b.Close()
		require.Equal(t, before, b.Windows())
	})

	run("Close goes back to the window before", func(t *testing.T, b *browsertest.Browser) {
		first := b.Window()
		second, third := b.NewWindow(), b.NewWindow()
		b.Switch(second)
		b.Switch(third)
		b.Close()
		require.Equal(t, second, b.Window())
		b.Close()
		require.Equal(t, first, b.Window())
	})

	run("files go in and out", func(t *testing.T, b *browsertest.Browser) {
		// Also when the window that the browser began with is gone.
		first, second := b.Window(), b.NewWindow()
		b.Switch(first)
		b.Close()
		require.Equal(t, second, b.Window())
		b.Open(address + "/")
		b.Click("#save")
		file := filepath.Join(b.Downloads(), "a.txt")
		require.Equal(t, "saved", string(b.WaitFile("a.txt")))
		b.Type("#file", file)
		require.Equal(t, "saved", b.Eval(`return document.querySelector("#file").files[0].text()`))
	})

	run("screen", func(t *testing.T, b *browsertest.Browser) {
		b.SetSize(480, 740)
		require.Equal(t, []any{480.0, 740.0}, b.Eval(`return [innerWidth, innerHeight]`))
		if b.Cannot(browsertest.Media) == "" {
			for _, scheme := range []string{"dark", "light"} {
				b.SetMedia("prefers-color-scheme", scheme)
				require.Equal(t, scheme == "dark", b.Eval(`return matchMedia("(prefers-color-scheme: dark)").matches`))
			}
		}
		file := filepath.Join(t.TempDir(), "page.png")
		b.Screenshot(file)
		picture, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, "\x89PNG", string(picture[:4]))
	})

	run("what a failed test left unread is not the next one's", func(t *testing.T, b *browsertest.Browser) {
		probe := &recorder{TB: t}
		probe.run(func() {
			b := b.For(probe)
			b.Open(address + "/broken")
			probe.Fatalf("as told")
		})
		require.Empty(t, b.Entries())
	})

	run("the log tells faults and requests", func(t *testing.T, b *browsertest.Browser) {
		b.RequireQuiet(nil)
		b.Open(address + "/broken")
		probe := &recorder{TB: t}
		probe.run(func() { b.For(probe).RequireQuiet([]string{address}) })
		require.Regexp(t, "ReferenceError: .*missing", probe.text)
		require.Contains(t, probe.text, "another origin: http://elsewhere.invalid/x.png")
		require.NotContains(t, probe.text, "careful")

		b.Open(address + "/broken")
		kinds, before := map[browsertest.Kind]int{}, map[browsertest.Entry]bool{}
		for _, entry := range b.Entries() {
			if !before[entry] { // WebKit asks again for a picture that it could not fetch ahead
				kinds[entry.Kind]++
			}
			before[entry] = true
		}
		require.Equal(t, 2, kinds[browsertest.Request])
		require.Equal(t, 2, kinds[browsertest.Fault])
		require.Equal(t, 1, kinds[browsertest.Note])
		require.GreaterOrEqual(t, kinds[browsertest.Warning], 1, "an engine may have warnings of its own")
	})
}
