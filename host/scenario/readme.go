package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

var (
	snippet  = regexp.MustCompile("(?s)```(html|js)(?: file=(\\S+))?\n(.*?)```")
	expected = regexp.MustCompile(`^(.*\S);\s+// → (.*)$`)
	refused  = regexp.MustCompile(`^// throws (\w+: .*)$`)
)

// readme runs every snippet of the README: pages of HTML with the scripts they name, and JavaScript whose lines that end
// in "// → value" must give that value, and whose lines before "// throws Name: message" must throw that.
func readme(t *testing.T, b *browsertest.Browser) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	files, scripts := map[string]string{}, []string{}
	for _, found := range snippet.FindAllStringSubmatch(string(text), -1) {
		switch kind, name, code := found[1], found[2], found[3]; {
		case name != "":
			files[name] = code
		default:
			require.Equal(t, "js", kind)
			scripts = append(scripts, code)
		}
	}
	require.Len(t, files, 5) // one of them, cart.html, needs the program in Go: see gokit.go
	files["favicon.ico"] = ""
	require.Len(t, scripts, 3)
	for i, code := range scripts {
		files[fmt.Sprintf("snippet%d.js", i)] = checked(t, code)
		files[fmt.Sprintf("snippet%d.html", i)] = fmt.Sprintf(`<!doctype html><title>Snippet</title><script type="module" src="snippet%d.js"></script>`, i)
	}
	home := serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			content, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
			if !ok {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if strings.HasSuffix(r.URL.Path, ".js") {
				w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			}
			w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'")
			fmt.Fprint(w, content)
		})
	})

	b.Open(home + "hello.html")
	b.WaitFor("p[hidden]")
	b.Type("input:not([type])", "Ada")
	b.WaitText("p:not([hidden])", "Hello Ada")
	b.Click("input[type=checkbox]")
	b.WaitFor("b.loud")

	b.Open(home + "counter.html")
	bound(b)
	b.Click("#add")
	b.Click("#add")
	b.WaitText("output", "2")

	b.Open(home + "order.html")
	bound(b)
	b.Type("input", "Ada")
	b.Click("button")
	b.WaitText("output", "Thank you.")
	require.Empty(t, b.Eval("return document.querySelector('input').value"))

	for i := range scripts {
		b.Open(fmt.Sprintf("%ssnippet%d.html", home, i))
		b.Wait("the snippet's end", "return document.title === 'done' || document.title.startsWith('failed')")
		require.Equal(t, "done", b.Eval("return document.title"))
	}
	b.RequireQuiet([]string{strings.TrimSuffix(home, "/")}, "422") // one snippet is refused
}

// checked turns the expectations in a snippet's comments into checks; the page's title tells how it ended.
func checked(t *testing.T, code string) string {
	lines := strings.Split(strings.ReplaceAll(code, `"tabstate"`, `"./tabstate/tabstate.js"`), "\n")
	count := 0
	for i, line := range lines {
		if m := expected.FindStringSubmatch(line); m != nil {
			require.True(t, json.Valid([]byte(m[2])), line)
			lines[i] = fmt.Sprintf("check(%q, () => %s);", m[2], m[1])
			count++
		}
		if m := refused.FindStringSubmatch(line); m != nil {
			lines[i-1] = fmt.Sprintf("checkThrows(%q, () => { %s });", m[1], lines[i-1])
			count++
		}
	}
	require.NotZero(t, count, "a snippet that states nothing")
	return strings.Join(lines, "\n") + `
function check(want, run) {
  const got = JSON.stringify(run());
  if (got !== want) document.title = "failed: " + run + " gave " + got + ", want " + want;
}
function checkThrows(want, run) {
  try { run(); } catch (error) {
    const got = error.name + ": " + error.message;
    if (got !== want) document.title = "failed: threw " + got + ", want " + want;
    return;
  }
  document.title = "failed: did not throw " + want;
}
if (document.title === "Snippet") document.title = "done";
`
}
