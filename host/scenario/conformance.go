package scenario

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/static"
)

// conformance opens the page that runs the shared cases, as a visitor does: every case of every file passes, twice.
func conformance(t *testing.T, b *browsertest.Browser) {
	want := 0
	files, err := fs.Glob(static.Files, "cases/[0-9]*.json")
	require.NoError(t, err)
	for _, name := range files {
		text, err := fs.ReadFile(static.Files, name)
		require.NoError(t, err)
		var file struct{ Cases []struct{ Only string } }
		require.NoError(t, json.Unmarshal(text, &file))
		for _, c := range file.Cases {
			if c.Only != "go" {
				want++
			}
		}
	}
	require.Greater(t, want, 200)

	home := serve(t, "/", nil)
	b.Open(home)
	b.Click(`a[href="conformance.html"]`)
	for range 2 {
		b.WaitFor("#controls:enabled")
		var seen struct {
			Progress, Rules, Empty int
			Passed, Status         string
			Failures               []string
		}
		b.EvalInto(&seen, `return {
  progress: document.getElementById("progress").value,
  rules: document.querySelectorAll(".rules > li").length,
  empty: [...document.querySelectorAll(".rule-cases")].filter((list) => list.children.length === 0).length,
  passed: document.getElementById("passed").textContent,
  status: document.getElementById("status").textContent,
  failures: [...document.querySelectorAll(".rule-cases .alarm")].map((alarm) => alarm.parentElement.textContent),
};`)
		require.Empty(t, seen.Failures)
		require.Equal(t, want, seen.Progress, "cases that ran")
		require.Equal(t, 26, seen.Rules, "rules 1 to 25, and 50")
		require.Zero(t, seen.Empty, "rules without a case")
		require.Equal(t, fmt.Sprintf("%d / %d", want, want), seen.Passed)
		require.Contains(t, seen.Status, fmt.Sprintf("All %d cases of 26 rules passed", want))
		b.Click("#again")
	}
	b.WaitFor("#controls:enabled")

	// A case that is wrong shows: a page that could only be green would show nothing.
	wrong := serve(t, "/", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/cases/01-map.json" {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"title": "Wrong", "cases": [
  {"name": "a result", "rules": [1], "steps": [{"do": "set", "key": "a", "value": 1}, {"do": "get", "key": "a", "gives": 2}]},
  {"name": "a step", "rules": [1, 5], "steps": [{"do": "jump"}]}
]}`)
		})
	})
	b.Open(wrong + "conformance.html")
	b.WaitFor("#controls:enabled")
	require.Regexp(t, `^2 of \d+ cases failed`, b.Text("#status"))
	require.Len(t, b.Eval(`return [...document.querySelectorAll(".rules > li.failed")]`), 2, "rules 1 and 5")
	require.Equal(t, []any{"Failed through the methods", "2 (get)", "result", "1", "2"}, b.Eval(`return [...document.querySelector(".failed .alarm").querySelectorAll("h3, dd")].map((at) => at.textContent)`))
	require.Contains(t, b.Text(".failed + .failed .alarm, .failed ~ .failed .alarm"), `there is no step "jump"`)
	clean(b, home, wrong)
}
