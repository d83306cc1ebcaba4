//go:build js && wasm

package app

import "github.com/tabstate/tabstate/wasm/app/internal/page"

// Main runs the program in the page; it never returns. setup is called once the page's
// session is open, before its HTML is bound: it names callbacks, defines computed values
// and sets what is not there yet. What it panics with is a session-error event.
func Main(setup func()) {
	page.Start(setup)
	select {}
}
