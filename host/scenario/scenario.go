// Package scenario opens the runtime in real browsers, through the host's handler, and does what visitors do.
//
// Every scenario is written once and runs in each engine of the list below. The runtime is built from the sources for
// each run, so what is tested is never older than what is read. The tests that run it stand in wasm_test.go at the top of
// the repository; the working folder is that one.
package scenario

import (
	"strings"
	"testing"

	"github.com/tabstate/tabstate/host/browsertest"
)

// engines are those that every scenario runs in.
var engines = []browsertest.Engine{browsertest.Chromium, browsertest.Firefox}

// scenarios are the tests, in the order in which they run; each file beside this one holds some.
var scenarios = []struct {
	name string
	run  func(t *testing.T, b *browsertest.Browser)
}{
	{"leave traces", leaveTraces},
	{"facade", facade},
	{"session", aSession},
	{"lifetime", lifetime},
	{"isolation", isolation},
	{"keep", keep},
	{"serving", serving},
	{"broken module", brokenModule},
	{"opening", opening},
	{"crashing", crashing},
	{"hostile code", hostileCode},
	{"hostile input", hostileInput},
	{"markup", markup},
	{"capacity", capacity},
	{"demos", demos},
	{"conformance", conformance},
	{"speed", speed},
	{"bound HTML", boundHTML},
	{"swaps", swaps},
	{"static demos", staticDemos},
	{"submit", submit},
	{"on Workers", onWorkers},
	{"looks", looks},
	{"go kit", goKit},
	{"readme", readme},
	{"traces", traces},
}

// Browsers runs every scenario in every engine.
func Browsers(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			b := browsertest.Start(t, engine, browsertest.Options{})
			for _, scenario := range scenarios {
				t.Run(scenario.name, func(t *testing.T) {
					b := b.For(t)
					b.Entries() // what an earlier scenario left unread
					scenario.run(t, b)
				})
			}
		})
	}
}

// object is a JSON object as a page returns it.
type object = map[string]any

// clean ends a scenario: nothing went wrong in any page, and no page asked another origin than those given for anything.
func clean(b *browsertest.Browser, origins ...string) {
	for i, origin := range origins {
		origins[i] = strings.TrimSuffix(origin, "/")
	}
	b.RequireQuiet(origins)
}
