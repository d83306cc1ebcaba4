package code

// A Go function that is resumed in the middle begins with a dispatch: local 0 holds the number of a place in it, and a br_table leads there.
//
//	loop
//	  block … block
//	    local.get 0
//	    br_table …
//	  end              ;; where a block ends, its place begins
//	  …
//
// The compiler makes every jump of it: the number into local 0, then br to the loop. A place that lies ahead is reached by br out of its
// block, without the dispatch and its table.

// dispatch is what stands at the head of such a function.
type dispatch struct {
	loop  int
	table []int
}

// dispatch returns the function's dispatch, false when there is none, or local 0 is used for anything else.
func (f *function) dispatch() (dispatch, bool) {
	d := dispatch{loop: -1}
	reads := 0
	for at, i := range f.list {
		if (i.op == opLocalGet || i.op == opLocalTee) && i.index() == 0 {
			reads++
		}
		if i.op != opBrTable || d.table != nil {
			continue
		}
		d.table = i.table
		at--
		if at < 0 || f.list[at].op != opLocalGet || f.list[at].index() != 0 {
			return d, false
		}
		for at--; at >= 0 && f.list[at].op == opBlock; at-- {
		}
		if at >= 0 && f.list[at].op == opLoop {
			d.loop = f.list[at].label
		}
	}
	if d.loop < 0 || reads != 1 {
		return d, false
	}
	// Each way back to the dispatch must set local 0 just before: then what it holds elsewhere is of no concern.
	for at, i := range f.list {
		if (i.op == opBr || i.op == opBrIf) && i.label == d.loop && !(i.op == opBr && at >= 2 && sets(f.list[at-2:])) {
			return d, false
		}
		for _, label := range i.table {
			if label == d.loop {
				return d, false
			}
		}
	}
	return d, true
}

// sets tells whether the list begins with a constant that goes into local 0.
func sets(list []instruction) bool {
	return are(list, opI32Const, opLocalSet) && list[1].index() == 0
}

// to returns where the dispatch leads with a number in local 0.
func (d dispatch) to(number int64) int {
	last := len(d.table) - 1
	if number < 0 || number > int64(last) {
		return d.table[last]
	}
	return d.table[number]
}

// straighten lets jumps ahead go there without the dispatch.
func (f *function) straighten() {
	d, ok := f.dispatch()
	if !ok {
		return
	}
	open := map[int]bool{}
	var order []int
	f.replace(func(rest []instruction) (int, []instruction) {
		switch i := rest[0]; {
		case i.op == opBlock || i.op == opLoop || i.op == opIf:
			open[i.label] = true
			order = append(order, i.label)
		case i.op == opEnd && len(order) > 0:
			delete(open, order[len(order)-1])
			order = order[:len(order)-1]
		case len(rest) > 2 && sets(rest) && rest[2].op == opBr && rest[2].label == d.loop:
			if label := d.to(i.constant()); open[label] {
				return 3, []instruction{{op: opBr, label: label}}
			}
		}
		return 0, nil
	})
}

// branchIf joins a condition and the jump that depends on it.
func (f *function) branchIf() {
	f.replace(func(rest []instruction) (int, []instruction) {
		if are(rest, opIf, opBr, opEnd) && rest[0].label != rest[1].label {
			return 3, []instruction{{op: opBrIf, label: rest[1].label}}
		}
		return 0, nil
	})
}

// leave writes out what a call that unwinds does: it jumps to the function's end, where 1 is returned. How deep that is depends on the place;
// written out it is longer, and everywhere the same.
func (f *function) leave() {
	n := len(f.list)
	if n < 3 || !are(f.list[n-3:], opEnd, opI32Const, opEnd) || f.list[n-2].constant() != 1 {
		return
	}
	last := 0 // the label of the block that ends before the 1
	var order []int
	for _, i := range f.list[:n-2] {
		switch i.op {
		case opBlock, opLoop, opIf:
			order = append(order, i.label)
			if i.op == opLoop {
				order[len(order)-1] = -1 // a jump to a loop goes to its head
			}
		case opEnd:
			last = order[len(order)-1]
			order = order[:len(order)-1]
		}
	}
	one := f.list[n-2]
	f.replace(func(rest []instruction) (int, []instruction) {
		if rest[0].op != opBrIf || rest[0].label != last {
			return 0, nil
		}
		f.labels++
		return 1, []instruction{{op: opIf, bytes: noResult, label: f.labels}, one, {op: opReturn}, {op: opEnd}}
	})
}

// noResult is the type of a block that gives nothing.
var noResult = []byte{0x40}
