// Package build turns a Go program into what a browser loads: the compiled module, the facade joined to one file, and
// their compressed forms, in one folder.
//
// A main package is compiled for GOOS=js, the module goes through the passes after the link, the glue of the very same Go toolchain
// is wrapped as an ES module, and esbuild joins it with the facade. Only Go is needed for all of it.
package build

import (
	"errors"
	"io"
	"io/fs"

	"github.com/andybalholm/brotli"
)

// Budget is what a visitor may have to download at most, in bytes of brotli: the module and tabstate.min.js, which holds
// facade, glue and HTML binding. Neither tabstate.js, which is the same to be read, nor the debug module counts. The aim was 360 KiB.
const Budget = 359 << 10

// The errors that programs ask for with errors.Is. What is returned wraps them and says more.
var (
	// ErrNoGo says that the go command is not there or does not work.
	ErrNoGo = errors.New("the go command is needed to build")
	// ErrToolchain says that the Go installation is not one this build understands.
	ErrToolchain = errors.New("the Go toolchain does not fit")
	// ErrCompile says that the Go program did not compile.
	ErrCompile = errors.New("the Go program does not compile")
	// ErrBundle says that the facade's modules could not be joined.
	ErrBundle = errors.New("the JavaScript modules do not fit together")
	// errOurs ends a message about a module that would not mean the same as what was linked.
	errOurs = errors.New("a fault in this build, please report it")
	// ErrBudget says that the result is larger than allowed.
	ErrBudget = errors.New("over the size budget")
)

// Options says what is built, and where to.
type Options struct {
	// Main is the folder of the main package to compile. Required.
	Main string
	// JS is the folder of the facade's modules. It gets a runtime.js and the module as well, so that the modules there also
	// run as they are, not joined. When it is empty, Facade is used and nothing is written but to Out.
	JS string
	// Facade holds the facade's modules when JS is empty.
	Facade fs.FS
	// Out is the folder for the results; it is made when it is missing. Required.
	Out string
	// Names leaves the names of functions, files and lines in the module that pages load: readable stack traces for 64 KiB of brotli. Without it
	// only Go versions are accepted whose function table is known.
	Names bool
	// Go is the go command. Default "go".
	Go string
	// Budget is the largest size allowed of module and tabstate.min.js together, in bytes of brotli. 0 is no limit.
	Budget int64
	// Quality is brotli's, 1 to 11. Default 11, which takes 6 s for the module; what did not change is not compressed again.
	Quality int
	// Log gets a line for each step. Default: nobody.
	Log io.Writer
}

func (o Options) withDefaults() (Options, error) {
	if o.Main == "" || o.Out == "" {
		return o, errors.New("build: Main and Out are required")
	}
	if o.JS == "" && o.Facade == nil {
		return o, errors.New("build: JS or Facade is required")
	}
	if o.Go == "" {
		o.Go = "go"
	}
	if o.Quality == 0 {
		o.Quality = brotli.BestCompression
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	return o, nil
}
