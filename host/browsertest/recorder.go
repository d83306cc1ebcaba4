package browsertest

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// recorderPath is where the proxy answers by itself, on every origin: with the recorder, and to what the recorder tells.
const recorderPath = "/.browsertest/"

// recorder tells the proxy what a page logs, for a browser that keeps its console to itself. It stands at the top of each
// page, comes from the page's own origin, as policies demand, and leaves nothing to be seen in the page. It tells things
// at once, and in order, so that they are known when a script that runs later has its answer.
const recorder = `{
  document.currentScript.remove();
  const tell = (kind, text) => {
    const [to, what] = ["` + recorderPath + `" + kind, location.href + " " + text];
    try {
      const request = new XMLHttpRequest();
      request.open("POST", to, false);
      request.send(what);
    } catch {
      navigator.sendBeacon(to, what); // the page is going
    }
  };
  const told = (argument) => {
    try {
      if (typeof argument !== "object" || argument === null || argument instanceof Error) return String(argument);
      return JSON.stringify(argument) ?? String(argument);
    } catch {
      return Object.prototype.toString.call(argument);
    }
  };
  const kinds = { error: "fault", warn: "warning", log: "note", info: "note", debug: "note" };
  for (const [level, kind] of Object.entries(kinds)) {
    const print = console[level];
    console[level] = function (...all) {
      print.apply(this, all);
      tell(kind, all.map(told).join(" "));
    };
  }
  // Whether a listener of the page takes an error for its own is known a task later.
  const uncaught = (event, text) => setTimeout(() => event.defaultPrevented || tell("fault", text));
  addEventListener("error", (event) => uncaught(event, "Uncaught " + event.message));
  addEventListener("unhandledrejection", (event) => uncaught(event, "Uncaught (in promise) " + told(event.reason)));
  document.addEventListener("securitypolicyviolation", ({ isTrusted, effectiveDirective, blockedURI }) => {
    if (isTrusted) tell("fault", "Content Security Policy: " + effectiveDirective + " refuses " + blockedURI);
  });
}
`

// record answers what is for the recorder, and says whether it was.
func (p *proxy) record(w http.ResponseWriter, r *http.Request) bool {
	kind, found := strings.CutPrefix(r.URL.Path, recorderPath)
	if !found {
		return false
	}
	// Frames may have an origin of their own.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method == http.MethodGet {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = io.WriteString(w, recorder)
		return true
	}
	if text, err := io.ReadAll(r.Body); err == nil {
		p.add(Entry{Kind: Kind(kind), Text: string(text)})
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}

// isPage says whether the browser asks for a page to show, and not a script for the text of one.
func isPage(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "text/html,application/xhtml+xml,application/xml;")
}

// withRecorder puts the recorder into a page.
func withRecorder(response *http.Response) error {
	if !isPage(response.Request) || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") || response.Header.Get("Content-Encoding") != "" {
		return nil
	}
	page, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	response.Body.Close()
	tag := []byte(`<script src="` + recorderPath + `recorder.js"></script>`)
	const doctype = "<!doctype html>"
	if len(page) >= len(doctype) && strings.EqualFold(string(page[:len(doctype)]), doctype) {
		page = bytes.Join([][]byte{page[:len(doctype)], tag, page[len(doctype):]}, nil)
	}
	response.Body = io.NopCloser(bytes.NewReader(page))
	response.ContentLength = int64(len(page))
	response.Header.Set("Content-Length", strconv.Itoa(len(page)))
	return nil
}
