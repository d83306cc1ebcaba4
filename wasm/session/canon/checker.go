package canon

// MaxDepth is the deepest nesting that any caller can allow.
const MaxDepth = 1000

// keep is how large, in bytes, a buffer may be that a Checker holds beyond a
// text that needed it.
const keep = 1 << 20

// growth is how many times larger than its text a buffer may become: the list
// of names needs 24 bytes for as little as "a":0, and 1e20 is printed in 21.
const growth = 8

// Checker checks texts one after another and reuses its buffers for the next
// one. Its zero value is ready. It is not for concurrent use, and not to be
// called from the function that [Checker.Members] calls.
type Checker struct {
	// Seed makes the hashes of member names unpredictable for those who write
	// the texts. The owner sets it once to a random number; without it a
	// hostile text of many members may take quadratic time.
	Seed uint64

	text    []byte
	copied  int    // text before this offset is in buf or left out
	buf     []byte // the canonical form from the first deviation on
	room    int    // capacity to begin buf with
	frames  []frame
	names   names
	large   bool // the last text may have needed more than keep
	fault   *Fault
	decoded []byte // the name that Members passes on

	scratch [32]byte // the longest number printed has 25 bytes
}

// frame is an open array or object.
type frame struct {
	array bool
	scope // of an object
}

// begin makes the Checker ready for a text. Buffers that a large text before
// it needed, and this one cannot need, are let go.
func (c *Checker) begin(text []byte) {
	most := max(keep, growth*len(text))
	if c.large {
		c.release(most)
	}
	c.large = most > keep
	c.text = text
	c.buf = c.buf[:0]
	c.copied = 0
	c.names.text = text
	c.names.seed = c.Seed
}

// release lets go of the buffers of more than that many bytes.
func (c *Checker) release(most int) {
	if cap(c.buf) > most {
		c.buf = nil
	}
	if cap(c.decoded) > most {
		c.decoded = nil
	}
	c.names.release(most)
}

// end closes what a fault left open and lets go of the text. It returns the
// fault.
func (c *Checker) end() *Fault {
	for n := len(c.frames); n > 0; n-- {
		c.names.close(&c.frames[n-1].scope)
	}
	c.frames = c.frames[:0]
	c.text = nil
	c.names.text = nil
	f := c.fault
	c.fault = nil
	return f
}

// cut leaves text[from:to] out of the canonical form, and copies the text
// between the last cut and this one.
func (c *Checker) cut(from, to int) {
	c.put(c.text[c.copied:from])
	c.copied = to
}

// put appends to the canonical form. It writes the pointer in c.buf only when
// the buffer grows: in WebAssembly a garbage collection may be pending for
// long, and writing pointers is slow meanwhile (measured on indented text with
// plain appends: 31 MB/s instead of 132).
func (c *Checker) put(span []byte) {
	n := len(c.buf)
	if cap(c.buf)-n < len(span) {
		c.grow(len(span))
	}
	c.buf = c.buf[:n+len(span)]
	if len(span) > 24 {
		copy(c.buf[n:], span)
		return
	}
	dst := c.buf[n:] // byte by byte: a bulk copy is slow to begin (92 MB/s instead of 132)
	for i, b := range span {
		dst[i] = b
	}
}

// grow makes room for n more bytes in buf.
func (c *Checker) grow(n int) {
	larger := make([]byte, len(c.buf), max(2*cap(c.buf), len(c.buf)+n, c.room))
	copy(larger, c.buf)
	c.buf = larger
}

// blanks cuts the blanks from i on and returns the offset after them.
func (c *Checker) blanks(i int) int {
	end := skipBlanks(c.text, i)
	if end > i {
		c.cut(i, end)
	}
	return end
}

func skipBlanks(text []byte, i int) int {
	for i < len(text) && blank(text[i]) {
		i++
	}
	return i
}

func blank(b byte) bool {
	return b == ' ' || b == '\n' || b == '\r' || b == '\t'
}

// at returns the byte at i, 0 at the end of the text. A 0 in the text is as
// little a part of any token as the end is.
func at(text []byte, i int) byte {
	if uint(i) < uint(len(text)) {
		return text[i]
	}
	return 0
}
