package build

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/tabstate/tabstate/host/module"
)

// Sizes writes a table of the results' sizes in bytes, and what a visitor downloads.
func (m Manifest) Sizes(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "raw\tgzip\tbrotli\t ")
	row := func(name string, f File) { fmt.Fprintf(t, "%d\t%d\t%d\t %s\n", f.Size, f.Gzip, f.Brotli, name) }
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		row(name, m.Files[name])
	}
	sum := m.Download()
	row("= module + "+minName+" (facade and glue)", sum)
	row("= module + "+entryName, m.sum(m.Wasm, entryName))
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "module + %s: %.1f KiB of brotli, budget %.0f KiB\n", minName, kib(int64(sum.Brotli)), kib(Budget))
	return err
}

// Package is what one Go package adds to the code section.
type Package struct {
	// Name is the import path, or "(other)" for what the linker made itself.
	Name string
	// Functions is how many there are, Size their bodies' bytes, uncompressed.
	Functions, Size int
}

// Packages compiles the program in o.Main with its names and returns the code's size by package, largest first.
//
// Returns an error that wraps ErrNoGo, ErrToolchain or ErrCompile.
func Packages(ctx context.Context, o Options) ([]Package, error) {
	t, err := findToolchain(ctx, cmp.Or(o.Go, "go"), o.Main)
	if err != nil {
		return nil, err
	}
	b, err := t.compile(ctx, o.Main)
	if err != nil {
		return nil, err
	}
	m, err := module.Parse(b)
	if err != nil {
		return nil, err
	}
	functions, err := m.Functions()
	if err != nil {
		return nil, err
	}
	paths, err := t.packages(ctx, o.Main)
	if err != nil {
		return nil, err
	}
	return byPackage(functions, paths), nil
}

// byPackage adds functions up by the import path that their name begins with. The linker wrote "a/b.F" as "a_b.F", so the paths
// are told by comparison, the longest first.
func byPackage(functions []module.Function, paths []string) []Package {
	plain := map[string]string{}
	for _, path := range append(paths, "main") {
		plain[symbol(path)] = path
	}
	sums := map[string]*Package{}
	for _, f := range functions {
		name := "(other)"
		for end := strings.LastIndexByte(f.Name, '.'); end > 0; end = strings.LastIndexByte(f.Name[:end], '.') {
			if path, ok := plain[f.Name[:end]]; ok {
				name = path
				break
			}
		}
		if sums[name] == nil {
			sums[name] = &Package{Name: name}
		}
		sums[name].Functions++
		sums[name].Size += f.Size
	}
	var list []Package
	for _, p := range sums {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Package) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// symbol returns the text as Go's linker writes it into the name section.
func symbol(path string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, path)
}
