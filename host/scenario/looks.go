package scenario

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/static"
)

// looks holds what every page owes to every visitor, on a phone and on a desk, light and dark. With TABSTATE_SHOTS=FOLDER
// in the environment it leaves a picture of each.
func looks(t *testing.T, b *browsertest.Browser) {
	home := serve(t, "/", nil)
	pages, err := fs.Glob(static.Files, "*.html")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		t.Run(page, func(t *testing.T) {
			b := b.For(t)
			look(t, b, home+page, strings.TrimSuffix(page, ".html"))
			clean(b, home)
		})
	}
}

// look holds one page to it; name is that of its pictures.
func look(t *testing.T, b *browsertest.Browser, address, name string) {
	for _, need := range []browsertest.Act{browsertest.Media, browsertest.Narrow} {
		if why := b.Cannot(need); why != "" {
			t.Logf("not in %s: %s", b.Engine(), why)
			return
		}
	}
	for _, screen := range []struct {
		name          string
		width, height int
	}{{"phone", 360, 740}, {"desk", 1280, 800}} {
		for _, scheme := range []string{"light", "dark"} {
			b.SetSize(screen.width, screen.height)
			b.SetMedia("prefers-color-scheme", scheme)
			b.Open(address)
			b.Wait("the session", `return document.querySelector("fieldset:disabled") === null && (!globalThis.tabstate || tabstate.session !== null)`)
			require.LessOrEqual(t, b.Eval(`return document.documentElement.scrollWidth`), float64(screen.width), "wider than the screen")
			require.Empty(t, b.Eval(unnamed), "controls without a name")
			require.Empty(t, b.Eval(faint), "text with too little contrast")
			if folder := os.Getenv("TABSTATE_SHOTS"); folder != "" {
				b.SetSize(screen.width, int(b.Eval(`return document.documentElement.scrollHeight`).(float64)))
				b.Screenshot(filepath.Join(folder, name+"-"+screen.name+"-"+scheme+".png"))
			}
		}
	}
	require.Len(t, b.Eval(`return [...document.querySelectorAll("h1, main, html[lang], title, meta[name=viewport]")]`), 5)
	b.Keys(browsertest.Tab)
	require.Equal(t, "Skip to the content", b.Eval(`return document.activeElement.textContent`))
}

// unnamed lists the controls that a screen reader could not name.
const unnamed = `return [...document.querySelectorAll("button, input, select, textarea, a, [role]:not([role=alert], [role=status])")]
  .filter((at) => !(at.labels?.length || at.getAttribute("aria-label") || at.getAttribute("aria-labelledby") || at.textContent.trim()))
  .map((at) => at.outerHTML);`

// faint lists the visible texts whose contrast with what is behind them is under 4.5 to 1 (WCAG 2.2, 1.4.3), disabled
// controls aside.
const faint = `
const channels = (color) => color.match(/[\d.]+/g).map(Number);
const light = (color) => channels(color).slice(0, 3)
  .map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (at) => {
  for (; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if ((channels(color)[3] ?? 1) === 1) return color;
  }
  return "rgb(255, 255, 255)";
};
const found = [];
for (const at of document.body.querySelectorAll("*")) {
  if (![...at.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !at.checkVisibility() || at.matches(":disabled")) continue;
  const [a, b] = [light(getComputedStyle(at).color), light(behind(at))];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < 4.5) found.push(at.outerHTML.slice(0, 80) + " " + contrast.toFixed(2));
}
return found;`
