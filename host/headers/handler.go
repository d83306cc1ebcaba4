package headers

import (
	"io"
	"net/http"
)

// Handler returns a handler that answers as next does, with the table's headers. When next panics before it began to answer, it
// answers 500 with the same headers; when it had begun, the connection is cut, so that nobody takes half an answer for a whole one.
// What next panicked with is handed to failed, if that is not nil, in the panicking goroutine, so that runtime/debug.Stack shows where.
func (t *Table) Handler(next http.Handler, failed func(r *http.Request, panicked any)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Set(w.Header())
		answer := &answer{ResponseWriter: w}
		defer func() {
			panicked := recover()
			if panicked == nil {
				return
			}
			if panicked == http.ErrAbortHandler {
				panic(panicked)
			}
			if failed != nil {
				failed(r, panicked)
			}
			if answer.begun {
				panic(http.ErrAbortHandler)
			}
			t.fail(w)
		}()
		next.ServeHTTP(answer, r)
	})
}

func (t *Table) fail(w http.ResponseWriter) {
	h := w.Header()
	clear(h)
	t.Set(h)
	h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	h["Cache-Control"] = []string{CacheNever}
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = io.WriteString(w, "Something is wrong with this server. It has been noted.\n")
}

// answer knows whether anything of the response was sent.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	// Of 1xx there may be several before the answer.
	a.begun = a.begun || status >= 200
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(p)
}

// ReadFrom lets net/http send files by the system.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	a.begun = true
	return io.Copy(a.ResponseWriter, r)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
