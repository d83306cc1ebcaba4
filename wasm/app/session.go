package app

import (
	"time"

	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/session"
)

// Keys returns the keys in insertion order.
func Keys() ([]string, error) { return kit.Current.Keys() }

// Batch runs fn: its changes are delivered together, and when it returns an error or
// panics, everything it wrote is undone (rule 23). Batches nest. fn must not wait: a batch
// that does is undone, and the error has code batch-blocked.
func Batch(fn func() error) error { return kit.Current.Batch(fn) }

// Clear deletes every key (rule 8); those of widgets go back to their defaults.
func Clear() error {
	return kit.Current.Write(func(s *session.Session) *Error {
		s.Clear("")
		return nil
	})
}

// Snapshot returns the canonical JSON text of all entries (rule 19). Returns an error of
// class [ErrUnserializable] if the session holds JavaScript values by reference.
func Snapshot() ([]byte, error) { return kit.Current.Snapshot(false) }

// Restore replaces all entries by those of a snapshot. Returns an error with line, column
// and path of the first fault, and changes nothing then.
func Restore(text []byte) error {
	return kit.Current.Write(func(s *session.Session) *Error { return s.RestoreText(text, "") })
}

// Undo takes back the last step, if the session keeps a history, and says whether there
// was one (rule 25). Inside a callback it is refused: the turn is not a step yet.
func Undo() (bool, error) { return travel(false) }

// Redo takes back the last Undo.
func Redo() (bool, error) { return travel(true) }

func travel(redo bool) (was bool, err error) {
	err = kit.Current.Write(func(s *session.Session) (refused *Error) {
		was, refused = s.Travel(redo)
		return refused
	})
	return was, err
}

// Go runs fn on a goroutine of its own, where it may wait as long as it likes: for a
// timer, an answer, another goroutine. What it changes in the session the page hears of at
// once. Its error or panic is a session-error event of the page.
func Go(fn func() error) { kit.Current.Go(fn) }

// Yield lets the page go on, inside of a long computation in a goroutine.
func Yield() { time.Sleep(time.Millisecond) }
