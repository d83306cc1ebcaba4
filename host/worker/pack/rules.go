package pack

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// What the platform's files of rules can hold, as Cloudflare documents it: _headers has at most 100 rules, two of which are taken;
// _redirects has at most 2,000 without a placeholder.
const (
	mostForEver = 98
	mostFolders = 1900
)

// rules writes _headers from the table, and _redirects, by which folders are what they are natively.
func (a *assets) rules() error {
	if len(a.forEver) > mostForEver {
		fmt.Fprintf(a.Log, "%d files have a hash in their names; the first %d are told to be kept for ever, the others are asked for each time\n", len(a.forEver), mostForEver)
		a.forEver = a.forEver[:mostForEver]
	}
	text, err := a.Headers.StaticAssets(a.forEver)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(a.to, "_headers"), []byte(text)); err != nil {
		return err
	}
	if len(a.folders) > mostFolders {
		fmt.Fprintf(a.Log, "%d folders have an index.html; without a slash at the end only the first %d are found\n", len(a.folders), mostFolders)
		a.folders = a.folders[:mostFolders]
	}
	return write(filepath.Join(a.to, "_redirects"), []byte(redirects(a.folders)))
}

// placeholders are characters that mean something else in a rule.
var placeholders = strings.NewReplacer(":", "%3A", "*", "%2A")

// redirects is the text of _redirects: a folder is found without its slash, and shows its index.html.
func redirects(folders []string) string {
	var b strings.Builder
	b.WriteString("/ /index.html 200\n")
	for _, folder := range folders {
		escaped := placeholders.Replace((&url.URL{Path: folder}).EscapedPath())
		fmt.Fprintf(&b, "%s %s/ 301\n", escaped, escaped)
	}
	b.WriteString("/*/ /:splat/index.html 200\n")
	return b.String()
}
