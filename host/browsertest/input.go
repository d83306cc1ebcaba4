package browsertest

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Keys that are no characters, for Keys and Type, see https://www.w3.org/TR/webdriver2/#keyboard-actions.
const (
	Backspace = "\uE003"
	Tab       = "\uE004"
	Enter     = "\uE007"
	Shift     = "\uE008"
	Control   = "\uE009"
	Escape    = "\uE00C"
	Space     = " "
	End       = "\uE010"
	Home      = "\uE011"
	Left      = "\uE012"
	Up        = "\uE013"
	Right     = "\uE014"
	Down      = "\uE015"
	Delete    = "\uE017"
)

// elementKey names an element's reference in the protocol.
const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// Click clicks the first element that the CSS selector finds, in its middle, after scrolling it into view.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.act(elementClick, nil, selector)
}

// Type focuses the element and types the text. In a file input it chooses the file of that path.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.act(elementSendKeys, map[string]any{"text": text}, selector)
}

// Clear empties a text field.
func (b *Browser) Clear(selector string) {
	b.t.Helper()
	b.act(elementClear, nil, selector)
}

// Keys presses and releases keys one after the other where the focus is, as a person at a keyboard does: each argument
// is one key or a text. Shift and Control stay down until the next argument has been pressed.
func (b *Browser) Keys(keys ...string) {
	b.t.Helper()
	b.do(performActions, keyboard(keys...))
}

// keyboard is what performActions takes for Keys.
func keyboard(keys ...string) map[string]any {
	var actions []map[string]any
	press := func(kind, key string) { actions = append(actions, map[string]any{"type": kind, "value": key}) }
	var held []string
	for _, text := range keys {
		if text == Shift || text == Control {
			press("keyDown", text)
			held = append(held, text)
			continue
		}
		for _, key := range strings.ReplaceAll(text, "\n", Enter) {
			press("keyDown", string(key))
			press("keyUp", string(key))
		}
		for ; len(held) > 0; held = held[:len(held)-1] {
			press("keyUp", held[len(held)-1])
		}
	}
	return map[string]any{"actions": []any{map[string]any{"type": "key", "id": "keyboard", "actions": actions}}}
}

// Focused describes the element that has the focus: "#id", or its tag name where it has no id.
func (b *Browser) Focused() string {
	b.t.Helper()
	return b.Eval(`const at = document.activeElement;
return at === null ? "" : at.id === "" ? at.localName : "#" + at.id;`).(string)
}

// act runs a command on the first element that the CSS selector finds: on the one in its place, should a script put that there meanwhile.
func (b *Browser) act(c command, parameters any, selector string) {
	b.t.Helper()
	for deadline := time.Now().Add(b.patience); ; time.Sleep(pause) {
		_, err := b.driver.do(c, parameters, b.find(selector))
		if err == nil {
			return
		}
		var failed *fault
		if !errors.As(err, &failed) || failed.Code != "stale element reference" || time.Now().After(deadline) {
			b.t.Fatalf("browsertest: %s %q: %v", c.name, selector, err)
		}
	}
}

// find returns the reference of the first element that the CSS selector finds, waiting for it.
func (b *Browser) find(selector string) string {
	b.t.Helper()
	for deadline := time.Now().Add(b.patience); ; time.Sleep(pause) {
		answer, err := b.driver.do(findElement, map[string]any{"using": "css selector", "value": selector})
		if err == nil {
			var found map[string]string
			b.must(json.Unmarshal(answer, &found), "reading the driver's answer")
			return found[elementKey]
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("browsertest: nothing in the page matches %q: %v", selector, err)
		}
	}
}
