//go:build js && wasm

package app

import (
	"github.com/hack-pad/safejs"

	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/app/internal/page"
	"github.com/tabstate/tabstate/wasm/session"
)

// Ref returns the JavaScript value that the session holds by reference under the key: a
// function, an element, whatever JSON does not represent. Calling it returns errors and
// never panics. Returns an error with code key-missing if the key is not there, and
// not-held if it holds plain data, for which there is [Key].
func Ref(key string) (safejs.Value, error) {
	held, err := kit.Current.Get(key)
	if err != nil {
		return safejs.Undefined(), err
	}
	switch held.Kind() {
	case session.Reference:
		return page.Reference(held.Reference())
	case session.Absent:
		return safejs.Undefined(), &Error{Class: ErrKey.Class, Code: "key-missing", Key: key, Reason: "there is no such key", Hint: "Was it initialised? Store it with SetRef"}
	}
	return safejs.Undefined(), &Error{Class: ErrUsage.Class, Code: "not-held", Key: key, Reason: "the key holds plain data", Hint: "Read it with app.Key"}
}

// SetRef stores a JavaScript value, as session.set does: what JSON represents is copied, any
// other value is held by reference. Under enforcement that is an error of class
// [ErrUnserializable], and nothing changes.
func SetRef(key string, v safejs.Value) error { return page.Store(key, v) }

// Await waits until a promise is settled, and returns what it resolves to, or the
// error it rejects with, code promise-rejected. It is for goroutines started by [Go]: a callback must not
// wait.
func Await(promise safejs.Value) (safejs.Value, error) {
	type outcome struct {
		value safejs.Value
		err   error
	}
	settled := make(chan outcome, 1)
	settle := func(failed bool) (safejs.Func, error) {
		return safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
			result := outcome{value: safejs.Undefined()}
			if len(args) > 0 {
				result.value = args[0]
			}
			if failed {
				result.err = rejected(result.value)
			}
			select {
			case settled <- result:
			default:
			}
			return nil
		})
	}
	resolve, err := settle(false)
	if err != nil {
		return safejs.Undefined(), err
	}
	defer resolve.Release()
	reject, err := settle(true)
	if err != nil {
		return safejs.Undefined(), err
	}
	defer reject.Release()
	if _, err := promise.Call("then", resolve, reject); err != nil {
		return safejs.Undefined(), err
	}
	result := <-settled
	return result.value, result.err
}

// rejected makes an error of what a promise was rejected with.
func rejected(v safejs.Value) error {
	reason := "a promise was rejected"
	if message, err := v.Get("message"); err == nil && message.Type() == safejs.TypeString {
		text, _ := message.String()
		reason += ": " + text
	} else if v.Type() == safejs.TypeString {
		text, _ := v.String()
		reason += ": " + text
	}
	return &Error{Class: ErrCallback.Class, Code: "promise-rejected", Reason: reason}
}
