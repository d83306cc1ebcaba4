package scenario

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/host/headers"
	tags "github.com/tabstate/tabstate/host/markup"
	"github.com/tabstate/tabstate/host/site"
	"github.com/tabstate/tabstate/static"
)

// serving: the runtime works wherever it comes from.
func serving(t *testing.T, b *browsertest.Browser) {
	start := func(t *testing.T, page string, origins ...string) {
		t.Helper()
		b := b.For(t)
		b.Open(page)
		require.Equal(t, opened, b.Call("scenario.start"))
		b.Call("scenario.write", "key", "value")
		require.Equal(t, "value", b.Call("scenario.read", "key"))
		require.Empty(t, b.Call("scenario.policyViolations"))
		clean(b, origins...)
	}
	t.Run("from a subfolder", func(t *testing.T) {
		home := serve(t, "/sub/folder/", nil)
		start(t, home+"scenario.html", strings.TrimSuffix(home, "/sub/folder/"))
		b := b.For(t)
		b.Open(home)
		b.Click(`a[href="counter.html"]`)
		b.WaitFor("#more:enabled")
		b.Click("#more")
		b.WaitText("#count", "1")
		clean(b, strings.TrimSuffix(home, "/sub/folder/"))
	})
	t.Run("from another origin", func(t *testing.T) {
		home, other := serve(t, "/", nil), serve(t, "/", nil)
		start(t, home+"scenario.html?from="+other, home, other)
	})
	t.Run("without the type application/wasm", func(t *testing.T) {
		for _, contentType := range []string{"application/octet-stream", "text/plain"} {
			home := serve(t, "/", onlyWasm(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.Header().Set("Content-Type", contentType)
				_, _ = w.Write(module(t))
			}))
			start(t, home+"scenario.html", home)
		}
	})
	t.Run("on an insecure origin", func(t *testing.T) {
		home := strings.Replace(serve(t, "/", nil), "127.0.0.1", "insecure.test", 1)
		start(t, home+"scenario.html", home)
		require.Equal(t, false, b.Eval(`return isSecureContext`))
	})
	t.Run("put into pages that have no tag", func(t *testing.T) { injected(t, b.For(t)) })
	t.Run("the page for what is missing", func(t *testing.T) { missingPage(t, b.For(t)) })
	t.Run("in a frame of another origin", func(t *testing.T) { framed(t, b.For(t)) })
}

// mounted serves a site below the path, "/" or "/some/folder/", and returns its address.
func mounted(t *testing.T, path string, o site.Options) string {
	t.Helper()
	o.Runtime = runtime(t).dist
	mux := http.NewServeMux()
	mux.Handle(path, http.StripPrefix(strings.TrimSuffix(path, "/"), site.Handler(o)))
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + path
}

func pagesOf(contents map[string]string) fs.FS {
	files := fstest.MapFS{}
	for name, content := range contents {
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

// injected: pages that know nothing of the runtime get sessions, at any depth, below any path, with a <base> and on the page for what
// is missing.
func injected(t *testing.T, b *browsertest.Browser) {
	tag, err := tags.NewTag(site.RuntimePath+"tabstate.min.js", "enforce")
	require.NoError(t, err)
	const body = `<label>Name <input data-session-key="name"></label><p data-session-text="name">nobody</p>`
	home := mounted(t, "/sub/folder/", site.Options{Tag: &tag, Pages: pagesOf(map[string]string{
		"index.html":           "<!doctype html><html lang=en><head><title>Start</title></head><body>" + body,
		"guide/deep/page.html": "\ufeff<!DOCTYPE HTML><!-- <head> --><TITLE>Deep</TITLE>" + body,
		"guide/base.html":      "<!doctype html><head><base href='../'><title>Base</title></head>" + body,
		"404.html":             "<!doctype html><title>Missing</title>" + body,
	})})
	for _, page := range []string{"", "guide/deep/page.html", "guide/base.html", "no/such/page"} {
		b.Open(home + page)
		bound(b)
		b.Type("input", "Ada")
		b.WaitText("p", "Ada")
		require.Equal(t, "enforce", b.Eval("return tabstate.session.enforcement"))
		if page == "no/such/page" {
			b.RequireQuiet([]string{strings.TrimSuffix(home, "/sub/folder/")}, "404")
		} else {
			clean(b, strings.TrimSuffix(home, "/sub/folder/"))
		}
	}
}

// missingPage: wherever it is shown, it has its style and its links lead to the site.
func missingPage(t *testing.T, b *browsertest.Browser) {
	home := mounted(t, "/sub/folder/", site.Options{Pages: static.Files})
	for _, address := range []string{"missing", "no/such/page", "guide/", "a%20b/c?d=/e"} {
		b.Open(home + address)
		require.Equal(t, "There is nothing here", b.Text("h1"))
		require.Equal(t, true, b.Eval("return document.styleSheets.length === 1 && document.styleSheets[0].cssRules.length > 0"))
		require.Equal(t, home, b.Eval("return document.querySelector('a.all').href"))
		require.Equal(t, true, b.Eval("return document.querySelector('a.skip').href === location.href + '#main'"))
		b.RequireQuiet([]string{strings.TrimSuffix(home, "/sub/folder/")}, "404")
	}
}

// framed: only the origins named may show the site in a frame, and the session works there.
func framed(t *testing.T, b *browsertest.Browser) {
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><title>Outer</title><link rel="icon" href="data:,"><iframe></iframe>`)
	}))
	t.Cleanup(outer.Close)
	told := `<!doctype html><title>Inner</title><script type="module" src="tabstate/tabstate.js"></script><script type="module" src="tell.js"></script>`
	tell := `const s = await tabstate.ready; s.set("a", 1); parent.postMessage("inner " + s.get("a"), "*");`
	pages := pagesOf(map[string]string{"index.html": told, "tell.js": tell})
	const listen = `return new Promise((done) => {
		addEventListener("message", (event) => done(event.data));
		document.querySelector("iframe").src = arguments[0];
		setTimeout(done, arguments[1], "nothing");
	})`

	embed, err := headers.New(headers.Options{Embed: []string{outer.URL}})
	require.NoError(t, err)
	inner := mounted(t, "/", site.Options{Pages: pages, Headers: embed})
	b.Open(outer.URL)
	require.Equal(t, "inner 1", b.Eval(listen, inner, 60_000))
	clean(b, outer.URL, inner)

	inner = mounted(t, "/", site.Options{Pages: pages})
	b.Open(outer.URL)
	require.Equal(t, "nothing", b.Eval(listen, inner, 1500))
	b.Entries() // the refusal, which each engine words its own way
}

// brokenModule: a demo whose module is not the one that belongs to tabstate.js tells its visitor, and offers nothing that would not work.
func brokenModule(t *testing.T, b *browsertest.Browser) {
	home := serve(t, "/", onlyWasm(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/wasm")
		_, _ = w.Write(module(t)[:1000])
	}))
	b.Open(home + "counter.html")
	b.WaitFor("#fault:not([hidden])")
	require.Contains(t, b.Text("#fault-text"), "its digest differs")
	require.Equal(t, true, b.Eval(`return document.querySelector("#more").matches(":disabled")`))
	b.RequireQuiet([]string{strings.TrimSuffix(home, "/")}, "the session could not be opened", "Failed to load resource")
}
