package bench

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"

	"github.com/tabstate/tabstate/host/site"
)

// handler serves the repository's files as they are, the built runtime at /tabstate/ and below the demo site, the bundled peers at /peers/, Go's glue, and
// the pages of the benchmark. The pages have no Content-Security-Policy: petite-vue needs eval.
func handler(root, dist, bundles string) (http.Handler, error) {
	glue := filepath.Join(runtime.GOROOT(), "lib", "wasm", "wasm_exec.js")
	if _, err := os.Stat(glue); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", site.Handler(site.Options{Pages: os.DirFS(root), Runtime: os.DirFS(dist)}))
	mux.Handle("/static/", http.StripPrefix("/static", site.Handler(site.Options{Pages: os.DirFS(filepath.Join(root, "static")), Runtime: os.DirFS(dist)})))
	mux.Handle("/peers/", http.StripPrefix("/peers", site.Handler(site.Options{Pages: os.DirFS(bundles)})))
	mux.HandleFunc("/wasm_exec.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, glue) })
	for name, script := range map[string]string{"": "page.js", "start": "start.js", "html": "html.js", "scale": "scale.js", "frames": "frames.js"} {
		mux.HandleFunc("/bench/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>Benchmark</title><link rel="icon" href="data:,">
<script>addEventListener("error", (e) => { document.title = e.message; }); addEventListener("unhandledrejection", (e) => { document.title = String(e.reason); })</script>
<body><script type="module" src="/js/bench/%s"></script>`, script)
		})
	}
	return mux, nil
}
