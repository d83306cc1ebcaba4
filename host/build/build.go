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
	modules, err := t.modules(ctx, o)
	if err != nil {
		return Manifest{}, err
	}
	step("join the facade")
	files, err := t.facade(o, modules)
	if err != nil {
		return Manifest{}, err
	}
	step("compress and write to %s", o.Out)
	m := Manifest{
		Go:        t.version,
		Wasm:      wasmName(modules.release),
		Integrity: integrity(modules.release),
		Debug:     debugName,
		Files:     map[string]File{},
	}
	if err := m.write(o, files); err != nil {
		return Manifest{}, err
	}
	step("done: %.1f KiB of brotli for module and %s", kib(int64(m.Download().Brotli)), minName)
	if o.Budget > 0 {
		return m, m.Check(o.Budget)
	}
	return m, nil
}

// modules compiles the program and makes it small.
func (t toolchain) modules(ctx context.Context, o Options) (linked, error) {
	b, err := t.compile(ctx, o.Main)
	if err != nil {
		return linked{}, err
	}
	modules, err := postLink(b, t.version, o.Names)
	if err != nil {
		return linked{}, fmt.Errorf("after the link of %s: %w", o.Main, err)
	}
	return modules, nil
}

// facade returns the files to ship by name, the modules among them. It writes runtime.js and the modules beside the sources.
func (t toolchain) facade(o Options, modules linked) (map[string][]byte, error) {
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
	files := map[string][]byte{
		wasmName(modules.release): modules.release,
		debugName:                 modules.debug,
	}
	worker, err := os.ReadFile(filepath.Join(dir, workerName))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	for name, b := range files {
		if err := writeFile(filepath.Join(dir, name), b); err != nil {
			return nil, err
		}
	}
	runtime := runtimeText(modules, worker, t.version, glue)
	if err := writeFile(filepath.Join(dir, runtimeName), []byte(runtime)); err != nil {
		return nil, err
	}
	if err := dropOld(dir, wasmName(modules.release)); err != nil {
		return nil, err
	}
	files[workerName] = worker
	files[glueName] = []byte(glueText(t.version, glue))
	files[ThirdPartyName] = []byte(thirdPartyHead + licence)
	if files[entryName], err = bundle(dir, false); err != nil {
		return nil, err
	}
	if files[minName], err = bundle(dir, true); err != nil {
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
		forms := map[string][]byte{"": b}
		if name != debugName { // who debugs has it near; 6 s of every build
			br, gz, err := compressed(path, b, o.Quality)
			if err != nil {
				return fmt.Errorf("compress %s: %w", name, err)
			}
			forms[".br"], forms[".gz"] = br, gz
		}
		for suffix, content := range forms {
			if err := writeFile(path+suffix, content); err != nil {
				return err
			}
		}
		sum := sha256.Sum256(b)
		m.Files[name] = File{Type: site.ContentType(name), Size: len(b), Brotli: len(forms[".br"]), Gzip: len(forms[".gz"]), SHA256: hex.EncodeToString(sum[:])}
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
