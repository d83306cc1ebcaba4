package main

import (
	"io/fs"
	"strings"

	"github.com/tabstate/tabstate/host/build"
)

// apps lays the runtimes of the demos in Go over the demo site: go/NAME/tabstate/ is the folder go/NAME of what was built.
type apps struct{ pages, runtime fs.FS }

func (a apps) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, "go/"); ok {
		if demo, file, ok := strings.Cut(rest, "/tabstate"); ok && !strings.Contains(demo, "/") && (file == "" || file[0] == '/') {
			return a.runtime.Open("go/" + demo + file)
		}
	}
	return a.pages.Open(name)
}

// ownRuntime returns the runtime that a site brings in its folder tabstate, as -build makes it for a program of the site's own.
func ownRuntime(pages fs.FS) (fs.FS, bool) {
	if pages == nil {
		return nil, false
	}
	own, err := fs.Sub(pages, "tabstate")
	if err != nil {
		return nil, false
	}
	_, err = build.ReadManifest(own)
	return own, err == nil
}
