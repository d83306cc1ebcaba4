// Package signup is the server's side of the demo with a form: it asks the rules that the page has asked already, since nobody is
// forced to use the page.
package signup

import (
	"encoding/json"
	"net/http"

	"github.com/tabstate/tabstate/static/go/signup/rules"
)

// maxBody is more than an entry that keeps the rules can have, in bytes.
const maxBody = 4 << 10

// Path is where the demo's page sends it.
const Path = "/go/signup/check"

// ServeHTTP answers a sign-up: 200 when it keeps the rules, 422 with its problems, 400 when it is no entry at all. Nothing is kept.
func ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	var entry rules.Entry
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	body.DisallowUnknownFields()
	if err := body.Decode(&entry); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"":"That is no sign-up."}`))
		return
	}
	problems := rules.Check(entry)
	if len(problems) > 0 {
		w.WriteHeader(http.StatusUnprocessableEntity)
	}
	_ = json.NewEncoder(w).Encode(problems)
}
