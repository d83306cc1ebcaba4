// Package validate holds what a page sends against the very rules that its session obeys in the tab: mirror enforcement.
//
// # What it does
//
// A page sends a snapshot of its session: the JSON object that session.snapshot() gives in JavaScript, by session.submit(url) or a
// form with data-session-submit. A [Mirror] checks it with the core that runs in the tab (wasm/session): the same limits, and the
// same codes, paths and texts for what is refused. It is an [http.Handler] by itself, which answers 204 or says what is wrong, and
// [Mirror.Middleware] puts the same check in front of a handler of yours, which then finds the parsed snapshot in its request.
//
// # What it does not do
//
// It keeps nothing: no session, no snapshot, no value outlives the request that brought it, and nothing is logged. Whether a snapshot
// is from your page, or true, it cannot know: it is input like any other that is well-formed.
//
// # Answers
//
// Whatever is refused is answered by a problem document (RFC 9457, application/problem+json) with a code: 422 snapshot-refused and
// 400 snapshot-malformed list the violations; 413 body-too-large, 415 media-type-unsupported or encoding-unsupported, 408 and 400
// body-unreadable, and 405 method-not-allowed are about the request. A violation has class, code, key, path (a JSON Pointer into the
// snapshot), message, reason, hint, limit, line and column as far as they apply, and never the value.
package validate

import (
	"math/rand/v2"
	"sync"

	"github.com/tabstate/tabstate/wasm/session"
)

// Options says what a snapshot is held against. The zero Options are the limits that a session has by default, and 1 MiB.
type Options struct {
	// Limits are those that the page's session has, from open({ limits }) or data-session-limits. Members that are 0 take their default.
	Limits session.Limits
	// MaxBody is the most bytes that a request's body may have. Default 1 MiB.
	MaxBody int64
	// MaxViolations is how many violations are listed at most; the list also ends when it has more than 64 KiB. Default 100.
	MaxViolations int
	// Rules judge the values of some keys, beyond what every session demands. What they get is accepted otherwise. Of a key that
	// is absent they are not asked.
	Rules map[string]Rule
}

// The defaults of [Options].
const (
	DefaultMaxBody       = 1 << 20
	DefaultMaxViolations = 100
)

// Rule judges the value of a key. It is used by many goroutines at once.
type Rule interface {
	// Judge lists what is wrong with a value, given as canonical JSON text that is good only during the call.
	Judge(value []byte) []Issue
}

// Issue is something that a [Rule] has against a value.
type Issue struct {
	// Path is the JSON Pointer (RFC 6901) from the value to what is at fault, "" for the value itself.
	Path string
	// Message says what is wrong, a part of a sentence for people. It is sent to the page: it should not quote the value.
	Message string
}

// Mirror checks snapshots. It may be used by any number of goroutines.
type Mirror struct {
	options Options
	checks  sync.Pool // of *check
}

// New returns a Mirror.
//
// Returns a [*session.Error] if a limit is out of range.
func New(o Options) (*Mirror, error) {
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxViolations <= 0 {
		o.MaxViolations = DefaultMaxViolations
	}
	if _, err := session.NewInspector(o.Limits, 0); err != nil {
		return nil, err
	}
	m := &Mirror{options: o}
	m.checks.New = func() any {
		n, _ := session.NewInspector(o.Limits, rand.Uint64())
		return &check{inspector: n}
	}
	return m, nil
}

// Default is the Mirror of the zero [Options].
func Default() *Mirror {
	m, err := New(Options{})
	if err != nil {
		panic(err) // the defaults are in range
	}
	return m
}
