package validate

import (
	"net/http"
	"strconv"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// ProblemType names the problems whose documents list violations (RFC 9457, section 3.1.1).
const ProblemType = "https://github.com/tabstate/tabstate#mirror-enforcement"

// problem is an answer that refuses a request.
type problem struct {
	status       int
	code, detail string
	limit        int64       // 0 for none
	headers      [][2]string // besides
}

// write answers with the problem; list has violations as JSON with commas between, and more says that there are others.
func (p *problem) write(w http.ResponseWriter, list []byte, more bool) {
	b := make([]byte, 0, 256+len(list))
	b = append(b, '{')
	member := func(name, value string) {
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `":`...)
		b = canon.AppendString(b, []byte(value))
		b = append(b, ',')
	}
	if len(list) > 0 {
		member("type", ProblemType)
	}
	member("title", http.StatusText(p.status))
	b = strconv.AppendInt(append(b, `"status":`...), int64(p.status), 10)
	b = append(b, ',')
	member("code", p.code)
	member("detail", p.detail)
	if p.limit > 0 {
		b = strconv.AppendInt(append(b, `"limit":`...), p.limit, 10)
		b = append(b, ',')
	}
	if len(list) > 0 {
		b = append(append(append(b, `"violations":[`...), list...), "],"...)
	}
	if more {
		b = append(b, `"more":true,`...)
	}
	b[len(b)-1] = '}'

	h := w.Header()
	for _, line := range p.headers {
		h.Set(line[0], line[1])
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(p.status)
	_, _ = w.Write(b)
}

// NotFound answers 404 by a problem document with the code not-found, for what is missing beside a [Mirror].
func NotFound(w http.ResponseWriter, _ *http.Request) {
	(&problem{status: http.StatusNotFound, code: "not-found", detail: "There is nothing here."}).write(w, nil, false)
}
