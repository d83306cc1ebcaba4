package browsertest

import (
	"encoding/json"
	"fmt"
	"testing"
)

// driver is one running browser of some engine: all that differs between engines.
type driver interface {
	// do runs a WebDriver command in the current window. path fills the command's place holders in order.
	do(c command, parameters any, path ...string) (json.RawMessage, error)
	// viewport gives the current window's page this size in CSS pixels.
	viewport(width, height int) error
	// media makes the current window's page see a preference, such as "prefers-color-scheme": "dark".
	media(preferences map[string]string) error
	// entries takes what was logged since it was last called.
	entries() ([]Entry, error)
}

// launcher starts the browser of one engine.
type launcher struct {
	// programs must be installed.
	programs []string
	// start starts them and ends them when the test ends.
	start func(t testing.TB, downloads string) (driver, error)
}

// launchers holds every engine that can be driven.
var launchers = map[Engine]launcher{
	Chromium: {programs: []string{"chromium", "chromedriver"}, start: startChromium},
	Firefox:  {programs: []string{"firefox-esr"}, start: startFirefox},
	WebKit:   {programs: []string{"WebKitWebDriver", "Xvfb"}, start: startWebKit},
}

// fault is an error that a driver answered with, see https://www.w3.org/TR/webdriver2/#errors.
type fault struct {
	Code    string `json:"error"`
	Message string `json:"message"`
}

func (f *fault) Error() string { return fmt.Sprintf("%s: %s", f.Code, f.Message) }
