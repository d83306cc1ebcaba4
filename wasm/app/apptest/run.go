package apptest

import (
	"bytes"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tabstate/tabstate/wasm/app/internal/kit"
)

// Run runs fn on a goroutine of its own, until it ends or waits for something that no
// goroutine will bring about by itself. It is for package app.
func (p *Page) Run(fn func()) {
	var id atomic.Uint64
	done := make(chan struct{})
	go func() {
		defer close(done)
		id.Store(kit.Goroutine())
		fn()
	}()
	for waits := 0; ; {
		select {
		case <-done:
			return
		case <-time.After(5 * time.Millisecond):
		}
		if waiting(id.Load()) {
			waits++
		} else {
			waits = 0
		}
		if waits == 3 {
			return
		}
	}
}

// waiting tells whether the goroutine waits and no other one could end that.
func waiting(id uint64) bool {
	text := make([]byte, 1<<20)
	text = text[:runtime.Stack(text, true)]
	waits := false
	for i, trace := range bytes.Split(text, []byte("\n\n")) {
		head, _, _ := strings.Cut(string(trace), "\n")
		if i == 0 || head == "" {
			continue // the goroutine that asks
		}
		_, state, _ := strings.Cut(head, "[")
		if strings.HasPrefix(state, "runnable") || strings.HasPrefix(state, "running") || strings.HasPrefix(state, "GC ") {
			return false
		}
		if strings.HasPrefix(head, "goroutine "+strconv.FormatUint(id, 10)+" ") {
			waits = true
		}
	}
	return waits
}

// Wake is for package app: it tells that there is something to hear.
func (p *Page) Wake() {
	p.mu.Lock()
	p.woken = true
	p.mu.Unlock()
}

// Print is for package app: it writes to the test's log.
func (p *Page) Print(text string) { p.t.Log(text) }
