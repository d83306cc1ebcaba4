package site

import (
	"io/fs"
	"strings"
)

// fileName returns the name in a file system for the path of a URL, and whether there can be such a file.
//
// A path is taken as it is, not cleaned: with "..", an empty element, a backslash or a NUL it names nothing.
func fileName(path string) (string, bool) {
	name := strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if name == "" {
		return ".", path == "/"
	}
	if !strings.HasPrefix(path, "/") || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return "", false
	}
	for element := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(element, ".") && element != ".well-known" {
			return "", false
		}
	}
	return name, true
}
