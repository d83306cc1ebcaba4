package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"text/tabwriter"

	"github.com/tabstate/tabstate/host/build"
)

// report writes how large the runtime is and what its code consists of. With -check it says whether the budget is kept and
// the README tells the size as it is, and writes no list of packages.
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
		if err := m.Check(build.Budget); err != nil {
			return err
		}
		return checkReadme("README.md", m.Download().Brotli)
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

var readmeSize = regexp.MustCompile(`\*\*about (\d+) KiB\*\*`)

// checkReadme returns an error if the README tells another size of the download, in KiB, than is within 5 of what it is. Where
// there is no README there is nothing to check.
func checkReadme(name string, bytes int) error {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	found := readmeSize.FindSubmatch(text)
	if found == nil {
		return fmt.Errorf("%s does not say how large the runtime is", name)
	}
	told, err := strconv.Atoi(string(found[1]))
	if err != nil {
		return err
	}
	if is := (bytes + 512) >> 10; told < is-5 || told > is+5 {
		return fmt.Errorf("%s says about %d KiB, it is %d", name, told, is)
	}
	return nil
}
