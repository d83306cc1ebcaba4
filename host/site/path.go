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

// hashed says whether the name has a content hash in it, so that what it names never changes: between two dots, 16 or
// more hex digits.
func hashed(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	parts := strings.Split(base, ".")
	for _, part := range parts[min(1, len(parts)):] {
		if len(part) >= 16 && strings.Trim(part, "0123456789abcdef") == "" {
			return true
		}
	}
	return false
}
