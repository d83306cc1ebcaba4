package scenario

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/static"
)

// demos uses every demo as its page tells a visitor to, by mouse and keyboard.
func demos(t *testing.T, b *browsertest.Browser) {
	demosAt(t, b, serve(t, "/", nil))
}

func demosAt(t *testing.T, b *browsertest.Browser, home string) {
	cases := map[string]func(t *testing.T, b *browsertest.Browser){
		"counter": counter, "unserializable": unserializable, "tabs": tabs, "snapshot": snapshot,
	}
	b.Open(home)
	var linked []string
	b.EvalInto(&linked, `return [...document.querySelectorAll("#session a")].map((a) => a.getAttribute("href"))`)
	require.Len(t, linked, len(cases), "each demo of the index has a case")
	for _, page := range linked {
		name := strings.TrimSuffix(page, ".html")
		t.Run(name, func(t *testing.T) {
			require.Contains(t, cases, name)
			b := b.For(t)
			b.Open(home)
			b.Click(`a[href="` + page + `"]`)
			b.WaitFor("#controls:enabled")
			cases[name](t, b)

			script, err := fs.ReadFile(static.Files, name+".js")
			require.NoError(t, err)
			require.Equal(t, strings.TrimSpace(string(script)), b.Text("#code"), "the page shows the code that runs")
			clean(b, home)
		})
	}
}

func counter(t *testing.T, b *browsertest.Browser) {
	b.WaitText("#count", "0")
	b.Click("#more")
	b.Click("#more")
	b.Click("#less")
	b.WaitText("#count", "1")
	b.Keys(browsertest.Tab, browsertest.Space)
	b.WaitText("#count", "2")
	require.Equal(t, "#more", b.Focused())
	b.Keys(browsertest.Tab, browsertest.Enter)
	b.WaitText("#count", "0")

	b.Click("#more")
	b.Click(".brand")
	b.WaitFor(".demos")
	b.Back()
	b.WaitText("#count", "1")
	b.Reload()
	b.WaitFor("#controls:enabled")
	b.WaitText("#count", "0")
}

func unserializable(t *testing.T, b *browsertest.Browser) {
	b.WaitText("#held", `"the value before"`)
	b.Click("#store")
	b.WaitFor("#refused:not([hidden])")
	b.WaitText("#refused h3", "UnserializableSessionStateError")
	b.WaitText("#key", "unserializable")
	b.WaitText("#path", "(the value itself)")
	b.WaitText("#type", "function")
	for _, part := range []string{"#message", "#reason", "#hint"} {
		require.NotEmpty(t, b.Text(part), part)
	}
	b.WaitText("#held", `"the value before"`)
	b.WaitFor("#call:disabled")

	b.Type("#value", browsertest.Down)
	b.Keys(browsertest.Tab, browsertest.Enter)
	b.WaitText("#path", "/rules/0/run")

	// By keyboard: enforcement off, back to the function, store, call.
	b.Keys(browsertest.Shift, browsertest.Tab)
	b.Keys(browsertest.Up, browsertest.Shift, browsertest.Tab)
	require.Equal(t, "#enforce", b.Focused())
	b.Keys(browsertest.Space, browsertest.Tab, browsertest.Tab, browsertest.Enter)
	b.WaitText("#held", "() => x => x")
	b.WaitText("#how", "held by reference")
	b.WaitFor("#refused[hidden]")
	b.Keys(browsertest.Tab, browsertest.Enter)
	b.WaitText("#result", "Called, and called again: 42")

	// On again: what is held stays.
	b.Click("#enforce")
	b.WaitText("#held", "() => x => x")
	b.Click("#store")
	b.WaitFor("#refused:not([hidden])")
	b.WaitText("#held", "() => x => x")
}

func tabs(t *testing.T, b *browsertest.Browser) {
	first, before := b.Window(), b.Windows()
	b.Type("#note", "only here")
	b.WaitText("#held", "only here")
	b.Click("#second")
	b.Opened(before)
	b.WaitFor("#controls:enabled")
	b.WaitText("#held", "nothing yet")
	b.Type("#note", "and this there")
	b.WaitText("#held", "and this there")
	b.Close()
	b.Switch(first)
	b.WaitText("#held", "only here")
	require.Equal(t, before, b.Windows())
}

func snapshot(t *testing.T, b *browsertest.Browser) {
	fields := func() any {
		return b.Eval(`return ["title", "servings", "vegetarian", "steps"].map((id) => {
  const field = document.getElementById(id);
  return field.type === "checkbox" ? field.checked : field.value;
});`)
	}
	b.Clear("#title")
	b.Type("#title", `Soup "à la é" 😀`)
	b.Click("#vegetarian")
	b.Type("#steps", "\nServe")
	want := []any{`Soup "à la é" 😀`, "4", false, "Mix\nWait\nFry\nServe"}
	require.Equal(t, want, fields())

	b.Click("#download")
	text := b.WaitFile("session.json")
	var file object
	require.NoError(t, json.Unmarshal(text, &file))
	require.Equal(t, object{
		"title": `Soup "à la é" 😀`, "servings": 4.0, "vegetarian": false, "steps": []any{"Mix", "Wait", "Fry", "Serve"},
	}, file)

	b.Clear("#title")
	b.Type("#title", "Bread")
	b.Click("#vegetarian")
	changed := []any{"Bread", "4", true, "Mix\nWait\nFry\nServe"}
	upload := func(name, content string) {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
		b.Type("#upload", path)
	}
	upload("broken.json", "{\n  \"title\": \"Soup\",\n  \"steps\": [\"Mix\" \"Wait\"]\n}")
	b.WaitFor("#broken:not([hidden])")
	require.Equal(t, []any{"3", "19", "/steps"}, []any{b.Text("#line"), b.Text("#column"), b.Text("#path")})
	require.NotEmpty(t, b.Text("#message"))
	require.Equal(t, changed, fields(), "a refused file changes nothing")

	upload("session.json", string(text))
	b.WaitText("#done", "Restored from session.json.")
	b.WaitFor("#broken[hidden]")
	require.Equal(t, want, fields())
	require.JSONEq(t, string(text), b.Text("#text"))
}
