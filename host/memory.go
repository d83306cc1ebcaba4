package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Bounds of what this program takes. A heap of a few MiB would be collected 40 times a second under load, which costs a sixth of
// the processor; so there may be more garbage than Go allows by default, as long as all of it stays small.
const (
	garbage       = 400 // percent of what lives
	memoryLimit   = 40 << 20
	usual         = 1000     // connections that the limit is for
	perConnection = 64 << 10 // for each beyond; they take 20 KiB
	step          = 100      // connections
	releaseEvery  = 5 * time.Second
)

// memory sees to it that this program takes little memory, and gives back what many connections took.
type memory struct {
	open, most atomic.Int64 // connections: now, and since memory was last given back
	bounded    bool
}

// newMemory leaves the garbage collector alone where the environment sets it. It works until ctx ends.
func newMemory(ctx context.Context) *memory {
	m := &memory{bounded: os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == ""}
	if m.bounded {
		debug.SetGCPercent(garbage)
		debug.SetMemoryLimit(memoryLimit)
	}
	go func() {
		tick := time.NewTicker(releaseEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				m.release()
			case <-ctx.Done():
				return
			}
		}
	}()
	return m
}

// connection is for http.Server.ConnState.
func (m *memory) connection(_ net.Conn, state http.ConnState) {
	var open int64
	switch state {
	case http.StateNew:
		open = m.open.Add(1)
		for most := m.most.Load(); open > most && !m.most.CompareAndSwap(most, open); most = m.most.Load() {
		}
	case http.StateClosed, http.StateHijacked:
		open = m.open.Add(-1)
	default:
		return
	}
	if m.bounded && open >= usual && open%step == 0 {
		debug.SetMemoryLimit(memoryLimit + (open-usual)*perConnection)
	}
}

// release gives memory back when many connections have gone.
func (m *memory) release() {
	if open := m.open.Load(); m.most.Load()-open >= step {
		m.most.Store(open)
		debug.FreeOSMemory()
	}
}
