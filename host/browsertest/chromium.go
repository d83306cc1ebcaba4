package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// chromium is a running Chromium with its chromedriver.
type chromium struct {
	*remote
	preferences map[string]string
	extension   string // the address of its page
}

// Commands that only chromedriver has.
var (
	cdp    = command{"Execute CDP Command", "POST", "/goog/cdp/execute"}
	getLog = command{"Get Log", "POST", "/se/log"}
)

// startChromium starts Chromium by itself and attaches chromedriver to it: a Chromium that chromedriver starts stays
// behind when the test is killed.
func startChromium(t testing.TB, downloads string) (driver, error) {
	profile, extension := t.TempDir(), t.TempDir()
	extensionPage, err := writeTabExtension(extension)
	if err != nil {
		return nil, err
	}
	if err := writePreferences(profile, downloads); err != nil {
		return nil, err
	}
	flags := []string{
		"--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad",
		"--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--disable-default-apps", "--disable-search-engine-choice-screen", "--password-store=basic",
		"--load-extension=" + extension, "--disable-features=DisableLoadExtensionCommandLineSwitch",
		"--user-data-dir=" + profile, "--remote-debugging-port=0", "about:blank",
	}
	if os.Geteuid() == 0 {
		flags = append([]string{"--no-sandbox"}, flags...)
	}
	browser, err := startProcess(t, profile, nil, "chromium", flags...)
	if err != nil {
		return nil, err
	}
	port, err := devToolsPort(profile, browser)
	if err != nil {
		return nil, err
	}
	address, err := startChromedriver(t)
	if err != nil {
		return nil, err
	}
	session, err := newRemote(address, map[string]any{
		"browserName":        "chrome",
		"goog:chromeOptions": map[string]any{"debuggerAddress": "127.0.0.1:" + port},
		"goog:loggingPrefs":  map[string]any{"browser": "ALL", "performance": "ALL"},
	})
	if err != nil {
		return nil, err
	}
	t.Cleanup(session.end)
	c := &chromium{remote: session, preferences: map[string]string{}, extension: extensionPage}
	_, err = c.do(setTimeouts, map[string]any{"script": 100_000, "pageLoad": 60_000, "implicit": 0})
	return c, err
}

// writePreferences has the browser put downloads into the folder. Not by Browser.setDownloadBehavior, which holds as long as the window
// in which it was said is open.
func writePreferences(profile, downloads string) error {
	folder := filepath.Join(profile, "Default")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"download": map[string]any{"default_directory": downloads, "prompt_for_download": false}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "Preferences"), text, 0o600)
}

func (c *chromium) viewport(width, height int) error {
	return c.cdp("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
	})
}

func (c *chromium) media(preferences map[string]string) error {
	for feature, value := range preferences {
		c.preferences[feature] = value
	}
	var features []map[string]string
	for feature, value := range c.preferences {
		features = append(features, map[string]string{"name": feature, "value": value})
	}
	return c.cdp("Emulation.setEmulatedMedia", map[string]any{"features": features})
}

// cdp runs a command of the Chrome DevTools Protocol in the current window.
func (c *chromium) cdp(method string, parameters map[string]any) error {
	_, err := c.do(cdp, map[string]any{"cmd": method, "params": parameters})
	return err
}

func (c *chromium) entries() ([]Entry, error) {
	console, err := c.log("browser")
	if err != nil {
		return nil, err
	}
	network, err := c.log("performance")
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, line := range console {
		kind := map[string]Kind{"SEVERE": Fault, "WARNING": Warning}[line.Level]
		if kind == "" {
			kind = Note
		}
		all = append(all, Entry{Kind: kind, Text: plain(line.Message)})
	}
	for _, line := range network {
		var event struct {
			Message struct {
				Method string
				Params struct {
					Request struct{ URL string }
				}
			}
		}
		if err := json.Unmarshal([]byte(line.Message), &event); err != nil {
			return nil, err
		}
		if event.Message.Method == "Network.requestWillBeSent" && event.Message.Params.Request.URL != c.extension {
			all = append(all, Entry{Kind: Request, Text: event.Message.Params.Request.URL})
		}
	}
	return all, nil
}

type logLine struct{ Level, Message string }

// plain returns a line of the console with the text as the page printed it: chromedriver puts what is no more than one text
// in quotes.
func plain(message string) string {
	before, quoted, found := strings.Cut(message, ` "`)
	var text string
	if !found || json.Unmarshal([]byte(`"`+quoted), &text) != nil {
		return message
	}
	return before + " " + text
}

func (c *chromium) log(kind string) ([]logLine, error) {
	answer, err := c.do(getLog, map[string]any{"type": kind})
	if err != nil {
		return nil, err
	}
	var lines []logLine
	return lines, json.Unmarshal(answer, &lines)
}

// devToolsPort waits for the file in which Chromium writes the port it listens on.
func devToolsPort(profile string, browser *process) (string, error) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		text, err := os.ReadFile(filepath.Join(profile, "DevToolsActivePort"))
		if port, _, whole := strings.Cut(string(text), "\n"); err == nil && whole {
			return port, nil
		}
		if browser.ended() {
			break
		}
	}
	return "", fmt.Errorf("chromium opened no port for the driver; it said: %s", browser.output())
}

// startChromedriver starts the driver and returns its address. For port 0 chromedriver takes a free port of IPv6 and then wants the
// same of IPv4, which another program may have: it ends then, and is started again.
func startChromedriver(t testing.TB) (string, error) {
	for attempt := 1; ; attempt++ {
		program, err := startProcess(t, "", nil, "chromedriver", "--port=0")
		if err != nil {
			return "", err
		}
		address, err := chromedriverAddress(program)
		if err == nil || attempt == 5 || !strings.Contains(program.output(), "Address already in use") {
			return address, err
		}
	}
}

// chromedriverAddress waits for the line in which chromedriver prints the port it listens on.
func chromedriverAddress(program *process) (string, error) {
	const before = "was started successfully on port "
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		if _, rest, found := strings.Cut(program.output(), before); found {
			if port, _, whole := strings.Cut(rest, "."); whole {
				return "http://127.0.0.1:" + port, nil
			}
		}
		if program.ended() {
			break
		}
	}
	return "", fmt.Errorf("chromedriver opened no port; it said: %s", program.output())
}
