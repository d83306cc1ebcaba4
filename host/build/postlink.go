package build

import (
	"bytes"
	"fmt"

	"github.com/tabstate/tabstate/host/module"
	"github.com/tabstate/tabstate/host/module/code"
	"github.com/tabstate/tabstate/host/module/pclntab"
)

// gap is the widest run of zeros that is written out to keep two data segments together, in bytes. Brotli's sizes: gap 8
// 380 KiB, 16 375, 32 346, 512 345, no limit 345.
const gap = 512

// linked is what is made of one linked module: the same code twice.
type linked struct {
	// release is what pages load. Its stack traces are nameless, unless names were asked for: 64 KiB of brotli less.
	release []byte
	// debug has all names, also those that the engine's own traces and profiles show. It behaves as release does.
	debug []byte
}

// postLink makes a module, as it was linked with names, ready for pages.
//
// It refuses a module of another Go version than the glue is of, one of a Go version whose function table it does not know, unless
// names is set, and one whose memory would not begin as before.
func postLink(b []byte, version string, names bool) (linked, error) {
	whole, err := module.Parse(b)
	if err != nil {
		return linked{}, err
	}
	made, err := whole.GoVersion()
	if err != nil {
		return linked{}, err
	}
	// `go version` may go on after the number: "go1.26.8-X:nogreenteagc".
	if number(made) != number(version) {
		return linked{}, fmt.Errorf("%w: the module is of %s, the glue of %s", ErrToolchain, made, version)
	}
	if !names && !pclntab.Known(number(made)) {
		return linked{}, fmt.Errorf("%w: the step that takes names out of the module knows %s, this is %s. "+
			"With -names it is left out: a module 64 KiB larger in brotli, with readable stack traces", ErrToolchain, pclntab.Versions, made)
	}
	if pclntab.Known(number(made)) {
		if whole, err = code.DropTracing(whole); err != nil {
			return linked{}, err
		}
	}
	if whole, err = code.Shorten(whole); err != nil {
		return linked{}, err
	}
	debug, err := module.MergeData(gap)(whole)
	if err != nil {
		return linked{}, err
	}
	if err := sameMemory(whole, debug); err != nil {
		return linked{}, err
	}
	release, err := module.DropCustom(whole)
	if err != nil {
		return linked{}, err
	}
	if !names {
		// It compares what it wrote with what was there before.
		if release, err = pclntab.Trim(release); err != nil {
			return linked{}, err
		}
	}
	merged, err := module.MergeData(gap)(release)
	if err != nil {
		return linked{}, err
	}
	if err := sameMemory(release, merged); err != nil {
		return linked{}, err
	}
	return linked{release: merged.Bytes(), debug: debug.Bytes()}, sameProgram(debug, merged)
}

func number(version string) string {
	for i, c := range version {
		if c == ' ' || c == '-' {
			return version[:i]
		}
	}
	return version
}

func sameMemory(before, after module.Module) error {
	a, err := before.Image()
	if err != nil {
		return err
	}
	b, err := after.Image()
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("the passes after the link changed the memory image: %w", errOurs)
	}
	return nil
}

// sameProgram checks that two modules differ in data and custom sections alone: the same code, imports, exports and tables.
func sameProgram(a, b module.Module) error {
	x, y := a.Program(), b.Program()
	if len(x) != len(y) {
		return fmt.Errorf("the passes after the link left %d sections of %d: %w", len(y), len(x), errOurs)
	}
	for i := range x {
		if x[i].ID != y[i].ID || !bytes.Equal(x[i].Body, y[i].Body) {
			return fmt.Errorf("the passes after the link changed section %d: %w", x[i].ID, errOurs)
		}
	}
	return nil
}
