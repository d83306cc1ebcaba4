package module

import "fmt"

// segment is an active data segment of memory 0.
type segment struct {
	at    uint32
	bytes []byte
}

func (s segment) end() uint64 { return uint64(s.at) + uint64(len(s.bytes)) }

const (
	opI32Const = 0x41
	opEnd      = 0x0b
	pageSize   = 64 << 10
)

// segments returns the data segments.
//
// Returns an error when one is passive, lies in another memory, has an address that is no constant, or ends beyond the
// memory the module starts with.
func (m Module) segments() ([]segment, error) {
	body, ok := m.section(data)
	if !ok {
		return nil, nil
	}
	limit, err := m.memorySize()
	if err != nil {
		return nil, err
	}
	r := reader{b: body}
	n := r.u32()
	var out []segment
	for i := uint32(0); i < n && r.err == nil; i++ {
		if kind := r.u32(); kind != 0 && r.err == nil {
			return nil, fmt.Errorf("%w: data segment %d is of kind %d, only active ones of memory 0 are known here", ErrFormat, i, kind)
		}
		op := r.byte()
		s := segment{at: r.i32()}
		end := r.byte()
		s.bytes = r.bytes(r.u32())
		if r.err != nil {
			break
		}
		if op != opI32Const || end != opEnd {
			return nil, fmt.Errorf("%w: the address of data segment %d is no constant", ErrFormat, i)
		}
		if s.end() > limit {
			return nil, fmt.Errorf("%w: data segment %d ends at %d, beyond the %d bytes of memory", ErrFormat, i, s.end(), limit)
		}
		out = append(out, s)
	}
	if r.err != nil {
		return nil, fmt.Errorf("data section: %w", r.err)
	}
	if len(r.rest()) != 0 {
		return nil, fmt.Errorf("%w: bytes after the last data segment", ErrFormat)
	}
	return out, nil
}

// withSegments returns the module with its data replaced, and its data count if it has one.
func (m Module) withSegments(list []segment) Module {
	count := appendU32(nil, uint32(len(list)))
	body := append([]byte(nil), count...)
	for _, s := range list {
		body = append(body, 0, opI32Const)
		body = append(appendI32(body, s.at), opEnd)
		body = append(appendU32(body, uint32(len(s.bytes))), s.bytes...)
	}
	return m.with(data, body).with(dataCount, count)
}

// memorySize returns the bytes of the memory that the module defines, at its start.
//
// Returns an error when it defines none, or takes one from outside, which need not be zero.
func (m Module) memorySize() (uint64, error) {
	list, err := m.Imports()
	if err != nil {
		return 0, err
	}
	for _, i := range list {
		if i.Kind == KindMemory {
			return 0, fmt.Errorf("%w: its memory is imported, so what lies between data segments is unknown", ErrFormat)
		}
	}
	body, _ := m.section(memory)
	r := reader{b: body}
	if n := r.u32(); r.err == nil && n != 1 {
		return 0, fmt.Errorf("%w: %d memories, want 1", ErrFormat, n)
	}
	if flags := r.byte(); r.err == nil && flags > 1 {
		return 0, fmt.Errorf("%w: the memory is shared or 64-bit", ErrFormat)
	}
	pages := r.u32()
	if r.err != nil {
		return 0, fmt.Errorf("memory section: %w", r.err)
	}
	if pages > 1<<16 {
		return 0, fmt.Errorf("%w: a memory of %d pages", ErrFormat, pages)
	}
	return uint64(pages) * pageSize, nil
}
