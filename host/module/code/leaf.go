package code

import (
	"slices"

	"github.com/tabstate/tabstate/host/module"
)

// An export of Go's is a wrapper around the function in Go: it lays the arguments on Go's stack, moves the stack pointer, calls, takes the
// result from the stack and moves the stack pointer back. The stack pointer is a global, so each step waits for the one before: 6 ns of a
// call that takes 10.
//
// A function that calls nothing cannot be unwound, moved or seen by anything while it runs. Such a leaf needs no stack of Go's: what it keeps
// there becomes locals, and it stands in the wrapper's place. What was the function calls it from there, should Go do so.

// wrapper is what stands in an export.
type wrapper struct {
	module.Signature
	callee uint32
	args   []uint32 // where each argument lies, from the stack pointer of the call on
	result uint32   // where the result lies
}

// inlineLeaves puts the leaves that are exported in place of their wrappers.
func inlineLeaves(list []*function, signatures []module.Signature, imported uint32) {
	for at, f := range list {
		w, ok := f.wrapper(signatures[at])
		if !ok || w.callee < imported || int(w.callee-imported) >= len(list) {
			continue
		}
		if leaf, ok := list[w.callee-imported].leaf(w); ok {
			list[at] = leaf
			list[w.callee-imported] = w.call(imported + uint32(at))
		}
	}
}

// wrapper reads an export, false when the function is none. What it calls first is the check that the program has started.
func (f *function) wrapper(s module.Signature) (wrapper, bool) {
	w := wrapper{Signature: s}
	list := f.list
	take := func(ops ...byte) []instruction {
		if !are(list, ops...) || !ofStack(list[:len(ops)], opGlobalGet, opGlobalSet) {
			list = nil
			return nil
		}
		taken := list[:len(ops)]
		list = list[len(ops):]
		return taken
	}
	take(opGlobalGet, opI32Eqz, opIf, opCall, opEnd)
	take(opGlobalGet, opI32Const, opI32Sub, opGlobalSet)
	for k, kind := range s.Params {
		i := take(opGlobalGet, opLocalGet, accessOf(kind).store)
		if i == nil || i[1].index() != uint32(k) {
			return w, false
		}
		w.args = append(w.args, i[2].offset())
	}
	take(opGlobalGet, opI32Const, opI32Sub, opGlobalSet)
	take(opGlobalGet, opI64Const, opI64Store)
	call := take(opI32Const, opCall)
	if call == nil {
		return w, false
	}
	w.callee = call[1].index()
	take(opIf, opI64Const, opI64Const, opI64ShrU, opI32WrapI64, opCall, opEnd)
	for _, kind := range s.Results {
		i := take(opGlobalGet, accessOf(kind).load)
		if i == nil {
			return w, false
		}
		w.result = i[1].offset()
	}
	take(opGlobalGet, opI32Const, opI32Add, opGlobalSet)
	return w, len(s.Results) <= 1 && len(list) > 0 && list[0].op == opReturn
}

// call returns a function of Go's that has the export of a number do its work.
func (w wrapper) call(number uint32) *function {
	const back = 8 // the return address lies before the arguments
	at := func(op byte, offset uint32) instruction {
		align := byte(3)
		if op == opI32Load || op == opI32Store {
			align = 2
		}
		return instruction{op: op, bytes: appendU32([]byte{align}, back+offset)}
	}
	sp := local(opLocalGet, localStack)
	f := &function{locals: []byte{1, 1, valueI32}, resumable: true}
	f.list = append(f.list, local(opGlobalGet, globalSP), local(opLocalSet, localStack))
	if len(w.Results) > 0 {
		f.list = append(f.list, sp)
	}
	for k, kind := range w.Params {
		f.list = append(f.list, sp, at(accessOf(kind).load, w.args[k]))
	}
	f.list = append(f.list, local(opCall, number))
	for _, kind := range w.Results {
		f.list = append(f.list, at(accessOf(kind).store, w.result))
	}
	zero := instruction{op: opI32Const, bytes: []byte{0}}
	f.list = append(f.list, sp, instruction{op: opI32Const, bytes: []byte{back}}, instruction{op: opI32Add}, local(opGlobalSet, globalSP),
		zero, instruction{op: opReturn}, instruction{op: opEnd})
	return f
}

// leaf returns the function in the shape of its wrapper, false when it is not one that calls nothing, or uses the stack in another way than for
// arguments, result and numbers of 64 bits.
func (f *function) leaf(w wrapper) (*function, bool) {
	rest, list := f.stack(), f.list
	d, ok := f.dispatch()
	n := len(list)
	if rest == nil || !ok || !are(list, opGlobalGet, opLocalSet, opLoop) || !ofStack(list[:2], opGlobalGet, opLocalSet) || list[2].label != d.loop ||
		!are(list[n-3:], opEnd, opUnreachable, opEnd) {
		return nil, false
	}
	// The dispatch leads to the first place, out of the innermost block, where it stands.
	head := slices.IndexFunc(list, func(i instruction) bool { return i.op == opBrTable })
	if list[head-2].op != opBlock || d.table[0] != list[head-2].label {
		return nil, false
	}
	out := &function{labels: f.labels, list: slices.Clone(list[3 : head-1])}
	l := leaf{wrapper: w, others: uint32(len(w.Params))}
	list = append(slices.Clone(list[head+1:n-3]), list[n-2:]...)
	if are(list, opEnd, opLocalGet, opI32Const, opI32Sub, opLocalTee, opGlobalSet) && ofStack(list[1:6], opLocalGet, opLocalTee, opGlobalSet) {
		l.frame = uint32(list[2].constant())
		list = append([]instruction{list[0]}, list[6:]...)
	}
	l.declare(rest)
	if list, ok = l.rewrite(list); !ok {
		return nil, false
	}
	out.list = append(out.list, list...)
	out.locals = l.locals()
	return out, true
}

// leaf is one at work.
type leaf struct {
	wrapper
	frame  uint32 // the size of what it keeps on the stack
	groups []byte // its own locals behind the stack pointer, as they stood
	others uint32 // the number of the first of them
	next   uint32 // the first number behind them
	slots  []uint32
}

// declare takes note of the function's own locals.
func (l *leaf) declare(groups []byte) {
	l.groups, l.next = groups, l.others
	for r := (reader{b: groups}); r.at < len(groups); r.byte() {
		l.next += r.u32()
	}
}

// locals returns the groups of the locals: the function's own, the result's, and those for what lay on the stack.
func (l *leaf) locals() []byte {
	var tail []byte
	count := uint32(0)
	for r := (reader{b: l.groups}); r.at < len(l.groups); r.byte() {
		r.u32()
		count++
	}
	for _, kind := range l.Results {
		tail = append(appendU32(tail, 1), kind)
		count++
	}
	if n := uint32(len(l.slots)); n > 0 {
		tail = append(appendU32(tail, n), valueI64)
		count++
	}
	return append(append(appendU32(nil, count), l.groups...), tail...)
}

// slot returns the local for what lies at an offset in the frame.
func (l *leaf) slot(offset uint32) instruction {
	at := slices.Index(l.slots, offset)
	if at < 0 {
		at = len(l.slots)
		l.slots = append(l.slots, offset)
	}
	return local(opLocalGet, l.next+uint32(len(l.Results)+at))
}

// ofStack tells whether each instruction of these kinds is about the stack pointer: the global, or the local that holds it.
func ofStack(list []instruction, ops ...byte) bool {
	return !slices.ContainsFunc(list, func(i instruction) bool {
		about := uint32(localStack)
		if i.op == opGlobalGet || i.op == opGlobalSet {
			about = globalSP
		}
		return slices.Contains(ops, i.op) && i.index() != about
	})
}

func local(op byte, index uint32) instruction {
	return instruction{op: op, bytes: appendU32(nil, index)}
}

// rewrite gives the instructions behind the dispatch and the prologue, without the stack.
func (l *leaf) rewrite(list []instruction) ([]instruction, bool) {
	isStack := func(i instruction) bool { return i.op == opLocalGet && i.index() == localStack }
	onStack, address := map[int]bool{}, map[int]bool{}
	accesses(list, func(at, last int) {
		if isStack(list[last]) {
			onStack[at], address[last] = true, true
		}
	})
	var out []instruction
	for at := 0; at < len(list); at++ {
		switch i := list[at]; {
		case address[at]:
		case onStack[at]:
			by, ok := l.access(i)
			if !ok {
				return nil, false
			}
			out = append(out, by...)
		case isStack(i):
			if !are(list[at:], opLocalGet, opI32Const, opI32Add, opGlobalSet, opI32Const, opReturn) || !ofStack(list[at:at+4], opGlobalSet) ||
				list[at+1].constant() != int64(l.frame)+8 || list[at+4].constant() != 0 {
				return nil, false
			}
			for range l.Results {
				out = append(out, local(opLocalGet, l.next))
			}
			out = append(out, list[at+5])
			at += 5
		case i.op >= opLocalGet && i.op <= opLocalTee:
			if i.index() <= localStack {
				return nil, false
			}
			out = append(out, local(i.op, i.index()-localStack-1+l.others))
		case i.op == opLoop || i.op == opReturn || i.op == opCall || i.op == opCallIndirect || i.op == opGlobalGet || i.op == opGlobalSet,
			(i.op == opBr || i.op == opBrIf) && i.label == 0, slices.Contains(i.table, 0):
			return nil, false
		default:
			out = append(out, i)
		}
	}
	return out, true
}

// access gives what stands for an access to the stack, without its address.
func (l *leaf) access(i instruction) ([]instruction, bool) {
	offset := i.offset()
	if offset < l.frame {
		slot := l.slot(offset)
		set := local(opLocalSet, slot.index())
		switch i.op {
		case opI64Load:
			return []instruction{slot}, offset%8 == 0
		case opF64Load:
			return []instruction{slot, {op: opF64ReinterpretI64}}, offset%8 == 0
		case opI64Store:
			return []instruction{set}, offset%8 == 0
		case opF64Store:
			return []instruction{{op: opI64ReinterpretF64}, set}, offset%8 == 0
		}
		return nil, false
	}
	offset -= l.frame + 8 // behind the return address
	if len(l.Results) > 0 && offset == l.result {
		return []instruction{local(opLocalSet, l.next)}, i.op == accessOf(l.Results[0]).store
	}
	k := slices.Index(l.args, offset)
	if k < 0 {
		return nil, false
	}
	arg := local(opLocalGet, uint32(k))
	if i.op == opI64Load32S && l.Params[k] == valueI32 {
		return []instruction{arg, {op: opI64ExtendI32S}}, true
	}
	if i.op == opI64Load32U && l.Params[k] == valueI32 {
		return []instruction{arg, {op: opI64ExtendI32}}, true
	}
	return []instruction{arg}, i.op == accessOf(l.Params[k]).load
}

// accessOf returns the instructions that load and store a value of a type as it is.
func accessOf(kind byte) (a struct{ load, store byte }) {
	switch kind {
	case valueI32:
		a.load, a.store = opI32Load, opI32Store
	case valueI64:
		a.load, a.store = opI64Load, opI64Store
	case valueF64:
		a.load, a.store = opF64Load, opF64Store
	}
	return a
}
