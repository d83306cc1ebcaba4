package module

import (
	"bytes"
	"fmt"
)

// maxImage bounds the memory that Image allocates, in bytes.
const maxImage = 256 << 20

// Image returns the linear memory as it is when the module has been instantiated, from address 0 to the last byte
// that a data segment sets to something else than zero.
//
// Returns an error that wraps ErrFormat when the data cannot be read or the image is over 256 MiB.
func (m Module) Image() ([]byte, error) {
	list, err := m.segments()
	if err != nil {
		return nil, err
	}
	size := uint64(0)
	for _, s := range list {
		size = max(size, s.end())
	}
	if size > maxImage {
		return nil, fmt.Errorf("%w: %d bytes of data are over the %d that are looked at", ErrFormat, size, maxImage)
	}
	image := make([]byte, size)
	for _, s := range list {
		copy(image[s.at:], s.bytes)
	}
	for len(image) > 0 && image[len(image)-1] == 0 {
		image = image[:len(image)-1]
	}
	return image, nil
}

// island is the run of zeros at which WithImage begins a new segment, in bytes: the linker's own.
const island = 8

// WithImage returns the module with a linear memory that begins as image, which is zero beyond it.
//
// Returns an error that wraps ErrFormat when the module has no data, its data cannot be read, or image does not fit into its memory.
func (m Module) WithImage(image []byte) (Module, error) {
	if _, err := m.segments(); err != nil {
		return Module{}, err
	}
	if _, ok := m.section(data); !ok {
		return Module{}, fmt.Errorf("%w: there is no data to replace", ErrFormat)
	}
	limit, err := m.memorySize()
	if err != nil {
		return Module{}, err
	}
	if uint64(len(image)) > limit {
		return Module{}, fmt.Errorf("%w: an image of %d bytes for %d bytes of memory", ErrFormat, len(image), limit)
	}
	var list []segment
	var zeros [island]byte
	for at := 0; at < len(image); {
		if image[at] == 0 {
			at++
			continue
		}
		end := len(image)
		if n := bytes.Index(image[at:], zeros[:]); n >= 0 {
			end = at + n
		}
		list = append(list, segment{uint32(at), image[at:end]})
		at = end
	}
	return m.withSegments(list), nil
}
