// Package app is for page logic in Go: a program of your own takes the place of the
// prebuilt module, and the same HTML attributes and the same JavaScript API work
// with it.
//
//	package main
//
//	import "github.com/tabstate/tabstate/wasm/app"
//
//	const count = app.Key[int]("count")
//
//	func setup() {
//		count.Init(0)
//		app.Callback("add", func(*app.Event) error {
//			return count.Update(func(n int) int { return n + 1 })
//		})
//	}
//
//	func main() { app.Main(setup) }
//
// # Values
//
// A [Key] has a type. Values are stored in the form of encoding/json, with its struct
// tags, and copied on the way in and out: nothing aliases. What JSON cannot represent
// is refused with the place in the value: NaN and infinities, channels, functions,
// complex numbers, values that lead back to themselves, whole numbers beyond
// ±(2^53-1), text that is not UTF-8.
//
// # Errors
//
// Nothing here panics. Each error is an [*Error] with a code, the key, a JSON Pointer
// and a hint, and is asked for with errors.Is and the classes [ErrKey],
// [ErrUnserializable] and so on. They are those of the JavaScript API.
//
// # When functions run
//
// A function given to [Callback], [Rerun], [Computed], [Key.Subscribe] or
// [Key.Validate] runs while the page waits, so it must not wait itself: not for a
// timer, a channel, a lock or an answer. One that does is reported as
// callback-blocked: the turn ends, what was written stays, and the function goes on
// by itself. What takes time is for [Go]: a goroutine uses the session as it likes,
// and the page hears of what it changes. When a function panics or fails, the page
// gets a session-error event and the session goes on. Only a goroutine that the
// program started with the go statement itself ends everything when it panics: the
// session has crashed then.
//
// # Tests
//
// Package apptest runs the program natively, without a browser.
package app
