package scenario

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// isolation: each tab, window and frame has a session of its own (rule 44), and a page of the back-forward cache the one it had (rule 45);
// the same in pages that COOP and COEP isolate.
func isolation(t *testing.T, b *browsertest.Browser) {
	for _, isolated := range []bool{false, true} {
		suffix, query := "", "page.html?id=%s"
		if isolated {
			suffix, query = ", COOP and COEP", "page.html?isolated&id=%s"
		}
		s, other := serveLife(t), serveLife(t)
		site := strings.NewReplacer("127.0.0.1", "insecure.test") // another site, not only another port
		address := func(s *lifeSite, id string) string { return s.home + fmt.Sprintf(query, id) }
		run := func(name string, fn func(t *testing.T, b *browsertest.Browser)) {
			t.Run(name+suffix, func(t *testing.T) {
				b := b.For(t)
				first := b.Window()
				b.NewWindow()
				b.Open(address(s, name))
				require.Equal(t, begun(0, isolated), started(b))
				b.Call("life.write", "first")
				b.Call("life.store", "the tab's")
				fn(t, b)
				clean(b, s.origin, other.origin, site.Replace(other.origin))
				b.Close()
				b.Switch(first)
			})
		}
		// another looks at the window that opened meanwhile: it is empty, and neither sees what the other writes.
		another := func(t *testing.T, b *browsertest.Browser, first browsertest.Window, stores int) {
			t.Helper()
			require.Equal(t, begun(stores, isolated), started(b))
			b.Call("life.write", "second")
			second := b.Window()
			b.Switch(first)
			require.Equal(t, "first", b.Call("life.read"))
			require.Equal(t, []any{"first"}, b.Call("life.history").(object)["heard"])
			b.Call("life.write", "first again")
			b.Switch(second)
			require.Equal(t, "second", b.Call("life.read"))
		}

		run("second tab", func(t *testing.T, b *browsertest.Browser) {
			first := b.Window()
			b.NewWindow()
			b.Open(address(s, "second"))
			another(t, b, first, 0)
			happened(t, b, "second tab"+suffix, "empty, its own")
			b.Close()
			b.Switch(first)
		})
		run("duplicated tab", func(t *testing.T, b *browsertest.Browser) {
			if why := b.Cannot(browsertest.Duplicate); why != "" {
				happened(t, b, "duplicated tab"+suffix, "not tried: %s", why)
				return
			}
			first := b.Window()
			b.Do(browsertest.Duplicate)
			another(t, b, first, 1)
			happened(t, b, "duplicated tab"+suffix, "empty, its own; sessionStorage was copied")
			b.Close()
			b.Switch(first)
		})
		for _, features := range []string{"opener", "noopener"} {
			run("window.open, "+features, func(t *testing.T, b *browsertest.Browser) {
				first, before := b.Window(), b.Windows()
				b.Click("#" + features)
				b.Opened(before)
				opener := features == "opener"
				stores := 0
				if opener {
					stores = 1 // a copy of its opener's, as for a duplicate
				}
				another(t, b, first, stores)
				if opener {
					require.Equal(t, "first again", b.Call("life.opener"))
					happened(t, b, "window.open"+suffix, "empty, its own; sessionStorage was copied; scripts of one origin reach each other's")
				} else {
					require.Equal(t, true, b.Eval(`return opener === null`))
					happened(t, b, "window.open, noopener"+suffix, "empty, its own")
				}
				b.Close()
				b.Switch(first)
			})
		}
		for _, frame := range []struct {
			name, address, sandbox string
			stores                 float64
			reached, says          string
		}{
			{"frame of the same origin", address(s, "frame"), "", 1, "inside", "empty, its own; the page's scripts reach it"},
			{"frame of another origin", address(other, "frame"), "", 0, "SecurityError", "empty, its own; the page cannot reach it"},
			{"frame of another site", site.Replace(address(other, "frame")), "", 0, "SecurityError", "empty, its own; the page cannot reach it"},
			{"frame in a sandbox", strings.Replace(address(s, "frame"), "id=frame", "", 1), "allow-scripts", -1, "SecurityError", "empty, its own; the page cannot reach it"},
		} {
			if isolated && frame.name == "frame of another site" {
				continue // its origin is insecure, and browsers hear COEP from secure ones alone
			}
			run(frame.name, func(t *testing.T, b *browsertest.Browser) {
				require.Equal(t, object{"held": "{}", "stores": frame.stores, "reached": frame.reached, "own": "outside"}, b.Call("life.frame", frame.address, frame.sandbox))
				happened(t, b, frame.name+suffix, frame.says)
			})
		}
		run("back-forward cache", func(t *testing.T, b *browsertest.Browser) {
			b.WaitFor(`#field[autocomplete="off"]`)
			b.Type("#field", "typed")
			for range 3 {
				before := b.Call("life.history").(object)["ticks"].(float64)
				b.Click("#away")
				b.WaitText("#here", "away")
				b.Back()
				b.WaitText("#shown", "typed")
				require.Equal(t, "first", b.Call("life.read"))
				b.Wait("its timers", `return life.history().ticks > arguments[0]`, before)
			}
			require.Equal(t, []any{false, true, true, true}, b.Call("life.history").(object)["shown"])
			b.Call("life.write", "later")
			require.Equal(t, []any{"first", "later"}, b.Call("life.history").(object)["heard"])
			b.Type("#field", " on")
			b.Wait("what was typed", `return document.getElementById("shown").textContent.endsWith("on")`) // some engines select what is there
			happened(t, b, "back-forward cache"+suffix, "3 of 3 came back whole, listeners, widgets and timers alive")
		})
	}
}
