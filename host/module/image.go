package module

import "fmt"

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
