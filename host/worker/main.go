//go:build js && wasm

// Worker is the host on Cloudflare Workers: what answers below /api/. The files are the platform's to serve (Static Assets).
//
// Each request starts this program anew, so nothing here survives one, and nothing is done before it is needed.
package main

import (
	"net/http"
	"strings"

	"github.com/syumai/workers"

	"github.com/tabstate/tabstate/host/api"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/validate"
)

func main() {
	workers.Serve(headers.Default().Handler(joined(api.Handler(validate.Default())), func(_ *http.Request, panicked any) {
		println("panic:", describe(panicked))
	}))
}

// joined puts together the header values that the platform's bridge splits at commas.
func joined(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header {
			if len(values) > 1 {
				r.Header[name] = []string{strings.Join(values, ",")}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// describe says what was panicked with if it is an error of the program: any other text may have a value in it.
func describe(panicked any) string {
	if err, ok := panicked.(interface{ RuntimeError() }); ok {
		return err.(error).Error()
	}
	return "something else than an error of the runtime"
}
