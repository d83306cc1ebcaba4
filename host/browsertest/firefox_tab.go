package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
)

func (f *firefox) act(b *Browser, act Act) error {
	switch act {
	case Crash:
		// What the tab shows is known to those who bring it back only some seconds after it loaded, or when asked for.
		answer, err := f.chrome(`
const { TabStateFlusher } = ChromeUtils.importESModule("resource:///modules/sessionstore/TabStateFlusher.sys.mjs");
const browser = gBrowser.selectedBrowser;
return TabStateFlusher.flush(browser).then(() => browser.frameLoader.remoteTab.osPid);`)
		if err != nil {
			return err
		}
		var pid int
		if err := json.Unmarshal(answer, &pid); err != nil || pid <= 1 {
			return fmt.Errorf("the page's process is %s", answer)
		}
		program, err := os.FindProcess(pid)
		if err != nil {
			return err
		}
		if err := program.Kill(); err != nil {
			return err
		}
		_, err = f.chrome(firefoxUntil + `
const tab = gBrowser.selectedTab;
return until(() => tab.hasAttribute("crashed")).then(() => { SessionStore.reviveCrashedTab(tab); });`)
		return err
	case Discard:
		_, err := f.chrome(firefoxUntil + `
const tab = gBrowser.selectedTab;
gBrowser.selectedTab = gBrowser.tabs.find((other) => other !== tab);
return gBrowser.prepareDiscardBrowser(tab).then(() => {
  if (!gBrowser.discardBrowser(tab, true)) throw new Error("it was not discarded");
  gBrowser.selectedTab = tab;
  return until(() => !tab.hasAttribute("pending") && !tab.hasAttribute("busy"));
});`)
		return err
	case Duplicate:
		return f.swap(b, `gBrowser.duplicateTab(gBrowser.selectedTab);`)
	case Reopen:
		return f.swap(b, `
const tab = gBrowser.selectedTab;
const address = tab.linkedBrowser.currentURI.spec;
gBrowser.selectedTab = gBrowser.tabs.find((other) => other !== tab);
gBrowser.removeTab(tab);
return until(() => SessionStore.getClosedTabDataForWindow(window)[0]?.state.entries.at(-1)?.url === address).then(() => { SessionStore.undoCloseTab(window, 0); });`)
	}
	return fmt.Errorf("unknown act %q", act)
}

// swap runs the script, and makes the window current that is new afterwards.
func (f *firefox) swap(b *Browser, script string) error {
	before := b.Windows()
	if _, err := f.chrome(firefoxUntil + script); err != nil {
		return err
	}
	b.Opened(before)
	return nil
}

const firefoxUntil = `
const until = (holds) => new Promise((done) => {
  const look = () => holds() ? done() : window.setTimeout(look, 20);
  look();
});`

// count tells of the JavaScript heap alone; Firefox counts no nodes and listeners. The process collects when it comes to it, and
// does not say when it has: the least of several reports is the nearest to what is in use.
func (f *firefox) count() (Counts, error) {
	answer, err := f.chrome(`
const reports = Cc["@mozilla.org/memory-reporter-manager;1"].getService(Ci.nsIMemoryReporterManager);
const own = "pid " + gBrowser.selectedBrowser.frameLoader.remoteTab.osPid + ")";
const report = async () => {
  Services.obs.notifyObservers(null, "child-mmu-request");
  await new Promise((done) => window.setTimeout(done, 1000));
  let heap = 0;
  await new Promise((done) => reports.getReports((process, path, kind, units, amount) => {
    if (process.includes(own) && path.startsWith("js-main-runtime-gc-heap-committed/used/")) heap += amount;
  }, null, done, null, false));
  return heap;
};
return (async () => {
  let least = Infinity;
  for (let i = 0; i < 5; i++) least = Math.min(least, await report());
  return least;
})();`)
	if err != nil {
		return Counts{}, err
	}
	var heap int
	if err := json.Unmarshal(answer, &heap); err != nil || heap == 0 {
		return Counts{}, fmt.Errorf("the heap is %s", answer)
	}
	return Counts{Heap: heap}, nil
}
