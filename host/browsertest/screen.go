package browsertest

import (
	"encoding/base64"
	"os"
)

// SetSize gives the page of the current window this many CSS pixels.
func (b *Browser) SetSize(width, height int) {
	b.t.Helper()
	if width < 450 {
		b.need(Narrow)
	}
	b.must(b.driver.viewport(width, height), "setting the size")
}

// SetMedia makes the page of the current window see a user's preference, as in SetMedia("prefers-color-scheme", "dark"). Not
// every driver can, see Cannot.
func (b *Browser) SetMedia(feature, value string) {
	b.t.Helper()
	b.need(Media)
	b.must(b.driver.media(map[string]string{feature: value}), "setting "+feature)
}

// Screenshot writes what the current window shows to the file, as PNG.
func (b *Browser) Screenshot(file string) {
	b.t.Helper()
	picture, err := base64.StdEncoding.DecodeString(b.text(b.do(takeScreenshot, nil)))
	b.must(err, "decoding the screenshot")
	b.must(os.WriteFile(file, picture, 0o644), "writing the screenshot")
}
