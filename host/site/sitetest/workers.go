package sitetest

import (
	"net/http"
	"strings"

	"github.com/tabstate/tabstate/host/headers"
)

// Why Static Assets answer otherwise than the host's own handler. What they answer is not ours to choose: the table of headers, the
// rules in _redirects and the site's files are.
const (
	whyLength    = "bodies are sent in chunks: there is no Content-Length"
	whyCoding    = "the edge compresses by itself, and knows which of it to send to whom: Vary and the coded bytes are not ours"
	whyMissing   = "one page for all that is missing, the runtime's files too, with an ETag; its addresses are made absolute when it is packed"
	whyMethod    = "another method is refused without Allow and text"
	whyPart      = "there are no parts: all of the file is sent"
	whyCondition = "If-None-Match is compared with one ETag, the same for all codings, and nothing else is"
	whyLocation  = "Location is absolute"
	whyPath      = "a path is brought into its shortest form, at once or by redirect"
	whyProtocol  = "the server before the program answers"
)

// onWorkers has the answers of Static Assets, those of whole groups by rules and those of single requests by name.
func onWorkers() map[string]Difference {
	all := map[string]Difference{}
	for _, c := range Cases() {
		if d, ok := byRule(c); ok {
			all[c.Name] = d
		}
	}
	for name, d := range byName {
		all[name] = d
	}
	return all
}

func byRule(c Case) (Difference, bool) {
	want := c.Want
	want.Header = h{}
	for name, value := range c.Want.Header {
		want.Header[name] = value
	}
	delete(want.Header, "Content-Length")
	switch {
	case want.Status == http.StatusNotFound:
		d := Difference{whyMissing, Want{Status: 404, Header: h{"Content-Type": html, "Cache-Control": headers.CacheRevalidate}, BodyHas: `href="/style.css"`, BodyLacks: "secret"}}
		if c.Method == http.MethodHead {
			d.Want.BodyHas = ""
		}
		return d, true
	case want.Status == http.StatusMethodNotAllowed:
		return Difference{whyMethod, Want{Status: 405, Header: h{"Cache-Control": headers.CacheRevalidate}, AnyBody: true}}, true
	case strings.HasPrefix(c.Name, "range: "):
		return Difference{whyPart, Want{Status: 200, Header: h{"Content-Range": ""}, AnyBody: true}}, true
	case want.Header["Location"] != "":
		from := c.Target[:strings.LastIndexByte(strings.SplitN(c.Target, "?", 2)[0], '/')+1]
		want.Header["Location"] = from + strings.TrimPrefix(want.Header["Location"], "./")
		return Difference{whyLocation, want}, true
	case strings.HasPrefix(c.Name, "coding: "), want.Header["Vary"] != "":
		delete(want.Header, "Vary")
		delete(want.Header, "Content-Encoding")
		want.AnyBody = c.Method != http.MethodHead && want.Status != http.StatusNotModified
		return Difference{whyCoding, want}, true
	case c.Want.Header["Content-Length"] != "":
		return Difference{whyLength, want}, true
	}
	return Difference{}, false
}

var (
	whole     = Want{Status: 200, AnyBody: true}
	unchanged = Want{Status: 304}
)

func shorter(location string) Difference {
	return Difference{whyPath, Want{Status: 307, Header: h{"Location": location}, AnyBody: true}}
}

var byName = map[string]Difference{
	"the page for what is missing, by name": {whyMissing, Want{Status: 200, Header: h{"Content-Type": html}, BodyHas: `href="/style.css"`}},

	"characters written in hex":       shorter("/style.css"),
	"hidden, written in hex":          shorter("/.env"),
	"up, slash in hex":                shorter("/../site.go"),
	"up, all in hex":                  shorter("/guide/../style.css"),
	"slash in hex":                    shorter("/guide/index.html"),
	"Windows drive":                   shorter("/C%3A/Windows/win.ini"),
	"Windows stream":                  shorter("/style.css%3A%3A%24DATA"),
	"two slashes":                     shorter("/style.css"),
	"two slashes and a host":          shorter("/host.test/guide"),
	"not UTF-8":                       shorter("/%25ff%25fe"),
	"folder that looks like a scheme": shorter("/a%3Ab"),
	"up and back in":                  {whyPath, whole},
	"backslash":                       {whyPath, whole},
	"dot":                             {whyPath, whole},
	"lone dot":                        {whyPath, whole},
	"two slashes at the end":          {whyPath, whole},
	"up in the runtime":               {whyPath, Want{Status: 200, AnyBody: true, Bare: true}}, // it has those of a page

	"BREW a page":                          {whyProtocol, Want{Status: 501, AnyBody: true, Bare: true}},
	"coding: none acceptable":              {whyProtocol, Want{Status: 415, AnyBody: true, Bare: true}},
	"coding: none acceptable of a picture": {whyCoding, whole},
	"coding: an error is as it is":         {whyCoding, Want{Status: 404, AnyBody: true}},

	"ETag: of the other form":          {whyCondition, unchanged},
	"ETag: of the other form, HEAD":    {whyCondition, unchanged},
	"ETag: of the file as it is":       {whyCondition, unchanged},
	"ETag: of the file as it is, HEAD": {whyCondition, unchanged},
	"ETag: in a list":                  {whyCondition, whole},
	"ETag: in a list, HEAD":            {whyCondition, whole},
	"ETag: any":                        {whyCondition, whole},
	"ETag: any, HEAD":                  {whyCondition, whole},
	"ETag: wanted and gone":            {whyCondition, whole},
}
