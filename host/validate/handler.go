package validate

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

var _ http.Handler = (*Mirror)(nil)

// ServeHTTP answers a POST whose body is a snapshot: 204 when it keeps all rules, else what package validate says.
func (m *Mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := m.take()
	defer m.give(c)
	if !m.admit(w, r, c, nil, http.MethodPost) {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// Middleware returns a handler that passes on to next what has a snapshot as its body that keeps all rules, and answers
// anything else as ServeHTTP does. It is for POST, PUT and PATCH. next finds the snapshot by [FromContext], and the body as it came.
func (m *Mirror) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		into := &Snapshot{texts: map[string]json.RawMessage{}}
		body, ok := m.passed(w, r, into)
		if !ok {
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), contextKey{}, into))
		r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
		next.ServeHTTP(w, r)
	})
}

// passed returns a body that keeps all rules, which is the caller's, and fills in its snapshot. Else it answers and says false.
func (m *Mirror) passed(w http.ResponseWriter, r *http.Request, into *Snapshot) ([]byte, bool) {
	c := m.take()
	defer m.give(c)
	if !m.admit(w, r, c, into, http.MethodPost, http.MethodPut, http.MethodPatch) {
		return nil, false
	}
	return bytes.Clone(c.body), true
}

// admit reads the body into the check and runs it. Where something is wrong it answers and says false.
func (m *Mirror) admit(w http.ResponseWriter, r *http.Request, c *check, into *Snapshot, methods ...string) bool {
	if p := m.read(r, c, methods); p != nil {
		p.write(w, nil, false)
		return false
	}
	c.run(c.body, &m.options, into)
	switch {
	case c.count == 0:
		return true
	case c.malformed:
		(&problem{status: http.StatusBadRequest, code: "snapshot-malformed", detail: "The body is not the JSON object that a snapshot is."}).write(w, c.list, c.more)
	default:
		(&problem{status: http.StatusUnprocessableEntity, code: "snapshot-refused", detail: "The snapshot breaks rules that the session obeys."}).write(w, c.list, c.more)
	}
	return false
}

// read reads the request's body into the check, or says why not.
func (m *Mirror) read(r *http.Request, c *check, methods []string) *problem {
	if !slices.Contains(methods, r.Method) {
		allow := strings.Join(methods, ", ")
		return &problem{status: http.StatusMethodNotAllowed, code: "method-not-allowed", detail: "Only " + allow + " is possible here.", headers: [][2]string{{"Allow", allow}}}
	}
	if p := readable(r.Header); p != nil {
		return p
	}
	most := m.options.MaxBody
	tooLarge := &problem{status: http.StatusRequestEntityTooLarge, code: "body-too-large", detail: "The body has more bytes than the limit.", limit: most}
	if r.ContentLength > most {
		return tooLarge
	}
	var err error
	if c.body, err = readAll(r.Body, c.body[:0], most+1); err != nil {
		return unreadable(err)
	}
	if int64(len(c.body)) > most {
		return tooLarge
	}
	return nil
}
