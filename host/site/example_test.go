package site_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/markup"
	"github.com/tabstate/tabstate/host/site"
)

// A server of your own serves a site with sessions: pages from one folder, the built runtime from another, below any path, with the
// script tag put into pages that have none. In place of the files here there would be os.OpenRoot("public") and
// os.OpenRoot("dist"), and their FS().
func ExampleHandler() {
	pages := fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Shop</title>")}}
	runtime := fstest.MapFS{"tabstate.min.js": {Data: []byte("export {};")}}

	table, err := headers.New(headers.Options{CSP: "img-src 'self' https://images.example"})
	if err != nil {
		log.Fatal(err)
	}
	tag, err := markup.NewTag(site.RuntimePath+"tabstate.min.js", "enforce")
	if err != nil {
		log.Fatal(err)
	}
	shop := site.Handler(site.Options{Pages: pages, Runtime: runtime, Headers: table, Tag: &tag})

	mux := http.NewServeMux()
	mux.Handle("/shop/", http.StripPrefix("/shop", shop))
	server := httptest.NewServer(mux)
	defer server.Close()

	answer, err := http.Get(server.URL + "/shop/")
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(page))
	fmt.Println(answer.Header.Get("Cache-Control"))
	// Output:
	// <!doctype html><script type="module" src="tabstate/tabstate.min.js" data-session-enforce></script><title>Shop</title>
	// no-cache
}
