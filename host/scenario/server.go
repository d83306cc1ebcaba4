package scenario

import (
	"crypto/rand"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tabstate/tabstate/host/api"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site"
	"github.com/tabstate/tabstate/host/validate"
	"github.com/tabstate/tabstate/static"
)

// Main runs the tests, writes the table of what happened, and takes away what was built. A process that is left behind fails the run. It returns
// the code to exit with.
func Main(m *testing.M) int {
	mark := rand.Text()
	os.Setenv(runMark, mark)
	code := m.Run()
	if err := writeOutcomes(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	for _, process := range leftBehind(mark, 10*time.Second) {
		fmt.Fprintln(os.Stderr, "the tests left a process behind:", process)
		code = max(code, 1)
	}
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	return code
}

// change changes how a server answers; nil changes nothing.
type change func(next http.Handler) http.Handler

// serve serves the demo site with the runtime, through the host's handler, below the path, which is "/" or "/some/folder/".
// Beside the site there are the facade's modules and tests, as they are, in js/, and scenario.html: a page with the
// script tag and js/test/scenario.js. Returns the address of the site.
func serve(t *testing.T, path string, changed change) string {
	t.Helper()
	with := runtime(t)
	files, calls := site.Handler(site.Options{Pages: static.Files, Runtime: with.dist}), headers.Default().Handler(api.Handler(validate.Default()), nil)
	var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, api.Path) {
			calls.ServeHTTP(w, r)
			return
		}
		files.ServeHTTP(w, r)
	})
	if changed != nil {
		handler = changed(handler)
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.Handle("/js/", http.StripPrefix("/js", site.Handler(site.Options{Pages: with.js})))
	mux.HandleFunc("/scenario.html", scenarioPage)
	server := httptest.NewServer(http.StripPrefix(strings.TrimSuffix(path, "/"), mux))
	t.Cleanup(server.Close)
	return server.URL + path
}

var scenarioText = template.Must(template.New("scenario").Parse(`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Scenario</title>
  <link rel="icon" href="favicon.svg" type="image/svg+xml">
  <script type="module" src="{{.}}tabstate/tabstate.js"{{if .}} crossorigin{{end}}></script>
  <script type="module" src="js/test/scenario.js"></script>
</head>
<body></body>
</html>
`))

// scenarioPage is the page for scenarios. ?from=ADDRESS takes the runtime from another site.
func scenarioPage(w http.ResponseWriter, r *http.Request) {
	from := r.URL.Query().Get("from")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'self' "+from+"; script-src 'self' 'wasm-unsafe-eval' "+from+"; require-trusted-types-for 'script'")
	_ = scenarioText.Execute(w, from)
}

// onlyWasm applies a handler to the compiled module alone.
func onlyWasm(handler func(w http.ResponseWriter, r *http.Request, next http.Handler)) change {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".wasm") {
				handler(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
