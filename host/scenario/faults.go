package scenario

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	wasm "github.com/tabstate/tabstate/host/module"
	"github.com/tabstate/tabstate/host/site"
)

const faultPolicy = "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'"

// faultSite serves faults/page.html: a page with the script tag, a widget and testdata/life/faults.js. ?before= names a script that runs
// first, ?script= one that runs in place of faults.js, ?policy= is its Content Security Policy,
// with ?bare nothing keeps what the runtime makes.
func faultSite(t *testing.T, changed change) string {
	t.Helper()
	return serve(t, "/", func(next http.Handler) http.Handler {
		if changed != nil {
			next = changed(next)
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			name, found := strings.CutPrefix(r.URL.Path, "/faults/")
			if found && name != "page.html" {
				pageScript(w, "life/"+name)
				return
			}
			if !found {
				next.ServeHTTP(w, r)
				return
			}
			policy, before, own := faultPolicy, `<script src="capture.js"></script><script src="events.js"></script>`, "faults.js"
			if r.URL.Query().Has("bare") {
				before = ""
			}
			if given := r.URL.Query().Get("script"); given != "" {
				own = given
			}
			if given := r.URL.Query().Get("policy"); given != "" {
				policy = given
			}
			if given := r.URL.Query().Get("before"); given != "" {
				before += fmt.Sprintf(`<script src="%s"></script>`, given)
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", policy)
			fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>Faults</title><link rel="icon" href="data:,">
%s
<script type="module" src="../tabstate/tabstate.js"></script><script type="module" src="%s"></script>
<input id="field" data-session-key="field" value="html"> <output data-session-text="field">html</output></html>`, before, own)
		})
	}) + "faults/page.html"
}

// answer has the handler serve the compiled module the first so many times, and the site afterwards; 0 is always.
func answer(times int32, handler http.HandlerFunc) change {
	var asked atomic.Int32
	return onlyWasm(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n := asked.Add(1); times > 0 && n > times {
			next.ServeHTTP(w, r)
			return
		}
		handler(w, r)
	})
}

// cut sends a part of the module and breaks the connection.
func cut(t *testing.T, part int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		whole := module(t)
		w.Header().Set("Content-Type", "application/wasm")
		w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
		if part > 0 {
			_, _ = w.Write(whole[:part])
			w.(http.Flusher).Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

func send(contentType string, text []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(text)
	}
}

// anotherRuntime serves these files in place of the runtime's.
func anotherRuntime(files fs.FS) change {
	handler := site.Handler(site.Options{Pages: fstest.MapFS{}, Runtime: files})
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, site.RuntimePath) {
				next = handler
			}
			next.ServeHTTP(w, r)
		})
	}
}

// withModule is the runtime with another module, as a build would make it: it is named by its own digest, since a browser keeps what has
// such a name for ever, and its tabstate.js has that name and that digest.
func withModule(t *testing.T, changed []byte) fs.FS {
	t.Helper()
	p := runtime(t)
	sum := sha256.Sum256(changed)
	name := fmt.Sprintf("tabstate.%x.wasm", sum[:8])
	script, err := fs.ReadFile(p.dist, "tabstate.js")
	require.NoError(t, err)
	pieces := regexp.MustCompile(`pieces: \{[^}]*\},`)
	require.Len(t, pieces.FindAll(script, -1), 1, "the digests of the module's pieces")
	changes := strings.NewReplacer(
		p.list.Integrity, "sha256-"+base64.StdEncoding.EncodeToString(sum[:]),
		p.list.Wasm, name,
	)
	return fstest.MapFS{
		name:          {Data: changed},
		"tabstate.js": {Data: []byte(changes.Replace(pieces.ReplaceAllString(string(script), "")))},
	}
}

// renamed is the module with another name in it, of the same length.
func renamed(t *testing.T, old, new string) []byte {
	t.Helper()
	require.Len(t, new, len(old))
	whole := string(module(t))
	require.Contains(t, whole, old)
	return []byte(strings.ReplaceAll(whole, old, new))
}

// withRoom is the module with at most so many pages of 64 KiB of memory.
func withRoom(t *testing.T, pages int) []byte {
	t.Helper()
	const memory = 5
	m, err := wasm.Parse(module(t))
	require.NoError(t, err)
	for i, section := range m.Sections {
		if section.ID != memory {
			continue
		}
		// One memory; its flags, 0 for no maximum; its minimum, in LEB128.
		require.Equal(t, []byte{1, 0}, section.Body[:2])
		body := append([]byte{1, 1}, section.Body[2:]...)
		m.Sections[i].Body = append(body, byte(pages&0x7f|0x80), byte(pages>>7))
	}
	return m.Bytes()
}

// opening: whatever is wrong with the module or its way to the page, there is one clear error, the page goes on without a session, and
// where the fault has passed open() opens one.
func opening(t *testing.T, b *browsertest.Browser) {
	runtime(t)
	const again, never = true, false
	blocked := strings.Replace(faultPolicy, " 'wasm-unsafe-eval'", "", 1)
	type result struct {
		Status, Name, Code, Message, Hint string
		Keys                              int
		Same, Session                     bool
	}
	faults := []struct {
		name, query string
		changed     change
		code, says  string
		again       bool
	}{
		{"a byte changed", "", answer(0, func(w http.ResponseWriter, _ *http.Request) {
			bytes := module(t)
			bytes[len(bytes)/2] ^= 1
			send("application/wasm", bytes)(w, nil)
		}), "module-mismatch", "its digest differs", never},
		{"another last byte", "", answer(0, func(w http.ResponseWriter, _ *http.Request) {
			bytes := module(t)
			bytes[len(bytes)-1] ^= 1
			send("application/wasm", bytes)(w, nil)
		}), "module-mismatch", "its digest differs", never},
		{"whole pieces missing", "", answer(0, send("application/wasm", module(t)[:256<<10])), "module-mismatch", "its digest differs", never},
		{"a byte more", "", answer(0, send("application/wasm", append(module(t), 0))), "module-mismatch", "its digest differs", never},
		{"shorter", "", answer(0, send("application/wasm", module(t)[:1000])), "module-mismatch", "its digest differs", never},
		{"empty", "", answer(0, send("application/wasm", nil)), "module-mismatch", "its digest differs", never},
		{"a page with status 200", "", answer(0, send("text/html", []byte("<!doctype html><title>Sign in</title>"))), "module-mismatch", "its digest differs", never},
		{"a page that it is redirected to, once", "", answer(1, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/index.html", http.StatusFound)
		}), "", "", again},
		{"a byte changed, once, and kept by the browser", "", answer(1, func(w http.ResponseWriter, _ *http.Request) {
			bytes := module(t)
			bytes[len(bytes)/2] ^= 1
			w.Header().Set("Cache-Control", "max-age=31536000, immutable")
			send("application/wasm", bytes)(w, nil)
		}), "", "", again},
		{"the module of another build", "", answer(0, send("application/wasm", renamed(t, "ts_abi_1", "ts_abi_7"))), "module-mismatch", "its digest differs", never},
		{"missing", "", answer(0, http.NotFound), "module-missing", "404", never},
		{"a server that fails once", "", answer(1, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }), "module-missing", "503", again},
		{"no answer, once", "", answer(1, cut(t, 0)), "", "", again},
		{"cut at the start, twice", "", answer(2, cut(t, 8)), "module-unreachable", "", again},
		{"cut in the middle, once", "", answer(1, cut(t, len(module(t))/2)), "module-unreachable", "", again},
		{"compressed wrongly", "", answer(0, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			send("application/wasm", []byte("this is not gzip"))(w, nil)
		}), "module-unreachable or module-mismatch", "", never},
		{"an older facade's module, digest and all", "", anotherRuntime(withModule(t, renamed(t, "ts_abi_1", "ts_abi_0"))), "abi-mismatch", "ts_abi_0", never},
		{"a module of another Go", "", anotherRuntime(withModule(t, renamed(t, "runtime.walltime", "runtime.walltimf"))), "glue-mismatch", "runtime.walltimf", never},
		{"no module at all, digest and all", "", anotherRuntime(withModule(t, []byte("neither wasm nor anything else"))), "module-invalid", "could not be compiled", never},
		{"a policy without wasm-unsafe-eval", "?policy=" + url.QueryEscape(blocked), nil, "module-blocked", "Content Security Policy", never},
		{"a policy that forbids to connect", "?policy=" + url.QueryEscape(faultPolicy+"; connect-src 'none'"), nil, "module-unreachable", "could not be fetched", never},
		{"a browser without WebAssembly", "?before=nowasm.js", nil, "module-blocked", "WebAssembly", never},
		{"a browser without memory", "?before=nomemory.js", nil, "no-memory", "memory", never},
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			b := b.For(t)
			b.NewWindow()
			b.Open(faultSite(t, f.changed) + f.query)
			b.Wait("the page's script", `return globalThis.faults !== undefined`)
			var first, second result
			b.CallInto(&first, "faults.start")
			if f.code == "" {
				// The browser asked again by itself, or the runtime did: its second request begins when the first has failed.
				require.Equal(t, "open", first.Status)
			} else {
				require.Equal(t, "SessionOpenError", first.Name, first.Message)
				require.Contains(t, strings.Split(f.code, " or "), first.Code, first.Message)
				require.Contains(t, first.Message, f.says)
				require.NotEmpty(t, first.Hint)
				require.False(t, first.Session, "half a session")
				require.Equal(t, []any{"session-error"}, b.Call("faults.events"))
				require.Equal(t, []any{"html", "html"}, b.Eval(`return [document.querySelector("input").value, document.querySelector("output").textContent]`))
				b.Type("input", " and more")
				b.CallInto(&second, "faults.again")
				outcome := "refused with the same error again"
				if second.Code == first.Code && f.again { // it was to fail twice
					second = result{}
					b.CallInto(&second, "faults.again")
				}
				if f.again {
					require.Equal(t, result{Status: "open", Same: true}, second)
					outcome = "opened when asked again"
				} else {
					require.Equal(t, first.Code, second.Code)
				}
				require.Equal(t, []any{"session-error"}, b.Call("faults.events"), "the error is told once")
				happened(t, b, "module: "+f.name, "%s; %s", first.Code, outcome)
			}
			if f.code == "" {
				happened(t, b, "module: "+f.name, "asked for again by itself, opened")
			}
			counted(b, "faults of the module and its way", 1)
			b.Entries()
			b.Close()
		})
	}

	// What the browser keeps for ever of one build is never taken for a part of the next: names of modules have their digest in them.
	t.Run("another build at the same address", func(t *testing.T) {
		b := b.For(t)
		var deployed atomic.Pointer[http.Handler]
		address := faultSite(t, func(next http.Handler) http.Handler {
			other := anotherRuntime(withModule(t, renamed(t, "ts_abi_1", "ts_abi_0")))(next)
			deployed.Store(&other)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/deploy") {
					deployed.Store(&next)
					return
				}
				(*deployed.Load()).ServeHTTP(w, r)
			})
		})
		var opened result
		b.NewWindow()
		b.Open(address)
		b.Wait("the page's script", `return globalThis.faults !== undefined`)
		b.CallInto(&opened, "faults.start")
		require.Equal(t, "abi-mismatch", opened.Code, opened.Message)
		response, err := http.Get(strings.TrimSuffix(address, "faults/page.html") + "deploy")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		b.Reload()
		b.Wait("the page's script", `return globalThis.faults !== undefined`)
		opened = result{}
		b.CallInto(&opened, "faults.start")
		require.Equal(t, "open", opened.Status, opened.Message)
		b.Entries()
		b.Close()
	})

	t.Run("tabstate.js cut in the middle", func(t *testing.T) {
		b := b.For(t)
		b.NewWindow()
		b.Open(faultSite(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasSuffix(r.URL.Path, "tabstate.js") {
					next.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Content-Type", "text/javascript")
				w.Header().Set("Content-Length", "300000")
				_, _ = io.WriteString(w, "const half = 1; globalThis.half = 1;\n")
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			})
		}))
		b.Wait("the page's script", `return globalThis.faults !== undefined`)
		require.Equal(t, false, b.Call("faults.there"))
		b.Type("input", " and more")
		happened(t, b, "tabstate.js cut in the middle", "nothing of it ran; the page works without a session")
		counted(b, "faults of the module and its way", 1)
		b.Entries()
		b.Close()
	})
}

// faulty is the session's module with a program that fails.
const faulty = "host/scenario/testdata/faulty"

// crashing: whatever ends the program, the session says so once, each later call throws, and open() starts afresh (decision 2).
func crashing(t *testing.T, b *browsertest.Browser) {
	for _, f := range []struct{ name, export string }{
		{"a panic in an export", "fault_panic"},
		{"a nil pointer in an export", "fault_nil"},
		{"an index out of range in an export", "fault_index"},
		{"os.Exit in an export", "fault_exit"},
		{"a panic in a goroutine", "fault_goroutine"},
		{"a panic in a function that the browser calls", "fault_callback"},
		{"main returns", "fault_return"},
	} {
		crashes(t, b, f.name, f.export, anotherRuntime(programOf(t, faulty).dist))
	}

	t.Run("out of memory", func(t *testing.T) {
		b := b.For(t)
		const pages, megabytes = 192, 12
		b.NewWindow()
		b.Open(faultSite(t, anotherRuntime(withModule(t, withRoom(t, pages)))))
		b.Wait("the page's script", `return globalThis.faults !== undefined`)
		b.Call("faults.start")
		var filled struct {
			Written       int
			Refused       struct{ Name, Code, Hint string }
			Status, After string
		}
		b.CallInto(&filled, "faults.fill", object{}, 100)
		require.Equal(t, []any{"crashed", "SessionCrashedError", "crashed"}, []any{filled.Status, filled.Refused.Name, filled.Refused.Code})
		require.Less(t, filled.Written, megabytes)
		happened(t, b, "program: out of memory", "crashed after %d MB in a memory of %d MiB; open() started afresh", filled.Written, megabytes)
		counted(b, "faults of the program", 1)

		b.CallInto(&filled, "faults.fill", object{"limits": object{"totalBytes": 3_000_000}}, 100)
		require.Equal(t, []any{"open", "SessionLimitError", "session-too-large", "goes on", 2}, []any{filled.Status, filled.Refused.Name, filled.Refused.Code, filled.After, filled.Written})
		happened(t, b, "byte budget reached", "session-too-large; what was there stays, and the session goes on")
		b.Entries()
		b.Close()
	})

	t.Run("many sessions", func(t *testing.T) {
		b := b.For(t)
		b.NewWindow()
		b.Open(faultSite(t, nil))
		b.Wait("the page's script", `return globalThis.faults !== undefined`)
		b.Call("faults.start")
		const most = 140
		var crowd struct {
			Opened  int
			Own     bool
			Refused *struct{ Name, Code, Message, Hint string }
		}
		b.CallInto(&crowd, "faults.crowd", most)
		require.True(t, crowd.Own)
		if crowd.Refused == nil {
			require.Equal(t, most, crowd.Opened)
			happened(t, b, "many sessions in one page", "%d at once, each its own", crowd.Opened)
		} else {
			require.Equal(t, []any{"SessionOpenError", "no-memory"}, []any{crowd.Refused.Name, crowd.Refused.Code}, crowd.Refused.Message)
			happened(t, b, "many sessions in one page", "%d at once, each its own, then no-memory", crowd.Opened)
		}
		b.Close()
	})
}

// crashes calls an export that fails.
func crashes(t *testing.T, b *browsertest.Browser, name, export string, changed change) {
	t.Run(name, func(t *testing.T) {
		b := b.For(t)
		b.NewWindow()
		b.Open(faultSite(t, changed))
		b.Wait("the page's script", `return globalThis.faults !== undefined`)
		require.Equal(t, "open", b.Call("faults.start").(object)["status"])
		b.Entries()
		marker := "marker" + rand.Text()
		var failed struct {
			Status   string
			Codes    map[string]int
			Events   []string
			Disposed int
			Again    object
			Thrown   string
		}
		b.CallInto(&failed, "faults.fail", export, marker)
		require.Equal(t, "crashed", failed.Status)
		require.Equal(t, map[string]int{"crashed": 7}, failed.Codes)
		require.Equal(t, []string{"session-crashed"}, failed.Events)
		require.Equal(t, 1, failed.Disposed)
		require.Equal(t, object{"status": "open", "keys": 0.0, "same": true}, failed.Again)
		said := 0
		for _, entry := range b.Entries() {
			require.NotContains(t, entry.Text, marker, "the console never gets a value")
			if entry.Kind == browsertest.Fault {
				said++
			}
		}
		require.NotZero(t, said, "the console tells why")
		happened(t, b, "program: "+name, "crashed, told once; 7 uses, each crashed; open() started afresh")
		counted(b, "faults of the program", 1)
		b.Close()
	})
}
