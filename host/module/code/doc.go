// Package code makes the code of a Go module smaller and faster without a change of what it computes. Go's compiler writes wasm for one
// instruction at a time, and much of it depends on where in the function it stands, which does not compress. Brotli's sizes of the
// code section, all passes in order:
//
//	as linked                                   288 KiB
//	jumps ahead go straight                     271   and each is 3 ns faster
//	leaving a function looks the same anywhere  255
//	addresses in the frame as offsets           250
//	return addresses in two parts               235
//	exports that call nothing without the stack 235   and a call is 6 ns faster
//
// Every pass looks for exactly what the compiler writes, and leaves alone what it does not know: then the module stays larger, but
// right. Nothing here depends on Go's version or on what the program uses.
package code

import (
	"errors"
	"fmt"

	"github.com/tabstate/tabstate/host/module"
)

// ErrCode is wrapped by every error about code that cannot be read.
var ErrCode = errors.New("code that this build does not know")

// Shorten is a pass that rewrites the functions of a module that Go's linker made.
//
// Returns an error that wraps ErrCode or module.ErrFormat when the code cannot be read.
func Shorten(m module.Module) (module.Module, error) {
	signatures, err := m.Signatures()
	if err != nil {
		return module.Module{}, err
	}
	bodies, err := m.Bodies()
	if err != nil {
		return module.Module{}, err
	}
	if len(bodies) != len(signatures) {
		return module.Module{}, fmt.Errorf("%w: %d functions, %d bodies", ErrCode, len(signatures), len(bodies))
	}
	functions := make([]*function, len(bodies))
	for i, body := range bodies {
		f, err := decode(body)
		if err != nil {
			return module.Module{}, fmt.Errorf("function %d: %w", i, err)
		}
		f.resumable = signatures[i].Takes(module.I32)
		f.shorten()
		functions[i] = f
	}
	imports, err := m.Imports()
	if err != nil {
		return module.Module{}, err
	}
	imported := uint32(0)
	for _, i := range imports {
		if i.Kind == module.KindFunc {
			imported++
		}
	}
	inlineLeaves(functions, signatures, imported)
	out := make([][]byte, len(functions))
	for i, f := range functions {
		out[i] = f.encode()
	}
	return m.WithBodies(out), nil
}

func (f *function) shorten() {
	f.dropNops()
	f.straighten()
	f.branchIf()
	f.leave()
	f.address()
	f.epilogue()
	f.split()
}

// replace rewrites the list: fn is asked at each place, and gives what stands there instead of how many instructions; 0 leaves one as it is.
func (f *function) replace(fn func(rest []instruction) (n int, by []instruction)) {
	out := make([]instruction, 0, len(f.list))
	for at := 0; at < len(f.list); {
		n, by := fn(f.list[at:])
		if n == 0 {
			n, by = 1, f.list[at:at+1]
		}
		out = append(out, by...)
		at += n
	}
	f.list = out
}

// are tells whether the list begins with instructions of these kinds.
func are(list []instruction, ops ...byte) bool {
	if len(list) < len(ops) {
		return false
	}
	for i, op := range ops {
		if list[i].op != op {
			return false
		}
	}
	return true
}

func (f *function) dropNops() {
	f.replace(func(rest []instruction) (int, []instruction) {
		if rest[0].op == opNop {
			return 1, nil
		}
		return 0, nil
	})
}
