package validate

import (
	"strings"

	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// check is what one request needs, and the next one uses again. Nothing in it is read before it was written for that request.
type check struct {
	inspector *session.Inspector
	body      []byte
	list      []byte // the violations so far, as JSON with commas between
	count     int
	malformed bool
	more      bool
}

// kept is how many bytes a buffer may have to be used again.
const kept = 256 << 10

// maxList is after how many bytes a list of violations ends.
const maxList = 64 << 10

func (m *Mirror) take() *check { return m.checks.Get().(*check) }

func (m *Mirror) give(c *check) {
	if cap(c.body) > kept {
		c.body = nil
	}
	if cap(c.list) > kept {
		c.list = nil
	}
	m.checks.Put(c)
}

// run inspects a text. It fills in the list of violations, and into, unless that is nil, with the entries.
func (c *check) run(text []byte, o *Options, into *Snapshot) {
	c.list, c.count, c.malformed, c.more = c.list[:0], 0, false, false
	c.inspector.Inspect(text, func(key, value []byte) bool {
		if rule, ok := o.Rules[string(key)]; ok {
			for _, issue := range rule.Judge(value) {
				if !c.add(broken(key, issue), o.MaxViolations) {
					return false
				}
			}
		}
		if into != nil {
			into.add(key, value)
		}
		return true
	}, func(e *session.Error) bool {
		c.malformed = c.malformed || e.Code == canon.InvalidJSON || e.Code == canon.InvalidUTF8
		return c.add(e, o.MaxViolations)
	})
}

// add appends a violation to the list, and says whether there is room for more.
func (c *check) add(e *session.Error, most int) bool {
	if c.count == most || len(c.list) > maxList {
		c.more = true
		return false
	}
	if c.count > 0 {
		c.list = append(c.list, ',')
	}
	c.count++
	c.list = append(c.list, '{')
	if key := firstToken(e.Path); e.Key == "" && key != "" {
		// A restore names only the path; who shows it beside a field needs the key.
		c.list = append(c.list, `"key":`...)
		c.list = canon.AppendString(c.list, []byte(key))
		c.list = append(c.list, ',')
	}
	start := len(c.list)
	c.list = e.AppendJSON(c.list)
	c.list = append(c.list[:start], c.list[start+1:]...) // its opening brace stands there already
	return true
}

// broken is an issue as a violation, as a validator in the page would have it.
func broken(key []byte, issue Issue) *session.Error {
	return &session.Error{
		Class: "SessionValidationError", Code: "invalid-value", Key: string(key), Path: string(canon.PointerToken(nil, key)) + issue.Path,
		Reason: issue.Message, Hint: "Write a value that the key's validator accepts",
	}
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// firstToken returns the key that a JSON Pointer into a snapshot begins with, "" when it is for the whole.
func firstToken(path string) string {
	if path == "" {
		return ""
	}
	token, _, _ := strings.Cut(path[1:], "/")
	return unescape.Replace(token)
}
