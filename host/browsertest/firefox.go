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

// firefox is a running Firefox. There is no driver program: Firefox offers Marionette by itself.
type firefox struct {
	*marionette
}

// firefoxPreferences are set before the first page. Marionette adds those that keep Firefox from speaking to the network.
func firefoxPreferences(p *proxy, downloads string) map[string]any {
	return map[string]any{
		"marionette.port": 0,
		// Everything goes by the proxy, this machine too.
		"network.proxy.type":                                    1,
		"network.proxy.http":                                    p.host,
		"network.proxy.http_port":                               json.Number(p.port),
		"network.proxy.ssl":                                     p.host,
		"network.proxy.ssl_port":                                json.Number(p.port),
		"network.proxy.allow_hijacking_localhost":               true,
		"network.proxy.failover_direct":                         false,
		"browser.download.folderList":                           2,
		"browser.download.dir":                                  downloads,
		"browser.download.alwaysOpenPanel":                      false,
		"browser.download.always_ask_before_handling_new_types": false,
		// A new tab is an empty page at once, in the background nothing is prepared.
		"browser.newtab.preload":                     false,
		"browser.newtabpage.enabled":                 false,
		"browser.startup.page":                       0,
		"browser.aboutwelcome.enabled":               false,
		"datareporting.policy.dataSubmissionEnabled": false,
		// While Marionette runs a script in a page it listens to unload there, which kept a page that was left at that moment out
		// of the back-forward cache.
		"docshell.shistory.bfcache.allow_unload_listeners": true,
		// A site that goes on at once to another page is none that tracks.
		"privacy.bounceTrackingProtection.mode": 0,
		// An icon that no page names would be asked for, and missing.
		"browser.chrome.site_icons": false,
		"intl.accept_languages":     "en-US",
		"ui.systemUsesDarkTheme":    0,
		"ui.prefersReducedMotion":   0,
	}
}

// startFirefox starts Firefox with a profile of its own.
func startFirefox(t testing.TB, downloads string) (driver, error) {
	profile := t.TempDir()
	proxy := startProxy(t, false)
	var lines strings.Builder
	for name, value := range firefoxPreferences(proxy, downloads) {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&lines, "user_pref(%q, %s);\n", name, text)
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(lines.String()), 0o600); err != nil {
		return nil, err
	}
	browser, err := startProcess(t, profile, []string{"HOME=" + profile, "MOZ_CRASHREPORTER_DISABLE=1"}, "firefox-esr",
		"--headless", "--no-remote", "--new-instance", "--profile", profile, "--marionette", "--remote-allow-system-access", "about:blank")
	if err != nil {
		return nil, err
	}
	port, err := marionettePort(profile, browser)
	if err != nil {
		return nil, err
	}
	session, err := newMarionette(port, map[string]any{"timeouts": map[string]any{"script": 100_000, "pageLoad": 60_000, "implicit": 0}})
	if err != nil {
		return nil, err
	}
	t.Cleanup(session.end)
	f := &firefox{marionette: session}
	_, err = f.chrome(firefoxRecord)
	return f, err
}

// do runs a command; a click by the pointer alone, since Marionette's own waits 5 s for a page where there is a download.
func (f *firefox) do(c command, parameters any, path ...string) (json.RawMessage, error) {
	if c != elementClick {
		return f.marionette.do(c, parameters, path...)
	}
	element := map[string]string{elementKey: path[0]}
	const scroll = `arguments[0].scrollIntoView({ behavior: "instant", block: "nearest", inline: "nearest" })`
	if _, err := f.marionette.do(executeScript, map[string]any{"script": scroll, "args": []any{element}}); err != nil {
		return nil, err
	}
	return f.marionette.do(performActions, map[string]any{"actions": []any{map[string]any{
		"type": "pointer", "id": "mouse", "parameters": map[string]any{"pointerType": "mouse"}, "actions": []any{
			map[string]any{"type": "pointerMove", "origin": element, "x": 0, "y": 0, "duration": 0},
			map[string]any{"type": "pointerDown", "button": 0},
			map[string]any{"type": "pointerUp", "button": 0},
		},
	}}})
}

// chrome runs the body of a synchronous function with the browser's own rights, and returns what it returns as JSON.
func (f *firefox) chrome(script string, arguments ...any) (json.RawMessage, error) {
	if arguments == nil {
		arguments = []any{}
	}
	if _, err := f.send("Marionette:SetContext", map[string]any{"value": "chrome"}); err != nil {
		return nil, err
	}
	answer, err := f.do(executeScript, map[string]any{"script": script, "args": arguments, "newSandbox": false, "sandbox": "browsertest"})
	if _, err := f.send("Marionette:SetContext", map[string]any{"value": "content"}); err != nil {
		return nil, err
	}
	return answer, err
}

// firefoxRecord has the browser keep what its pages log and ask for, in order; what the browser does for itself is left out.
// What scripts print is known only in the process of the page, so a script in each process sends it on.
const firefoxRecord = `
const log = window.browsertestLog = [];
const channel = "browsertest:console";
const record = (kind, from, text) => {
  if (!/^(chrome|resource):/.test(from)) log.push({ Kind: kind, Text: from + " " + text });
};
const kinds = { error: "fault", assert: "fault", warn: "warning" };

const inProcess = (channel) => {
  const storage = Cc["@mozilla.org/consoleAPI-storage;1"].getService(Ci.nsIConsoleAPIStorage);
  const told = (argument) => {
    try {
      if (typeof argument !== "object" || argument === null || Object.prototype.toString.call(argument) === "[object Error]") return String(argument);
      return JSON.stringify(argument) ?? String(argument);
    } catch {
      return Object.prototype.toString.call(argument);
    }
  };
  storage.addLogEventListener((message) => {
    const { level, filename, lineNumber, arguments: all } = message.wrappedJSObject;
    sendAsyncMessage(channel, { level, from: filename + ":" + lineNumber, text: Array.from(all ?? [], told).join(" ") });
  }, Cc["@mozilla.org/systemprincipal;1"].createInstance(Ci.nsIPrincipal));
};
Services.ppmm.addMessageListener(channel, ({ data: { level, from, text } }) => record(kinds[level] ?? "note", from, text));
Services.ppmm.loadProcessScript("data:text/javascript;charset=utf-8," + encodeURIComponent("(" + inProcess + ")(" + JSON.stringify(channel) + ")"), true);

Services.console.registerListener({
  observe(message) {
    if (!(message instanceof Ci.nsIScriptError)) return;
    const { warningFlag, infoFlag } = Ci.nsIScriptError;
    record(message.flags & warningFlag ? "warning" : message.flags & infoFlag ? "note" : "fault", message.sourceName + ":" + message.lineNumber, message.errorMessage);
  },
});

const ofPage = (channel) => {
  if (!(channel instanceof Ci.nsIHttpChannel)) return false;
  const { externalContentPolicyType: type, loadingPrincipal, triggeringPrincipal } = channel.loadInfo;
  return type === Ci.nsIContentPolicy.TYPE_DOCUMENT || !(loadingPrincipal ?? triggeringPrincipal).isSystemPrincipal;
};
const observers = {
  "http-on-modify-request": (channel) => log.push({ Kind: "request", Text: channel.URI.spec }),
  "http-on-examine-response": (channel) => {
    if (channel.responseStatus >= 400) record("fault", channel.URI.spec, "Failed to load resource: the server answered " + channel.responseStatus);
  },
};
for (const [topic, observe] of Object.entries(observers)) {
  Services.obs.addObserver((channel) => ofPage(channel.QueryInterface(Ci.nsIHttpChannel)) && observe(channel), topic);
}`

func (f *firefox) entries() ([]Entry, error) {
	answer, err := f.chrome(`return window.browsertestLog.splice(0)`)
	if err != nil {
		return nil, err
	}
	var all []Entry
	return all, json.Unmarshal(answer, &all)
}

func (f *firefox) viewport(width, height int) error {
	_, err := f.chrome(`
const [width, height] = arguments;
const browser = gBrowser.selectedBrowser;
browser.style.setProperty("width", width + "px");
browser.style.setProperty("height", height + "px");
browser.ownerDocument.synchronouslyUpdateRemoteBrowserDimensions(true);`, width, height)
	return err
}

func (f *firefox) media(preferences map[string]string) error {
	for feature, value := range preferences {
		if feature != "prefers-color-scheme" {
			return fmt.Errorf("Firefox cannot be given %s", feature)
		}
		if _, err := f.chrome(`gBrowser.selectedBrowser.browsingContext.prefersColorSchemeOverride = arguments[0]`, value); err != nil {
			return err
		}
	}
	return nil
}

// marionettePort waits for the file in which Firefox writes the port it listens on.
func marionettePort(profile string, browser *process) (string, error) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		text, err := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		if port := strings.TrimSpace(string(text)); err == nil && port != "" {
			return port, nil
		}
		if browser.ended() {
			break
		}
	}
	return "", fmt.Errorf("Firefox opened no port for Marionette; it said: %s", browser.output())
}
