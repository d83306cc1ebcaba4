package scenario

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/build"
)

// program is a runtime that was built for this run.
type program struct {
	dir  string
	dist fs.FS // what is served
	js   fs.FS // the facade's modules and tests with what the build adds to them, to run as they are
	list build.Manifest
	err  error
}

// prebuilt is the main package of the module that everybody gets.
const prebuilt = "wasm"

// built are the programs of this run, each built once, whichever engine asks first: engines run side by side.
var built struct {
	mutex    sync.Mutex
	dir      string // all of them; removed at the end
	programs map[string]func() program
	inForce  map[string]string // the main package of the program that a test gets, and the tests inside it
}

// programOf builds the runtime with the main package, from the sources as they are now, away from the checkout.
func programOf(t *testing.T, main string) program {
	t.Helper()
	built.mutex.Lock()
	if built.programs == nil {
		built.programs = map[string]func() program{}
	}
	if built.dir == "" {
		dir, err := os.MkdirTemp("", "tabstate-test-")
		require.NoError(t, err)
		built.dir = dir
	}
	once, known := built.programs[main]
	if !known {
		dir := filepath.Join(built.dir, fmt.Sprint(len(built.programs)))
		once = sync.OnceValue(func() program { return buildProgram(main, dir) })
		built.programs[main] = once
	}
	built.mutex.Unlock()
	p := once()
	require.NoError(t, p.err, "building the runtime with %s", main)
	return p
}

func buildProgram(main, dir string) program {
	p := program{dir: dir}
	dist, js := filepath.Join(dir, "dist"), filepath.Join(dir, "js")
	if p.err = copyFacade(js, main == prebuilt); p.err != nil {
		return p
	}
	// This once, being quick matters more than being small.
	p.list, p.err = build.Build(context.Background(), build.Options{Main: main, JS: js, Out: dist, Quality: 1})
	p.dist, p.js = os.DirFS(dist), os.DirFS(js)
	return p
}

// copyFacade copies the facade's modules and tests, with what the tests have installed or without it.
func copyFacade(to string, installed bool) error {
	entries, err := os.ReadDir("js")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, entry := range entries {
		from, to := filepath.Join("js", entry.Name()), filepath.Join(to, entry.Name())
		switch {
		case !entry.IsDir():
			content, err := os.ReadFile(from)
			if err == nil {
				err = os.WriteFile(to, content, 0o644)
			}
			if err != nil {
				return err
			}
		case installed || entry.Name() != "node_modules":
			if err := os.CopyFS(to, os.DirFS(from)); err != nil {
				return err
			}
		}
	}
	return nil
}

// runtime returns the runtime that a test serves: the prebuilt one, or that of a test around it that has another.
func runtime(t *testing.T) program {
	t.Helper()
	main := prebuilt
	built.mutex.Lock()
	for name := t.Name(); name != ""; name = name[:max(0, strings.LastIndexByte(name, '/'))] {
		if other, found := built.inForce[name]; found {
			main = other
			break
		}
	}
	built.mutex.Unlock()
	return programOf(t, main)
}

// withProgram runs fn, a part of the test, with the runtime of another main package in place of the prebuilt one.
func withProgram(t *testing.T, main string, fn func()) {
	t.Helper()
	put := func(main string) {
		built.mutex.Lock()
		defer built.mutex.Unlock()
		if built.inForce == nil {
			built.inForce = map[string]string{}
		}
		built.inForce[t.Name()] = main
	}
	put(main)
	defer put(prebuilt)
	fn()
}

// module returns the compiled module.
func module(t *testing.T) []byte {
	p := runtime(t)
	bytes, err := fs.ReadFile(p.dist, p.list.Wasm)
	require.NoError(t, err)
	return bytes
}
