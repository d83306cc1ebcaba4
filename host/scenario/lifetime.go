package scenario

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// begun is what life.start returns for a page whose session is its own: open, and empty.
func begun(stores int, isolated bool) object {
	return object{"status": "open", "keys": []any{}, "stores": float64(stores), "isolated": isolated}
}

// lifetime: what ends a session, and what is left of it then (rules 44, 45, 47, 48).
func lifetime(t *testing.T, b *browsertest.Browser) {
	s := serveLife(t)
	run := func(name string, fn func(t *testing.T, b *browsertest.Browser)) {
		t.Run(name, func(t *testing.T) {
			b := b.For(t)
			first := b.Window()
			b.NewWindow()
			fn(t, b)
			clean(b, s.origin)
			b.Switch(first)
		})
	}
	page := s.home + "page.html"
	// open opens a page, and waits until its HTML is bound.
	open := func(t *testing.T, b *browsertest.Browser, address string) {
		t.Helper()
		b.Open(address)
		require.Equal(t, begun(0, false), started(b))
		b.WaitFor(`#field[autocomplete="off"]`)
	}

	run("destroy", func(t *testing.T, b *browsertest.Browser) {
		open(t, b, page)
		texts := fill(t, b)
		before := found(b, texts)
		for i, text := range texts {
			// Nothing says that what was deleted, undone or rolled back stays; but it may, and has to go.
			if _, ending, _ := strings.Cut(text, "-"); !slices.Contains([]string{"deleted", "undone", "rolledback"}, ending) {
				require.True(t, before[i], "%q is in the memory", ending)
			}
		}
		var memory struct{ Bytes, Set int }
		b.Call("life.hold")
		b.Call("life.destroy")
		require.NotContains(t, found(b, texts), true, "the memory")
		b.CallInto(&memory, "life.memory")
		require.Zero(t, memory.Set, "words of the memory that are not 0")
		var after struct {
			Thrown map[string]int
			Silent []string
		}
		b.CallInto(&after, "life.afterwards")
		require.Len(t, after.Thrown, 1, "%v", after.Thrown)
		require.NotZero(t, after.Thrown["SessionDestroyedError session-destroyed"])
		require.ElementsMatch(t, []string{"session.status", "session.destroy", "session.addEventListener", "session.removeEventListener"}, after.Silent)
		heap := "not looked at: the driver cannot collect garbage"
		if b.Count() != (browsertest.Counts{}) {
			require.Equal(t, false, b.Call("life.kept"), "what was read from the session is in no cache")
			heap = "collected"
		}
		happened(t, b, "destroy()", "%d of %d markers were in memory, 0 after; %d bytes, all 0; %d uses, each session-destroyed; cached objects: %s",
			count(before), len(before), memory.Bytes, after.Thrown["SessionDestroyedError session-destroyed"], heap)
		b.Close()
	})

	run("wiped when hidden", func(t *testing.T, b *browsertest.Browser) {
		open(t, b, s.home+"wiped.html")
		texts := fill(t, b)
		require.Contains(t, found(b, texts), true)
		b.Click("#away")
		b.WaitText("#here", "away")
		b.Back()
		b.Wait("the page", `return document.getElementById("field") !== null`)
		require.Equal(t, []any{false, true}, b.Call("life.history").(object)["shown"])
		require.Equal(t, "destroyed", b.Call("life.status"))
		require.NotContains(t, found(b, texts), true, "the memory")
		var memory struct{ Bytes, Set int }
		b.CallInto(&memory, "life.memory")
		require.Zero(t, memory.Set)
		text, _, _ := strings.Cut(texts[0], "-")
		require.NotContains(t, b.Eval(`return document.documentElement.outerHTML + [field, pending].map((el) => el.value)`), text, "the page")

		// The script tag begins anew (decision 17), and the page works.
		b.Wait("another session", `return globalThis.tabstate?.session?.status === "open"`)
		b.WaitText("#shown", "")
		b.Type("#field", "again")
		b.WaitText("#shown", "again")
		happened(t, b, "wipe-on-hide, away and back", "memory all 0, elements back to their HTML; the tag opened a new session")
		b.Close()
	})

	run("closed", func(t *testing.T, b *browsertest.Browser) {
		open(t, b, page)
		b.Call("life.write", "closed")
		b.Close()
		b.NewWindow()
		open(t, b, page)
		happened(t, b, "tab closed, page opened in another", "empty")
		b.Close()
	})

	run("left and come to again", func(t *testing.T, b *browsertest.Browser) {
		open(t, b, page)
		b.Call("life.write", "left")
		b.Reload()
		require.Equal(t, begun(0, false), started(b), "reload")
		b.Call("life.write", "left")
		b.Click("#again")
		b.Wait("a new page", `return performance.getEntriesByType("navigation")[0].type === "navigate" && document.getElementById("field")?.autocomplete === "off"`)
		require.Equal(t, begun(0, false), started(b), "link to itself")
		b.Call("life.write", "left")
		b.Click("#away")
		b.WaitText("#here", "away")
		b.Click("#again")
		b.WaitFor("#field")
		require.Equal(t, begun(0, false), started(b), "away, and a link back")
		happened(t, b, "reload; link to itself; away and a link back", "empty each time")
		b.Close()
	})

	for _, c := range []struct {
		act  browsertest.Act
		what string
	}{
		{browsertest.Crash, "the page's process crashes, tab reloaded"},
		{browsertest.Discard, "tab discarded, looked at again"},
		{browsertest.Reopen, "tab closed and reopened by its user"},
		{browsertest.Freeze, "page frozen and resumed"},
	} {
		run(string(c.act), func(t *testing.T, b *browsertest.Browser) {
			if why := b.Cannot(c.act); why != "" {
				happened(t, b, c.what, "not tried: %s", why)
				b.Close()
				return
			}
			id := string(c.act)
			open(t, b, page+"?id="+id)
			b.Call("life.write", "before")
			s.began(t, id, 1)
			b.Do(c.act)
			if c.act == browsertest.Freeze {
				require.Equal(t, "before", b.Call("life.read"))
				b.Call("life.write", "after")
				require.Equal(t, []any{"before", "after"}, b.Call("life.history").(object)["heard"])
				happened(t, b, c.what, "intact, listeners alive")
				b.Close()
				return
			}
			for _, held := range s.began(t, id, 2) {
				require.Contains(t, []string{"{}", `{"field":""}`}, held)
			}
			happened(t, b, c.what, "empty")
			if c.act != browsertest.Crash {
				b.Close()
			}
		})
	}
}

// fill brings a text of its own into all that a session holds, also by typing, and returns it with its endings.
func fill(t *testing.T, b *browsertest.Browser) []string {
	t.Helper()
	text := "marker" + rand.Text() + rand.Text()
	var texts []string
	b.CallInto(&texts, "life.use", text)
	for _, field := range []string{"field", "pending"} {
		b.Type("#"+field, text+"-"+field)
		texts = append(texts, text+"-"+field)
	}
	b.WaitText("#shown", text+"-field")
	return texts
}

// found says which of the texts are in the module's memory.
func found(b *browsertest.Browser, texts []string) (are []bool) {
	b.CallInto(&are, "life.inMemory", texts)
	return are
}

func count(are []bool) (n int) {
	for _, is := range are {
		if is {
			n++
		}
	}
	return n
}

// traced are the texts that trace has left, by engine, for traces to look for.
var traced sync.Map

type trace struct{ marker, control, typed, submitted string }

// leaveTraces uses a session, and writes beside it what a browser stores, and comes before the other scenarios: browsers write
// some of their files with a delay of seconds.
func leaveTraces(t *testing.T, b *browsertest.Browser) {
	s := serveLife(t)
	b.NewWindow()
	b.Open(s.home + "page.html")
	started(b)
	b.WaitFor(`#field[autocomplete="off"]`)
	texts := fill(t, b)
	left := trace{control: "control" + rand.Text(), typed: "typed" + rand.Text(), submitted: "submitted" + rand.Text()}
	left.marker, _, _ = strings.Cut(texts[0], "-")
	require.NotContains(t, b.Call("life.stored"), left.marker)
	b.Call("life.keepOnDisk", left.control)
	// What the page's own fields without a key get is the browser's to keep, or not.
	b.Type("#plain", left.submitted)
	b.Click("#send")
	b.WaitText("#here", "away")
	b.Back()
	b.WaitFor("#plain")
	b.Clear("#plain")
	b.Type("#plain", left.typed)
	started(b)
	traced.Store(b.Engine(), left)
	clean(b, s.origin)
	// It stays open: what is open may be stored for the next start.
}

// traces looks for what was left: in the profile on disk there is nothing of a session (rule 44).
func traces(t *testing.T, b *browsertest.Browser) {
	value, ok := traced.Load(b.Engine())
	if !ok {
		t.Skip("goes with the scenario that leaves them")
	}
	left := value.(trace)
	folder := filepath.Dir(b.Downloads())
	disk := b.Cannot(browsertest.Disk)
	if disk == "" {
		require.NotEmpty(t, filesWith(t, folder, left.control), "what is stored is found so")
	}
	require.Empty(t, filesWith(t, folder, left.marker), "files of the browser with what a session held")
	own := "nothing"
	var files []string
	for name, text := range map[string]string{"typed": left.typed, "sent": left.submitted} {
		for _, file := range filesWith(t, folder, text) {
			files = append(files, fmt.Sprintf("%s (%s)", filepath.Base(file), name))
		}
	}
	if slices.Sort(files); len(files) > 0 {
		own = strings.Join(slices.Compact(files), ", ")
	}
	if disk != "" {
		own += " (" + disk + ")"
	}
	happened(t, b, "storage and profile folder after use", "nothing of the session; of a field without a key the browser itself wrote: %s", own)
}
