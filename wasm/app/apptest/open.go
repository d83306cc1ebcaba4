package apptest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/wire"
)

// Options are those of open() in the page.
type Options struct {
	// Values are in the session before the program's setup runs, as after a navigation.
	Values map[string]any
	// Enforce has the session refuse JavaScript values that JSON cannot represent.
	Enforce bool
	Limits  session.Limits
	// History is how many steps can be undone.
	History int
	// Seed is that of the session's index. The order of everything is the same for each.
	Seed uint64
}

// Page is a page with the program in it.
type Page struct {
	t         testing.TB
	kit       *kit.Kit
	callbacks map[string]uint32 // by name: its number in the kit
	names     map[uint32]string
	reruns    map[uint32]uint32 // by number in the session
	listeners []*listener
	computed  []*computed
	forms     map[string]uint32
	destroyed bool
	widgets   []*Widget // those with a callback: its number, less 1

	mu     sync.Mutex // of what follows
	errors []error
	order  []string
	woken  bool
}

// Open opens a page and runs the program's setup in it. The page ends with the test.
func Open(t testing.TB, setup func(), o Options) *Page {
	t.Helper()
	port := &wire.Port{}
	mode := session.Off
	if o.Enforce {
		mode = session.Enforce
	}
	port.Open(uint32(mode), o.Seed)
	p := &Page{t: t, callbacks: map[string]uint32{}, names: map[uint32]string{}, reruns: map[uint32]uint32{}, forms: map[string]uint32{}}
	p.kit = kit.New(port, p)
	p.kit.Drive(func(s *session.Session) {
		if err := s.SetLimits(o.Limits); err != nil {
			t.Fatal(err)
		}
		if err := s.SetHistory(session.HistoryLimits{Steps: o.History}); err != nil {
			t.Fatal(err)
		}
	})
	before := kit.Current
	kit.Current = p.kit
	t.Cleanup(func() {
		for _, err := range p.Errors() {
			t.Errorf("the page reported: %v", err)
		}
		p.kit.Close()
		kit.Current = before
	})
	for key, v := range o.Values {
		if err := p.kit.Set(key, v, false); err != nil {
			t.Fatal(err)
		}
	}
	p.report(p.kit.Start(setup))
	p.settle()
	return p
}

// Errors returns what the page reported since the last call, in order.
func (p *Page) Errors() []error {
	p.settle()
	p.mu.Lock()
	defer p.mu.Unlock()
	errors := p.errors
	p.errors = nil
	return errors
}

// Order returns which functions of the program ran since the last call, in order:
// "callback add", "rerun 1" (in order of registration), "listener count".
func (p *Page) Order() []string {
	p.settle()
	p.mu.Lock()
	defer p.mu.Unlock()
	order := p.order
	p.order = nil
	return order
}

// Wait waits until every goroutine that app.Go started has ended, and the listeners have
// heard of what it changed.
func (p *Page) Wait() {
	p.kit.Goroutines.Wait()
	p.settle()
}

// Destroy ends the session as destroy() does: what the program does with it from now on is
// an error.
func (p *Page) Destroy() {
	p.settle()
	p.kit.Close()
	p.destroyed = true
}

func (p *Page) report(err error) {
	if own, ok := err.(*session.Error); err == nil || ok && own == nil {
		return
	}
	p.mu.Lock()
	p.errors = append(p.errors, err)
	p.mu.Unlock()
}

func (p *Page) ran(format string, args ...any) {
	p.mu.Lock()
	p.order = append(p.order, fmt.Sprintf(format, args...))
	p.mu.Unlock()
}

// must ends the test for what is a mistake of the test itself.
func (p *Page) must(err error) {
	p.t.Helper()
	if own, ok := err.(*session.Error); err != nil && !(ok && own == nil) {
		p.t.Fatal(err)
	}
}
