package sitetest

import (
	"strconv"

	"github.com/tabstate/tabstate/host/headers"
)

const (
	html  = "text/html; charset=utf-8"
	css   = "text/css; charset=utf-8"
	js    = "text/javascript; charset=utf-8"
	plain = "text/plain; charset=utf-8"
)

type h = map[string]string

// Cases returns the table.
func Cases() []Case {
	var all []Case
	for _, list := range [][]Case{files200, paths, methods, codings, revalidation, parts, odd} {
		for _, c := range list {
			c.Header = append([]string(nil), c.Header...)
			all = append(all, c)
		}
	}
	return all
}

func found(kind, body string) Want {
	return Want{Status: 200, Header: h{"Content-Type": kind, "Cache-Control": headers.CacheRevalidate, "ETag": "*", "Content-Length": strconv.Itoa(len(body))}, Body: body}
}

func forEver(kind, body string) Want {
	w := found(kind, body)
	w.Header["Cache-Control"] = headers.CacheForEver
	return w
}

// withoutBody is what HEAD gets of it.
func withoutBody(w Want) Want {
	w.Body, w.BodyHas, w.BodyLacks = "", "", ""
	return w
}

// missing is the site's page; style is the address of its style from where it is shown.
func missing(style string) Want {
	return Want{Status: 404, Header: h{"Content-Type": html, "Cache-Control": headers.CacheRevalidate, "ETag": "", "Content-Encoding": ""},
		BodyHas: `<link rel="stylesheet" href="` + style + `"><a href="#main">main</a><h1>missing</h1>`, BodyLacks: "secret"}
}

var noFile = Want{Status: 404, Header: h{"Content-Type": plain, "Cache-Control": headers.CacheRevalidate, "ETag": ""}, Body: "There is no such file.\n"}

var files200 = []Case{
	{Name: "start page", Target: "/", Want: found(html, startPage)},
	{Name: "start page, HEAD", Method: "HEAD", Target: "/", Want: withoutBody(found(html, startPage))},
	{Name: "page by name", Target: "/index.html", Want: found(html, startPage)},
	{Name: "page of a folder", Target: "/guide/", Want: found(html, "<!doctype html><title>Guide</title>guide")},
	{Name: "page of a folder, deep", Target: "/guide/deep/", Want: found(html, "<!doctype html><title>Deep</title>deep")},
	{Name: "query is of no account", Target: "/style.css?v=2", Want: found(css, "body{}")},
	{Name: "blank in the name", Target: "/with%20space.txt", Want: found(plain, "space")},
	{Name: "other characters", Target: "/%C3%BCmlaut.txt", Want: found(plain, "umlaut")},
	{Name: "characters written in hex", Target: "/%73tyle.css", Want: found(css, "body{}")},
	{Name: "picture", Target: "/picture.png", Want: found("image/png", "PNG")},
	{Name: "name with a hash", Target: "/app.0123456789abcdef.css", Want: forEver(css, "a{}")},
	{Name: "well-known", Target: "/.well-known/security.txt", Want: found(plain, "contact")},
	{Name: "the page for what is missing, by name", Target: "/404.html", Want: found(html, missingPage)},
	{Name: "facade", Target: "/tabstate/tabstate.js", Want: found(js, facade)},
	{Name: "facade, HEAD", Method: "HEAD", Target: "/tabstate/tabstate.js", Want: withoutBody(found(js, facade))},
	{Name: "facade with a query", Target: "/tabstate/tabstate.js?v=1", Want: found(js, facade)},
	{Name: "module", Target: "/tabstate/" + Module, Want: forEver("application/wasm", "\x00asm")},
	{Name: "manifest", Target: "/tabstate/manifest.json", Want: found("application/json", "{}")},
	{Name: "file in a folder of the runtime", Target: "/tabstate/folder/inner.js", Want: found(js, "inner")},
}

var paths = []Case{
	{Name: "missing", Target: "/missing", Want: missing("style.css")},
	{Name: "missing, HEAD", Method: "HEAD", Target: "/missing", Want: Want{Status: 404, Header: missing("").Header}},
	{Name: "missing in a folder that is not there", Target: "/no/such/page", Want: missing("../../style.css")},
	{Name: "missing folder", Target: "/missing/", Want: missing("../style.css")},
	{Name: "missing in a folder", Target: "/guide/missing.html?a=/b/c", Want: missing("../style.css")},
	{Name: "no listing", Target: "/without/", Want: missing("../style.css")},
	{Name: "no listing without the slash", Target: "/without", Want: missing("style.css")},
	{Name: "file as a folder", Target: "/style.css/", Want: missing("../style.css")},
	{Name: "file in a file", Target: "/style.css/index.html", Want: missing("../style.css")},
	{Name: "hidden file", Target: "/.env", Want: missing("style.css")},
	{Name: "hidden folder", Target: "/.git/", Want: missing("../style.css")},
	{Name: "file in a hidden folder", Target: "/.git/config", Want: missing("../style.css")},
	{Name: "hidden page in a folder", Target: "/guide/.hidden/", Want: missing("../../style.css")},
	{Name: "hidden, written in hex", Target: "/%2eenv", Want: missing("style.css")},
	{Name: "up", Target: "/../site.go", Want: missing("../style.css")},
	{Name: "up, written in hex", Target: "/%2e%2e/site.go", Want: missing("../style.css")},
	{Name: "up, slash in hex", Target: "/..%2fsite.go", Want: missing("style.css")},
	{Name: "up, all in hex", Target: "/guide/%2e%2e%2fstyle.css", Want: missing("../style.css")},
	{Name: "up, twice in hex", Target: "/%252e%252e%252fstyle.css", Want: missing("style.css")},
	{Name: "up and back in", Target: "/guide/../style.css", Want: missing("../../style.css")},
	{Name: "slash in hex", Target: "/guide%2Findex.html", Want: missing("style.css")},
	{Name: "backslash", Target: `/guide\index.html`, Want: missing("style.css")},
	{Name: "backslash in hex", Target: "/guide%5Cindex.html", Want: missing("style.css")},
	{Name: "up by backslashes", Target: `/..\..\site.go`, Want: missing("style.css")},
	{Name: "Windows drive", Target: "/C:/Windows/win.ini", Want: missing("../../style.css")},
	{Name: "Windows stream", Target: "/style.css::$DATA", Want: missing("style.css")},
	{Name: "NUL", Target: "/style.css%00.html", Want: missing("style.css")},
	{Name: "dot", Target: "/./style.css", Want: missing("../style.css")},
	{Name: "lone dot", Target: "/.", Want: missing("style.css")},
	{Name: "two slashes", Target: "//style.css", Want: missing("../style.css")},
	{Name: "two slashes and a host", Target: "//host.test/guide", Want: missing("../../style.css")},
	{Name: "two slashes at the end", Target: "/guide//", Want: missing("../../style.css")},
	{Name: "not UTF-8", Target: "/%ff%fe", Want: missing("style.css")},
	{Name: "folder without the slash", Target: "/guide", Want: to("guide/")},
	{Name: "folder without the slash, HEAD", Method: "HEAD", Target: "/guide", Want: to("guide/")},
	{Name: "folder without the slash, deep", Target: "/guide/deep?a=b&c=//d", Want: to("deep/?a=b&c=//d")},
	{Name: "folder that looks like a scheme", Target: "/a:b", Want: to("./a:b/")},
	{Name: "runtime's folder", Target: "/tabstate/", Want: noFile},
	{Name: "runtime's folder without the slash", Target: "/tabstate", Want: missing("style.css")},
	{Name: "hidden in the runtime", Target: "/tabstate/.placeholder", Want: noFile},
	{Name: "missing in the runtime", Target: "/tabstate/missing.wasm", Want: noFile},
	{Name: "folder in the runtime", Target: "/tabstate/folder", Want: noFile},
	{Name: "up in the runtime", Target: "/tabstate/../index.html", Want: noFile},
}

func to(location string) Want {
	return Want{Status: 301, Header: h{"Location": location, "ETag": "", "Cache-Control": headers.CacheRevalidate}}
}

var methods = func() (list []Case) {
	no := Want{Status: 405, Header: h{"Allow": "GET, HEAD", "Content-Type": plain, "Cache-Control": headers.CacheRevalidate}, Body: "Only GET and HEAD are possible here.\n"}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
		list = append(list, Case{Name: method + " a page", Method: method, Target: "/", Want: no})
	}
	return append(list,
		Case{Name: "POST with a body", Method: "POST", Target: "/guide/", Header: []string{"Content-Type: text/plain"}, Body: "text", Want: no},
		Case{Name: "POST to what is missing", Method: "POST", Target: "/missing", Want: no},
		Case{Name: "POST to the runtime", Method: "POST", Target: "/tabstate/tabstate.js", Want: no},
	)
}()

// coded is the facade in that coding.
func coded(coding, body string) Want {
	w := found(js, body)
	w.Header["Content-Encoding"], w.Header["Vary"] = coding, "Accept-Encoding"
	return w
}

var codings = func() (list []Case) {
	want := map[string]Want{"": coded("", facade), "br": coded("br", packed), "gzip": coded("gzip", gzipped(facade))}
	for _, c := range []struct {
		name, coding string
		accept       []string
	}{
		{"nothing said", "", nil},
		{"empty", "", []string{""}},
		{"as browsers say it", "br", []string{"gzip, deflate, br, zstd"}},
		{"gzip alone", "gzip", []string{"gzip"}},
		{"gzip liked better", "gzip", []string{"br;q=0.5, gzip;q=0.8"}},
		{"brotli refused", "gzip", []string{"br;q=0, gzip"}},
		{"all refused", "", []string{"br;q=0, gzip;q=0"}},
		{"anything", "br", []string{"*"}},
		{"anything but brotli", "gzip", []string{"br;q=0, *"}},
		{"identity alone", "", []string{"identity"}},
		{"identity liked better", "", []string{"identity, br;q=0.5"}},
		{"identity liked less", "br", []string{"identity;q=0.5, br"}},
		{"identity refused", "gzip", []string{"identity;q=0, gzip;q=0.1"}},
		{"all but gzip refused", "gzip", []string{"*;q=0, gzip"}},
		{"over several lines", "gzip", []string{"deflate", "gzip"}},
		{"weight that is none", "gzip", []string{"br;q=high, gzip;q=1"}},
	} {
		one := Case{Name: "coding: " + c.name, Target: "/tabstate/tabstate.js", Want: want[c.coding]}
		for _, line := range c.accept {
			one.Header = append(one.Header, "Accept-Encoding: "+line)
		}
		list = append(list, one)
	}
	none := Want{Status: 406, Header: h{"Content-Type": plain, "Vary": "Accept-Encoding", "ETag": "", "Content-Encoding": ""}, AnyBody: true}
	return append(list,
		Case{Name: "coding: compressed by the host", Target: "/long.css", Header: []string{"Accept-Encoding: gzip"},
			Want: Want{Status: 200, Header: h{"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "ETag": "*", "Content-Type": css}, AnyBody: true}},
		Case{Name: "coding: compressed by the host, HEAD", Method: "HEAD", Target: "/long.css", Header: []string{"Accept-Encoding: br"},
			Want: Want{Status: 200, Header: h{"Content-Encoding": "br", "Vary": "Accept-Encoding", "Content-Length": "*"}}},
		Case{Name: "coding: not worth it", Target: "/picture.png", Header: []string{"Accept-Encoding: br, gzip"},
			Want: Want{Status: 200, Header: h{"Content-Encoding": "", "Vary": "", "Content-Type": "image/png"}, Body: "PNG"}},
		Case{Name: "coding: none acceptable", Target: "/tabstate/tabstate.js", Header: []string{"Accept-Encoding: identity;q=0, zstd"}, Want: none},
		Case{Name: "coding: none acceptable of a picture", Target: "/picture.png", Header: []string{"Accept-Encoding: br, *;q=0"}, Want: none},
		Case{Name: "coding: an error is as it is", Target: "/missing", Header: []string{"Accept-Encoding: br, *;q=0"}, Want: missing("style.css")},
	)
}()

var revalidation = func() (list []Case) {
	same := Want{Status: 304, Header: h{"ETag": "*", "Vary": "Accept-Encoding", "Cache-Control": headers.CacheRevalidate}}
	for _, c := range []struct {
		name, match, accept string
		want                Want
	}{
		{"same", "{etag}", "", same},
		{"same, compressed", "{etag}", "br", same},
		{"of the other form", "{etag br}", "gzip", coded("gzip", gzipped(facade))},
		{"of the file as it is", "{etag identity}", "br", coded("br", packed)},
		{"in a list", `"x", W/"y" ,{etag}`, "", same},
		{"weak", "W/{etag}", "", same},
		{"any", "*", "", same},
		{"another", `"x"`, "", coded("", facade)},
		{"nonsense", `x`, "", coded("", facade)},
	} {
		one := Case{Name: "ETag: " + c.name, Target: "/tabstate/tabstate.js", Header: []string{"If-None-Match: " + c.match}, Want: c.want}
		if c.accept != "" {
			one.Header = append(one.Header, "Accept-Encoding: "+c.accept)
		}
		head := one
		head.Name, head.Method, head.Want = one.Name+", HEAD", "HEAD", withoutBody(one.Want)
		list = append(list, one, head)
	}
	forEver := Want{Status: 304, Header: h{"ETag": "*", "Cache-Control": headers.CacheForEver}}
	return append(list,
		Case{Name: "ETag: of the module", Target: "/tabstate/" + Module, Header: []string{"If-None-Match: {etag}"}, Want: forEver},
		Case{Name: "ETag: of a page", Target: "/guide/", Header: []string{"If-None-Match: {etag}"}, Want: same},
		Case{Name: "ETag: compressed by the host", Target: "/long.css", Header: []string{"If-None-Match: {etag}", "Accept-Encoding: gzip"}, Want: same},
		Case{Name: "ETag: no date is a match", Target: "/style.css", Header: []string{"If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"}, Want: found(css, "body{}")},
		Case{Name: "ETag: wanted and there", Target: "/style.css", Header: []string{"If-Match: {etag}"}, Want: found(css, "body{}")},
		Case{Name: "ETag: wanted and gone", Target: "/style.css", Header: []string{`If-Match: "x"`}, Want: Want{Status: 412}},
	)
}()

var parts = func() []Case {
	part := func(of, body string) Want {
		return Want{Status: 206, Header: h{"Content-Range": "bytes " + of + "/" + strconv.Itoa(len(facade)), "Content-Encoding": "",
			"Content-Length": strconv.Itoa(len(body)), "Content-Type": js, "ETag": "*", "Vary": "Accept-Encoding"}, Body: body}
	}
	const target = "/tabstate/tabstate.js"
	last := strconv.Itoa(len(facade) - 1)
	return []Case{
		{Name: "range: of the file as it is", Target: target, Header: []string{"Range: bytes=0-5", "Accept-Encoding: br"}, Want: part("0-5", "export")},
		{Name: "range: from the end", Target: target, Header: []string{"Range: bytes=-2"}, Want: part(strconv.Itoa(len(facade)-2)+"-"+last, ";\n")},
		{Name: "range: to the end", Target: target, Header: []string{"Range: bytes=1-"}, Want: part("1-"+last, facade[1:])},
		{Name: "range: several", Target: target, Header: []string{"Range: bytes=0-1,4-5"}, Want: Want{Status: 206, BodyHas: "Content-Range: bytes 4-5/"}},
		{Name: "range: outside", Target: target, Header: []string{"Range: bytes=999-"}, Want: Want{Status: 416, Header: h{"Content-Range": "bytes */" + strconv.Itoa(len(facade))}, AnyBody: true}},
		{Name: "range: nonsense", Target: target, Header: []string{"Range: bytes=b-a"}, Want: Want{Status: 416, AnyBody: true}},
		{Name: "range: of the same", Target: target, Header: []string{"Range: bytes=0-5", "If-Range: {etag identity}"}, Want: part("0-5", "export")},
		{Name: "range: of another", Target: target, Header: []string{"Range: bytes=0-5", `If-Range: "x"`}, Want: coded("", facade)},
		{Name: "range: of the compressed form", Target: target, Header: []string{"Range: bytes=0-5", "If-Range: {etag br}", "Accept-Encoding: br"}, Want: coded("", facade)},
		{Name: "range: of a weak ETag", Target: target, Header: []string{"Range: bytes=0-5", "If-Range: W/{etag identity}"}, Want: coded("", facade)},
		{Name: "range: of a picture", Target: "/picture.png", Header: []string{"Range: bytes=1-1"}, Want: Want{Status: 206, Header: h{"Content-Range": "bytes 1-1/3"}, Body: "N"}},
	}
}()

var odd = []Case{
	{Name: "GET with a body", Target: "/style.css", Body: "text", Want: found(css, "body{}")},
	{Name: "cookies are of no account", Target: "/style.css", Header: []string{"Cookie: a=b", "Authorization: Basic eDp5"}, Want: found(css, "body{}")},
	{Name: "from another origin", Target: "/tabstate/tabstate.js", Header: []string{"Origin: https://a.example"}, Want: found(js, facade)},
	{Name: "absolute target", Target: "http://a.example/style.css", Want: found(css, "body{}")},
}
