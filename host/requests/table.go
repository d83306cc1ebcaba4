package requests

import (
	"strings"

	"github.com/tabstate/tabstate/host/validate"
)

// Request is one line of the table.
type Request struct {
	Name, Method, Target string
	Header               map[string]string
	Body                 string
	Want                 Want
}

// Want is what is answered. Whatever the request, the headers of the table (package headers) are there.
type Want struct {
	Status int
	// Header has texts that values contain; "" stands for a header that is not there.
	Header map[string]string
	// Code is that of a problem document, and Violations are its, as "code key path".
	Code       string
	Violations []string
	// Body is a text that the body contains. A body of "" is not looked at, but for a HEAD and for a status that has none.
	Body string
}

var (
	json = map[string]string{"Content-Type": "application/json"}
	long = strings.Repeat("x", validate.DefaultMaxBody)
)

// API is what is asked below /api/.
var API = []Request{
	{"a snapshot", "POST", "/api/validate", json, `{"user":{"name":"Ada"},"count":3,"none":null}`, Want{Status: 204, Header: map[string]string{"Content-Type": "", "Cache-Control": "no-store"}}},
	{"an empty one", "POST", "/api/validate", json, `{}`, Want{Status: 204}},
	{"with blanks and a query", "POST", "/api/validate?a=b", json, "\n { \"a\" : [ 1 ] } ", Want{Status: 204}},
	{"UTF-8 said", "POST", "/api/validate", map[string]string{"Content-Type": `Application/JSON; charset="UTF-8"`}, `{"é":"😀"}`, Want{Status: 204}},
	{"as large as may be", "POST", "/api/validate", json, `{"a":"` + long[:len(long)-8] + `"}`, Want{Status: 204}},
	{"one byte more", "POST", "/api/validate", json, `{"a":"` + long[:len(long)-7] + `"}`, Want{Status: 413, Code: "body-too-large"}},
	{"much more", "POST", "/api/validate", json, `{"a":"` + long + long + long + `"}`, Want{Status: 413, Code: "body-too-large"}},
	{"all that is wrong", "POST", "/api/validate", json, `{"ok":1,"$$a":1,"":2,"deep":` + strings.Repeat("[", 129) + strings.Repeat("]", 129) + `,"a/b":{"n":1e999},"s":["\ud800"],"ok":2,"fine":1}`, Want{Status: 422, Code: "snapshot-refused",
		Violations: []string{"key-reserved $$a /$$a", "key-empty  /", "too-deep deep /deep" + strings.Repeat("/0", 128), "number-range a/b /a~1b/n", "lone-surrogate s /s/0", "duplicate-key ok /ok"}}},
	{"a prototype is a key", "POST", "/api/validate", json, `{"__proto__":{"x":1},"constructor":1,"then":2}`, Want{Status: 204}},
	{"not JSON", "POST", "/api/validate", json, `{"a":1,}`, Want{Status: 400, Code: "snapshot-malformed", Violations: []string{"invalid-json  "}}},
	{"not an object", "POST", "/api/validate", json, `[1]`, Want{Status: 400, Code: "snapshot-malformed", Violations: []string{"invalid-json  "}}},
	{"not UTF-8", "POST", "/api/validate", json, "{\"a\":\"\xff\"}", Want{Status: 400, Code: "snapshot-malformed", Violations: []string{"invalid-utf8 a /a"}}},
	{"nothing", "POST", "/api/validate", json, ``, Want{Status: 400, Code: "snapshot-malformed", Violations: []string{"invalid-json  "}}},
	{"another type", "POST", "/api/validate", map[string]string{"Content-Type": "text/plain"}, `{}`, Want{Status: 415, Code: "media-type-unsupported", Header: map[string]string{"Accept": "application/json"}}},
	{"no type", "POST", "/api/validate", map[string]string{"Content-Type": ""}, `{}`, Want{Status: 415, Code: "media-type-unsupported"}},
	{"another charset", "POST", "/api/validate", map[string]string{"Content-Type": "application/json; charset=utf-16"}, `{}`, Want{Status: 415, Code: "media-type-unsupported"}},
	{"two types", "POST", "/api/validate", map[string]string{"Content-Type": "application/json, text/plain"}, `{}`, Want{Status: 415, Code: "media-type-unsupported"}},
	{"encoded", "POST", "/api/validate", map[string]string{"Content-Type": "application/json", "Content-Encoding": "gzip"}, `{}`, Want{Status: 415, Code: "encoding-unsupported", Header: map[string]string{"Accept-Encoding": "identity"}}},
	{"encoded as it is", "POST", "/api/validate", map[string]string{"Content-Type": "application/json", "Content-Encoding": "identity"}, `{}`, Want{Status: 204}},
	{"compression asked for", "POST", "/api/validate", map[string]string{"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate, br, zstd"}, `[]`, Want{Status: 400, Code: "snapshot-malformed", Violations: []string{"invalid-json  "}, Header: map[string]string{"Content-Encoding": ""}}},
	{"GET", "GET", "/api/validate", nil, "", Want{Status: 405, Code: "method-not-allowed", Header: map[string]string{"Allow": "POST"}}},
	{"HEAD", "HEAD", "/api/validate", nil, "", Want{Status: 405, Header: map[string]string{"Allow": "POST", "Content-Type": "application/problem+json"}}},
	{"PUT", "PUT", "/api/validate", json, "{}", Want{Status: 405, Code: "method-not-allowed", Header: map[string]string{"Allow": "POST"}}},
	{"OPTIONS", "OPTIONS", "/api/validate", map[string]string{"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}, "", Want{Status: 405, Header: map[string]string{"Access-Control-Allow-Origin": ""}}},
	{"DELETE", "DELETE", "/api/validate", nil, "", Want{Status: 405, Header: map[string]string{"Allow": "POST"}}},
	{"nothing there", "POST", "/api/other", json, "{}", Want{Status: 404, Code: "not-found"}},
	{"nothing below", "POST", "/api/validate/", json, "{}", Want{Status: 404, Code: "not-found"}},
	{"the folder", "GET", "/api/", nil, "", Want{Status: 404, Code: "not-found"}},
}

// Files is what is asked of the demo site.
var Files = []Request{
	{"the start", "GET", "/", nil, "", Want{Status: 200, Header: map[string]string{"Content-Type": "text/html", "Cache-Control": "no-cache", "Etag": `"`}, Body: "Tabstate"}},
	{"a page", "GET", "/counter.html", nil, "", Want{Status: 200, Header: map[string]string{"Content-Type": "text/html"}, Body: "counter"}},
	{"a page by HEAD", "HEAD", "/counter.html", nil, "", Want{Status: 200, Header: map[string]string{"Content-Type": "text/html"}}},
	{"a query", "GET", "/counter.html?a=b", nil, "", Want{Status: 200}},
	{"the index by its name", "GET", "/index.html", nil, "", Want{Status: 200, Body: "Tabstate"}},
	{"a style", "GET", "/style.css", nil, "", Want{Status: 200, Header: map[string]string{"Content-Type": "text/css"}}},
	{"a script", "GET", "/counter.js", nil, "", Want{Status: 200, Header: map[string]string{"Content-Type": "text/javascript"}}},
	{"a part", "GET", "/style.css", map[string]string{"Range": "bytes=0-3"}, "", Want{Status: 206}},
	{"missing", "GET", "/missing", nil, "", Want{Status: 404, Header: map[string]string{"Content-Type": "text/html"}, Body: "<title>"}},
	{"the runtime", "GET", "/tabstate/tabstate.js", nil, "", Want{Status: 200, Header: map[string]string{"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-cache"}}},
	{"the module", "GET", "/tabstate/{module}", nil, "", Want{Status: 200, Header: map[string]string{"Content-Type": "application/wasm", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "immutable"}}},
	{"missing in the runtime", "GET", "/tabstate/missing.js", nil, "", Want{Status: 404}},
	{"source", "GET", "/embed.go", nil, "", Want{Status: 404}},
	{"hidden", "GET", "/.git/config", nil, "", Want{Status: 404}},
	{"a path that climbs", "GET", "/%2e%2e/go.mod", nil, "", Want{Status: 404}},
	{"a method of no file", "POST", "/counter.html", json, "{}", Want{Status: 405, Header: map[string]string{"Allow": "GET, HEAD"}}},
}
