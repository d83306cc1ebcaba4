package module

import "fmt"

// The types of values that signatures are looked at for.
const (
	I32 = 0x7f
	I64 = 0x7e
)

// Signature is the type of a function: its parameters and results, a byte for each.
type Signature struct {
	Params, Results []byte
}

// Takes tells whether the parameters are exactly these.
func (s Signature) Takes(params ...byte) bool { return string(s.Params) == string(params) }

// Signatures returns the types of the functions that the module defines, in order.
//
// Returns an error that wraps ErrFormat when they cannot be read, or a type is not that of a function of numbers.
func (m Module) Signatures() ([]Signature, error) {
	body, _ := m.section(types)
	r := reader{b: body}
	var all []Signature
	if len(body) > 0 {
		for n := r.u32(); n > 0 && r.err == nil; n-- {
			if r.byte() != 0x60 {
				r.fail("a type that is no function's")
			}
			all = append(all, Signature{r.bytes(r.u32()), r.bytes(r.u32())})
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("type section: %w", r.err)
	}
	body, _ = m.section(functions)
	r = reader{b: body}
	var list []Signature
	if len(body) > 0 {
		for n := r.u32(); n > 0 && r.err == nil; n-- {
			index := r.u32()
			if uint64(index) >= uint64(len(all)) {
				r.fail("a type that is not there")
				break
			}
			list = append(list, all[index])
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("function section: %w", r.err)
	}
	return list, nil
}

// Bodies returns the code of the functions that the module defines, in order: locals and instructions.
//
// Returns an error that wraps ErrFormat when they cannot be read.
func (m Module) Bodies() ([][]byte, error) {
	body, ok := m.section(code)
	if !ok {
		return nil, nil
	}
	r := reader{b: body}
	var list [][]byte
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		list = append(list, r.bytes(r.u32()))
	}
	if r.err == nil && r.at != len(body) {
		r.fail("bytes after the last function")
	}
	if r.err != nil {
		return nil, fmt.Errorf("code section: %w", r.err)
	}
	return list, nil
}

// WithBodies returns the module with its code replaced. There must be as many as Bodies gives.
func (m Module) WithBodies(list [][]byte) Module {
	body := appendU32(nil, uint32(len(list)))
	for _, b := range list {
		body = append(appendU32(body, uint32(len(b))), b...)
	}
	return m.with(code, body)
}
