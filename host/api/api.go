// Package api is what the host answers below /api/, natively and on Workers. It keeps no state between requests.
package api

import (
	"net/http"

	"github.com/tabstate/tabstate/host/validate"
)

const (
	// Path is where it is.
	Path = "/api/"
	// ValidatePath is where snapshots are checked, by POST; see package validate.
	ValidatePath = Path + "validate"
)

// Handler returns the handler of everything below [Path]. It may be used by any number of goroutines.
func Handler(mirror *validate.Mirror) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == ValidatePath {
			mirror.ServeHTTP(w, r)
			return
		}
		validate.NotFound(w, r)
	})
}
