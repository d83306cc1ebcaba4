package code

// Local 1 is the stack pointer, 32 bits, in a function that has a frame.
const (
	localStack = 1
	globalSP   = 0
)

// address turns the address of what lies in the frame into an offset of the access. Addresses of the frame are of memory that is there, so a sum
// that the compiler cuts off at 32 bits is not longer than that.
//
//	local.get 1, i64.extend_i32_u, i64.const C, i64.add, i32.wrap_i64, …, i64.store 0
//	local.get 1, …, i64.store C
func (f *function) address() {
	if f.stack() == nil {
		return
	}
	gone := make([]bool, len(f.list))
	accesses(f.list, func(at, last int) { f.offset(at, last, gone) })
	kept := f.list[:0]
	for at, i := range f.list {
		if !gone[at] {
			kept = append(kept, i)
		}
	}
	f.list = kept
}

// accesses visits each load and store, with the last instruction of its address where that is known.
func accesses(list []instruction, visit func(at, last int)) {
	var operands []int // the last instruction of each that is known to lie on the engine's stack
	for at, i := range list {
		takes, gives := i.effect()
		if takes < 0 {
			operands = nil
			continue
		}
		if rest := len(operands) - takes; rest < 0 {
			operands = nil
		} else {
			if i.accesses() {
				visit(at, operands[rest])
			}
			operands = operands[:rest]
		}
		if gives {
			operands = append(operands, at)
		}
	}
}

// offset moves the constant in the address that ends at last into the access at a place.
func (f *function) offset(at, last int, gone []bool) {
	if last >= 2 && are(f.list[last-2:], opLocalGet, opI64ExtendI32, opI32WrapI64) && f.list[last-2].index() == localStack {
		gone[last-1], gone[last] = true, true // the constant was 0
		return
	}
	from := last - 4
	if from < 0 {
		return
	}
	sum := f.list[from : last+1]
	if !are(sum, opLocalGet, opI64ExtendI32, opI64Const, opI64Add, opI32WrapI64) || sum[0].index() != localStack {
		return
	}
	c := sum[2].constant()
	r := reader{b: f.list[at].bytes}
	align, offset := r.u32(), r.u32()
	if c < 0 || c > 1<<20 || offset > 1<<20 {
		return
	}
	f.list[at].bytes = appendU32(appendU32(nil, align), offset+uint32(c))
	for k := from + 1; k <= last; k++ {
		gone[k] = true
	}
}

// effect tells how many operands an instruction takes and whether it gives one; takes is -1 for those that end what is known of the stack.
func (i instruction) effect() (takes int, gives bool) {
	switch op := i.op; {
	case op == opLocalGet || op == opGlobalGet || op >= opI32Const && op <= opF64Const || op == opMemorySize:
		return 0, true
	case op >= opFirstLoad && op <= opLastLoad || op == opLocalTee || op == opI32Eqz || op == opI64Eqz:
		return 1, true
	case op >= 0x67 && op <= 0x69 || op >= 0x79 && op <= 0x7b || op >= 0x8b && op <= 0x91 || op >= 0x99 && op <= 0x9f || op >= 0xa7 && op <= 0xc4:
		return 1, true // counts of bits, the functions of one float, conversions
	case op >= opI32Eqz && op <= 0xa6:
		return 2, true // comparisons and arithmetic
	case op > opLastLoad && op <= opLastStore:
		return 2, false
	case op == opLocalSet || op == opGlobalSet || op == opDrop:
		return 1, false
	case op == opSelect:
		return 3, true
	}
	return -1, false
}

func (i instruction) accesses() bool { return i.op >= opFirstLoad && i.op <= opLastStore }

// epilogue adds up the two steps by which a function gives up its frame and its return address.
func (f *function) epilogue() {
	if f.stack() == nil {
		return
	}
	f.replace(func(rest []instruction) (int, []instruction) {
		if step(rest) && are(rest[5:], opI32Const, opReturn) {
			return 5, []instruction{rest[0], rest[1], rest[2], rest[4]}
		}
		if step(rest) && step(rest[5:]) && are(rest[10:], opI32Const, opReturn) {
			both := instruction{op: opI32Const, bytes: appendI64(nil, rest[1].constant()+rest[6].constant())}
			return 10, []instruction{rest[0], both, rest[2], rest[4]}
		}
		return 0, nil
	})
}

// step tells whether the list begins by adding to the stack pointer.
func step(list []instruction) bool {
	return are(list, opLocalGet, opI32Const, opI32Add, opLocalTee, opGlobalSet) &&
		list[0].index() == localStack && list[3].index() == localStack && list[4].index() == globalSP
}

// split puts what the return addresses of a function share, its number, into a local, 2, so that the calls of different functions look the
// same. The engine's compiler makes constants of it again.
//
//	local.get 1, i64.const NUMBER<<16 + PLACE, i64.store, i32.const 0, call
//	local.get 1, local.get 2, i64.const PLACE, i64.add, i64.store, i32.const 0, call
func (f *function) split() {
	rest := f.stack()
	if rest == nil {
		return
	}
	number, calls := int64(-1), 0
	for at := range f.list {
		if !returns(f.list[at:]) {
			continue
		}
		n := f.list[at+1].constant() >> 16
		if number >= 0 && n != number || n < 0 {
			return
		}
		number = n
		calls++
	}
	if calls == 0 {
		return
	}
	const local = localStack + 1
	f.locals = withLocal(rest)
	for at, i := range f.list {
		if i.op >= opLocalGet && i.op <= opLocalTee && i.index() >= local {
			f.list[at].bytes = appendU32(nil, i.index()+1)
		}
	}
	index := appendU32(nil, local)
	f.replace(func(rest []instruction) (int, []instruction) {
		if !returns(rest) {
			return 0, nil
		}
		by := []instruction{rest[0], {op: opLocalGet, bytes: index}}
		if place := rest[1].constant() & 0xffff; place != 0 {
			by = append(by, instruction{op: opI64Const, bytes: appendI64(nil, place)}, instruction{op: opI64Add})
		}
		return 2, by
	})
	f.list = append([]instruction{{op: opI64Const, bytes: appendI64(nil, number<<16)}, {op: opLocalSet, bytes: index}}, f.list...)
}

// returns tells whether the list begins with a return address that goes on the stack before a call.
func returns(list []instruction) bool {
	return are(list, opLocalGet, opI64Const, opI64Store, opI32Const, opCall) && list[0].index() == localStack
}

// stack returns the groups of locals behind the stack pointer, nil when the function is not one that has it in local 1.
func (f *function) stack() []byte {
	r := reader{b: f.locals}
	if n := r.u32(); !f.resumable || n == 0 || r.u32() != 1 || r.byte() != valueI32 || r.failed {
		return nil
	}
	return f.locals[r.at:len(f.locals):len(f.locals)]
}

// withLocal returns the groups of locals of a function with the stack pointer, an i64 behind it, and then the rest.
func withLocal(rest []byte) []byte {
	r := reader{b: rest}
	groups, first := uint32(0), uint32(0)
	var tail []byte
	for r.at < len(rest) {
		n, kind := r.u32(), r.byte()
		if groups == 0 && kind == valueI64 {
			first = n // they are one group with the new one
			continue
		}
		groups++
		tail = append(appendU32(tail, n), kind)
	}
	out := append(appendU32(nil, groups+2), 1, valueI32)
	out = append(appendU32(out, first+1), valueI64)
	return append(out, tail...)
}
