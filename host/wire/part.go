package wire

import (
	"io"
	"os"
)

// part is what is to be sent of a file. The file's own position plays no role, so that any number of responses can share one
// descriptor.
type part struct {
	file         *os.File
	offset, left int64
	section      *io.SectionReader
	limited      *io.LimitedReader // around the section, or nil
}

// partIn returns what r reads, if that is a section of a file, limited or not.
func partIn(r io.Reader) (*part, bool) {
	limited, _ := r.(*io.LimitedReader)
	if limited != nil {
		r = limited.R
	}
	section, ok := r.(*io.SectionReader)
	if !ok {
		return nil, false
	}
	outer, begin, size := section.Outer()
	file, ok := outer.(*os.File)
	if !ok {
		return nil, false
	}
	at, err := section.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, false
	}
	p := &part{file, begin + at, size - at, section, limited}
	if limited != nil {
		p.left = min(p.left, limited.N)
	}
	return p, true
}

// sent moves on by what has been sent, so that who reads the section finds what is left.
func (p *part) sent(n int64) {
	p.offset += n
	p.left -= n
	_, _ = p.section.Seek(n, io.SeekCurrent)
	if p.limited != nil {
		p.limited.N -= n
	}
}
