// Package static offers the pages of the demo site to the host.
package static

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed *.css *.html *.js *.svg bench cases go/*/*.html go/*/*.json
var all embed.FS

// Files holds the pages of the demo site.
var Files fs.FS = pages{}

// pages hides the Go source beside the pages.
type pages struct{}

func (pages) Open(name string) (fs.File, error) {
	if path.Ext(name) == ".go" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return all.Open(name)
}
