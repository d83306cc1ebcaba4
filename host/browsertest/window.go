package browsertest

import (
	"encoding/json"
	"slices"
	"time"
)

// Window is a tab or a window of a browser.
type Window string

// Window returns the current window.
func (b *Browser) Window() Window {
	b.t.Helper()
	return Window(b.text(b.do(getWindow, nil)))
}

// Windows returns all windows, in no order.
func (b *Browser) Windows() []Window {
	b.t.Helper()
	var all []Window
	b.must(json.Unmarshal(b.do(getWindows, nil), &all), "reading the windows")
	return all
}

// NewWindow opens an empty tab with nothing in common with the page of the current one, and makes it current.
func (b *Browser) NewWindow() Window {
	b.t.Helper()
	var made struct{ Handle Window }
	b.must(json.Unmarshal(b.do(newWindow, map[string]any{"type": "tab"}), &made), "reading the new window")
	b.Switch(made.Handle)
	return made.Handle
}

// Opened waits for a window that is not among those given, as when a page opened one, and makes it current.
func (b *Browser) Opened(before []Window) Window {
	b.t.Helper()
	known := map[Window]bool{}
	for _, window := range before {
		known[window] = true
	}
	for deadline := time.Now().Add(b.patience); ; time.Sleep(pause) {
		for _, window := range b.Windows() {
			if !known[window] {
				b.Switch(window)
				return window
			}
		}
		if time.Now().After(deadline) {
			b.t.Fatal("browsertest: no new window opened")
		}
	}
}

// Switch makes the window current.
func (b *Browser) Switch(window Window) {
	b.t.Helper()
	b.do(switchWindow, map[string]any{"handle": window})
	b.shared.visited = append(slices.DeleteFunc(b.shared.visited, func(w Window) bool { return w == window }), window)
}

// Close closes the current window and makes the one current that was so before, as long as its page lives, else another one. The
// last one stays: a browser without windows may end.
func (b *Browser) Close() {
	b.t.Helper()
	current := b.Window()
	others := slices.DeleteFunc(b.Windows(), func(w Window) bool { return w == current })
	if len(others) == 0 {
		b.t.Fatal("browsertest: Close of the last window")
	}
	last := func(w Window) int { return slices.Index(b.shared.visited, w) }
	slices.SortFunc(others, func(v, w Window) int { return last(w) - last(v) })
	b.do(closeWindow, nil)
	for _, other := range others {
		b.Switch(other)
		if _, err := b.driver.do(getURL, nil); err == nil {
			return
		}
	}
	b.t.Fatal("browsertest: no page of another window lives")
}
