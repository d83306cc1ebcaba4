//go:build !wasm

package kit

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutine gives a number that no other goroutine has: that of its stack trace.
func goroutine() uint64 {
	var space [64]byte
	head := space[:runtime.Stack(space[:], false)]
	head = bytes.TrimPrefix(head, []byte("goroutine "))
	head, _, _ = bytes.Cut(head, []byte(" "))
	id, err := strconv.ParseUint(string(head), 10, 64)
	if err != nil {
		panic("kit: a stack trace has another form than in Go 1.26: " + string(space[:]))
	}
	return id
}
