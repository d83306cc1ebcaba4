// Package scenario opens the runtime in real browsers, through the host's handler, and does what visitors do.
//
// Every scenario is written once and runs in each engine that can be driven. The runtime is built from the sources for
// each run, so what is tested is never older than what is read. The tests that run it stand in wasm_test.go at the top of
// the repository; the working folder is that one.
package scenario

import (
	"strings"
	"sync"
	"testing"

	"github.com/tabstate/tabstate/host/browsertest"
)

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

// alone is what runs in Chromium alone, and why: it takes long, and tries nothing in which engines differ.
var alone = map[string]string{
	"the other scenarios with a module in Go": "each runs in every engine with the prebuilt module",
	"what the README says of Go":              "it builds modules as a stranger does",
}

// runs says whether a part of a scenario runs in the browser's engine.
func runs(t *testing.T, b *browsertest.Browser, part string) bool {
	why, found := alone[part]
	if !found {
		t.Fatalf("%q is not in the table", part)
	}
	if b.Engine() != browsertest.Chromium {
		t.Logf("%s: in Chromium alone: %s", part, why)
		return false
	}
	return true
}

// Browsers runs every scenario in every engine, engines side by side: much of the time a browser waits.
func Browsers(t *testing.T) {
	// Not by t.Parallel, which runs as many at once as there are processors.
	var all sync.WaitGroup
	for _, engine := range browsertest.Engines {
		all.Go(func() {
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
		})
	}
	all.Wait()
}

// object is a JSON object as a page returns it.
type object = map[string]any

// bound waits until the page's script tag has opened its session and bound the HTML, which it does in a task of its own once the page's
// scripts have had the session.
func bound(b *browsertest.Browser) {
	b.Wait("the page to be bound", `if (document.readyState !== "complete" || !globalThis.tabstate) return false;
await tabstate.ready;
return new Promise((done) => setTimeout(() => setTimeout(done, 0, true)));`)
}

// clean ends a scenario: nothing went wrong in any page, and no page asked another origin than those given for anything.
func clean(b *browsertest.Browser, origins ...string) {
	for i, origin := range origins {
		origins[i] = strings.TrimSuffix(origin, "/")
	}
	b.RequireQuiet(origins)
}
