package main

import (
	"embed"
	"io/fs"

	"github.com/tabstate/tabstate/host/build"
)

// The placeholder makes the folder exist in a fresh clone, where nothing is built yet.
//
//go:embed all:dist
var embedded embed.FS

// embeddedRuntime returns the runtime that was built before the host was compiled, and whether there is one.
func embeddedRuntime() (fs.FS, bool) {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		return nil, false
	}
	_, err = build.ReadManifest(dist)
	return dist, err == nil
}
