// Program is what the tests compile: it prints, by package fmt too, and looks at the page.
package main

import (
	"fmt"
	"syscall/js"
)

//go:wasmexport ts_abi_1
func version() int32 { return 1 }

//go:wasmexport say
func say() {
	fmt.Println("fmt ü")
	print("print ", js.Global().Get("Object").Get("name").String(), "\n")
}

func main() {
	println("main")
	select {}
}
