package module

import "fmt"

// producers is the custom section that names who made the module.
const producers = "producers"

// GoVersion returns the version of the Go toolchain that made the module ("go1.26.8"), from its producers section.
//
// Returns an error when the module has no such section or was not made by Go.
func (m Module) GoVersion() (string, error) {
	for _, s := range m.Sections {
		if s.ID != custom || s.Name != producers {
			continue
		}
		r := reader{b: s.Body}
		for fields := r.u32(); fields > 0 && r.err == nil; fields-- {
			r.bytes(r.u32())
			for values := r.u32(); values > 0 && r.err == nil; values-- {
				name, version := string(r.bytes(r.u32())), string(r.bytes(r.u32()))
				if name == "Go" && r.err == nil {
					return version, nil
				}
			}
		}
		if r.err != nil {
			return "", fmt.Errorf("producers section: %w", r.err)
		}
	}
	return "", fmt.Errorf("%w: nothing in it says that Go made it", ErrFormat)
}
