package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/stretchr/testify/require"
)

const project = "github.com/tabstate/tabstate/"

// small is what the core may use of the standard library: what knows no browser, no clock, no reflection, and costs little.
var small = []string{"cmp", "errors", "iter", "maps", "math", "math/bits", "slices", "sort", "strconv", "unicode/utf8"}

// goRule says what the files of some folders import. Test files are free.
type goRule struct {
	// in is a file or folder of the repository; "/..." at its end takes the folders below too, "!" before it all others.
	in string
	// only lists what may be imported, never what may not. An ending of "/..." takes the packages below too.
	only, never []string
}

var goRules = []goRule{
	{in: "wasm/session/...", only: append([]string{project + "wasm/session/..."}, small...)},
	// runtime is for the one call that lets a collection end (DESIGN, "The boundary").
	{in: "wasm/abi/...", only: []string{project + "wasm/session/...", "unsafe", "runtime"}},
	{in: "wasm/main.go", only: []string{project + "wasm/abi"}},
	{in: "host/...", never: []string{"github.com/hack-pad/safejs/..."}},
	{in: "!host/...", never: []string{"net/...", "github.com/evanw/esbuild/..."}},
	{in: "wasm/...", never: []string{project + "host/..."}},
	{in: "!host/worker/main.go", never: []string{"github.com/syumai/workers/..."}},
	// Each request on Workers starts the program anew: no schema, no site, no build in it.
	{in: "host/worker/main.go", only: []string{"github.com/syumai/workers", "net/http", "strings", project + "host/api", project + "host/headers", project + "host/validate"}},
	{in: "host/api/api.go", only: []string{"net/http", project + "host/validate"}},
	{in: "!host/validate/schema/...", never: []string{"github.com/santhosh-tekuri/..."}},
	// Of the kit, only what is for pages alone sees JavaScript: everything else is tested natively.
	{in: "wasm/app/internal/kit/...", never: []string{"syscall/js", "github.com/hack-pad/safejs/...", project + "wasm/abi"}},
	{in: "wasm/app/internal/value/...", never: []string{"syscall/js", "github.com/hack-pad/safejs/...", project + "wasm/abi"}},
	{in: "wasm/app/apptest/...", never: []string{"syscall/js", "github.com/hack-pad/safejs/...", project + "wasm/abi"}},
}

// jsRule says where a text may stand in the facade's modules. Comments are free.
type jsRule struct {
	text   *regexp.Regexp
	only   []string
	reason string
}

var jsRules = []jsRule{
	{regexp.MustCompile(`\.exports\b|\[["']exports["']\]|\bexports\s*[},:].*=\s*instance|memory\.buffer|\bmem\.buffer`), []string{"abi.js", "load.js"}, "only the boundary sees the module's exports and memory"},
	{regexp.MustCompile(`(?:^|[^-\w])eval\b|\bnew Function\b|\bFunction\(`), nil, "a strict Content-Security-Policy forbids it"},
	{regexp.MustCompile(`\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write`), nil, "Trusted Types forbid it"},
	{regexp.MustCompile(`\b(localStorage|indexedDB)\b|\bcookie(Store)?\b|\bcaches\b`), nil, "nothing is ever stored outside the module's memory"},
	{regexp.MustCompile(`\bsessionStorage\b`), []string{"keep.js"}, "nothing is stored but the random ticket of a handover (rule 46)"},
}

func TestGoImports(t *testing.T) {
	require.Empty(t, goFaults(t, os.DirFS(".."), goRules))
}

// TestPrebuiltLinks: what the kit for programs in Go costs is paid by those who use it.
func TestPrebuiltLinks(t *testing.T) {
	dear := []string{"fmt", "reflect", "encoding/json", "syscall/js", "os", "time", "sync", "github.com/hack-pad/safejs", project + "wasm/app", project + "wasm/app/internal/kit"}
	for main, has := range map[string]bool{".": false, "../host/scenario/testdata/gokit": true} {
		list := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}", ".")
		list.Dir = main
		list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		out, err := list.Output()
		require.NoError(t, err)
		linked := strings.Fields(string(out))
		require.Greater(t, len(linked), 10)
		for _, name := range dear {
			require.Equal(t, has, slices.Contains(linked, name), "%s links %s", main, name)
		}
	}
}

// TestRulesMeetFiles fails when a folder was renamed and its rule checks nothing any more.
func TestRulesMeetFiles(t *testing.T) {
	for _, pattern := range []string{"../wasm/session/*.go", "../wasm/session/*/*.go", "../wasm/abi/*.go", "../wasm/main.go", "../wasm/app/internal/*/*.go", "../wasm/app/apptest/*.go", "../js/abi.js", "../js/load.js", "../host/worker/main.go", "../host/api/api.go", "../host/validate/schema/*.go"} {
		names, err := filepath.Glob(filepath.FromSlash(pattern))
		require.NoError(t, err)
		require.NotEmpty(t, names, pattern)
	}
}

func TestFacadeText(t *testing.T) {
	require.Empty(t, jsFaults(t, os.DirFS("../js"), jsRules))
}

// TestGoImportsSeesFaults proves that the check above can fail.
func TestGoImportsSeesFaults(t *testing.T) {
	tests := []struct{ file, imports, fault string }{
		{"wasm/session/a.go", `"fmt"`, "fmt"},
		{"wasm/session/canon/a.go", `"encoding/json"`, "encoding/json"},
		{"wasm/session/a.go", `"syscall/js"`, "syscall/js"},
		{"wasm/session/a.go", `. "os"`, "os"},
		{"wasm/session/a.go", `"math/rand"`, "math/rand"},
		{"wasm/session/a.go", `"` + project + `wasm/abi"`, project + "wasm/abi"},
		{"wasm/session/a_js.go", `"time"`, "time"},
		{"wasm/abi/a.go", `"strconv"`, "strconv"},
		{"wasm/main.go", `"errors"`, "errors"},
		{"wasm/other.go", `"net/http"`, "net/http"},
		{"host/site/a.go", `"github.com/hack-pad/safejs"`, "github.com/hack-pad/safejs"},
		{"static/a.go", `"net/http"`, "net/http"},
		{"wasm/app/a.go", `"net"`, "net"},
		{"wasm/app/internal/kit/a.go", `"github.com/hack-pad/safejs"`, "github.com/hack-pad/safejs"},
		{"wasm/abi/a.go", `"github.com/hack-pad/safejs/catch"`, "github.com/hack-pad/safejs/catch"},

		{"wasm/session/a.go", `"` + project + `wasm/session/canon"`, ""},
		{"wasm/session/a.go", `"slices"; "unicode/utf8"`, ""},
		{"wasm/session/a_test.go", `"encoding/json"`, ""},
		{"wasm/session/testdata/a.go", `"os"`, ""},
		{"wasm/abi/a.go", `"unsafe"`, ""},
		{"wasm/app/a.go", `"github.com/hack-pad/safejs"; "fmt"`, ""},
		{"host/a.go", `"net/http"`, ""},
		{"host/a.go", `"github.com/syumai/workers"`, "github.com/syumai/workers"},
		{"host/worker/pack/a.go", `"github.com/syumai/workers/cloudflare"`, "github.com/syumai/workers/cloudflare"},
		{"host/worker/main.go", `"` + project + `host/site"`, project + "host/site"},
		{"host/worker/main.go", `"github.com/syumai/workers"; "net/http"`, ""},
		{"host/validate/a.go", `"github.com/santhosh-tekuri/jsonschema/v6"`, "github.com/santhosh-tekuri/jsonschema/v6"},
	}
	for _, test := range tests {
		t.Run(test.file+" "+test.imports, func(t *testing.T) {
			source := "//go:build js && wasm\n\npackage a\n\nimport (" + test.imports + ")\n"
			faults := goFaults(t, fstest.MapFS{test.file: {Data: []byte(source)}}, goRules)
			if test.fault == "" {
				require.Empty(t, faults)
				return
			}
			require.NotEmpty(t, faults)
			require.Contains(t, faults[0], test.file+" imports "+test.fault)
		})
	}
}

// TestFacadeTextSeesFaults proves that the check above can fail.
func TestFacadeTextSeesFaults(t *testing.T) {
	tests := []struct {
		file, text string
		fault      bool
	}{
		{"session.js", "call(instance.exports.ts_open);", true},
		{"session.js", "new Uint8Array(memory.buffer);", true},
		{"session.js", "eval(text);", true},
		{"session.js", "(0, eval)(text);", true},
		{"session.js", "new Function(text);", true},
		{"session.js", "element.innerHTML = text;", true},
		{"session.js", "globalThis['localStorage'].x = 1;", true},
		{"session.js", "sessionStorage.x = 1;", true},
		{"keep.js", "localStorage.x = 1;", true},
		{"keep.js", "sessionStorage.x = 1;", false},
		{"session.js", "indexedDB.open('x');", true},
		{"session.js", "document.cookie = 'x';", true},
		{"abi.js", "element.outerHTML = instance.exports;", true},

		{"abi.js", "new Uint8Array(instance.exports.mem.buffer);", false},
		{"session.js", "// no localStorage, no eval(\nf(); /* innerHTML */", false},
		{"session.js", "const evaluate = 1, medieval = /[\"'`]/; // eval", false},
		{"session.js", "export const exported = 1;", false},
		{"load.js", "/'unsafe-eval'/.test(message);", false},
		{"test/a.test.js", "localStorage.x = 1;", false},
		{"runtime.js", "globalThis.exports.mem.buffer;", false},
	}
	for _, test := range tests {
		t.Run(test.file+" "+test.text, func(t *testing.T) {
			faults := jsFaults(t, fstest.MapFS{test.file: {Data: []byte(test.text)}}, jsRules)
			require.Equal(t, test.fault, len(faults) > 0, faults)
		})
	}
}

// goFaults returns a line for each import in the repository that a rule forbids.
func goFaults(t *testing.T, repository fs.FS, rules []goRule) (faults []string) {
	t.Helper()
	require.NoError(t, fs.WalkDir(repository, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if entry.IsDir() {
			if name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(repository, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			for _, rule := range rules {
				if rule.forbids(name, imported) {
					faults = append(faults, name+" imports "+imported+", against the rule for "+rule.in)
				}
			}
		}
		return nil
	}))
	return faults
}

func (r goRule) forbids(file, imported string) bool {
	pattern, others := strings.CutPrefix(r.in, "!")
	if matches(pattern, file) == others {
		return false
	}
	in := func(pattern string) bool { return matches(pattern, imported) }
	return r.only != nil && !slices.ContainsFunc(r.only, in) || slices.ContainsFunc(r.never, in)
}

func matches(pattern, name string) bool {
	folder, below := strings.CutSuffix(pattern, "/...")
	return name == folder || below && strings.HasPrefix(name, folder+"/")
}

// jsFaults returns a line for each text in the facade's modules that a rule forbids. runtime.js is made from Go's glue.
func jsFaults(t *testing.T, facade fs.FS, rules []jsRule) (faults []string) {
	t.Helper()
	names, err := fs.Glob(facade, "*.js")
	require.NoError(t, err)
	for _, name := range names {
		if name == "runtime.js" {
			continue
		}
		source, err := fs.ReadFile(facade, name)
		require.NoError(t, err)
		// Without blanks esbuild writes no comments either.
		code := api.Transform(string(source), api.TransformOptions{MinifyWhitespace: true, LegalComments: api.LegalCommentsNone})
		require.Empty(t, code.Errors, name)
		for _, rule := range rules {
			if found := rule.text.FindString(string(code.Code)); found != "" && !slices.Contains(rule.only, name) {
				faults = append(faults, name+" has "+found+": "+rule.reason)
			}
		}
	}
	return faults
}
