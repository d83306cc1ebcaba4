package markup

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Insert returns the page with the tag in it, and whether it did put it in. name is the page's file from the root of the
// site, "guide/index.html": the tag's address is made relative to that, so that it holds wherever the site is mounted.
//
// The tag comes first in the head, after a <base> if there is one, on the same line, so that no line gets another number. These are
// left as they are: a page that has the tag, a page whose <base> leads to another origin, a fragment (no doctype, no html, head,
// title or body tag), and text in UTF-16.
func (t Tag) Insert(page []byte, name string) ([]byte, bool) {
	if bytes.HasPrefix(page, []byte("\xff\xfe")) || bytes.HasPrefix(page, []byte("\xfe\xff")) {
		return page, false
	}
	place := t.find(page)
	if place.tagged || !place.whole {
		return page, false
	}
	up, ok := wayUp(name, place.base)
	if !ok {
		return page, false
	}
	return []byte(string(page[:place.at]) + t.text(up) + string(page[place.at:])), true
}

// place is what Insert has to know of a page.
type place struct {
	at     int    // where the tag goes, in bytes
	whole  bool   // it is a page, not a fragment
	tagged bool   // it has the tag
	base   string // the href of its <base>
}

func (t Tag) find(page []byte) place {
	const bom = "\ufeff"
	var p place
	if bytes.HasPrefix(page, []byte(bom)) {
		p.at = len(bom)
	}
	offset := p.at
	z := html.NewTokenizer(bytes.NewReader(page[offset:]))
	before, head, based := true, true, false // nothing that shows yet; still in the head; a <base> was seen
	last := ""                               // the tag before this token, whose text it may be
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return p
		}
		raw := z.Raw()
		offset += len(raw)
		tag := html.Token{}
		switch kind {
		case html.DoctypeToken:
			if raw[len(raw)-1] != '>' {
				return p // the file ends in it
			}
			p.whole = true
			if before {
				p.at = offset
			}
		case html.TextToken:
			if !hidden[last] && len(bytes.Trim(raw, " \t\n\f\r")) > 0 {
				before, head = false, false
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); outOfHead[string(name)] {
				before, head = false, false
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag = z.Token()
			switch tag.Data {
			case "html", "head":
				p.whole = true
				if before {
					p.at = offset
				}
			case "title", "body":
				p.whole = true
			case "base":
				if href, ok := attribute(tag, "href"); ok && head && !based {
					p.at, p.base, based = offset, href, true
				}
			case "script":
				address, _ := attribute(tag, "src")
				kind, _ := attribute(tag, "type")
				p.tagged = p.tagged || strings.EqualFold(strings.TrimSpace(kind), "module") && t.is(address)
			}
			before = before && tag.Data == "html"
			head = head && inHead[tag.Data]
		}
		last = tag.Data
	}
}

// inHead are the tags that leave the parser in the head, hidden those of them whose text shows nowhere; outOfHead are the end tags
// that begin the body.
var (
	inHead    = set("html", "head", "base", "link", "meta", "noscript", "script", "style", "title")
	hidden    = set("noscript", "script", "style", "title")
	outOfHead = set("br", "body", "html")
)

func set(names ...string) map[string]bool {
	s := map[string]bool{}
	for _, name := range names {
		s[name] = true
	}
	return s
}

func attribute(tag html.Token, name string) (string, bool) {
	for _, a := range tag.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// wayUp returns the way from the base of the page's addresses to the root of the site: "../" for each folder. False when the
// base may be on another origin.
func wayUp(name, base string) (string, bool) {
	base = strings.Trim(base, " \t\n\f\r")
	to, err := url.Parse(base)
	if err != nil || to.Scheme != "" || to.Host != "" || strings.Contains(base, `\`) {
		return "", false
	}
	path := (&url.URL{Path: "/" + name}).ResolveReference(to).EscapedPath()
	return strings.Repeat("../", max(0, strings.Count(path, "/")-1)), true
}
