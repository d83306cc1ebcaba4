package apitest

import (
	"strings"

	"github.com/tabstate/tabstate/host/validate"
)

// Case is a request and what is to come back.
type Case struct {
	Name, Method, Target string
	Header               map[string]string
	Body                 string
	Want                 Want
}

// Want is a response. Whatever the request, the headers of the table (package headers) are there.
type Want struct {
	Status int
	// Header has texts that values contain; "" stands for a header that is not there.
	Header map[string]string
	// Code is that of a problem document, and Violations are its, as "code key path".
	Code       string
	Violations []string
}

var (
	json = map[string]string{"Content-Type": "application/json"}
	long = strings.Repeat("x", validate.DefaultMaxBody)
)

var cases = []Case{
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
