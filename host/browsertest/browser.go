// Package browsertest drives real browsers from Go tests.
//
// It speaks W3C WebDriver classic, so that one scenario runs in every engine. What differs between engines
// (how the program starts, what it logs, how its viewport is set) stands behind one small interface, driver.
//
// A method that fails ends the test it was called for, so scenarios read as the list of what a visitor does:
//
//	b := browsertest.Start(t, browsertest.Chromium, browsertest.Options{})
//	b.Open(server.URL + "/counter.html")
//	b.WaitFor("#add:enabled")
//	b.Click("#add")
//	b.WaitText("#count", "1")
//
// Input is what a person gives: clicks, keys, file choices, delivered by the browser itself. Scenario code that has to
// run inside the page belongs in a page script and is called by name, see Call.
package browsertest

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// Engine names a browser engine.
type Engine string

// The engines.
const (
	// Chromium is the engine of Chrome, Edge and others, driven by chromedriver.
	Chromium Engine = "chromium"
	// Firefox drives itself, by Marionette.
	Firefox Engine = "firefox"
	// WebKit is that of WebKitGTK, with its MiniBrowser, driven by WebKitWebDriver.
	WebKit Engine = "webkit"
)

// Engines are those that tests run in: all that can be driven, or those that the variable TABSTATE_ENGINES names, with blanks between.
var Engines = engines(os.Getenv("TABSTATE_ENGINES"))

func engines(names string) []Engine {
	if names == "" {
		return []Engine{Chromium, Firefox, WebKit}
	}
	var list []Engine
	for _, name := range strings.Fields(names) {
		list = append(list, Engine(name))
	}
	return list
}

// Options of a browser; the zero value is a desktop window of 1280 by 800 pixels.
type Options struct {
	// Width and Height of the viewport in CSS pixels.
	Width, Height int
	// Patience is how long Wait and its kin wait. Default 30 s.
	Patience time.Duration
}

// Browser is one running browser with a fresh profile. It has one or more windows; commands go to the current one.
// It is not safe for concurrent use.
type Browser struct {
	t        testing.TB
	engine   Engine
	driver   driver
	patience time.Duration
	shared   *shared
}

// shared is what the copies made by For have in common.
type shared struct {
	downloads string
	entries   []Entry
	seen      int
	visited   []Window // those that were current, the last one last
}

// Start starts a browser of the engine and ends it, with every process it made, when the test ends.
// It reaches this machine alone: by 127.0.0.1, and by names that end in .test, which to a browser is an insecure origin.
//
// When the engine's programs are missing the test is skipped by name, or fails where the environment sets CI.
func Start(t testing.TB, engine Engine, options Options) *Browser {
	t.Helper()
	if options.Width == 0 {
		options.Width = 1280
	}
	if options.Height == 0 {
		options.Height = 800
	}
	if options.Patience == 0 {
		options.Patience = 30 * time.Second
	}
	launch, known := launchers[engine]
	if !known {
		t.Fatalf("browsertest: no engine is called %q", engine)
	}
	for _, program := range launch.programs {
		if _, err := lookProgram(program); err != nil {
			missing(t, engine, program)
		}
	}
	downloads := t.TempDir()
	driver, err := launch.start(t, downloads)
	if err != nil {
		t.Fatalf("browsertest: starting %s: %v", engine, err)
	}
	b := &Browser{t: t, engine: engine, driver: driver, patience: options.Patience, shared: &shared{downloads: downloads}}
	b.shared.visited = []Window{b.Window()}
	b.SetSize(options.Width, options.Height)
	return b
}

// For returns the same browser with its failures reported to t, for a subtest. When t fails, the page's address and
// what the browser logged meanwhile are added to its output, and count as read: the next test has pages of its own.
func (b *Browser) For(t testing.TB) *Browser {
	view := *b
	view.t = t
	t.Cleanup(func() {
		if t.Failed() {
			view.tell()
		}
	})
	return &view
}

// Engine is the one that it was started with.
func (b *Browser) Engine() Engine { return b.engine }

// Downloads is the folder in which the browser puts what it downloads.
func (b *Browser) Downloads() string { return b.shared.downloads }

// do runs a command and fails the test when it fails.
func (b *Browser) do(c command, parameters any, path ...string) json.RawMessage {
	b.t.Helper()
	value, err := b.driver.do(c, parameters, path...)
	if err != nil {
		b.t.Fatalf("browsertest: %s: %v", c.name, err)
	}
	return value
}

// must fails the test when err is not nil.
func (b *Browser) must(err error, doing string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("browsertest: %s: %v", doing, err)
	}
}

// tell adds to the test's output what helps to understand its failure.
func (b *Browser) tell() {
	if address, err := b.driver.do(getURL, nil); err == nil {
		b.t.Logf("the page was %s", address)
	}
	_ = b.collect()
	for _, entry := range b.unread() {
		if entry.Kind != Request {
			b.t.Logf("the browser logged: %s", entry)
		}
	}
}

// missing ends a test for which a program is not installed.
func missing(t testing.TB, engine Engine, program string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("browsertest: %s needs the program %q, which is not installed", engine, program)
	}
	t.Skipf("no %s here: it needs the program %q", engine, program)
}
