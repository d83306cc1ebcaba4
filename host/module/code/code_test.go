package code

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/module"
)

// body joins instructions to a body with the locals of a Go function: the stack pointer and an i64.
func body(parts ...[]byte) []byte {
	out := []byte{2, 1, valueI32, 1, valueI64}
	for _, p := range parts {
		out = append(out, p...)
	}
	return append(out, opEnd)
}

func do(t *testing.T, in []byte, pass func(*function)) []byte {
	t.Helper()
	f, err := decode(in)
	require.NoError(t, err)
	require.Equal(t, in, f.encode())
	f.resumable = true
	pass(f)
	return f.encode()
}

var (
	block     = []byte{opBlock, 0x40}
	loop      = []byte{opLoop, 0x40}
	ifThen    = []byte{opIf, 0x40}
	end       = []byte{opEnd}
	load      = []byte{0x29, 3, 0}
	stack     = []byte{opLocalGet, 1}
	condition = []byte{opLocalGet, 0} // of no meaning where no dispatch is
)

func table(depths ...byte) []byte {
	return append([]byte{opLocalGet, 0, opBrTable, byte(len(depths) - 1)}, depths...)
}

// jump sets local 0 to a place and goes to the dispatch, depth labels out.
func jump(place, depth byte) []byte {
	return []byte{opI32Const, place, opLocalSet, 0, opBr, depth}
}

func call(number, place byte) []byte {
	return []byte{opLocalGet, 1, opI64Const, place | 0x80, 0x80, number << 2, opI64Store, 3, 0, opI32Const, 0, opCall, 7}
}

func TestStraighten(t *testing.T) {
	// Places 0, 1 and 2; place 1 has two numbers.
	head := [][]byte{loop, block, block, block, table(0, 1, 1, 2), end}
	in := func(rest ...[]byte) []byte { return body(append(head, rest...)...) }
	tests := []struct {
		name     string
		in, want []byte
	}{
		{"ahead", in(jump(3, 2), end, end, end), in([]byte{opBr, 1}, end, end, end)},
		{"to the next place", in(jump(2, 2), end, end, end), in([]byte{opBr, 0}, end, end, end)},
		{"beyond the table", in(jump(60, 2), end, end, end), in([]byte{opBr, 1}, end, end, end)},
		{"out of a condition", in(stack, ifThen, jump(3, 3), end, end, end, end), in(stack, ifThen, []byte{opBr, 2}, end, end, end, end)},
		{"back", in(end, jump(1, 1), end, end), in(end, jump(1, 1), end, end)},
		{"to itself", in(end, jump(2, 1), end, end), in(end, jump(2, 1), end, end)},
		{"local 0 is read elsewhere", in(jump(3, 2), end, end, []byte{opLocalGet, 0, opDrop}, end), nil},
		{"local 0 is read and written elsewhere", in(jump(3, 2), end, end, []byte{opI32Const, 1, opLocalTee, 0, opDrop}, end), nil},
		{"a jump with another number", in(jump(3, 2), end, end, []byte{opLocalGet, 1, opLocalSet, 0, opBr, 0}, end), nil},
		{"a jump on a condition", in(jump(3, 2), end, end, []byte{opLocalGet, 1, opBrIf, 0}, end), nil},
		{"another table to the loop", in(jump(3, 2), end, end, []byte{opLocalGet, 1, opBrTable, 0, 0}, end), nil},
		{"another local", body(loop, block, []byte{opLocalGet, 1, opBrTable, 0, 0}, end, jump(0, 0), end), nil},
		{"no loop", body(block, block, table(0, 1), end, []byte{opI32Const, 1, opLocalSet, 0, opBr, 0}, end), nil},
		{"something before the table", body(loop, block, block, []byte{opNop}, table(0, 1), end, jump(1, 1), end, end), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want == nil {
				test.want = test.in
			}
			require.Equal(t, test.want, do(t, test.in, (*function).straighten))
		})
	}
}

func TestBranchIf(t *testing.T) {
	in := body(block, condition, ifThen, []byte{opBr, 1}, end, end)
	require.Equal(t, body(block, condition, []byte{opBrIf, 0}, end), do(t, in, (*function).branchIf))
	for name, kept := range map[string][]byte{
		"to its own end": body(condition, ifThen, []byte{opBr, 0}, end),
		"more in it":     body(block, condition, ifThen, []byte{opNop, opBr, 1}, end, end),
		"else":           body(block, condition, ifThen, []byte{opBr, 1, opElse}, end, end),
	} {
		require.Equal(t, kept, do(t, kept, (*function).branchIf), name)
	}
}

func TestLeave(t *testing.T) {
	one := []byte{opI32Const, 1}
	leave := []byte{opIf, 0x40, opI32Const, 1, opReturn, opEnd}
	in := body(block, block, condition, []byte{opBrIf, 1}, condition, []byte{opBrIf, 0}, end, []byte{opReturn}, end, one)
	want := body(block, block, condition, leave, condition, []byte{opBrIf, 0}, end, []byte{opReturn}, end, one)
	require.Equal(t, want, do(t, in, (*function).leave))
	for name, kept := range map[string][]byte{
		"another result":     body(block, condition, []byte{opBrIf, 0}, end, []byte{opI32Const, 0}),
		"more than a result": body(block, condition, []byte{opBrIf, 0}, end, []byte{opNop}, one),
		"the head of a loop": body(loop, condition, []byte{opBrIf, 0}, end, one),
		"nothing":            {0, opEnd},
	} {
		require.Equal(t, kept, do(t, kept, (*function).leave), name)
	}
}

func TestAddress(t *testing.T) {
	sum := func(c ...byte) []byte {
		return append(append([]byte{opLocalGet, 1, opI64ExtendI32, opI64Const}, c...), opI64Add, opI32WrapI64)
	}
	value := []byte{opLocalGet, 2, opI64Const, 1, opI64Add}
	tests := []struct {
		name     string
		in, want []byte
	}{
		{"load", body(sum(8), []byte{0x29, 3, 0, opDrop}), body(stack, []byte{0x29, 3, 8, opDrop})},
		{"with an offset", body(sum(8), []byte{0x29, 3, 0x80, 1, opDrop}), body(stack, []byte{0x29, 3, 0x88, 1, opDrop})},
		{"store", body(sum(0xc0, 0), value, []byte{opI64Store, 3, 0}), body(stack, value, []byte{opI64Store, 3, 0x40})},
		{"of an address into another", body(sum(8), sum(16), []byte{0x36, 2, 0}), body(stack, sum(16), []byte{0x36, 2, 8})},
		{"select", body(sum(8), value, value, stack, []byte{opSelect, opI64Store, 3, 0}), body(stack, value, value, stack, []byte{opSelect, opI64Store, 3, 8})},
		{"below the stack pointer", body(sum(0x78), []byte{0x29, 3, 0, opDrop}), nil},
		{"far", body(sum(0x80, 0x80, 0x80, 1), []byte{0x29, 3, 0, opDrop}), nil},
		{"another base", body([]byte{opGlobalGet, 0, opI64ExtendI32, opI64Const, 8, opI64Add, opI32WrapI64}, load, []byte{opDrop}), nil},
		{"the address is kept", body(sum(8), []byte{opLocalTee, 1}, load, []byte{opDrop}), nil},
		{"a call between", body(sum(8), []byte{opCall, 3}, []byte{opI64Store, 3, 0}), nil},
		{"a block between", body(sum(8), block, end, []byte{0x29, 3, 0, opDrop}), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want == nil {
				test.want = test.in
			}
			require.Equal(t, test.want, do(t, test.in, (*function).address))
		})
	}
}

func TestEpilogue(t *testing.T) {
	step := func(n byte) []byte {
		return []byte{opLocalGet, 1, opI32Const, n, opI32Add, opLocalTee, 1, opGlobalSet, 0}
	}
	zero := []byte{opI32Const, 0, opReturn}
	sum := func(n ...byte) []byte {
		return append(append([]byte{opLocalGet, 1, opI32Const}, n...), opI32Add, opGlobalSet, 0)
	}
	require.Equal(t, body(sum(24), zero), do(t, body(step(16), step(8), zero), (*function).epilogue))
	require.Equal(t, body(sum(0xc0, 0), zero), do(t, body(step(0x38), step(8), zero), (*function).epilogue))
	require.Equal(t, body(sum(8), zero), do(t, body(step(8), zero), (*function).epilogue))
	kept := body(step(16), step(8), []byte{opLocalGet, 1}, zero)
	require.Equal(t, kept, do(t, kept, (*function).epilogue))
}

func TestSplit(t *testing.T) {
	two := []byte{opLocalGet, 1, opLocalGet, 2}
	after := []byte{opI64Store, 3, 0, opI32Const, 0, opCall, 7}
	in := body([]byte{opLocalGet, 2, opLocalSet, 2}, call(5, 0), call(5, 9))
	want := join([]byte{2, 1, valueI32, 2, valueI64, opI64Const, 0x80, 0x80, 5 << 2, opLocalSet, 2, opLocalGet, 3, opLocalSet, 3},
		two, after, two, []byte{opI64Const, 9, opI64Add}, after, end)
	require.Equal(t, want, do(t, in, (*function).split))

	floats := join([]byte{2, 1, valueI32, 1, 0x7c}, call(5, 0), end)
	require.Equal(t, join([]byte{3, 1, valueI32, 1, valueI64, 1, 0x7c, opI64Const, 0x80, 0x80, 5 << 2, opLocalSet, 2}, two, after, end), do(t, floats, (*function).split))

	for name, kept := range map[string][]byte{
		"no call":             body(stack, load, []byte{opDrop}),
		"of another function": body(call(5, 0), call(6, 0)),
		"no stack pointer":    join([]byte{1, 2, valueI32}, call(5, 0), end),
		"no locals":           join([]byte{0}, call(5, 0), end),
	} {
		require.Equal(t, kept, do(t, kept, (*function).split), name)
	}
}

var sp = []byte{opGlobalGet, globalSP}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// export is what Go makes of an export that takes an i32 and an f64, gives an f64, and is function 1 in Go.
func export() []byte {
	down := func(n byte) []byte { return join(sp, []byte{opI32Const, n, opI32Sub, opGlobalSet, globalSP}) }
	return join([]byte{0}, sp, []byte{opI32Eqz, opIf, 0x40, opCall, 9, opEnd}, down(24),
		sp, []byte{opLocalGet, 0, opI32Store, 2, 0}, sp, []byte{opLocalGet, 1, opF64Store, 3, 8}, down(8), sp, []byte{opI64Const, 5, opI64Store, 3, 0},
		[]byte{opI32Const, 0, opCall, 1, opIf, 0x40, opI64Const, 5, opI64Const, 16, opI64ShrU, opI32WrapI64, opCall, 8, opEnd},
		sp, []byte{opF64Load, 3, 16}, sp, []byte{opI32Const, 24, opI32Add, opGlobalSet, globalSP, opReturn, opUnreachable, opEnd})
}

var signatures = []module.Signature{{Params: []byte{valueI32, valueF64}, Results: []byte{valueF64}}, {Params: []byte{valueI32}, Results: []byte{valueI32}}}

// TestLeaf: an export of Go's whose function calls nothing becomes that function, its arguments and result locals, and from Go it is called there.
func TestLeaf(t *testing.T) {
	start := join([]byte{2, 1, valueI32, 1, valueI64}, sp, []byte{opLocalSet, 1}, loop, block, block, table(0, 1), end)
	prologue := []byte{opLocalGet, 1, opI32Const, 8, opI32Sub, opLocalTee, 1, opGlobalSet, globalSP}
	work := join(stack, []byte{opI64Load32S, 2, 16, opLocalSet, 2}, stack, stack, []byte{opF64Load, 3, 24, opF64Store, 3, 0}, condition[:0], stack, load, []byte{opI64Eqz, opBrIf, 0})
	leave := func(m byte) []byte {
		return []byte{opLocalGet, 1, opI32Const, m, opI32Add, opGlobalSet, globalSP, opI32Const, 0, opReturn}
	}
	result := join(stack, []byte{opF64Const, 0, 0, 0, 0, 0, 0, 0, 0, opF64Store, 3, 32})
	stop := join(end, end, []byte{opUnreachable, opEnd})
	callee := join(start, prologue, work, result, leave(16), stop)

	zero := []byte{opF64Const, 0, 0, 0, 0, 0, 0, 0, 0, opLocalSet, 3, opLocalGet, 3, opReturn}
	want := join([]byte{3, 1, valueI64, 1, valueF64, 1, valueI64}, block, block, end,
		[]byte{opLocalGet, 0, opI64ExtendI32S, opLocalSet, 2, opLocalGet, 1, opI64ReinterpretF64, opLocalSet, 4, opLocalGet, 4, opI64Eqz, opBrIf, 0}, zero, end, []byte{opUnreachable, opEnd})

	back := join([]byte{1, 1, valueI32}, sp, []byte{opLocalSet, 1}, stack, stack, []byte{opI32Load, 2, 8}, stack, []byte{opF64Load, 3, 16, opCall, 0, opF64Store, 3, 24},
		stack, []byte{opI32Const, 8, opI32Add, opGlobalSet, globalSP, opI32Const, 0, opReturn, opEnd})
	export := export()
	inline := func(t *testing.T, export, callee []byte) []byte {
		t.Helper()
		var list []*function
		for i, b := range [][]byte{export, callee} {
			f, err := decode(b)
			require.NoError(t, err)
			f.resumable = i == 1
			list = append(list, f)
		}
		inlineLeaves(list, signatures, 0)
		out := list[0].encode()
		if bytes.Equal(out, export) {
			require.Equal(t, callee, list[1].encode())
		} else {
			require.Equal(t, back, list[1].encode())
		}
		return out
	}
	require.Equal(t, want, inline(t, export, callee))

	store := []byte{opI64Store, 3, 0}
	for name, kept := range map[string][]byte{
		"a call":                    join(start, prologue, work, []byte{opI32Const, 0, opCall, 7, opDrop}, result, leave(16), stop),
		"an indirect call":          join(start, prologue, work, []byte{opI32Const, 0, opI32Const, 0, opCallIndirect, 0, 0, opDrop}, result, leave(16), stop),
		"a jump back":               join(start, prologue, work, jump(0, 1), stop),
		"a loop":                    join(start, prologue, work, loop, end, result, leave(16), stop),
		"a frame of another size":   join(start, prologue, work, result, leave(24), stop),
		"the stack pointer is kept": join(start, prologue, stack, []byte{opDrop}, work, result, leave(16), stop),
		"the stack pointer is set":  join(start, prologue, []byte{opI32Const, 0, opLocalSet, 1}, work, result, leave(16), stop),
		"an argument is written":    join(start, prologue, stack, []byte{opI64Const, 0, opI64Store, 3, 16}, work, result, leave(16), stop),
		"half an argument":          join(start, prologue, stack, []byte{opI64Load32U, 2, 24, opDrop}, work, result, leave(16), stop),
		"half of what it keeps":     join(start, prologue, stack, []byte{opI32Load, 2, 0, opDrop}, work, result, leave(16), stop),
		"what it keeps, across":     join(start, prologue, stack, []byte{opI64Load, 3, 4, opDrop}, work, result, leave(16), stop),
		"the return address":        join(start, prologue, stack, []byte{opI64Load, 3, 8, opDrop}, work, result, leave(16), stop),
		"another result":            join(start, prologue, work, stack, []byte{opI64Const, 0, opI64Store, 3, 32}, leave(16), stop),
		"another global":            join(start, prologue, []byte{opGlobalGet, 2, opDrop}, work, result, leave(16), stop),
		"into the stack pointer":    join(start, prologue, work, stack, []byte{opI64Const, 0}, store[:0], block, end, store, result, leave(16), stop),
		"the memory grows":          join(start, prologue, stack, []byte{opI32Const, 1, 0x40, 0, opDrop}, load, []byte{opDrop}, work, result, leave(16), stop),
		"another end":               join(start, prologue, work, []byte{opI32Const, 1, opReturn}, result, leave(16), stop),
		"an unwinding end":          join(start, prologue, work, result, leave(16)[:7], []byte{opI32Const, 1, opReturn}, stop),
		"a jump out of it":          join(start, prologue, work, []byte{opI32Const, 0, opBr, 2}, result, leave(16), stop),
		"no dispatch":               join([]byte{2, 1, valueI32, 1, valueI64}, sp, []byte{opLocalSet, 1}, result, leave(8), []byte{opUnreachable, opEnd}),
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, export, inline(t, export, kept)) })
	}
	for i, b := range export {
		if b == opGlobalSet {
			other := bytes.Clone(export)
			other[i+1] = 1
			require.Equal(t, other, inline(t, other, callee), "an export of another kind")
		}
	}
}

// TestHotExports: the session's three hot calls are leaves, and so need neither stack nor global.
func TestHotExports(t *testing.T) {
	m := compiled(t, "../../../wasm")
	m, err := Shorten(m)
	require.NoError(t, err)
	bodies, err := m.Bodies()
	require.NoError(t, err)
	functions, err := m.Functions()
	require.NoError(t, err)
	hot := 0
	for i, f := range functions {
		if f.Name != "ts_set_number" && f.Name != "ts_set_bool" && f.Name != "ts_set_short" {
			continue
		}
		hot++
		body, err := decode(bodies[i])
		require.NoError(t, err)
		for _, i := range body.list {
			require.NotContains(t, []byte{opGlobalGet, opGlobalSet, opCall, opCallIndirect, opLoop}, i.op, f.Name)
		}
	}
	require.Equal(t, 3, hot)
}

func TestFaults(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing": {}, "no end": {0, opNop}, "after the end": {0, opEnd, opNop}, "an instruction of another kind": {0, 0xfd, 0, opEnd},
		"a branch too far": {0, opBr, 1, opEnd}, "a table too long": {0, opBrTable, 0xff, 0xff, 0xff, 0xff, 0xf, opEnd}, "a number too long": {0, opI32Const, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, opEnd},
		"locals without end": {5, 1, valueI32}, "an access cut off": {0, 0x29, 3}, "an unknown one of fc": {0, 0xfc, 30, opEnd},
	} {
		_, err := decode(b)
		require.ErrorIs(t, err, ErrCode, name)
	}
}

// FuzzDecode: what is read is written as it was, and no pass ends in a panic or makes what cannot be read.
func FuzzDecode(f *testing.F) {
	f.Add(body(loop, block, block, block, table(0, 1, 1, 2), end, jump(3, 2), end, end, end))
	f.Add(join([]byte{2, 1, valueI32, 1, valueI64}, sp, []byte{opLocalSet, 1}, loop, block, block, table(0, 1), end,
		stack, []byte{opI64Load32S, 2, 8, opDrop}, stack, []byte{opF64Load, 3, 16, opLocalGet, 1, opI32Const, 8, opI32Add, opGlobalSet, globalSP, opI32Const, 0, opReturn},
		end, end, []byte{opUnreachable, opEnd}))
	f.Add(body(call(5, 0), []byte{0x44, 0, 0, 0, 0, 0, 0, 0, 0, opDrop, 0xfc, 10, 0, 0}))
	f.Fuzz(func(t *testing.T, b []byte) {
		fn, err := decode(b)
		if err != nil {
			return
		}
		fn.resumable = len(b)%2 == 0
		fn.shorten()
		_, err = decode(fn.encode())
		require.NoError(t, err)
		caller, err := decode(export())
		require.NoError(t, err)
		list := []*function{caller, fn}
		inlineLeaves(list, signatures, 0)
		_, err = decode(list[0].encode())
		require.NoError(t, err)
	})
}

const survive = "../../build/testdata/survive"

// compiled returns a Go program as it was linked.
func compiled(t *testing.T, dir string) module.Module {
	t.Helper()
	out := filepath.Join(t.TempDir(), "main.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", out, dir)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	words, err := cmd.CombinedOutput()
	require.NoError(t, err, string(words))
	b, err := os.ReadFile(out)
	require.NoError(t, err)
	m, err := module.Parse(b)
	require.NoError(t, err)
	return m
}

// TestDropTracing: nothing but the tracer goes, and nothing when something can begin it.
func TestDropTracing(t *testing.T) {
	m := compiled(t, survive)
	functions, err := m.Functions()
	require.NoError(t, err)
	before, err := m.Bodies()
	require.NoError(t, err)
	less, err := DropTracing(m)
	require.NoError(t, err)
	after, err := less.Bodies()
	require.NoError(t, err)
	var gone []string
	for i, f := range functions {
		if string(before[i]) != string(after[i]) {
			require.Equal(t, []byte{0, opUnreachable, opEnd}, after[i])
			gone = append(gone, f.Name)
		}
	}
	require.Contains(t, gone, "runtime.traceLocker.GoStart")
	require.Contains(t, gone, "runtime.traceAdvance")
	for _, name := range []string{"runtime.traceLocker.ok", "runtime.traceAcquire", "runtime.traceEnabled", "runtime.traceReaderAvailable", "runtime.traceThreadDestroy"} {
		require.NotContains(t, gone, name)
	}

	// One of the names is made that of the function which begins it.
	other := "runtime.printslice"
	require.Len(t, other, len(startsTracing))
	for i, s := range m.Sections {
		if s.Name == "name" {
			require.Equal(t, 1, bytes.Count(s.Body, []byte(other)))
			m.Sections[i].Body = bytes.Replace(s.Body, []byte(other), []byte(startsTracing), 1)
		}
	}
	same, err := DropTracing(m)
	require.NoError(t, err)
	require.Equal(t, m.Bytes(), same.Bytes())
}

// TestShorten is of a whole program. That it runs as before is tested by the build.
func TestShorten(t *testing.T) {
	m := compiled(t, survive)
	bodies, err := m.Bodies()
	require.NoError(t, err)
	dispatched, resumable := 0, 0
	for _, b := range bodies {
		f, err := decode(b)
		require.NoError(t, err)
		require.Equal(t, b, f.encode())
		for _, i := range f.list {
			if i.op == opBrTable {
				resumable++
				if _, ok := f.dispatch(); ok {
					dispatched++
				}
				break
			}
		}
	}
	short, err := Shorten(m)
	require.NoError(t, err)
	require.Greater(t, dispatched*10, resumable*5, "of %d functions with a table", resumable)
	require.Less(t, len(short.Bytes())*100, len(m.Bytes())*96)
	again, err := Shorten(short)
	require.NoError(t, err)
	require.Equal(t, short.Bytes(), again.Bytes(), "nothing is left to do")
}
