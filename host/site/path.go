package site

import (
	"io/fs"
	"strings"
)

// fileName returns the name in a file system for the path of a URL, whether the path is that of a folder (it ends in a
// slash), and whether there can be such a file. raw is the path as it was sent, if that is not how the path would be written.
//
// A path is taken as it is, not cleaned: with "..", an empty element, a backslash or a NUL it names nothing. Neither does one
// with a slash that is written %2F: the addresses in the page would be relative to another folder than the file's.
func fileName(path, raw string) (name string, folder, ok bool) {
	if !strings.HasPrefix(path, "/") || strings.Contains(raw, "%2f") || strings.Contains(raw, "%2F") {
		return "", false, false
	}
	name = path[1:]
	if name == "" {
		return ".", true, true
	}
	name, folder = strings.CutSuffix(name, "/")
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00") || hidden(name) {
		return "", false, false
	}
	return name, folder, true
}

// hidden says whether an element of the name begins with a dot. .well-known is for the public (RFC 8615).
func hidden(name string) bool {
	for at := 0; at < len(name); {
		element := name[at:]
		if end := strings.IndexByte(element, '/'); end >= 0 {
			element = element[:end]
		}
		if element != "" && element[0] == '.' && element != ".well-known" {
			return true
		}
		at += len(element) + 1
	}
	return false
}

// join is path.Join for names that are clean.
func join(folder, name string) string {
	if folder == "." {
		return name
	}
	return folder + "/" + name
}
