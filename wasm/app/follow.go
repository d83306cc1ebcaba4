package app

import (
	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/session"
)

// Computed defines a value that follows from the keys: fn is called when somebody reads
// it after one of them changed. It is read and listened to like a key, from JavaScript
// and HTML too, is in no snapshot, and cannot be written (rule 24). What fn fails with is
// kept and given at each read until a key changes. Returns an error if the name is taken.
// stop ends it.
//
// A value that JavaScript computes cannot be read in Go.
func Computed[T any](name Key[T], fn func() (T, error), keys ...Named) (stop func(), err error) {
	if fn == nil {
		return nil, &Error{Class: ErrUsage.Class, Code: "argument-invalid", Key: string(name), Reason: "a computed value has a function", Hint: "Give one"}
	}
	return kit.Current.Computed(string(name), names(keys), func() (session.Value, *session.Error) {
		v, err := fn()
		if err != nil {
			if own, ok := err.(*Error); ok {
				return session.Value{}, own
			}
			return session.Value{}, &Error{Class: ErrCallback.Class, Code: "callback-failed", Key: string(name), Reason: err.Error()}
		}
		return kit.Current.Encode(string(name), v)
	})
}

// Rerun runs fn now, and again in each turn that changed what it read of the session last
// time (rule 39). Returns what fn fails with now; nothing is registered then. stop ends it.
func Rerun(fn func() error) (stop func(), err error) { return kit.Current.Rerun(fn) }

// RequestRerun asks for one more pass of all reruns in the open turn, or outside of one
// for a turn with such a pass, soon.
func RequestRerun() error { return kit.Current.Again() }

// Stop skips the callbacks and reruns of the open turn that did not run yet; what was
// written is committed.
func Stop() error { return kit.Current.Stop() }
