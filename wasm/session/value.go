package session

import (
	"math"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// Kind says what a value is. The numbers cross the boundary: they never change.
type Kind uint8

const (
	Absent    Kind = iota // no value: the key is not there
	Null                  // null
	Bool                  // true or false
	Number                // a finite IEEE 754 double
	String                // UTF-8 text
	JSON                  // canonical text of an array or object
	Reference             // the number of something JSON cannot represent
)

// Value is one value of a session. The zero Value is absent.
type Value struct {
	kind  Kind
	given bool // text is the session's to keep
	num   float64
	text  []byte
}

// NullValue returns null.
func NullValue() Value { return Value{kind: Null} }

// BoolValue returns true or false.
func BoolValue(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// NumberValue returns a number. The session refuses NaN and the infinities and
// takes -0 as 0.
func NumberValue(f float64) Value { return Value{kind: Number, num: f} }

// StringValue returns a string. The session refuses text that is not UTF-8.
func StringValue(s string) Value { return Value{kind: String, text: []byte(s)} }

// GivenText returns a string or, with kind JSON, the value of a JSON text, whose
// bytes the caller gives away: the session may keep them instead of a copy.
func GivenText(kind Kind, text []byte) Value { return Value{kind: kind, given: true, text: text} }

// BorrowedText is [GivenText] with bytes that stay the caller's: the session copies them.
func BorrowedText(kind Kind, text []byte) Value { return Value{kind: kind, text: text} }

// PrimitiveValue returns null, a boolean (of a number that is 0 or not), a number or
// a reference.
func PrimitiveValue(kind Kind, num float64) Value {
	if kind == Bool {
		return BoolValue(num != 0)
	}
	return Value{kind: kind, num: num}
}

// JSONValue returns the value that a JSON text (RFC 8259) stands for. The
// session checks the text, and stores a scalar as the scalar it is.
func JSONValue(text []byte) Value { return Value{kind: JSON, text: text} }

// ReferenceValue returns a reference to something that the caller holds.
func ReferenceValue(id uint32) Value { return Value{kind: Reference, num: float64(id)} }

// Kind returns what the value is.
func (v Value) Kind() Kind { return v.kind }

// Bool returns the boolean, false for any other kind.
func (v Value) Bool() bool { return v.kind == Bool && v.num != 0 }

// Number returns the number, 0 for any other kind.
func (v Value) Number() float64 {
	if v.kind != Number {
		return 0
	}
	return v.num
}

// Text returns the string, or the canonical text of an array or object.
func (v Value) Text() string { return string(v.text) }

// Reference returns the number of a reference, 0 for any other kind.
func (v Value) Reference() uint32 {
	if v.kind != Reference {
		return 0
	}
	return uint32(v.num)
}

// AppendJSON appends the canonical JSON text of the value to dst. An absent
// value and a reference append nothing.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case Null:
		return append(dst, "null"...)
	case Bool:
		if v.num != 0 {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case Number:
		return canon.AppendNumber(dst, v.num)
	case String:
		return canon.AppendString(dst, v.text)
	case JSON:
		return append(dst, v.text...)
	}
	return dst
}

// cell is a value as an entry holds it: its kind, and 64 bits that are the
// number's IEEE bits, the boolean, the reference's number, or where the text
// is and how long.
type cell struct {
	bits uint64
	kind Kind
}

func textCell(kind Kind, at ref, length int) cell {
	return cell{kind: kind, bits: uint64(at)<<32 | uint64(uint32(length))}
}

func (c cell) hasText() bool { return c.kind == String || c.kind == JSON }
func (c cell) at() ref       { return ref(c.bits >> 32) }
func (c cell) length() int   { return int(uint32(c.bits)) }

// size is what the value counts towards the limits, in bytes (rule 18).
func (c cell) size() int64 {
	switch c.kind {
	case Null, Bool:
		return 1
	case Number:
		return 8
	case String, JSON:
		return int64(c.length())
	case Reference:
		return 16
	}
	return 0
}

// value gives the cell as a Value whose text is the session's own memory, good
// until the next write.
func (s *Session) value(c cell) Value {
	switch c.kind {
	case Number:
		return Value{kind: Number, num: math.Float64frombits(c.bits)}
	case Bool, Reference:
		return Value{kind: c.kind, num: float64(c.bits)}
	case String, JSON:
		return Value{kind: c.kind, text: s.texts.bytes(c.at(), c.length())}
	}
	return Value{kind: c.kind}
}

// equal tells whether two cells hold the same value: the same primitive, or the
// same canonical text (rule 10).
func (s *Session) equal(a, b cell) bool {
	if a.kind != b.kind {
		return false
	}
	if !a.hasText() {
		return a.bits == b.bits
	}
	return a.length() == b.length() &&
		string(s.texts.bytes(a.at(), a.length())) == string(s.texts.bytes(b.at(), b.length()))
}
