package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The flags of a small module. Brotli's sizes for a sketch: 412 KiB without them, 379 with them.
//
//   - nogreenteagc drops one of the two garbage collectors: 10 KiB.
//   - No inlining in the standard library is 23 KiB; in the project's own code it stays, and so does its speed.
//   - Nor in the exports and package wire under them, where a call more is of no weight: 0.6 KiB for wire.
//   - math inlines as usual: it is the bits of a number, in a hot call.
//   - strconv inlines as usual, or AppendFloat takes 210 ns instead of 141: 1 KiB.
//   - The version control's state stays out, or the module's name would change with each commit.
var (
	experiment = "nogreenteagc"
	flags      = []string{"-trimpath", "-buildvcs=false", "-gcflags=std=-l", "-gcflags=internal/strconv=", "-gcflags=strconv=", "-gcflags=math=",
		"-gcflags=github.com/tabstate/tabstate/wasm/abi=-l", "-gcflags=github.com/tabstate/tabstate/wasm/session/wire=-l"}
)

// compile compiles the main package in dir and returns the module with all names. They lie in custom sections and in the function table, where
// later steps take them out: linked without (-s -w), code and data are the same byte for byte.
//
// Returns an error that wraps ErrCompile and holds the compiler's words.
func (t toolchain) compile(ctx context.Context, dir string) ([]byte, error) {
	temp, err := os.MkdirTemp("", "tabstate-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	out := filepath.Join(temp, "main.wasm")

	stacks, err := t.stacks(temp)
	if err != nil {
		return nil, err
	}
	cmd := t.cmd(ctx, dir, slices.Concat([]string{"build"}, flags, stacks, []string{"-o", out, "."})...)
	var words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &words, &words
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s in %s: %w\n%s", ErrCompile, t.version, dir, err, strings.TrimSpace(words.String()))
	}
	b, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(b, []byte("\x00asm")) {
		return nil, fmt.Errorf("%w: %s is no main package", ErrCompile, dir)
	}
	return b, nil
}

// packages returns the import paths that the main package in dir links.
func (t toolchain) packages(ctx context.Context, dir string) ([]string, error) {
	cmd := t.cmd(ctx, dir, "list", "-deps", "-f", "{{.ImportPath}}", ".")
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: go list in %s: %w\n%s", ErrCompile, dir, err, strings.TrimSpace(words.String()))
	}
	return strings.Fields(string(out)), nil
}

// cmd returns a go command for the browser's platform that does not depend on the caller's settings of it.
func (t toolchain) cmd(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.command, args...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "GOWASM=") || strings.HasPrefix(v, "PWD=")
	})
	cmd.Env = append(cmd.Env, "GOOS=js", "GOARCH=wasm", "GOEXPERIMENT="+experiment, "CGO_ENABLED=0")
	return cmd
}
