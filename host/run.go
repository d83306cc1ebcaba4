package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/js"
)

// settings is what the command line says.
type settings struct {
	addr, dir      string
	build, js, out string
	names          bool
	size, check    bool
}

// run does what args say: it builds, reports, or serves until ctx ends or the process is told to stop.
//
// Returns flag.ErrHelp when args ask for help.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	switch {
	case s.size:
		return report(ctx, s, stdout)
	case s.build != "":
		_, err := build.Build(ctx, s.options(stderr))
		return err
	default:
		return serve(ctx, s, stdout, stderr)
	}
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	set := flag.NewFlagSet("host", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&s.addr, "addr", "127.0.0.1:8080", "`address` to serve at; port 0 takes a free one")
	set.StringVar(&s.dir, "dir", "", "`folder` to serve instead of the demo site")
	set.StringVar(&s.build, "build", "", "build the main package in this `folder` instead of serving")
	set.StringVar(&s.js, "js", "", "`folder` of the facade's modules (default: those in this program); it gets runtime.js and the module too")
	set.StringVar(&s.out, "out", "", "`folder` for what is built")
	set.BoolVar(&s.names, "names", false, "where something is built: leave names in the module, for stack traces or a Go version whose tables are not known")
	set.BoolVar(&s.size, "size", false, "report the sizes of what was built into -out from -build (default host/dist, wasm)")
	set.BoolVar(&s.check, "check", false, fmt.Sprintf("with -build or -size: fail over the budget of %d KiB", build.Budget>>10))
	if err := set.Parse(args); err != nil {
		return s, err
	}
	if set.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	if s.build != "" && s.out == "" && !s.size {
		return s, errors.New("-build needs -out")
	}
	if s.build == "" && !s.size && (s.out != "" || s.js != "" || s.check) {
		return s, errors.New("-out, -js and -check go with -build or -size")
	}
	return s, nil
}

func (s settings) options(log io.Writer) build.Options {
	o := build.Options{Main: s.build, JS: s.js, Facade: js.Files, Out: s.out, Names: s.names, Log: log}
	if s.check {
		o.Budget = build.Budget
	}
	return o
}
