package scenario

import (
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/host/signup"
	"github.com/tabstate/tabstate/host/site"
	"github.com/tabstate/tabstate/static"
)

// goKit: a module of somebody's own in place of the prebuilt one: what is written in Go works, and so does everything else.
func goKit(t *testing.T, b *browsertest.Browser) {
	withProgram(t, "host/scenario/testdata/gokit", func() {
		t.Run("program", func(t *testing.T) {
			b := b.For(t)
			defer b.Entries() // it has programs panic, and asks for modules that are not there
			facadeFile(t, b, serve(t, "/", nil), "program.js")
			if !t.Failed() {
				happened(t, b, "program: a callback in Go fails, panics, waits or ends its goroutine", "one session-error each, the stack on the console; what was written before stays, the session goes on")
				happened(t, b, "program: a goroutine or a validator in Go panics", "one error each, nothing refused is written, the session goes on")
				happened(t, b, "module and glue of two Go versions", "one error that names both; the page may open again")
			}
		})
		t.Run("click", func(t *testing.T) { click(t, b.For(t)) })
	})
	if runs(t, b, "the other scenarios with a module in Go") {
		withProgram(t, "host/scenario/testdata/gokit/quiet", func() {
			t.Run("demos", func(t *testing.T) { demos(t, b.For(t)) })
			t.Run("conformance", func(t *testing.T) { conformance(t, b.For(t)) })
			t.Run("static demos", func(t *testing.T) { staticDemos(t, b.For(t)) })
		})
	}
	t.Run("go demos", func(t *testing.T) { goDemos(t, b.For(t)) })
	if runs(t, b, "what the README says of Go") {
		t.Run("readme", func(t *testing.T) { goReadme(t, b.For(t)) })
	}
}

// click measures what a callback costs beyond the event: in Go and in JavaScript, of a button in the page.
func click(t *testing.T, b *browsertest.Browser) {
	home := serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/click.html" {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(`<!doctype html><title>Click</title><link rel="icon" href="data:,"><script type="module" src="tabstate/tabstate.js"></script>
<button id="go" data-session-callback="nothing">Go</button><button id="js" data-session-callback="own">JavaScript</button><button id="add" data-session-callback="add">Add</button><button id="bare">Bare</button>`))
		})
	})
	b.Open(home + "click.html")
	bound(b)
	var cost struct{ Bare, JS, Go, Add float64 }
	b.EvalInto(&cost, `
tabstate.session.callback("own", () => {});
document.getElementById("go").click();
const best = { bare: Infinity, js: Infinity, go: Infinity, add: Infinity };
for (let round = 0; round < 40; round++) {
  for (const name of Object.keys(best)) {
    const button = document.getElementById(name);
    const before = performance.now();
    for (let i = 0; i < 500; i++) button.click();
    best[name] = Math.min(best[name], (performance.now() - before) * 2);
  }
}
return best;`)
	t.Logf("a click: %.1f µs bare, %.1f with a callback in JavaScript, %.1f in Go, %.1f in Go with a write and what follows from it", cost.Bare, cost.JS, cost.Go, cost.Add)
	require.Equal(t, 20000.0, b.Eval(`return tabstate.session.get("go:count")`))
	clean(b, home)
}

// demo serves the demo site with the module of a demo in Go beside its page, and the server of the one that has one.
func demo(t *testing.T, name string) string {
	pages := site.Handler(site.Options{Pages: static.Files, Runtime: runtime(t).dist})
	module := site.Handler(site.Options{Pages: programOf(t, "static/go/"+name).dist})
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle("/go/"+name+"/tabstate/", http.StripPrefix("/go/"+name+"/tabstate", module))
	mux.HandleFunc(signup.Path, signup.ServeHTTP)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// goDemos uses the demos in Go as a visitor does.
func goDemos(t *testing.T, b *browsertest.Browser) {
	cases := map[string]func(t *testing.T, b *browsertest.Browser){"loan": loan, "signup": signUp, "life": life, "quotes": quotes}
	mains, err := filepath.Glob("static/go/*/main.go")
	require.NoError(t, err)
	require.Len(t, mains, len(cases), "each demo has a case")
	for _, main := range mains {
		name := filepath.Base(filepath.Dir(main))
		t.Run(name, func(t *testing.T) {
			b := b.For(t)
			home := demo(t, name)
			b.NewWindow()
			b.Open(home)
			b.Click(`a[href="go/` + name + `/"]`)
			b.WaitFor("#code")
			source, err := os.ReadFile(main)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSpace(string(source)), b.Text("#code"), "the page shows the code that runs")
			page, err := fs.ReadFile(static.Files, "go/"+name+"/index.html")
			require.NoError(t, err)
			inside := card.FindStringSubmatch(string(page))
			require.NotNil(t, inside)
			require.Contains(t, string(page), html.EscapeString("<")+"div") // it is shown, not run
			require.Equal(t, strings.TrimSpace(strings.ReplaceAll("\n"+inside[1], "\n      ", "\n")), b.Text("#html"))
			bound(b)
			cases[name](t, b)
			require.Empty(t, b.Text("#fault-text"))
			look(t, b, home+"go/"+name+"/", "go-"+name)
			if name == "quotes" || name == "signup" { // they ask for what is not there, or is refused
				b.RequireQuiet([]string{strings.TrimSuffix(home, "/")}, "Failed to load resource")
			} else {
				clean(b, home)
			}
			b.Close()
		})
	}
}

func loan(t *testing.T, b *browsertest.Browser) {
	b.WaitText("#monthly", "€993.55")
	require.Len(t, texts(b, "tbody tr"), 10)
	over(b, "#amount", "200000")
	b.WaitText("#monthly", "€1,987.10")
	b.Click("#years")
	b.Keys(browsertest.Home)
	require.Len(t, texts(b, "tbody tr"), 1)
	b.Keys(browsertest.Right)
	require.Len(t, texts(b, "tbody tr"), 2)
	require.Equal(t, "€0.00", texts(b, "tbody tr td:last-child")[1])
	b.Click("#rate")
	b.Keys(browsertest.Home)
	b.WaitText("#interest", "€0.00")
	b.Clear("#amount")
	b.WaitText("#monthly", "€0.00")
}

func signUp(t *testing.T, b *browsertest.Browser) {
	over(b, "#seats", "9")
	b.Click("form button")
	b.WaitText("#status", "Not sent: see what is marked above.")
	require.Equal(t, []string{"Tell us your name.", "We need an address to write to.", "Between one and four seats.", "Please agree first."}, texts(b, "p.wrong"))
	b.Type("#name", "Ada")
	b.Type("#email", "ada@example.org")
	over(b, "#seats", "2")
	b.Click("input[type=checkbox]")
	b.Keys(browsertest.Tab, browsertest.Enter)
	b.WaitText("#status", "Thank you, Ada. The server has checked it too.")
	require.Equal(t, []string{"", "", "", ""}, texts(b, "p.wrong"))

	// Who sends it past the page is refused by the same rules.
	require.Equal(t, []any{422.0, "That is no e-mail address."}, b.Eval(`
const answer = await fetch("check", { method: "POST", body: JSON.stringify({ name: "Eve", email: "none", seats: 1, terms: true }) });
return [answer.status, (await answer.json()).email];`))
}

func life(t *testing.T, b *browsertest.Browser) {
	b.WaitText("#alive", "36")
	b.WaitText("#generation", "0")
	b.Click("#step")
	b.WaitText("#generation", "1")
	b.Click("#toggle")
	b.WaitFor("#toggle > [data-session-show]:not([hidden])")
	b.Wait("several generations", `return Number(document.getElementById("generation").textContent) > 4`)
	b.Type("#pattern", browsertest.Down)
	b.WaitText("#alive", "5")
	b.Click("#toggle")
	b.WaitFor("#toggle > [data-session-hide]:not([hidden])")
	require.NotEmpty(t, b.Eval(`return document.querySelector(".life path").getAttribute("d")`))
}

func quotes(t *testing.T, b *browsertest.Browser) {
	b.Click("#fetch")
	b.WaitFor("#list li")
	require.Len(t, texts(b, "#list li"), 5)
	b.Click("#wrong")
	b.WaitFor("#refused:not([hidden])")
	require.Contains(t, b.Text("#refused"), "The host has no quotes at that address.")
	require.Len(t, texts(b, "#list li"), 5)
	b.Click("#fetch")
	b.WaitFor("#refused[hidden]")
}

var goSnippet = regexp.MustCompile("(?s)```(go|html|sh) file=(main\\.go|main_test\\.go|cart\\.html|build\\.sh)\n(.*?)```")

// goReadme does what the README tells a Go developer, in a module of its own: the test runs, both ways of building give a page
// that works.
func goReadme(t *testing.T, b *browsertest.Browser) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	shop := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(shop, name), []byte(content), 0o644))
	}
	found := goSnippet.FindAllStringSubmatch(string(text), -1)
	require.Len(t, found, 3)
	require.NoError(t, os.Mkdir(filepath.Join(shop, "site"), 0o755))
	for _, snippet := range found {
		if name := snippet[2]; name == "cart.html" {
			write("site/"+name, snippet[3])
		} else {
			write(name, snippet[3])
		}
	}
	root, err := filepath.Abs(".")
	require.NoError(t, err)
	run := func(env []string, command ...string) string {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = shop
		cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"), env...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", command, out)
		return string(out)
	}
	sums, err := os.ReadFile("go.sum")
	require.NoError(t, err)
	write("go.sum", string(sums))
	module, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	// What `go get` would bring, from this checkout.
	write("go.mod", strings.Replace(string(module), "module github.com/tabstate/tabstate\n", "module example.org/shop\n\nrequire github.com/tabstate/tabstate v0.0.0\n\nreplace github.com/tabstate/tabstate => "+root+"\n", 1))
	run(nil, "go", "vet", ".")
	run(nil, "go", "test", ".")
	run(nil, "go", "run", "github.com/tabstate/tabstate/host", "-quick", "-build", ".", "-out", "site/tabstate")
	shopping := func(address string) {
		b.Open(address)
		bound(b)
		b.Click("button")
		b.Click("button")
		b.WaitText("output", "9")
		require.Equal(t, []string{"Tea", "Tea"}, texts(b, "li"))
	}
	own := httptest.NewServer(site.Handler(site.Options{Pages: os.DirFS(filepath.Join(shop, "site")), Runtime: os.DirFS(filepath.Join(shop, "site", "tabstate"))}))
	t.Cleanup(own.Close)
	shopping(own.URL + "/cart.html")

	// Plain go build: the prebuilt facade, the module, and the wasm_exec.js of the toolchain.
	run([]string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-o", "site/app.wasm", ".")
	goroot := strings.TrimSpace(run(nil, "go", "env", "GOROOT"))
	glue, err := os.ReadFile(filepath.Join(goroot, "lib", "wasm", "wasm_exec.js"))
	require.NoError(t, err)
	write("site/wasm_exec.js", string(glue))
	page, err := os.ReadFile(filepath.Join(shop, "site", "cart.html"))
	require.NoError(t, err)
	tag := `src="tabstate/tabstate.js" data-session-wasm="app.wasm" data-session-glue="wasm_exec.js"`
	require.Contains(t, string(text), tag)
	write("site/plain.html", strings.Replace(string(page), `src="tabstate/tabstate.js"`, tag, 1))
	plain := httptest.NewServer(site.Handler(site.Options{Pages: os.DirFS(filepath.Join(shop, "site")), Runtime: runtime(t).dist}))
	t.Cleanup(plain.Close)
	shopping(plain.URL + "/plain.html")
	b.Entries() // pages of snippets have no icon
}
