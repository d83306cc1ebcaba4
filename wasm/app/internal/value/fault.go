package value

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// hints tell what to do instead of storing a value of the kind.
var hints = map[reflect.Kind]string{
	reflect.Func:          "Leave it out with the tag json:\"-\", or hold a JavaScript function with app.SetRef",
	reflect.Chan:          "Leave it out with the tag json:\"-\", and store what comes out of it",
	reflect.Complex64:     "Store the two parts as numbers",
	reflect.Complex128:    "Store the two parts as numbers",
	reflect.UnsafePointer: "Leave it out with the tag json:\"-\"",
}

func refuse(class *session.Error, code, reason, hint string) *session.Error {
	return &session.Error{Class: class.Class, Code: code, Reason: reason, Hint: hint}
}

func unserializable(typ, reason, hint string) *session.Error {
	fault := refuse(session.ErrUnserializable, "unserializable", reason, hint)
	fault.Type = typ
	return fault
}

func unsafe(v reflect.Value) *session.Error {
	return unserializable(v.Type().String(), "the whole number is beyond ±(2^53-1), where JavaScript's numbers leave gaps",
		"Store it as a string, with the tag json:\",string\" in a struct")
}

func (e *encoder) tooDeep() *session.Error {
	fault := refuse(session.ErrLimit, canon.TooDeep, "arrays and objects nest more than "+strconv.Itoa(e.depth)+" times",
		"Store parts of it under keys of their own, or raise limits.depth")
	fault.Limit = int64(e.depth)
	return fault
}

// under puts a step before the path of a fault.
func under(name string, fault *session.Error) *session.Error {
	fault.Path = string(canon.PointerToken(nil, []byte(name))) + fault.Path
	return fault
}

func article(name string) string {
	if strings.ContainsRune("aeiou", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}
