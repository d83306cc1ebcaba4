package module

import "fmt"

// Kind tells what is imported.
type Kind byte

// The kinds of imports.
const (
	KindFunc Kind = iota
	KindTable
	KindMemory
	KindGlobal
	KindTag
)

// Import is one thing a module takes from outside.
type Import struct {
	Module, Name string
	Kind         Kind
}

// Imports returns what the module imports, in order.
//
// Returns an error that wraps ErrFormat when the section cannot be read.
func (m Module) Imports() ([]Import, error) {
	body, ok := m.section(imports)
	if !ok {
		return nil, nil
	}
	r := reader{b: body}
	var out []Import
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		i := Import{Module: string(r.bytes(r.u32())), Name: string(r.bytes(r.u32())), Kind: Kind(r.byte())}
		switch i.Kind {
		case KindFunc:
			r.u32()
		case KindTable:
			r.byte()
			r.limits()
		case KindMemory:
			r.limits()
		case KindGlobal, KindTag:
			r.byte()
			r.byte()
		default:
			r.fail("an unknown kind of import")
		}
		out = append(out, i)
	}
	if r.err != nil {
		return nil, fmt.Errorf("import section: %w", r.err)
	}
	return out, nil
}

func (r *reader) limits() {
	flags := r.byte()
	r.u32()
	if flags&1 != 0 {
		r.u32()
	}
}
