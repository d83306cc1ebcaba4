// The prebuilt module: the session and its boundary, nothing more.
package main

import _ "github.com/tabstate/tabstate/wasm/abi"

func main() { select {} }
