package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/validate"
)

// entry is the package that is compiled for Workers.
const entry = "github.com/tabstate/tabstate/host/worker"

// mostForEver is how many files _headers can say of that they never change: it has at most 100 rules, and two are taken.
const mostForEver = 98

// packing says what is packed, and where to.
type packing struct {
	pages, runtime fs.FS
	table          *headers.Table
	out            string
	log            io.Writer
}

func pack(ctx context.Context, p packing) error {
	manifest, err := build.ReadManifest(p.runtime)
	if err != nil {
		return fmt.Errorf("the runtime is not built, run ./build.sh build: %w", err)
	}
	if _, err := fs.Stat(p.pages, "_headers"); err == nil {
		return fmt.Errorf("the site has a file _headers, which is written here: put what it says into the table of headers")
	}
	if err := os.RemoveAll(p.out); err != nil {
		return err
	}
	assets := filepath.Join(p.out, "site")
	shared := filepath.Join(assets, filepath.FromSlash(headers.RuntimePath))
	if err := os.MkdirAll(shared, 0o755); err != nil {
		return err
	}
	if err := p.compile(ctx); err != nil {
		return err
	}
	forEver, err := copyPages(assets, p.pages)
	if err != nil {
		return err
	}
	names := []string{build.ManifestName}
	for name := range manifest.Files {
		names = append(names, name)
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(shared, name), p.runtime, name); err != nil {
			return err
		}
	}
	// The module first: it is what matters most.
	forEver = append([]string{headers.RuntimePath + manifest.Wasm}, forEver...)
	if len(forEver) > mostForEver {
		fmt.Fprintf(p.log, "%d files have a hash in their names; only the first %d can be told to be kept for ever\n", len(forEver), mostForEver)
		forEver = forEver[:mostForEver]
	}
	text, err := p.table.StaticAssets(forEver)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(assets, "_headers"), []byte(text), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.out, "table.js"), []byte(tableText(p.table)), 0o644)
}

// compile compiles the entry, and takes the glue of the same Go.
func (p packing) compile(ctx context.Context) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("%w: %w", build.ErrNoGo, err)
	}
	glue := path.Join("lib", "wasm", "wasm_exec.js")
	if err := copyFile(filepath.Join(p.out, "wasm_exec.js"), os.DirFS(strings.TrimSpace(string(root))), glue); err != nil {
		return err
	}
	out, err := filepath.Abs(filepath.Join(p.out, "api.wasm"))
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, entry)
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOWASM=")
	if words, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %w\n%s", build.ErrCompile, err, bytes.TrimSpace(words))
	}
	return nil
}

// copyPages copies the site, but what the host does not serve either, and compressed forms, which the platform makes. It returns
// the paths of the files that never change.
func copyPages(to string, pages fs.FS) (forEver []string, err error) {
	err = fs.WalkDir(pages, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := path.Base(name); strings.HasPrefix(base, ".") && name != "." && base != ".well-known" {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := fs.Stat(pages, name) // what a link leads to; one that leads out is an error
		if err != nil || d.IsDir() || !info.Mode().IsRegular() {
			return err
		}
		if plain := strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz"); plain != name {
			if _, err := fs.Stat(pages, plain); err == nil {
				return nil
			}
		}
		if headers.Hashed(name) {
			forEver = append(forEver, "/"+name)
		}
		return copyFile(filepath.Join(to, filepath.FromSlash(name)), pages, name)
	})
	return forEver, err
}

func copyFile(to string, from fs.FS, name string) error {
	content, err := fs.ReadFile(from, name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// tableText is the module with what the entry in JavaScript shares with Go: the answer of a program that fails, and the limit of a
// body.
func tableText(table *headers.Table) string {
	failed := httptest.NewRecorder()
	table.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("start") }), nil).ServeHTTP(failed, httptest.NewRequest(http.MethodGet, "/", nil))
	list := map[string]string{}
	for name := range failed.Header() {
		list[name] = failed.Header().Get(name)
	}
	answer, err := json.Marshal(map[string]any{"status": failed.Code, "headers": list, "body": failed.Body.String()})
	if err != nil {
		panic(err) // strings and a number
	}
	return fmt.Sprintf("// Written by host/worker/pack from the host's table of headers.\nexport const failure = %s;\nexport const maxBody = %d;\n", answer, validate.DefaultMaxBody)
}
