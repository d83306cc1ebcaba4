// Package markup changes HTML pages on their way out: it puts the runtime's script tag into pages that have none, and makes the
// addresses in a page hold where the page is shown in another folder than its own.
//
// What it does not change stays byte for byte as it was. It reads pages as a browser does, so that a "<head>" in a comment or
// in a script is none.
package markup

import (
	"fmt"
	"html"
	"path"
	"slices"
	"strings"
)

// options are the attributes of the script tag, without "data-session-".
var options = []string{"app", "debug", "enforce", "glue", "history", "integrity", "keep", "limits", "wasm", "wipe-on-hide", "worker"}

// Tag is the runtime's script tag.
type Tag struct {
	script     string // path of the script from the root of the site, without a slash before it
	attributes string
}

// NewTag returns the tag that loads the script, a path from the root of the site like "/tabstate/tabstate.js". settings has options
// of the tag, divided by blanks: "enforce keep=navigation limits={\"entries\":100}" stands for
// data-session-enforce data-session-keep="navigation" and so on.
//
// Returns an error if an option is not one of the tag's.
func NewTag(script, settings string) (Tag, error) {
	t := Tag{script: strings.TrimPrefix(script, "/")}
	for setting := range strings.FieldsSeq(settings) {
		name, value, given := strings.Cut(setting, "=")
		if !slices.Contains(options, name) {
			return Tag{}, fmt.Errorf("the script tag has no option %q. It has %s", name, strings.Join(options, ", "))
		}
		t.attributes += " data-session-" + name
		if given {
			t.attributes += `="` + html.EscapeString(value) + `"`
		}
	}
	return t, nil
}

// text is the tag with the script's address relative to the root of the site by up, "../" for each folder between.
func (t Tag) text(up string) string {
	return `<script type="module" src="` + html.EscapeString(up+t.script) + `"` + t.attributes + `></script>`
}

// is says whether the address in a script tag is the runtime's: the readable form or the small one, from wherever.
func (t Tag) is(address string) bool {
	address, _, _ = strings.Cut(strings.TrimSpace(address), "#")
	address, _, _ = strings.Cut(address, "?")
	base := path.Base(address)
	return base == "tabstate.js" || base == "tabstate.min.js" || base == path.Base(t.script)
}
