package build

import (
	"bytes"
	"fmt"

	"github.com/tabstate/tabstate/host/module"
)

// gap is the widest run of zeros that is written out to keep two data segments together, in bytes. Brotli's sizes: gap 8
// 380 KiB, 16 375, 32 346, 512 345, no limit 345.
const gap = 512

// passes is what happens to the module after the link, in order. Each keeps its meaning.
var passes = []module.Pass{
	module.DropCustom,
	module.MergeData(gap),
}

// postLink makes the module small. It refuses a module of another Go version than the glue is of, and one whose memory
// would not begin as before.
func postLink(b []byte, version string) ([]byte, error) {
	before, err := module.Parse(b)
	if err != nil {
		return nil, err
	}
	made, err := before.GoVersion()
	if err != nil {
		return nil, err
	}
	// `go version` may go on after the number: "go1.26.8-X:nogreenteagc".
	if number(made) != number(version) {
		return nil, fmt.Errorf("%w: the module is of %s, the glue of %s", ErrToolchain, made, version)
	}
	after := before
	for _, pass := range passes {
		if after, err = pass(after); err != nil {
			return nil, err
		}
	}
	return after.Bytes(), sameImage(before, after)
}

func number(version string) string {
	for i, c := range version {
		if c == ' ' || c == '-' {
			return version[:i]
		}
	}
	return version
}

func sameImage(before, after module.Module) error {
	a, err := before.Image()
	if err != nil {
		return err
	}
	b, err := after.Image()
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("the passes after the link changed the memory image: a fault in this build, please report it")
	}
	return nil
}
