// A program that does nothing, so that every demo and case finds the session as it expects it.
package main

import "github.com/tabstate/tabstate/wasm/app"

func main() { app.Main(nil) }
