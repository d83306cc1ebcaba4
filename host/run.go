package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/host/validate"
	"github.com/tabstate/tabstate/js"
)

// settings is what the command line says.
type settings struct {
	addr, dir      string
	cert, key      string
	csp, embed     string
	inject         optional
	log            string
	quiet          bool
	limits         string
	schemas        string
	maxBody        int64
	worker         bool
	build, js, out string
	names, quick   bool
	size, check    bool
}

// optional is a flag that may be given with a value or without.
type optional struct {
	given bool
	value string
}

func (o *optional) String() string   { return o.value }
func (o *optional) IsBoolFlag() bool { return true }
func (o *optional) Set(value string) error {
	// The flag alone comes as "true".
	if o.given = value != "false"; value != "true" && o.given {
		o.value = value
	}
	return nil
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
	case s.worker:
		return packWorker(ctx, s, stderr)
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
	set.StringVar(&s.cert, "cert", "", "`file` of the certificate, with its chain, in PEM; with -key the server speaks TLS and HTTP/2")
	set.StringVar(&s.key, "key", "", "`file` of the certificate's key, in PEM")
	set.StringVar(&s.csp, "csp", "", "`directives` of Content-Security-Policy, divided by ;, in place of the default's or beside them")
	set.StringVar(&s.embed, "embed", "", "`origins`, divided by blanks, whose pages may show this site in a frame")
	set.Var(&s.inject, "inject", "put the runtime's script tag into pages that have none; -inject='enforce keep=navigation' with these options")
	set.StringVar(&s.log, "log", "text", "`form` of the log on standard error, text or json")
	set.BoolVar(&s.quiet, "quiet", false, "log only what goes wrong, not each request")
	set.StringVar(&s.limits, "limits", "", "`JSON` of the limits that sessions have, as in data-session-limits, for what is sent to /api/validate")
	set.Int64Var(&s.maxBody, "max-body", validate.DefaultMaxBody, "the most `bytes` that what is sent to /api/validate may have")
	set.StringVar(&s.schemas, "schemas", "", "`folder` with a JSON Schema KEY.json for each key that is judged at /api/validate")
	set.BoolVar(&s.worker, "worker", false, "make the folder -out (default host/worker/dist) for Cloudflare Workers instead of serving")
	set.StringVar(&s.build, "build", "", "build the main package in this `folder` instead of serving")
	set.StringVar(&s.js, "js", "", "`folder` of the facade's modules (default: those in this program); it gets runtime.js and the module too")
	set.StringVar(&s.out, "out", "", "`folder` for what is built")
	set.BoolVar(&s.names, "names", false, "where something is built: leave names in the module, for stack traces or a Go version whose tables are not known")
	set.BoolVar(&s.quick, "quick", false, "with -build: compress in a hurry, which leaves files 20 % larger")
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
	if s.build == "" && !s.size && (s.out != "" && !s.worker || s.js != "" || s.check) {
		return s, errors.New("-out, -js and -check go with -build or -size")
	}
	if s.maxBody < 1 {
		return s, fmt.Errorf("-max-body is at least 1, not %d", s.maxBody)
	}
	if s.worker && (s.schemas != "" || s.limits != "" || s.cert != "") {
		return s, errors.New("-worker takes -dir, -csp, -embed and -inject: the rest is for a program that goes on running")
	}
	if (s.cert == "") != (s.key == "") {
		return s, errors.New("-cert and -key go together")
	}
	if s.log != "text" && s.log != "json" {
		return s, fmt.Errorf("-log is text or json, not %q", s.log)
	}
	return s, nil
}

func (s settings) options(log io.Writer) build.Options {
	o := build.Options{Main: s.build, JS: s.js, Facade: js.Files, Out: s.out, Names: s.names, Log: log}
	if s.quick {
		o.Quality = quickQuality
	}
	if s.check {
		o.Budget = build.Budget
	}
	return o
}
