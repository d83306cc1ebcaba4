// Host serves the demo site, or any folder, together with the Tabstate runtime; it also builds the runtime.
//
//	go run ./host                          serve the demo site
//	go run ./host -dir public              serve the folder public instead
//	go run ./host -build DIR -out DIR      compile a main package and the facade into a folder
//	go run ./host -worker                  make what is deployed to Cloudflare Workers
//	go run ./host -size                    say how large the runtime is, and why
//
// It keeps no session and nothing of one: what a page sends to /api/validate is checked and forgotten.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}
