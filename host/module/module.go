// Package module reads and writes WebAssembly modules (core specification 2.0, binary format), as far as the
// build needs it: the sections, the data segments, the imports and the names of functions. Everything else is
// carried along as bytes.
//
// What it reads may be hostile or torn: every fault is an error that wraps ErrFormat, none is a panic, and nothing is
// allocated for a length that the input does not have.
package module

import (
	"errors"
	"fmt"
)

// ErrFormat is wrapped by every error about a module that is not what the specification allows.
var ErrFormat = errors.New("not a valid WebAssembly module")

// The ids of the sections that are looked into.
const (
	custom    = 0
	types     = 1
	imports   = 2
	functions = 3
	memory    = 5
	code      = 10
	data      = 11
	dataCount = 12
)

// rank holds the place of each section id in a module: the data count stands before the code, a tag before the globals.
var rank = map[byte]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 13: 6, 6: 7, 7: 8, 8: 9, 9: 10, 12: 11, 10: 12, 11: 13}

const header = "\x00asm\x01\x00\x00\x00"

// Section is one section of a module.
type Section struct {
	// ID is the number the specification gives the kind of section; 0 is a custom section.
	ID byte
	// Name is the name of a custom section, else empty.
	Name string
	// Body is what follows the length, and in a custom section what follows the name.
	Body []byte
}

// Module is a WebAssembly module as the list of its sections, in order.
type Module struct {
	Sections []Section
}

// Parse splits a module into its sections. The bodies are parts of b, not copies.
//
// Returns an error that wraps ErrFormat when the header, a length or the order of the sections is wrong.
func Parse(b []byte) (Module, error) {
	if len(b) < len(header) || string(b[:len(header)]) != header {
		return Module{}, fmt.Errorf("%w: it does not begin with the magic number and version 1", ErrFormat)
	}
	r := reader{b: b, at: len(header)}
	var m Module
	last := 0
	for r.at < len(b) {
		start := r.at
		id := r.byte()
		body := reader{b: r.bytes(r.u32())}
		if r.err != nil {
			return Module{}, fmt.Errorf("section at byte %d: %w", start, r.err)
		}
		s := Section{ID: id}
		if id == custom {
			s.Name = string(body.bytes(body.u32()))
			if body.err != nil {
				return Module{}, fmt.Errorf("name of the custom section at byte %d: %w", start, body.err)
			}
		} else {
			place := rank[id]
			if place <= last {
				return Module{}, fmt.Errorf("%w: section %d at byte %d is unknown or out of order", ErrFormat, id, start)
			}
			last = place
		}
		s.Body = body.rest()
		m.Sections = append(m.Sections, s)
	}
	return m, nil
}

// Bytes returns the module in the binary format, every length in its shortest form.
func (m Module) Bytes() []byte {
	size := len(header)
	for _, s := range m.Sections {
		size += len(s.Body) + len(s.Name) + 16
	}
	out := append(make([]byte, 0, size), header...)
	for _, s := range m.Sections {
		out = append(out, s.ID)
		var name []byte
		if s.ID == custom {
			name = append(appendU32(nil, uint32(len(s.Name))), s.Name...)
		}
		out = appendU32(out, uint32(len(name)+len(s.Body)))
		out = append(append(out, name...), s.Body...)
	}
	return out
}

// Program returns the sections that say what is computed: all but data, their count and custom ones.
func (m Module) Program() []Section {
	var list []Section
	for _, s := range m.Sections {
		if s.ID != custom && s.ID != data && s.ID != dataCount {
			list = append(list, s)
		}
	}
	return list
}

// section returns the body of the one section with the id, and whether there is one.
func (m Module) section(id byte) ([]byte, bool) {
	for _, s := range m.Sections {
		if s.ID == id {
			return s.Body, true
		}
	}
	return nil, false
}

// with returns a copy of the module that has body in place of the section with the id.
func (m Module) with(id byte, body []byte) Module {
	out := Module{Sections: append([]Section(nil), m.Sections...)}
	for i := range out.Sections {
		if out.Sections[i].ID == id {
			out.Sections[i].Body = body
		}
	}
	return out
}
