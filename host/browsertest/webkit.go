package browsertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// webkit is a running MiniBrowser, WebKitGTK's own, with its WebKitWebDriver and the display it is shown on.
type webkit struct {
	*remote
	proxy *proxy
}

// miniBrowsers is where Debian puts it with the library that WebKitWebDriver needs, for every architecture.
const miniBrowsers = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser"

// startWebKit starts a display, and WebKitWebDriver, which starts MiniBrowser. All of it ends with the display, too.
func startWebKit(t testing.TB, downloads string) (driver, error) {
	found, err := filepath.Glob(miniBrowsers)
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("there is no %s", miniBrowsers)
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "user-dirs.dirs"), []byte(fmt.Sprintf("XDG_DOWNLOAD_DIR=%q\n", downloads)), 0o600); err != nil {
		return nil, err
	}
	screen, err := startProcess(t, "", nil, "Xvfb", "-displayfd", "1", "-screen", "0", "1600x1400x24", "-nolisten", "tcp", "-noreset")
	if err != nil {
		return nil, err
	}
	display, err := displayOf(screen)
	if err != nil {
		return nil, err
	}
	environment := []string{
		"DISPLAY=:" + display, "GDK_BACKEND=x11",
		"HOME=" + home, "XDG_CONFIG_HOME=" + home, "XDG_CACHE_HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_RUNTIME_DIR=" + home,
		// No bus is asked for, or started, which would stay behind.
		"DBUS_SESSION_BUS_ADDRESS=disabled:", "NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory",
		"LC_ALL=en_US.UTF-8",
	}
	program, err := startProcess(t, home, environment, "WebKitWebDriver", "--port=0")
	if err != nil {
		return nil, err
	}
	address, err := listening(program)
	if err != nil {
		return nil, err
	}
	proxy := startProxy(t, true)
	session, err := newRemote(address, map[string]any{
		"browserName": "MiniBrowser",
		"webkitgtk:browserOptions": map[string]any{
			"binary": found[0],
			"args":   []string{"--automation", "--javascript-can-open-windows-automatically=true", "--proxy=http://" + proxy.host + ":" + proxy.port},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%w; it said: %s", err, program.output())
	}
	t.Cleanup(session.end)
	w := &webkit{remote: session, proxy: proxy}
	_, err = w.do(setTimeouts, map[string]any{"script": 100_000, "pageLoad": 60_000, "implicit": 0})
	return w, err
}

// do runs a command, with what WebKitWebDriver does otherwise made good.
func (w *webkit) do(c command, parameters any, path ...string) (json.RawMessage, error) {
	switch c {
	case newWindow:
		// A tab stays behind the others when it is switched to, and hidden pages are slow.
		parameters = map[string]any{"type": "window"}
	case elementSendKeys:
		given, _ := parameters.(map[string]any)["text"].(string)
		if strings.ContainsFunc(given, func(r rune) bool { return r > 0xFFFF || r == '\n' }) {
			// It loses these characters, at a keyboard it does not.
			if err := w.caret(path[0]); err != nil {
				return nil, err
			}
			return w.do(performActions, keyboard(given))
		}
	}
	answer, err := w.remote.do(c, parameters, path...)
	if err != nil {
		return nil, err
	}
	switch c {
	case switchWindow:
		err = w.focus()
	case navigateTo, back, forward, refresh:
		err = w.loaded()
	}
	return answer, err
}

// script runs the body of a function in the page.
func (w *webkit) script(body string, arguments ...any) (string, error) {
	if arguments == nil {
		arguments = []any{}
	}
	answer, err := w.remote.do(executeScript, map[string]any{"script": body, "args": arguments})
	return string(answer), err
}

// caret focuses an element and goes to the end of what is in it.
func (w *webkit) caret(element string) error {
	_, err := w.script(`const [at] = arguments; at.focus(); if (at.selectionStart != null) at.selectionStart = at.value.length`, map[string]string{elementKey: element})
	return err
}

// loaded waits for the page, for which WebKitWebDriver does not always.
func (w *webkit) loaded() error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(pause) {
		if state, err := w.script(`return document.readyState`); err == nil && state == `"complete"` {
			return nil
		}
	}
	return errors.New("the page does not load")
}

// focus gives the current window the keyboard. There is no window manager, so it goes to a window that is shown anew.
func (w *webkit) focus() error {
	focused, err := w.script(`return document.hasFocus()`)
	if err != nil || focused == "true" {
		return err
	}
	place, err := w.remote.do(getWindowRect, nil)
	if err != nil {
		return err
	}
	if _, err := w.remote.do(minimizeWindow, nil); err != nil {
		return err
	}
	_, err = w.remote.do(setWindowRect, place)
	return err
}

// The console is not to be had: a browser that is driven is a private one, and says nothing of its pages.
func (w *webkit) entries() ([]Entry, error) {
	// What the page tells a task later is told then. A page that is just going has nothing more to tell.
	_, _ = w.do(executeAsync, map[string]any{"script": `setTimeout(arguments[0])`, "args": []any{}})
	return w.proxy.entries(), nil
}

func (w *webkit) viewport(width, height int) error {
	// Around the page there are the bars of the window. It takes the size when the display has given it.
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		answer, err := w.script(`return [outerWidth - innerWidth, outerHeight - innerHeight, innerWidth, innerHeight]`)
		if err != nil {
			return err
		}
		var size [4]int
		if err := json.Unmarshal([]byte(answer), &size); err != nil {
			return err
		}
		if size[2] == width && size[3] == height {
			return nil
		}
		if _, err := w.do(setWindowRect, map[string]any{"width": width + size[0], "height": height + size[1]}); err != nil {
			return err
		}
	}
	return fmt.Errorf("the window does not take %d by %d pixels", width, height)
}

func (w *webkit) media(map[string]string) error { return errors.ErrUnsupported }

// displayOf waits for the line in which Xvfb prints the number of its display.
func displayOf(screen *process) (string, error) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		for _, line := range strings.SplitAfter(screen.output(), "\n") {
			if number := strings.TrimSuffix(line, "\n"); number != line {
				if _, err := strconv.Atoi(number); err == nil {
					return number, nil
				}
			}
		}
		if screen.ended() {
			break
		}
	}
	return "", fmt.Errorf("Xvfb offers no display; it said: %s", screen.output())
}
