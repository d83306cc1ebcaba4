// Package kit is what package app stands on: the functions that a program in Go
// names to its session, and the order in which its goroutines use that session. It
// knows no browser: whoever drives the session, the facade or a test, is its [Page].
package kit

import (
	"sync"
	"sync/atomic"

	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/wire"
)

// Page is whoever drives the session.
type Page interface {
	// Run runs fn on a goroutine of its own until it ends, or until every goroutine
	// waits for something that only the page can bring about.
	Run(fn func())
	// Wake tells that there is something to hear. It comes back at once.
	Wake()
	// Print writes to the page's console.
	Print(text string)
}

// Kit is the Go side of one session.
type Kit struct {
	port *wire.Port
	page Page

	using  sync.Mutex // held while a goroutine uses the session
	closed bool       // the session has ended; under using
	loose  *batch     // the open batch of a goroutine that no frame runs; under using

	mu        sync.Mutex // of what follows
	frames    []*frame
	judges    int               // how many of them are validators
	batches   map[uint64]*batch // the innermost one of each goroutine
	lastID    uint32
	callbacks map[string]uint32
	functions map[uint32]any // by number: *callback, *listener, *rerun
	computed  map[string]*computed
	guarded   map[string]bool
	news      []News

	writes atomic.Uint64

	// Goroutines counts those that Go started.
	Goroutines sync.WaitGroup
}

// Current is the kit of the program: a module has one session.
var Current *Kit

// New gives the kit of a port. It drives nothing yet.
func New(port *wire.Port, page Page) *Kit {
	k := &Kit{
		port: port, page: page,
		batches: map[uint64]*batch{}, callbacks: map[string]uint32{}, functions: map[uint32]any{}, computed: map[string]*computed{}, guarded: map[string]bool{},
	}
	port.Regain = k.regain
	return k
}

// Close ends the kit: the session is over, and every use of it is an error from now on.
func (k *Kit) Close() {
	k.using.Lock()
	k.closed = true
	k.using.Unlock()
}

// number gives what the other side calls a function.
func (k *Kit) number(fn any) uint32 {
	k.lastID++
	k.functions[k.lastID] = fn
	return k.lastID
}

func function[T any](k *Kit, id uint32) (fn T, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	fn, ok = k.functions[id].(T)
	return fn, ok
}

func orNil(err *session.Error) error {
	if err == nil {
		return nil
	}
	return err
}

// Goroutine gives the number of the goroutine, for who watches whether it waits.
func Goroutine() uint64 { return goroutine() }
