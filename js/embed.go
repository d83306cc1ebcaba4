// Package js offers the facade's modules to the build, which joins them to tabstate.js.
package js

import "embed"

// Files holds the modules and their types as they are in the source.
//
//go:embed *.js html/*.js index.d.ts package.json
var Files embed.FS
