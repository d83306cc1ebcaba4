package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/host/build"
)

var (
	quick   = flag.Bool("quick", false, "only what matters most, in under 2 minutes")
	rounds  = flag.Int("rounds", 0, "fresh browsers for each peer; 5, or 2 when quick")
	part    = flag.String("part", "", "only this part: speed, memory, start, html, scale, frames or none")
	only    = flag.String("peers", "", "only these peers, separated by commas")
	engine  = flag.String("engine", "chromium", "the browser engine")
	seconds = flag.Int("seconds", 60, "how long frames are counted in each way")
	add     = flag.Bool("add", false, "add to the rounds there are of the same build")
	record  = flag.Bool("record", false, "also write what the demo site and the README show")
)

const (
	root    = "../.."
	dist    = "../dist"
	modules = root + "/js/bench"
	output  = root + "/.build/bench"
	shown   = root + "/static/bench/recorded.json"
)

// BenchmarkSpeed is the whole benchmark. It needs the built runtime (./build.sh build) and the peers (npm ci in js/bench).
func BenchmarkSpeed(b *testing.B) {
	r := start(b)
	if *quick {
		r.quick = true
		r.choose("tabstate,map,object,text,frozen,copied,signals")
	}
	if *only != "" {
		r.choose(*only)
	}
	if r.rounds = *rounds; r.rounds == 0 {
		r.rounds = map[bool]int{false: 5, true: 2}[*quick]
	}
	all, err := readRounds(output+"/rounds.json", r.build)
	require.NoError(b, err)
	names := []string{"speed", "memory", "start", "html", "scale", "frames"}
	switch {
	case *part != "":
		names = strings.Split(*part, ",")
	case *quick:
		names = []string{"speed"}
	}
	for _, name := range names {
		if !*add && name != "none" {
			all.drop(*engine, name)
		}
		r.figures = all.figures(*engine)
		switch name {
		case "speed":
			r.speed()
		case "memory":
			r.memory()
		case "start":
			r.start()
		case "html":
			r.html()
		case "scale":
			r.scale()
		case "frames":
			r.frames(*seconds)
		case "none":
		default:
			b.Fatalf("no part is called %q", name)
		}
		require.NoError(b, writeJSON(output+"/rounds.json", all))
	}
	if r.browser != "" {
		all.Browsers[*engine] = r.browser
	}
	require.NoError(b, writeJSON(output+"/rounds.json", all))
	found := report(all, r.sizes, r.versions)
	require.NoError(b, found.write(output))
	if *record {
		require.NoError(b, writeJSON(shown, found))
		readme, err := os.ReadFile(root + "/README.md")
		require.NoError(b, err)
		readme = regexp.MustCompile(`(?m)^\| \| Tabstate \|.*\n(?:\|.*\n)+`).ReplaceAllLiteral(readme, []byte(found.summary()))
		require.NoError(b, os.WriteFile(root+"/README.md", readme, 0o644))
	}
	fmt.Print("\n", found.markdown())
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPage is the shortest of all, for before and after a change: the rows of reading and writing beside signals and the
// deep-frozen clone, in half a minute.
func BenchmarkPage(b *testing.B) {
	r := start(b)
	r.choose("tabstate,signals,frozen")
	r.figures = Figures{}
	r.rounds = 3
	r.stages = []string{"100 keys", "strings", "values"}
	r.speed()
	fmt.Print("\n", table("speed", r.figures.all("speed")))
	b.ReportMetric(0, "ns/op")
}

// start serves the benchmark.
func start(b *testing.B) *run {
	folder, err := os.OpenRoot(dist)
	require.NoError(b, err)
	b.Cleanup(func() { folder.Close() })
	manifest, err := build.ReadManifest(folder.FS())
	require.NoError(b, err, "run ./build.sh build")
	facade, err := os.ReadFile(filepath.Join(dist, "tabstate.min.js"))
	require.NoError(b, err)
	digest := sha256.Sum256(append(facade, manifest.Integrity...))

	bundles := output + "/peers"
	require.NoError(b, os.MkdirAll(bundles, 0o755))
	sizes := map[string]int{tabstate: manifest.Download().Brotli}
	versions := map[string]string{"go": manifest.Go}
	for _, p := range append(slices.Clone(peers), Peer{Name: "petite", Package: "petite-vue"}) {
		if p.Package == "" {
			continue
		}
		versions[p.Package], err = version(modules, p.Package)
		require.NoError(b, err)
		sizes[p.Name], err = bundle(p, modules, bundles)
		require.NoError(b, err)
	}
	handler, err := handler(root, dist, bundles)
	require.NoError(b, err)
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	return &run{
		b: b, engine: browsertest.Engine(*engine), address: server.URL, wasm: manifest.Wasm, build: hex.EncodeToString(digest[:8]),
		peers: peers, stages: stages, sizes: sizes, versions: versions,
	}
}
