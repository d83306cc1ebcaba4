package canon

import "unicode/utf8"

// The codes of a [Fault]. They are part of the API in both languages and are
// never renamed.
const (
	InvalidJSON   = "invalid-json"
	DuplicateKey  = "duplicate-key"
	InvalidUTF8   = "invalid-utf8"
	LoneSurrogate = "lone-surrogate"
	TooDeep       = "too-deep"
	NumberRange   = "number-range"
)

// Fault says why a text was refused, where, and what to do about it.
type Fault struct {
	// Code is one of the constants of this package, for programs.
	Code string

	// Offset counts bytes from the start of the text.
	Offset int

	// Line and Column count from 1. A line ends at a line feed; a column is a
	// Unicode code point.
	Line, Column int

	// Path is the JSON Pointer (RFC 6901) of the value at fault, "" for the
	// whole text. A fault between the members of an object has the path of
	// the object, a duplicate name that of its member.
	Path string

	// Reason says what stands there and what was expected.
	Reason string

	// Hint says what to do instead.
	Hint string
}

// place tells which value a fault belongs to.
type place int

const (
	inValue     place = iota // the value that begins at or before the offset
	inContainer              // the array or object around the offset
	atName                   // the member whose name begins at the offset
)

// fail records a fault and returns -1, the "no offset" of the scanning methods.
func (c *Checker) fail(code string, at int, p place, reason, hint string) int {
	line, column := position(c.text, at)
	c.fault = &Fault{
		Code: code, Offset: at, Line: line, Column: column,
		Path: path(c.text, at, p), Reason: reason, Hint: hint,
	}
	return -1
}

// expected records an invalid-json fault: something else than what stands at
// the offset was expected there. A byte that is no text at all is an
// invalid-utf8 fault.
func (c *Checker) expected(what string, at int, p place) int {
	if at < len(c.text) && skipWide(c.text, at) == at && c.text[at] >= utf8.RuneSelf {
		return c.invalidUTF8(at, p)
	}
	return c.fail(InvalidJSON, at, p, unexpected(what, c.text, at), advice(c.text, at))
}

// invalidUTF8 records that the byte at the offset begins no well-formed
// sequence.
func (c *Checker) invalidUTF8(at int, p place) int {
	return c.fail(InvalidUTF8, at, p, notUTF8(c.text, at), utf8Hint)
}

// What a [Survey] says, too.

func unexpected(what string, text []byte, at int) string {
	return "expected " + what + ", found " + found(text, at)
}

func notUTF8(text []byte, at int) string { return found(text, at) + " is not part of valid UTF-8" }

// duplicate takes the name with its quotes.
func duplicate(name []byte) string {
	return "the object has a member of the name " + excerpt(name) + " already"
}

const (
	utf8Hint      = "Encode the text as UTF-8; overlong forms and surrogates have no place in it."
	duplicateHint = "Keep one of the two; names are compared after their escapes are read."
)
