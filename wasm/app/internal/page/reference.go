//go:build js && wasm

package page

import (
	"github.com/hack-pad/safejs"

	"github.com/tabstate/tabstate/wasm/session"
)

// offer puts the facade's object for references onto the global object, where syscall/js
// finds it, for as long as it is looked up: nothing else can bring a JavaScript value in.
//
//go:wasmimport tabstate offer
func offer(on int32)

const offered = "tabstate:references"

var references safejs.Value

func bridge() (safejs.Value, error) {
	if !references.IsUndefined() {
		return references, nil
	}
	offer(1)
	found, err := safejs.Global().Get(offered)
	offer(0)
	if err == nil {
		references = found
	}
	return references, err
}

// Reference gives what the page holds under the number.
func Reference(id uint32) (safejs.Value, error) {
	b, err := bridge()
	if err != nil {
		return b, err
	}
	return b.Call("get", id)
}

// Store has the page store the value as its own session.set does.
func Store(key string, v safejs.Value) error {
	b, err := bridge()
	if err != nil {
		return err
	}
	refused, err := b.Call("set", key, v)
	if err != nil || refused.IsNull() {
		return err
	}
	return refusal(refused)
}

// refusal makes an error of the session of one in JavaScript.
func refusal(v safejs.Value) error {
	text := func(name string) string {
		member, err := v.Get(name)
		if err != nil || member.Type() != safejs.TypeString {
			return ""
		}
		s, _ := member.String()
		return s
	}
	return &session.Error{
		Class: text("name"), Code: text("code"), Key: text("key"), Path: text("path"), Type: text("type"), Reason: text("reason"), Hint: text("hint"),
	}
}
