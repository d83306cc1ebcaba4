package scenario

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// What may be more at the end of a soak than when it was warm. A minute is 400,000 operations and more, ten minutes ten times that: what
// loses a few bytes in each of them shows.
const (
	soakMemory    = 4 << 20 // of linear memory, in bytes: Go collects for the first time when its heap has so much
	soakHeap      = 3 << 20 // of the JavaScript heap, after a collection, in bytes
	soakNodes     = 1000    // of the DOM: its list is longer or shorter by chance, and a collection may leave some
	soakListeners = 0       // of the session, beyond those of the model
)

// Soak is random use, in all engines at once: for the time in TABSTATE_SOAK, else 60 s where CI is set and 10 s elsewhere. Nothing grows beyond the
// bounds above, and at the end the state equals the model.
func Soak(t *testing.T) {
	duration := 10 * time.Second
	if os.Getenv("CI") != "" {
		duration = time.Minute
	}
	if given := os.Getenv("TABSTATE_SOAK"); given != "" {
		var err error
		duration, err = time.ParseDuration(given)
		require.NoError(t, err, "TABSTATE_SOAK is a time such as 10m")
	}
	// How much of the time it works: in all engines together about one processor.
	const busy = 0.35
	// Not by t.Parallel, which runs as many at once as there are processors.
	var all sync.WaitGroup
	for _, engine := range browsertest.Engines {
		all.Go(func() {
			t.Run(string(engine), func(t *testing.T) {
				soak(t, browsertest.Start(t, engine, browsertest.Options{}).For(t), duration, busy)
			})
		})
	}
	all.Wait()
}

func soak(t *testing.T, b *browsertest.Browser, duration time.Duration, busy float64) {
	type measured struct{ Memory, PageMemory, Listeners, Expected, Gone, Collected int }
	var counts struct{ Operations, Pieces, Sessions, Events int }
	const seed = 20261123
	work := func(d time.Duration) {
		// A driver waits for a script for a while only.
		for ; d > 0; d -= 20 * time.Second {
			b.CallInto(&counts, "soak.work", min(d, 20*time.Second).Milliseconds(), busy)
		}
	}
	home := faultSite(t, nil)
	b.Open(home + "?bare&script=soak.js")
	b.Wait("the page's script", `return globalThis.soak !== undefined`)
	b.Call("soak.start", seed)
	warm := min(duration/3, time.Minute)
	work(warm)
	var before, after measured
	b.CallInto(&before, "soak.measure")
	held := b.Count()
	work(duration - warm)
	b.CallInto(&after, "soak.measure")
	heldAfter := b.Count()

	require.LessOrEqual(t, after.Memory, before.Memory+soakMemory, "linear memory")
	require.LessOrEqual(t, after.PageMemory, before.PageMemory+soakMemory, "linear memory of the page's session")
	require.Equal(t, after.Expected+soakListeners, after.Listeners, "listeners")
	// An engine collects when it likes, so some are always still there.
	require.Less(t, after.Gone-after.Collected, after.Gone/2+500, "elements and sessions that are gone and not collected, of %d", after.Gone)
	heap := "not measured: " + b.Cannot(browsertest.Counting)
	if held != (browsertest.Counts{}) {
		require.LessOrEqual(t, heldAfter.Heap, held.Heap+soakHeap, "JavaScript heap")
		require.LessOrEqual(t, heldAfter.Nodes, held.Nodes+soakNodes, "nodes")
		heap = fmt.Sprintf("%+d KiB, nodes %+d, listeners of the DOM %+d", (heldAfter.Heap-held.Heap)>>10, heldAfter.Nodes-held.Nodes, heldAfter.Listeners-held.Listeners)
	}
	var left struct {
		Keys                            []string
		PageListeners, Listeners, Nodes int
	}
	b.CallInto(&left, "soak.end")
	require.ElementsMatch(t, []string{"field", "items"}, left.Keys)
	require.Zero(t, left.Listeners)
	require.Zero(t, left.PageListeners, "listeners of pieces that are gone")
	for _, entry := range b.Entries() {
		if entry.Kind == browsertest.Fault {
			t.Errorf("a page is not clean: %s", entry.Text)
		}
	}
	happened(t, b, fmt.Sprintf("soak, %v", duration), "%d operations, %d on the page (%d events), %d sessions opened and destroyed; since %v linear memory %+d and %+d KiB, heap %s; %d of %d elements and sessions that went collected; state equals the model",
		counts.Operations, counts.Pieces, counts.Events, counts.Sessions, warm, (after.Memory-before.Memory)>>10, (after.PageMemory-before.PageMemory)>>10, heap, after.Collected, after.Gone)
	counted(b, "random operations", counts.Operations+counts.Pieces)
}
