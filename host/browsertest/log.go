package browsertest

import (
	"fmt"
	"net/url"
	"strings"
)

// Kind says what an Entry is about.
type Kind string

// The kinds of entries.
const (
	// Fault is an error: an uncaught exception, a console.error, a failed request, a violation of the Content Security Policy.
	Fault Kind = "fault"
	// Warning is a console.warn or a warning by the browser.
	Warning Kind = "warning"
	// Note is any other line of the console.
	Note Kind = "note"
	// Request is a request that a page made.
	Request Kind = "request"
)

// Entry is one thing the browser logged.
type Entry struct {
	Kind Kind
	// Text is the message, or the address of a request.
	Text string
}

func (e Entry) String() string { return fmt.Sprintf("%s: %s", e.Kind, e.Text) }

// Entries returns what was logged, in all windows, since it was last called, in order.
func (b *Browser) Entries() []Entry {
	b.t.Helper()
	b.must(b.collect(), "reading the log")
	return b.unread()
}

// unread returns what was collected and not returned before.
func (b *Browser) unread() []Entry {
	fresh := b.shared.entries[b.shared.seen:]
	b.shared.seen = len(b.shared.entries)
	return fresh
}

// RequireQuiet fails the test when, since Entries was last called, something went wrong in a page (an exception, an error
// in the console, a policy violation) or a page asked for something from an origin that is not among those given.
// Faults whose text contains one of the expected texts are passed over.
func (b *Browser) RequireQuiet(origins []string, expected ...string) {
	b.t.Helper()
	for _, entry := range b.Entries() {
		switch entry.Kind {
		case Request:
			if !local(entry.Text, origins) {
				b.t.Errorf("a page asked another origin: %s", entry.Text)
			}
		case Fault:
			if !containsAny(entry.Text, expected) {
				b.t.Errorf("a page is not clean: %s", entry.Text)
			}
		case Warning, Note:
		}
	}
}

// collect moves what the driver logged into the shared list.
func (b *Browser) collect() error {
	entries, err := b.driver.entries()
	b.shared.entries = append(b.shared.entries, entries...)
	return err
}

// local says whether a request stays within the origins; what needs no network always does.
func local(address string, origins []string) bool {
	parsed, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch parsed.Scheme {
	case "data", "blob", "about":
		return true
	}
	for _, origin := range origins {
		if parsed.Scheme+"://"+parsed.Host == origin {
			return true
		}
	}
	return false
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
