package markup

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Move returns the page with the relative addresses in its attributes made relative to the folder that lies at up, "../../", of
// the address the page is shown at. A page for what is missing is shown at any address, and finds its style by this.
//
// A page with a <base> is returned as it is: it says itself what its addresses are relative to.
func Move(page []byte, up string) []byte {
	if up == "" {
		return page
	}
	var moved bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		raw := bytes.Clone(z.Raw())
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			moved.Write(raw)
			if kind == html.ErrorToken {
				return moved.Bytes()
			}
			continue
		}
		tag := z.Token()
		if _, ok := attribute(tag, "href"); ok && tag.Data == "base" {
			return page
		}
		if moveTag(tag, up) {
			moved.WriteString(tag.String())
		} else {
			moved.Write(raw)
		}
	}
}

// addresses are the attributes that hold one address, candidates those that hold several, each with a size after it.
var (
	addresses  = set("action", "formaction", "href", "poster", "src", "xlink:href")
	candidates = set("imagesrcset", "srcset")
)

// moveTag changes the attributes of the tag, and says whether it did.
func moveTag(tag html.Token, up string) bool {
	changed := false
	for i, a := range tag.Attr {
		value := a.Val
		switch {
		case addresses[a.Key] || a.Key == "data" && tag.Data == "object":
			value = moveAddress(value, up)
		case candidates[a.Key]:
			value = candidate.ReplaceAllStringFunc(value, func(address string) string { return moveAddress(address, up) })
		}
		if value != a.Val {
			tag.Attr[i].Val, changed = value, true
		}
	}
	return changed
}

var (
	candidate = regexp.MustCompile(`(?:^|[\s,])[^\s,]\S*(?:\s+[\d.]+[wxh])?`)
	scheme    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
)

// moveAddress leaves alone what does not depend on the folder, or means the page itself.
func moveAddress(address, up string) string {
	rest := strings.TrimLeft(address, " \t\n\f\r,")
	if rest == "" || strings.ContainsAny(rest[:1], `/\#?`) || scheme.MatchString(rest) {
		return address
	}
	return address[:len(address)-len(rest)] + up + rest
}
