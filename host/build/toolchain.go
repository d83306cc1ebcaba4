package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// toolchain is the Go installation that compiles the packages of one folder.
type toolchain struct {
	command string
	// root is GOROOT, version is what `go version` calls itself: "go1.26.8".
	root, version string
}

// findToolchain asks the go command in dir, because a go.mod there may choose another toolchain than the installed one.
//
// Returns an error that wraps ErrNoGo or ErrToolchain.
func findToolchain(ctx context.Context, command, dir string) (toolchain, error) {
	cmd := exec.CommandContext(ctx, command, "env", "-json", "GOROOT", "GOVERSION")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return toolchain{}, fmt.Errorf("%w: %s env: %w %s", ErrNoGo, command, err, strings.TrimSpace(stderr.String()))
	}
	var env struct{ GOROOT, GOVERSION string }
	if err := json.Unmarshal(out, &env); err != nil {
		return toolchain{}, fmt.Errorf("%w: %s env: %w", ErrToolchain, command, err)
	}
	if env.GOROOT == "" || env.GOVERSION == "" {
		return toolchain{}, fmt.Errorf("%w: %s env names no GOROOT and GOVERSION", ErrToolchain, command)
	}
	return toolchain{command: command, root: env.GOROOT, version: env.GOVERSION}, nil
}

// glue returns the text of wasm_exec.js. It is not committed here because it belongs to the toolchain: the program and
// its glue must be of one Go version.
func (t toolchain) glue() (string, error) {
	for _, place := range []string{"lib/wasm/wasm_exec.js", "misc/wasm/wasm_exec.js"} { // misc before Go 1.24
		b, err := os.ReadFile(filepath.Join(t.root, filepath.FromSlash(place)))
		if err == nil {
			return string(b), nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("%w: %w", ErrToolchain, err)
		}
	}
	return "", fmt.Errorf("%w: GOROOT %s of %s has no lib/wasm/wasm_exec.js", ErrToolchain, t.root, t.version)
}

// licence returns the text of Go's licence, which covers the glue and the Go runtime inside the module.
func (t toolchain) licence() (string, error) {
	b, err := os.ReadFile(filepath.Join(t.root, "LICENSE"))
	if err != nil {
		return "", fmt.Errorf("%w: Go's licence must be shipped with the module: %w", ErrToolchain, err)
	}
	return string(b), nil
}
