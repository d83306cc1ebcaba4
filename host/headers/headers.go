// Package headers is the one table of headers that all responses have, those of errors too, on every platform.
//
// The host's handlers set it; the file _headers of a static host is written from it.
package headers

import (
	"fmt"
	"net/textproto"
	"strings"
)

// RuntimePath is where the runtime's files are, whatever the pages are.
const RuntimePath = "/tabstate/"

// Values of Cache-Control.
const (
	CacheForEver    = "public, max-age=31536000, immutable" // for names with a hash of the content in them
	CacheRevalidate = "no-cache"                            // kept, and asked for by ETag each time
	CacheNever      = "no-store"
)

// Line is one header.
type Line struct{ Name, Value string }

// Options is for sites that need more than the strict table allows.
type Options struct {
	// CSP has directives of Content-Security-Policy, divided by ";". Each takes the place of the one of that name in
	// the policy, or is added to it.
	CSP string
	// Embed lists the origins whose pages may show this site in a frame, as frame-ancestors has them:
	// "https://example.com", "https://*.example.com", "*".
	Embed []string
}

// Table is what New makes of Options. It may be used by any number of goroutines.
type Table struct {
	everywhere, runtime []field
}

// field is a Line as a header map holds it. The slice is shared by all responses.
type field struct {
	name   string
	values []string
}

// policy is without 'unsafe-inline' and 'unsafe-eval'; 'wasm-unsafe-eval' lets WebAssembly run and nothing else.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'self'"

// New returns the table.
//
// Returns an error if an option cannot stand in a header.
func New(o Options) (*Table, error) {
	csp, err := merge(policy, o.CSP)
	if err != nil {
		return nil, err
	}
	resource := "same-origin"
	if len(o.Embed) > 0 {
		for _, origin := range o.Embed {
			if origin == "" || strings.ContainsAny(origin, " ;,'") || !printable(origin) {
				return nil, fmt.Errorf("%q is no origin that may embed", origin)
			}
		}
		csp, _ = merge(csp, "frame-ancestors 'self' "+strings.Join(o.Embed, " "))
		resource = "cross-origin"
	}
	t := &Table{}
	t.everywhere = fields(
		Line{"Content-Security-Policy", csp},
		Line{"X-Content-Type-Options", "nosniff"},
		Line{"Referrer-Policy", "strict-origin-when-cross-origin"},
		Line{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
		Line{"Cross-Origin-Opener-Policy", "same-origin"},
		Line{"Cross-Origin-Resource-Policy", resource},
	)
	t.runtime = fields(
		Line{"Access-Control-Allow-Origin", "*"},
		Line{"Cross-Origin-Resource-Policy", "cross-origin"},
	)
	return t, nil
}

// Default is the table without options.
func Default() *Table {
	t, err := New(Options{})
	if err != nil {
		panic(err) // the policy above is fixed
	}
	return t
}

func fields(lines ...Line) []field {
	list := make([]field, len(lines))
	for i, l := range lines {
		list[i] = field{textproto.CanonicalMIMEHeaderKey(l.Name), []string{l.Value}}
	}
	return list
}

// Set sets the headers of all responses. h is an http.Header. On a response that has them from an outer handler it does nothing.
func (t *Table) Set(h map[string][]string) {
	first := t.everywhere[0]
	if has := h[first.name]; len(has) == 1 && &has[0] == &first.values[0] {
		return
	}
	set(h, t.everywhere)
}

// SetRuntime sets, after Set, those that the runtime's files have besides or otherwise, so that pages of other origins can load them.
func (t *Table) SetRuntime(h map[string][]string) { set(h, t.runtime) }

// Unset takes away what Set and SetRuntime set.
func (t *Table) Unset(h map[string][]string) {
	for _, list := range [...][]field{t.everywhere, t.runtime} {
		for _, f := range list {
			delete(h, f.name)
		}
	}
}

// The slices have no room, so that who adds a value to a response makes a slice of its own.
func set(h map[string][]string, list []field) {
	for _, f := range list {
		h[f.name] = f.values
	}
}

// Everywhere returns what Set sets.
func (t *Table) Everywhere() []Line { return lines(t.everywhere) }

// Runtime returns what SetRuntime sets.
func (t *Table) Runtime() []Line { return lines(t.runtime) }

func lines(list []field) []Line {
	out := make([]Line, len(list))
	for i, f := range list {
		out[i] = Line{f.name, f.values[0]}
	}
	return out
}

// merge returns the policy with the directives of changes in place of its own or after them.
func merge(policy, changes string) (string, error) {
	if !printable(changes) || strings.Contains(changes, ",") {
		return "", fmt.Errorf("the policy %q cannot stand in a header: it has other characters than ASCII, or a comma", changes)
	}
	list := directives(policy)
	for _, change := range directives(changes) {
		at := len(list)
		for i, d := range list {
			if name(d) == name(change) {
				at = i
				break
			}
		}
		list = append(list[:at], append([]string{change}, list[min(at+1, len(list)):]...)...)
	}
	return strings.Join(list, "; "), nil
}

func directives(policy string) []string {
	var list []string
	for d := range strings.SplitSeq(policy, ";") {
		if d = strings.Join(strings.Fields(d), " "); d != "" {
			list = append(list, d)
		}
	}
	return list
}

func name(directive string) string {
	n, _, _ := strings.Cut(directive, " ")
	return strings.ToLower(n)
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
