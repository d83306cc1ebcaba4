package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// Error is whatever a session refuses. Code is a kebab-case word that never
// changes; the members that do not apply are empty.
type Error struct {
	Class  string // the name of the error's class in JavaScript, and of the sentinel in Go
	Code   string
	Key    string
	Path   string // JSON Pointer (RFC 6901) to what is at fault, "" for the whole
	Type   string // what was found there
	Reason string // what is wrong, a part of a sentence
	Hint   string // what to do instead
	Limit  int64  // the limit that was met
	Line   int    // in the text of a restore, from 1
	Column int    // in characters, from 1
}

// The classes of errors, for errors.Is.
var (
	ErrUnserializable = &Error{Class: "UnserializableSessionStateError"}
	ErrKey            = &Error{Class: "SessionKeyError"}
	ErrLimit          = &Error{Class: "SessionLimitError"}
	ErrSyntax         = &Error{Class: "SessionSyntaxError"}
	ErrWidget         = &Error{Class: "SessionWidgetError"}
	ErrValidation     = &Error{Class: "SessionValidationError"}
	ErrUsage          = &Error{Class: "SessionUsageError"}
)

// Is tells whether the error is of the target's class, and of its code if that
// has one.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Class == e.Class && (t.Code == "" || t.Code == e.Code)
}

// Error says where, what and what to do.
func (e *Error) Error() string {
	text := ""
	if e.Key != "" {
		text = "key " + quote(e.Key) + ": "
	}
	text += e.Reason
	if e.Path != "" {
		text += ", at " + e.Path
	}
	if e.Line > 0 {
		text += ", line " + decimal(int64(e.Line)) + " column " + decimal(int64(e.Column))
	}
	if e.Hint != "" {
		text += ". " + e.Hint
	}
	return text
}

// orNil keeps a nil *Error from becoming an error that is not nil.
func (e *Error) orNil() error {
	if e == nil {
		return nil
	}
	return e
}

// AppendJSON appends the error as a JSON object to dst: what is empty is left out.
func (e *Error) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	text := func(name, value string) {
		if value != "" {
			dst = appendMember(dst, name)
			dst = canon.AppendString(dst, []byte(value))
		}
	}
	number := func(name string, value int64) {
		if value != 0 {
			dst = appendMember(dst, name)
			dst = canon.AppendNumber(dst, float64(value))
		}
	}
	text("class", e.Class)
	text("code", e.Code)
	text("message", e.Error())
	text("key", e.Key)
	dst = appendMember(dst, "path")
	dst = canon.AppendString(dst, []byte(e.Path))
	text("type", e.Type)
	text("reason", e.Reason)
	text("hint", e.Hint)
	number("limit", e.Limit)
	number("line", int64(e.Line))
	number("column", int64(e.Column))
	return append(dst, '}')
}

func appendMember(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = canon.AppendString(dst, []byte(name))
	return append(dst, ':')
}

func quote(s string) string { return string(canon.AppendString(nil, []byte(s))) }

func decimal(n int64) string { return string(canon.AppendNumber(nil, float64(n))) }

func faultError(key []byte, f *canon.Fault, depth int) *Error {
	e := &Error{Class: ErrSyntax.Class, Code: f.Code, Key: string(key), Path: f.Path,
		Reason: f.Reason, Hint: f.Hint, Line: f.Line, Column: f.Column}
	if f.Code == "too-deep" {
		e.Class, e.Limit = ErrLimit.Class, int64(depth)
	}
	return e
}
