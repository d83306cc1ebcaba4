package browsertest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What Chromium's menus do to tabs is open to its extensions alone, so it is started with one that does nothing by itself: a page from
// which a script can ask for it.
var tabExtension = map[string]string{
	"manifest.json": `{"manifest_version": 3, "name": "tabs", "version": "1", "permissions": ["tabs", "sessions"]}`,
	"tabs.html":     "<!doctype html><title>Tabs</title>",
}

// writeTabExtension writes the extension into the folder, and returns the address of its page.
func writeTabExtension(folder string) (string, error) {
	for name, text := range tabExtension {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	// The name of an extension without a key of its own is made of its folder's: 32 letters from a to p.
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return "", err
	}
	var id strings.Builder
	sum := sha256.Sum256([]byte(folder))
	for _, b := range sum[:16] {
		id.WriteByte('a' + b>>4)
		id.WriteByte('a' + b&15)
	}
	return "chrome-extension://" + id.String() + "/tabs.html", nil
}

func (c *chromium) act(b *Browser, act Act) error {
	switch act {
	case Freeze:
		if err := c.cdp("Page.setWebLifecycleState", map[string]any{"state": "frozen"}); err != nil {
			return err
		}
		return c.cdp("Page.setWebLifecycleState", map[string]any{"state": "active"})
	case Crash:
		address := b.URL()
		var crashed *fault
		if err := c.cdp("Page.crash", map[string]any{}); !errors.As(err, &crashed) || !strings.Contains(crashed.Message, "crashed") {
			return fmt.Errorf("the page lives: %v", err)
		}
		for _, window := range b.Windows() {
			if _, err := c.do(switchWindow, map[string]any{"handle": window}); err == nil && c.alive() {
				return c.fromExtension(b, `await chrome.tabs.reload(tab.id)`, address)
			}
		}
		return errors.New("no other window is left to reload it from")
	case Discard:
		return c.swap(b, `await chrome.tabs.discard(tab.id)`)
	case Duplicate:
		return c.swap(b, `await loaded(await chrome.tabs.duplicate(tab.id))`)
	case Reopen:
		return c.swap(b, `
await chrome.tabs.remove(tab.id);
for (;;) {
  const [closed] = await chrome.sessions.getRecentlyClosed();
  if (closed?.tab?.url === tab.url) break;
  await new Promise((done) => setTimeout(done, 20));
}
await loaded((await chrome.sessions.restore()).tab);`)
	}
	return fmt.Errorf("unknown act %q", act)
}

// alive says whether the current window has a page that answers.
func (c *chromium) alive() bool {
	_, err := c.do(getURL, nil)
	return err == nil
}

// swap runs the script of the extension on the current window, and makes the window current that is new afterwards.
func (c *chromium) swap(b *Browser, script string) error {
	before := b.Windows()
	if err := c.fromExtension(b, script, b.URL()); err != nil {
		return err
	}
	b.Opened(before)
	return nil
}

// fromExtension runs a script in the extension's page, in a tab that is open meanwhile. `tab` is there the newest tab with the address.
func (c *chromium) fromExtension(b *Browser, script, address string) error {
	current := b.Window()
	made := b.NewWindow()
	b.Open(c.extension)
	// A tab that the driver looks at while it loads in a process of its own may hold the driver up for good.
	_, failure, err := b.tryRun(`async function loaded({ id }) {
  while ((await chrome.tabs.get(id)).status !== "complete") await new Promise((done) => setTimeout(done, 20));
}
const tab = (await chrome.tabs.query({})).filter(({ url }) => url === arguments[0]).sort((a, b) => b.id - a.id)[0];
if (!tab) throw new Error("no tab has the address " + arguments[0]);`+script, []any{address})
	if failure != "" {
		err = errors.New(failure)
	}
	b.Switch(made)
	b.do(closeWindow, nil)
	// The window that was current may be gone, on purpose.
	if _, lost := c.do(switchWindow, map[string]any{"handle": current}); lost != nil {
		b.Switch(b.Windows()[0])
	}
	return err
}
