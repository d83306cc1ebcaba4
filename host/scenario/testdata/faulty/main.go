// The session's module with a program of its own around it, which fails in each way that a Go program can. Every export fails in one.
package main

import (
	"os"
	"syscall/js"

	_ "github.com/tabstate/tabstate/wasm/abi"
)

var (
	end   = make(chan struct{})
	none  *int
	taken [][]byte
)

//go:wasmexport fault_panic
func faultPanic() { panic("as told") }

//go:wasmexport fault_nil
func faultNil() { *none = 1 }

//go:wasmexport fault_index
func faultIndex(i int32) int32 { return int32(taken[i][0]) }

//go:wasmexport fault_exit
func faultExit() { os.Exit(3) }

//go:wasmexport fault_memory
func faultMemory() {
	for {
		taken = append(taken, make([]byte, 1<<20))
	}
}

//go:wasmexport fault_goroutine
func faultGoroutine() { go panic("as told") }

//go:wasmexport fault_callback
func faultCallback() {
	js.Global().Call("setTimeout", js.FuncOf(func(js.Value, []js.Value) any { panic("as told") }), 10)
}

//go:wasmexport fault_return
func faultReturn() { close(end) }

func main() { <-end }
