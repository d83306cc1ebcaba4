package app

import (
	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/session"
)

// Error is what a session refuses, or what went wrong in a function of the program.
type Error = session.Error

// The classes of errors, for errors.Is; an [*Error] with a Code asks for that code too.
var (
	// ErrUnserializable is a value that JSON cannot represent.
	ErrUnserializable = session.ErrUnserializable
	// ErrKey is a key that is missing, taken, or not to be written.
	ErrKey = session.ErrKey
	// ErrLimit is a limit of the session that would be exceeded.
	ErrLimit = session.ErrLimit
	// ErrSyntax is a text that is no JSON, or no UTF-8.
	ErrSyntax = session.ErrSyntax
	// ErrValidation is a value that a validator refused.
	ErrValidation = session.ErrValidation
	// ErrWidget is a value that the widget of its key cannot show.
	ErrWidget = session.ErrWidget
	// ErrUsage is a call that makes no sense where it was made.
	ErrUsage = session.ErrUsage
	// ErrCallback is a function of the program that panicked, failed or waited.
	ErrCallback = kit.ErrCallback
	// ErrReady is a use of the session before it is open.
	ErrReady = &Error{Class: "SessionNotReadyError"}
	// ErrDestroyed is a use of the session after its end.
	ErrDestroyed = &Error{Class: "SessionDestroyedError"}
)

// Invalid gives an error for a validator that blames a part of the value: path is a
// JSON Pointer (RFC 6901), "" for the whole.
func Invalid(path, reason string) error {
	return &Error{Class: ErrValidation.Class, Code: "invalid-value", Path: path, Reason: reason, Hint: "Write a value that the key's validator accepts"}
}
