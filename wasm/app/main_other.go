//go:build !js

package app

import (
	"fmt"
	"os"
)

// Main runs the program in the page; it never returns. setup is called once the page's
// session is open, before its HTML is bound: it names callbacks, defines computed values
// and sets what is not there yet. What it panics with is a session-error event.
//
// Natively Main says how to build the program and exits: package apptest calls setup.
func Main(setup func()) {
	fmt.Fprintln(os.Stderr, `This program runs in a web page. Build it with
	go run github.com/tabstate/tabstate/host@latest -build . -out tabstate
and load tabstate/tabstate.js in the page.`)
	os.Exit(2)
}
