package app

import (
	"encoding/json"
	"strconv"

	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/app/internal/value"
)

// Change tells a listener about one key.
type Change struct {
	key     string
	origin  string
	version uint64
	now     json.RawMessage
	old     json.RawMessage
}

// Key returns the key that changed.
func (c Change) Key() string { return c.key }

// Origin returns who made the change: "code", "widget", "callback", "restore", "history"
// or "url".
func (c Change) Origin() string { return c.origin }

// Version returns the version that the change got. Versions only grow.
func (c Change) Version() uint64 { return c.version }

// Gone tells whether the key is not there any more, or holds what only JavaScript can.
func (c Change) Gone() bool { return c.now == nil }

// Value stores the new value where target points to. Returns an error with code
// type-mismatch, or key-missing when it is gone.
func (c Change) Value(target any) error { return c.decode(c.now, target) }

// Old stores the value before. Returns an error with code type-mismatch, or key-missing
// when there was none.
func (c Change) Old(target any) error { return c.decode(c.old, target) }

func (c Change) decode(text []byte, target any) error {
	fault := &Error{Class: ErrKey.Class, Code: "key-missing", Reason: "there is no value", Hint: "Ask with Gone first"}
	if text != nil {
		fault = value.DecodeText(text, target)
	}
	if fault == nil {
		return nil
	}
	fault.Key = c.key
	return fault
}

// UnmarshalJSON reads a change as the page tells it.
func (c *Change) UnmarshalJSON(text []byte) error {
	var told struct {
		Key, Origin string
		Version     uint64
		Value, Old  json.RawMessage
	}
	if err := json.Unmarshal(text, &told); err != nil {
		return err
	}
	*c = Change{key: told.Key, origin: told.Origin, version: told.Version, now: told.Value, old: told.Old}
	return nil
}

// Subscribe has fn called after each delivery, with all its changes of the keys, or of
// every key if none is named. stop ends it.
func Subscribe(fn func([]Change), keys ...Named) (stop func(), err error) {
	return listen(names(keys), func(changes []Change) error {
		fn(changes)
		return nil
	})
}

func listen(keys []string, fn func([]Change) error) (stop func(), err error) {
	what := "a listener of every key"
	if len(keys) > 0 {
		what = "a listener of " + strconv.Quote(keys[0])
	}
	return kit.Current.Listen(what, keys, func(text []byte) error {
		var changes []Change
		if err := json.Unmarshal(text, &changes); err != nil {
			return err
		}
		return fn(changes)
	})
}

func names(keys []Named) (list []string) {
	for _, k := range keys {
		list = append(list, k.Name())
	}
	return list
}
