package bench

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// run is one run of the benchmark.
type run struct {
	b       testing.TB
	engine  browsertest.Engine
	address string // of the server
	wasm    string // the name of the built module
	build   string // the digest of what is measured
	figures Figures
	peers   []Peer
	stages  []string
	rounds  int
	quick   bool
	// browser is the version of the engine, from the first page that was opened.
	browser string
	// sizes are bytes of brotli by peer, versions those of packages and of the toolchain.
	sizes    map[string]int
	versions map[string]string
}

// choose leaves only the peers named.
func (r *run) choose(names string) {
	r.peers = nil
	for _, name := range strings.Split(names, ",") {
		p, ok := find(name)
		if !ok {
			r.b.Fatalf("no peer is called %q", name)
		}
		r.peers = append(r.peers, p)
	}
}

// fresh has a new browser process do something, and ends it.
func (r *run) fresh(do func(b *browsertest.Browser)) {
	once := &once{TB: r.b}
	defer once.end()
	do(browsertest.Start(once, r.engine, browsertest.Options{Patience: 2 * time.Minute}))
}

// once is a test that ends before the one it is part of: a browser, and its folders, end with theirs.
type once struct {
	testing.TB
	cleanups []func()
}

func (o *once) Cleanup(f func()) { o.cleanups = append(o.cleanups, f) }

func (o *once) TempDir() string {
	dir, err := os.MkdirTemp("", "tabstate-bench-")
	require.NoError(o, err)
	o.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (o *once) end() {
	for _, cleanup := range slices.Backward(o.cleanups) {
		cleanup()
	}
}

// open opens a page of the benchmark and waits until its script has run.
func (r *run) open(b *browsertest.Browser, page, peer string) {
	b.Open(fmt.Sprintf("%s/bench/%speer=%s&wasm=%s", r.address, page, peer, r.wasm))
	if strings.HasPrefix(page, "start?") {
		time.Sleep(600 * time.Millisecond) // asking would slow it down
	}
	b.Wait("the benchmark's page", "return document.title === 'ready' || document.title")
	if r.browser == "" {
		agent := b.Eval("return navigator.userAgent").(string)
		if found := regexp.MustCompile(`(?:Chrome|Firefox|Version)/([\d.]+)`).FindStringSubmatch(agent); found != nil {
			r.browser = found[1]
		}
	}
}

// speed measures every row of every stage, in ns.
func (r *run) speed() {
	options := map[string]any{"ms": 15, "runs": 7}
	if r.quick {
		options = map[string]any{"ms": 10, "runs": 4}
	}
	for round := range r.rounds {
		for _, p := range r.peers {
			options["skip"] = append([]string{}, p.Skip...)
			r.fresh(func(b *browsertest.Browser) {
				for _, stage := range r.stages {
					r.open(b, "?", p.Name)
					var rows map[string]float64
					b.CallInto(&rows, "bench.stage", stage, options)
					for row, ns := range rows {
						r.figures.add("speed", row, p.Name, ns)
					}
				}
			})
			r.b.Logf("speed, round %d: %s", round+1, p.Title)
		}
	}
}

// memory measures bytes for each key at 50,000 keys: V8's heap and the growth of linear memory. Only Chromium tells its heap.
func (r *run) memory() {
	if r.engine != browsertest.Chromium {
		return
	}
	const keys = 50_000
	for range min(r.rounds, 2) { // it hardly varies
		for _, p := range r.peers {
			if p.Name == "storage" {
				continue // its values are in the browser's process
			}
			for _, kind := range []string{"number", "small object"} {
				r.fresh(func(b *browsertest.Browser) {
					r.open(b, "?", p.Name)
					var linear, grown float64
					b.CallInto(&linear, "bench.empty")
					heap := settled(b)
					b.CallInto(&grown, "bench.fill", kind, keys)
					heap = settled(b) - heap
					require.Equal(r.b, true, b.Call("bench.filled", keys), p.Title)
					r.figures.add("memory", kind, p.Name, (float64(heap)+grown-linear)/keys)
					r.figures.add("memory", kind+", linear memory alone", p.Name, (grown-linear)/keys)
				})
			}
		}
	}
}

// settled returns the bytes of V8's heap after all garbage was collected.
func settled(b *browsertest.Browser) int {
	b.Count()
	return b.Count().Heap
}

// start measures from nothing to the first value read, and how long the page's other tasks had to wait meanwhile, in ms.
func (r *run) start() {
	names := []string{tabstate, "glue", "loro", "automerge", "sqlite", "signals", "redux"}
	took := func(row, name, page string) {
		r.fresh(func(b *browsertest.Browser) {
			time.Sleep(500 * time.Millisecond) // the browser's own start is not the page's
			r.open(b, page, name)
			var took string
			b.EvalInto(&took, "return document.documentElement.dataset.took")
			ms, err := strconv.ParseFloat(took, 64)
			require.NoError(r.b, err)
			r.figures.add("start", row, name, ms)
		})
	}
	for round := range 3 * r.rounds { // it varies, and takes a second
		for _, name := range names {
			took("to the first value", name, "start?")
			if round%3 == 0 {
				took("longest wait of other tasks", name, "start?blocked&")
			}
		}
	}
}

// html measures a page of 1,000 inputs and 1,000 outputs: ms to bind them, µs from an input event to the text. They are bound in a page that
// has come to rest, where binding is all that is measured, and in another at once, while the browser still draws that page and compiles what it
// began with.
func (r *run) html() {
	for range 2 * r.rounds {
		for _, name := range []string{tabstate, "petite", "hand"} {
			r.fresh(func(b *browsertest.Browser) {
				r.open(b, "html?rest&", name)
				r.figures.add("html", "bind 1,000, page at rest, ms", name, b.Call("bench.bind").(float64))
				r.figures.add("html", "input event to text, µs", name, b.Call("bench.input").(float64))
			})
			r.fresh(func(b *browsertest.Browser) {
				r.open(b, "html?", name)
				r.figures.add("html", "bind 1,000, at once, ms", name, b.Call("bench.bind").(float64))
			})
		}
	}
}

// scale measures how costs grow with the number of keys and of listeners.
func (r *run) scale() {
	for range r.rounds {
		r.fresh(func(b *browsertest.Browser) {
			r.open(b, "scale?", tabstate)
			for _, step := range []struct {
				of     string
				counts []int
			}{{"listeners", []int{0, 1000, 10_000, 100_000}}, {"keys", []int{1000, 10_000, 100_000, 1_000_000}}} {
				for _, n := range step.counts {
					var figures map[string]float64
					b.CallInto(&figures, "bench."+step.of, n)
					for row, figure := range figures {
						r.figures.add("scale", row, fmt.Sprintf("%d %s", n, step.of), figure)
					}
				}
			}
		})
	}
}

// frames writes 1,000 times a second into 100 MB of state for so many seconds.
func (r *run) frames(seconds int) {
	r.fresh(func(b *browsertest.Browser) {
		r.open(b, "frames?", tabstate)
		b.Call("bench.fill", 100_000_000)
		for _, way := range []struct {
			name    string
			rate    int
			objects bool
		}{{"nothing written", 0, false}, {"numbers", 1000, false}, {"numbers, objects and texts", 1000, true}} {
			for left := seconds; left > 0; left -= 20 { // a call may take 100 s
				var figures map[string]any
				b.CallInto(&figures, "bench.run", min(left, 20), way.rate, way.objects)
				r.b.Logf("frames, %s: %v", way.name, figures)
				for row, figure := range figures {
					if number, ok := figure.(float64); ok {
						r.figures.add("frames", row, way.name, number)
					}
				}
			}
		}
	})
}
