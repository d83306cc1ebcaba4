package app

import (
	"encoding/json"

	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/app/internal/value"
)

// Event is what a callback is called with.
type Event struct {
	event  kit.Event
	result []byte
}

// Key returns the key of the widget, "" for a button without one and for session.call.
func (e *Event) Key() string { return e.event.Key }

// Value stores the value of the widget's key where target points to. Returns the errors
// of [Key.Require].
func (e *Event) Value(target any) error {
	held, err := kit.Current.Get(e.event.Key)
	if err != nil {
		return err
	}
	if fault := value.Decode(held, target); fault != nil {
		fault.Key = e.event.Key
		return fault
	}
	return nil
}

// Args stores the arguments where the targets point to: the elements of
// `data-session-args`, or the arguments of session.call, one each. A single target takes
// the whole when that is no array, or when it is a slice or array. Returns an error with
// code args-missing if there are fewer than targets, type-mismatch if one does not fit.
func (e *Event) Args(targets ...any) error {
	var list []json.RawMessage
	if err := json.Unmarshal(e.event.Args, &list); len(e.event.Args) > 0 && (err != nil || len(targets) == 1 && takesList(targets[0], list)) {
		list = []json.RawMessage{e.event.Args}
	}
	if len(list) < len(targets) {
		return &Error{Class: ErrUsage.Class, Code: "args-missing", Reason: "the callback was called with too few arguments", Hint: "Give them in data-session-args, or to session.call"}
	}
	for i, target := range targets {
		if fault := value.DecodeText(list[i], target); fault != nil {
			return fault
		}
	}
	return nil
}

// takesList tells whether the whole list is for the target.
func takesList(target any, list []json.RawMessage) bool {
	if len(list) == 1 && value.DecodeText(list[0], target) == nil {
		return false
	}
	whole, err := json.Marshal(list)
	return err == nil && value.DecodeText(whole, target) == nil
}

// Return gives the caller of session.call a result: any value that JSON represents.
// Returns an error with code unserializable for any other.
func (e *Event) Return(v any) error {
	encoded, fault := kit.Current.Encode("", v)
	if fault != nil {
		return fault
	}
	e.result = encoded.AppendJSON(nil)
	return nil
}

// Callback names a function for `data-session-callback` and session.call. It runs in the
// turn of the interaction: all of the interaction's values are visible, and it may set
// any key (rules 36 to 38). The error it returns is a session-error event of the page,
// or thrown by session.call. Returns an error if the name is taken. stop ends it.
func Callback(name string, fn func(*Event) error) (stop func(), err error) {
	if fn == nil {
		return kit.Current.Callback(name, nil)
	}
	return kit.Current.Callback(name, func(event kit.Event) ([]byte, error) {
		e := &Event{event: event}
		err := fn(e)
		return e.result, err
	})
}
