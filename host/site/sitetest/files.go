package sitetest

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"strings"
	"testing/fstest"
)

// Module is the name of the compiled module in Runtime, with a hash in it.
const Module = "tabstate.0123456789abcdef.wasm"

const (
	startPage   = "<!doctype html><title>Start</title><h1>start</h1>"
	missingPage = `<!doctype html><title>Missing</title><link rel="stylesheet" href="style.css"><a href="#main">main</a><h1>missing</h1>`
	facade      = "export const facade = 'as it is';\n"
	// packed stands for what a build compressed with brotli: a server does not unpack it.
	packed = "facade in brotli"
)

var longStyle = strings.Repeat("body { color: black }\n", 100)

// Pages returns the files of the site that the table is about.
func Pages() fs.FS {
	return files(map[string]string{
		"index.html":               startPage,
		"404.html":                 missingPage,
		"guide/index.html":         "<!doctype html><title>Guide</title>guide",
		"guide/deep/index.html":    "<!doctype html><title>Deep</title>deep",
		"a:b/index.html":           "<!doctype html><title>Colon</title>colon",
		"without/data.json":        "{}",
		"with space.txt":           "space",
		"ümlaut.txt":               "umlaut",
		"style.css":                "body{}",
		"long.css":                 longStyle,
		"picture.png":              "PNG",
		"app.0123456789abcdef.css": "a{}",
		".env":                     "secret",
		".git/config":              "secret",
		"guide/.hidden/index.html": "secret",
		".well-known/security.txt": "contact",
	})
}

// Runtime returns the files below /tabstate/.
func Runtime() fs.FS {
	return files(map[string]string{
		"tabstate.js":     facade,
		"tabstate.js.br":  packed,
		"tabstate.js.gz":  gzipped(facade),
		"tabstate.min.js": "export{};",
		Module:            "\x00asm",
		Module + ".br":    "module in brotli",
		"manifest.json":   "{}",
		".placeholder":    "secret",
		"folder/inner.js": "inner",
	})
}

func files(contents map[string]string) fs.FS {
	list := fstest.MapFS{}
	for name, content := range contents {
		list[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	return list
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}
