package browsertest

import "encoding/json"

// Open loads the address in the current window and returns when the page has loaded.
func (b *Browser) Open(address string) {
	b.t.Helper()
	b.do(navigateTo, map[string]any{"url": address})
}

// Back goes back in the window's history.
func (b *Browser) Back() {
	b.t.Helper()
	b.do(back, nil)
}

// Forward goes forward in the window's history.
func (b *Browser) Forward() {
	b.t.Helper()
	b.do(forward, nil)
}

// Reload loads the page again.
func (b *Browser) Reload() {
	b.t.Helper()
	b.do(refresh, nil)
}

// URL returns the address of the page in the current window.
func (b *Browser) URL() string {
	b.t.Helper()
	return b.text(b.do(getURL, nil))
}

// text decodes an answer that is a string.
func (b *Browser) text(answer json.RawMessage) string {
	b.t.Helper()
	var text string
	b.must(json.Unmarshal(answer, &text), "reading the driver's answer")
	return text
}
