package pack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/validate"
)

// entry is the package that is compiled for Workers.
const entry = "github.com/tabstate/tabstate/host/worker"

// compile compiles the entry, and writes what entry.js imports beside it: the glue of the same Go, and what the two share.
func (o Options) compile(ctx context.Context) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("%w: %w", build.ErrNoGo, err)
	}
	glue, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return fmt.Errorf("%w: %w", build.ErrToolchain, err)
	}
	if err := write(filepath.Join(o.Out, "wasm_exec.js"), glue); err != nil {
		return err
	}
	if err := write(filepath.Join(o.Out, "table.js"), []byte(tableText(o.Headers))); err != nil {
		return err
	}
	out, err := filepath.Abs(filepath.Join(o.Out, "api.wasm"))
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, entry)
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOWASM=", "GOFLAGS=")
	if words, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %w\n%s", build.ErrCompile, err, bytes.TrimSpace(words))
	}
	return nil
}

// tableText is the module with what entry.js takes from Go: the table of headers, the answer for a program that fails, and the
// limit of a body.
func tableText(table *headers.Table) string {
	failed := httptest.NewRecorder()
	table.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("start") }), nil).ServeHTTP(failed, httptest.NewRequest(http.MethodGet, "/", nil))
	list := map[string]string{}
	for name := range failed.Header() {
		list[name] = failed.Header().Get(name)
	}
	everywhere := map[string]string{}
	for _, line := range table.Everywhere() {
		everywhere[line.Name] = line.Value
	}
	return fmt.Sprintf(`// Written from the host's table of headers and the limits of its checks.
export const everywhere = %s;
export const failure = %s;
export const maxBody = %d;
`, text(everywhere), text(map[string]any{"status": failed.Code, "headers": list, "body": failed.Body.String()}), validate.DefaultMaxBody)
}

func text(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // it consists of strings and a number
	}
	return b
}
