package code

import "fmt"

// The instructions that the passes look for.
const (
	opUnreachable       = 0x00
	opNop               = 0x01
	opBlock             = 0x02
	opLoop              = 0x03
	opIf                = 0x04
	opElse              = 0x05
	opEnd               = 0x0b
	opBr                = 0x0c
	opBrIf              = 0x0d
	opBrTable           = 0x0e
	opReturn            = 0x0f
	opCall              = 0x10
	opCallIndirect      = 0x11
	opLocalGet          = 0x20
	opLocalSet          = 0x21
	opLocalTee          = 0x22
	opGlobalGet         = 0x23
	opGlobalSet         = 0x24
	opDrop              = 0x1a
	opSelect            = 0x1b
	opFirstLoad         = 0x28
	opI32Load           = 0x28
	opI64Load           = 0x29
	opF64Load           = 0x2b
	opI64Load32S        = 0x34
	opI64Load32U        = 0x35
	opLastLoad          = 0x35
	opI32Store          = 0x36
	opI64Store          = 0x37
	opF64Store          = 0x39
	opLastStore         = 0x3e
	opMemorySize        = 0x3f
	opI32Const          = 0x41
	opI64Const          = 0x42
	opF64Const          = 0x44
	opI32Eqz            = 0x45
	opI64Eqz            = 0x50
	opI32Add            = 0x6a
	opI64Add            = 0x7c
	opI32Sub            = 0x6b
	opI64ShrU           = 0x88
	opI32WrapI64        = 0xa7
	opI64ExtendI32S     = 0xac
	opI64ExtendI32      = 0xad
	opI64ReinterpretF64 = 0xbd
	opF64ReinterpretI64 = 0xbf
)

const (
	valueI32 = 0x7f
	valueI64 = 0x7e
	valueF64 = 0x7c
)

// instruction is one instruction. Labels are numbers that stay when blocks come and go; what is written are depths.
type instruction struct {
	op    byte
	bytes []byte // the immediates as they stood, but for labels
	label int    // of a block, loop or if: its own; of a branch: where it goes to
	table []int  // of br_table: where it goes to, the default last
}

// function is the body of a function: its locals as they stood, and its instructions with the last end. Label 0 is the body's own.
type function struct {
	locals []byte
	list   []instruction
	labels int
	// resumable says that it takes the number of a place in it and nothing else.
	resumable bool
}

type reader struct {
	b      []byte
	at     int
	failed bool
}

func (r *reader) byte() byte {
	if r.at >= len(r.b) {
		r.failed = true
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

func (r *reader) skip(n int) {
	if n > len(r.b)-r.at {
		r.failed = true
		n = len(r.b) - r.at
	}
	r.at += n
}

// u32 reads an unsigned LEB128 number.
func (r *reader) u32() uint32 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			if v >= 1<<32 {
				break
			}
			return uint32(v)
		}
	}
	r.failed = true
	return 0
}

// leb passes over a LEB128 number of at most 64 bits.
func (r *reader) leb() {
	for range 10 {
		if r.byte()&0x80 == 0 {
			return
		}
	}
	r.failed = true
}

// index returns the number of the local or global.
func (i instruction) index() uint32 {
	r := reader{b: i.bytes}
	return r.u32()
}

// offset returns how far from its address a load or store takes place.
func (i instruction) offset() uint32 {
	r := reader{b: i.bytes}
	r.u32()
	return r.u32()
}

// constant returns the number of an i32.const or i64.const.
func (i instruction) constant() int64 {
	var v int64
	shift := 0
	for _, c := range i.bytes {
		v |= int64(c&0x7f) << shift
		if shift += 7; c&0x80 == 0 && c&0x40 != 0 && shift < 64 {
			v |= -1 << shift
		}
	}
	return v
}

// decode reads a body.
func decode(body []byte) (*function, error) {
	r := reader{b: body}
	for n := r.u32(); n > 0 && !r.failed; n-- {
		r.u32()
		r.byte()
	}
	f := &function{locals: body[:r.at]}
	open := []int{0}
	to := func() int {
		depth := int(r.u32())
		if depth >= len(open) {
			r.failed = true
			return 0
		}
		return open[len(open)-1-depth]
	}
	for len(open) > 0 && !r.failed {
		i := instruction{op: r.byte()}
		start := r.at
		switch op := i.op; {
		case op == opBlock || op == opLoop || op == opIf:
			r.leb()
			f.labels++
			i.label = f.labels
			open = append(open, i.label)
		case op == opEnd:
			open = open[:len(open)-1]
		case op == opBr || op == opBrIf:
			i.label = to()
			start = r.at
		case op == opBrTable:
			n := r.u32()
			if int64(n) > int64(len(body)) {
				r.failed = true
				n = 0
			}
			for range n + 1 {
				i.table = append(i.table, to())
			}
			start = r.at
		case op <= opElse || op == opReturn || op == 0x1a || op == 0x1b || op >= opI32Eqz && op <= 0xc4 || op == 0xd1:
		case op == opCall || op >= opLocalGet && op <= 0x26 || op == 0xd2:
			r.u32()
		case op == opCallIndirect || op >= opFirstLoad && op <= opLastStore:
			r.u32()
			r.u32()
		case op == 0x3f || op == 0x40 || op == 0xd0:
			r.byte()
		case op == opI32Const || op == opI64Const:
			r.leb()
		case op == 0x43:
			r.skip(4)
		case op == 0x44:
			r.skip(8)
		case op == 0xfc:
			switch sub := r.u32(); {
			case sub <= 7:
			case sub == 8 || sub == 10:
				r.u32()
				r.u32()
			case sub == 9 || sub == 11:
				r.u32()
			default:
				return nil, fmt.Errorf("%w: instruction fc %d", ErrCode, sub)
			}
		default:
			return nil, fmt.Errorf("%w: instruction %#x", ErrCode, op)
		}
		i.bytes = body[start:r.at]
		f.list = append(f.list, i)
	}
	if r.failed || r.at != len(body) {
		return nil, fmt.Errorf("%w: a body that does not end where it should, at byte %d of %d", ErrCode, r.at, len(body))
	}
	return f, nil
}

// encode writes the body.
func (f *function) encode() []byte {
	out := append([]byte(nil), f.locals...)
	open := []int{0}
	depth := func(label int) uint32 {
		for d := range open {
			if open[len(open)-1-d] == label {
				return uint32(d)
			}
		}
		panic("a branch out of its block")
	}
	for _, i := range f.list {
		out = append(out, i.op)
		switch i.op {
		case opBlock, opLoop, opIf:
			open = append(open, i.label)
		case opEnd:
			open = open[:len(open)-1]
		case opBr, opBrIf:
			out = appendU32(out, depth(i.label))
		case opBrTable:
			out = appendU32(out, uint32(len(i.table)-1))
			for _, label := range i.table {
				out = appendU32(out, depth(label))
			}
		}
		out = append(out, i.bytes...)
	}
	return out
}

func appendI64(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func appendU32(b []byte, v uint32) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}
