// Pack makes the folder from which wrangler deploys the host to Cloudflare Workers:
//
//	go run ./host/worker/pack                   the demo site
//	go run ./host/worker/pack -dir public       the folder public instead
//
// It compiles the entry, and puts the site and the runtime, which ./build.sh build made, where Static Assets take them from.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/static"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, log io.Writer) error {
	set := flag.NewFlagSet("pack", flag.ContinueOnError)
	set.SetOutput(log)
	out := set.String("out", "host/worker/dist", "`folder` to write; what is in it is removed")
	dir := set.String("dir", "", "`folder` to serve instead of the demo site")
	runtime := set.String("runtime", "host/dist", "`folder` of the built runtime")
	if err := set.Parse(args); err != nil {
		return err
	}
	if set.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	pages := static.Files
	if *dir != "" {
		root, err := os.OpenRoot(*dir)
		if err != nil {
			return err
		}
		defer root.Close()
		pages = root.FS()
	}
	return pack(ctx, packing{pages: pages, runtime: os.DirFS(*runtime), table: headers.Default(), out: *out, log: log})
}
