package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tabstate/tabstate/host/site"
)

// ThirdPartyName is the file with the licences of what the results contain of others.
const ThirdPartyName = "THIRD-PARTY.txt"

const thirdPartyHead = `The module (tabstate.*.wasm) contains the runtime and parts of the standard library of the Go programming language,
and tabstate.js and tabstate.min.js contain its wasm_exec.js. Go's licence:

`

// Build builds the module and the facade into a folder and returns the list of the results.
//
// Returns an error that wraps ErrNoGo, ErrToolchain, ErrCompile, ErrBundle or, with a budget, ErrBudget; over budget the
// results are there nevertheless.
func Build(ctx context.Context, o Options) (Manifest, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Manifest{}, err
	}
	start := time.Now()
	step := func(format string, args ...any) {
		fmt.Fprintf(o.Log, "%5.1f s  %s\n", time.Since(start).Seconds(), fmt.Sprintf(format, args...))
	}

	t, err := findToolchain(ctx, o.Go, o.Main)
	if err != nil {
		return Manifest{}, err
	}
	step("compile %s with %s", o.Main, t.version)
	wasm, err := t.module(ctx, o.Main)
	if err != nil {
		return Manifest{}, err
	}
	step("join the facade")
	files, err := t.facade(o, wasm)
	if err != nil {
		return Manifest{}, err
	}
	step("compress and write to %s", o.Out)
	m := Manifest{Go: t.version, Wasm: wasmName(wasm), Integrity: integrity(wasm), Files: map[string]File{}}
	if err := m.write(o, files); err != nil {
		return Manifest{}, err
	}
	step("done: %.1f KiB of brotli for module and %s", kib(int64(m.Download().Brotli)), entryName)
	if o.Budget > 0 {
		return m, m.Check(o.Budget)
	}
	return m, nil
}

// module compiles the program and makes it small.
func (t toolchain) module(ctx context.Context, dir string) ([]byte, error) {
	b, err := t.compile(ctx, dir, false)
	if err != nil {
		return nil, err
	}
	small, err := postLink(b, t.version)
	if err != nil {
		return nil, fmt.Errorf("after the link of %s: %w", dir, err)
	}
	return small, nil
}

// facade returns the files to ship by name, the module among them. It writes runtime.js and the module beside the sources.
func (t toolchain) facade(o Options, wasm []byte) (map[string][]byte, error) {
	glue, err := t.glue()
	if err != nil {
		return nil, err
	}
	licence, err := t.licence()
	if err != nil {
		return nil, err
	}
	dir := o.JS
	if dir == "" {
		if dir, err = os.MkdirTemp("", "tabstate-js-"); err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		if err := os.CopyFS(filepath.Join(dir, "js"), o.Facade); err != nil {
			return nil, err
		}
		dir = filepath.Join(dir, "js")
	}
	if err := writeFile(filepath.Join(dir, wasmName(wasm)), wasm); err != nil {
		return nil, err
	}
	worker, err := os.ReadFile(filepath.Join(dir, workerName))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	runtime := runtimeText(wasm, worker, t.version, glue)
	if err := writeFile(filepath.Join(dir, runtimeName), []byte(runtime)); err != nil {
		return nil, err
	}
	if err := dropOld(dir, wasmName(wasm)); err != nil {
		return nil, err
	}
	files := map[string][]byte{
		wasmName(wasm): wasm,
		workerName:     worker,
		ThirdPartyName: []byte(thirdPartyHead + licence),
	}
	if files[entryName], err = bundle(dir, false); err != nil {
		return nil, err
	}
	if files["tabstate.min.js"], err = bundle(dir, true); err != nil {
		return nil, err
	}
	if files["index.d.ts"], err = os.ReadFile(filepath.Join(dir, "index.d.ts")); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return files, nil
}

// write writes the files with their compressed forms, then the manifest.
func (m Manifest) write(o Options, files map[string][]byte) error {
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return err
	}
	for name, b := range files {
		path := filepath.Join(o.Out, name)
		br, gz, err := compressed(path, b, o.Quality)
		if err != nil {
			return fmt.Errorf("compress %s: %w", name, err)
		}
		for suffix, content := range map[string][]byte{"": b, ".br": br, ".gz": gz} {
			if err := writeFile(path+suffix, content); err != nil {
				return err
			}
		}
		sum := sha256.Sum256(b)
		m.Files[name] = File{Type: site.ContentType(name), Size: len(b), Brotli: len(br), Gzip: len(gz), SHA256: hex.EncodeToString(sum[:])}
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(o.Out, ManifestName), append(b, '\n')); err != nil {
		return err
	}
	return dropOld(o.Out, m.Wasm)
}
