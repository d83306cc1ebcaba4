package scenario

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/static"
)

// speed opens the page that measures, as a visitor does, and has it do everything once. The page itself fails when a store does
// not hold what was written, or when a listener was not told.
func speed(t *testing.T, b *browsertest.Browser) {
	text, err := fs.ReadFile(static.Files, "bench/recorded.json")
	require.NoError(t, err)
	var recorded struct {
		Peers   []struct{ Title string }
		Engines map[string]map[string]map[string]map[string]float64
	}
	require.NoError(t, json.Unmarshal(text, &recorded))
	require.Greater(t, len(recorded.Peers), 10)

	home := serve(t, "/", nil)
	b.Open(home)
	b.Click(`a[href="bench.html"]`)
	b.WaitFor("#start:enabled")
	require.Equal(t, "Tabstate", b.Eval(`return document.querySelector("#tables tbody th").textContent`))
	require.GreaterOrEqual(t, b.Eval(`return document.querySelectorAll("#tables table").length`), float64(4), "what was recorded")

	b.Open(home + "bench.html?short")
	b.WaitFor("#start:enabled")
	b.Eval(`sessionStorage.setItem("of the page", "kept")`)
	b.Click("#start")
	b.WaitFor("#controls:disabled")
	for {
		// Each page of it has the whole patience for itself.
		value := b.Eval(`return document.getElementById("progress").value`).(float64)
		if value == b.Eval(`return document.getElementById("progress").max`).(float64) {
			break
		}
		b.Wait("the next page", `return document.getElementById("progress").value > arguments[0] || document.getElementById("fault-text").textContent`, value)
	}
	b.WaitFor("#controls:enabled")
	require.Empty(t, b.Text("#fault-text"))
	require.Regexp(t, "^Done", b.Text("#status"))
	var table [][]string
	b.EvalInto(&table, `return [...document.querySelectorAll("#here tr")].map((row) => [...row.children].map((cell) => cell.textContent))`)
	require.Equal(t, []string{"", "Tabstate", "Map", "Map, deep-frozen clone", "Map, frozen copy by hand", "Map, structuredClone", "sessionStorage + JSON"}, table[0])
	for _, engine := range recorded.Engines {
		require.Len(t, table, 1+len(engine["speed"]), "the rows that are recorded run here, too")
		break
	}
	for _, row := range table[1:] {
		for i, cell := range row[1:] {
			if i == 0 || row[0] != "read number as a property" {
				require.Regexp(t, `^[\d.,]+ (ns|µs|ms)`, cell, row[0])
			}
		}
	}
	require.Equal(t, []any{1.0, "kept"}, b.Eval(`return [sessionStorage.length, sessionStorage.getItem("of the page")]`))
	require.Equal(t, 0.0, b.Eval(`return document.querySelectorAll("iframe").length`))
	b.Eval(`sessionStorage.clear()`)
	clean(b, home)
}
