package module

import "fmt"

// Function is one function that the module defines.
type Function struct {
	// Name is the name from the name section, empty when the module was stripped. Go's linker writes every character of a
	// symbol but letters, digits, dots and underscores as an underscore.
	Name string
	// Size is the bytes of its body.
	Size int
}

// Functions returns the functions of the code section, in order.
//
// Returns an error that wraps ErrFormat when the code, the imports or the names cannot be read.
func (m Module) Functions() ([]Function, error) {
	list, err := m.Imports()
	if err != nil {
		return nil, err
	}
	imported := uint32(0)
	for _, i := range list {
		if i.Kind == KindFunc {
			imported++
		}
	}
	names, err := m.functionNames()
	if err != nil {
		return nil, err
	}
	body, _ := m.section(code)
	r := reader{b: body}
	var out []Function
	for i, n := uint32(0), r.u32(); i < n && r.err == nil; i++ {
		size := r.u32()
		r.bytes(size)
		out = append(out, Function{Name: names[imported+i], Size: int(size)})
	}
	if r.err != nil {
		return nil, fmt.Errorf("code section: %w", r.err)
	}
	return out, nil
}

// functionNames reads the subsection 1 of the name section: names by index, imported functions first.
func (m Module) functionNames() (map[uint32]string, error) {
	names := map[uint32]string{}
	for _, s := range m.Sections {
		if s.ID != custom || s.Name != "name" {
			continue
		}
		r := reader{b: s.Body}
		for r.at < len(r.b) && r.err == nil {
			id := r.byte()
			sub := reader{b: r.bytes(r.u32())}
			if id != 1 || r.err != nil {
				continue
			}
			for n := sub.u32(); n > 0 && sub.err == nil; n-- {
				index := sub.u32()
				names[index] = string(sub.bytes(sub.u32()))
			}
			if sub.err != nil {
				return nil, fmt.Errorf("name section: %w", sub.err)
			}
		}
		if r.err != nil {
			return nil, fmt.Errorf("name section: %w", r.err)
		}
	}
	return names, nil
}
