package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// pause lies between two looks at the page.
const pause = 20 * time.Millisecond

// Wait runs the script as Eval does until it returns true, and fails the test when it does not in time. what says in
// the failure what was waited for.
func (b *Browser) Wait(what, script string, arguments ...any) {
	b.t.Helper()
	for deadline := time.Now().Add(b.patience); ; time.Sleep(pause) {
		text, failure, err := b.tryRun(script, arguments)
		if err == nil && text == "true" {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("browsertest: waited in vain for %s (last answer: %s%s, error: %v)", what, text, failure, err)
		}
	}
}

// WaitFor waits until an element matches the CSS selector.
func (b *Browser) WaitFor(selector string) {
	b.t.Helper()
	b.Wait(selector, `return document.querySelector(arguments[0]) !== null;`, selector)
}

// WaitText waits until the text of the element, without space around it, is as wanted.
func (b *Browser) WaitText(selector, want string) {
	b.t.Helper()
	b.Wait(fmt.Sprintf("the text %q of %s", want, selector), `const [selector, want] = arguments;
const text = document.querySelector(selector)?.textContent.trim() ?? "";
return text === want || text;`, selector, want)
}

// Text returns the text of the first element that the CSS selector finds, without space around it; "" when there is none.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return b.Eval(`return document.querySelector(arguments[0])?.textContent.trim() ?? "";`, selector).(string)
}

// WaitFile waits for a download of that name, which is not empty, and returns what is in it.
func (b *Browser) WaitFile(name string) []byte {
	b.t.Helper()
	for deadline := time.Now().Add(b.patience); ; time.Sleep(pause) {
		// The browser holds the name with an empty file, and puts the whole download in its place.
		content, err := os.ReadFile(filepath.Join(b.Downloads(), name))
		if err == nil && len(content) > 0 {
			return content
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("browsertest: no download of %s, or an empty one (%v)", name, err)
		}
	}
}
