package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"

	"github.com/tabstate/tabstate/host/build"
)

// report writes how large the runtime is and what its code consists of. With -check it says whether the budget is kept,
// and writes no list of packages.
func report(ctx context.Context, s settings, stdout io.Writer) error {
	m, err := build.ReadManifest(os.DirFS(cmp.Or(s.out, "host/dist")))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("nothing is built yet, run ./build.sh build: %w", err)
	}
	if err != nil {
		return err
	}
	if err := m.Sizes(stdout); err != nil {
		return err
	}
	if s.check {
		return m.Check(build.Budget)
	}
	list, err := build.Packages(ctx, build.Options{Main: cmp.Or(s.build, "wasm")})
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	total := 0
	fmt.Fprintln(t, "\ncode, raw\tfunctions\t package")
	for _, p := range list {
		fmt.Fprintf(t, "%d\t%d\t %s\n", p.Size, p.Functions, p.Name)
		total += p.Size
	}
	fmt.Fprintf(t, "%d\t\t in all\n", total)
	return t.Flush()
}
