package headers

import (
	"fmt"
	"strings"
)

// Limits of a _headers file, as Cloudflare documents them.
const (
	assetRules = 100
	assetLine  = 2000
)

// StaticAssets returns the text of a file _headers, by which a static host that reads such files (Cloudflare's Static Assets)
// answers with the table. forEver lists the paths, "/a.0123456789abcdef.css", of files that never change; see Hashed.
//
// Returns an error if the text would be over that platform's limits.
func (t *Table) StaticAssets(forEver []string) (string, error) {
	var b strings.Builder
	fmt.Fprintln(&b, "# Written from the host's table of headers.")
	rule(&b, "/*", append(t.Everywhere(), Line{"Cache-Control", CacheRevalidate}))
	rule(&b, RuntimePath+"*", t.Runtime())
	for _, path := range forEver {
		rule(&b, path, []Line{{"Cache-Control", CacheForEver}})
	}
	if rules := 2 + len(forEver); rules > assetRules {
		return "", fmt.Errorf("_headers would have %d rules, of %d that are possible", rules, assetRules)
	}
	for line := range strings.Lines(b.String()) {
		if len(line) > assetLine {
			return "", fmt.Errorf("a line of _headers would have %d characters, of %d that are possible: %.80s…", len(line), assetLine, line)
		}
	}
	return b.String(), nil
}

// rule writes the headers of one path. "!" takes away what a wider rule gave: the values would be joined otherwise.
func rule(b *strings.Builder, path string, lines []Line) {
	fmt.Fprintln(b, path)
	for _, l := range lines {
		if path != "/*" {
			fmt.Fprintf(b, "  ! %s\n", l.Name)
		}
		fmt.Fprintf(b, "  %s: %s\n", l.Name, l.Value)
	}
}

// Hashed says whether the name of a file has a content hash in it, so that what it names never changes: between two dots, 16 or
// more hex digits.
func Hashed(name string) bool {
	parts := strings.Split(name[strings.LastIndexByte(name, '/')+1:], ".")
	for _, part := range parts[1:] {
		if len(part) >= 16 && strings.Trim(part, "0123456789abcdef") == "" {
			return true
		}
	}
	return false
}
