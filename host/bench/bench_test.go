// Package bench measures the runtime in a real browser, beside the libraries that pages use instead of it.
//
//	./build.sh bench
package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/host/site"
)

// result is nanoseconds by workload and peer, as bench.run in js/bench/bench.js gives them.
type result map[string]map[string]float64

// BenchmarkPage runs the page in js/bench once and prints what it measured, with the ratio of Tabstate to each peer. It
// needs the built runtime (./build.sh build) and the peers (npm ci in js/bench).
func BenchmarkPage(b *testing.B) {
	root := os.DirFS("../..")
	dist, err := os.OpenRoot("../dist")
	require.NoError(b, err)
	b.Cleanup(func() { dist.Close() })
	mux := http.NewServeMux()
	mux.Handle("/", site.Handler(site.Options{Pages: root, Runtime: dist.FS()}))
	mux.HandleFunc("/bench/", page)
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close)

	browser := browsertest.Start(b, browsertest.Chromium, browsertest.Options{Patience: 2 * time.Minute})
	browser.Open(server.URL + "/bench/")
	browser.Wait("the benchmark's page", "return typeof bench === 'object'")
	var measured result
	browser.CallInto(&measured, "bench.run", 9)
	print(measured)
	b.ReportMetric(0, "ns/op")
}

// page is the page of the benchmark: the peers by an import map of its own, under a policy that allows just that.
func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, `<!doctype html><meta charset="utf-8"><title>Benchmark</title>
<script type="importmap">{"imports": {"@preact/signals-core": "/js/bench/node_modules/@preact/signals-core/dist/signals-core.mjs"}}</script>
<script type="module" src="/js/bench/bench.js"></script>`)
}

func print(measured result) {
	fmt.Printf("\n| workload, ns | tabstate | signals | × | frozen clone | × |\n|---|--:|--:|--:|--:|--:|\n")
	workloads := make([]string, 0, len(measured))
	for name := range measured {
		workloads = append(workloads, name)
	}
	slices.Sort(workloads)
	for _, name := range workloads {
		m := measured[name]
		fmt.Printf("| %s | %.1f |", name, m["tabstate"])
		for _, peer := range []string{"signals", "frozenClone"} {
			if m[peer] == 0 {
				fmt.Print(" – | – |")
				continue
			}
			fmt.Printf(" %.1f | %.2f |", m[peer], m["tabstate"]/m[peer])
		}
		fmt.Println()
	}
}
