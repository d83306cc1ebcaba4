package build_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/build"
)

// quick builds the test's program with the test's facade.
func quick(out string) build.Options {
	return build.Options{Main: "testdata/program", Facade: os.DirFS("testdata/facade"), Out: out, Quality: 1}
}

func read(t *testing.T, elements ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elements...))
	require.NoError(t, err)
	return string(b)
}

func TestBuild(t *testing.T) {
	out := t.TempDir()
	old := filepath.Join(out, "tabstate.0000000000000000.wasm")
	for _, name := range []string{old, old + ".br", filepath.Join(out, "mine.wasm")} {
		require.NoError(t, os.WriteFile(name, nil, 0o644))
	}
	m, err := build.Build(t.Context(), quick(out))
	require.NoError(t, err)

	t.Run("manifest", func(t *testing.T) {
		again, err := build.ReadManifest(os.DirFS(out))
		require.NoError(t, err)
		require.Equal(t, m, again)
		require.Regexp(t, `^go1\.\d+`, m.Go)
		require.Regexp(t, `^tabstate\.[0-9a-f]{16}\.wasm$`, m.Wasm)
		require.Equal(t, m.Wasm, "tabstate."+m.Files[m.Wasm].SHA256[:16]+".wasm")
		require.Equal(t, "application/wasm", m.Files[m.Wasm].Type)
		require.Len(t, m.Files, 8)
		require.Equal(t, "tabstate.debug.wasm", m.Debug)
		require.Greater(t, m.Files[m.Debug].Size, m.Files[m.Wasm].Size)
		require.Equal(t, m.Files[m.Wasm].Brotli+m.Files["tabstate.min.js"].Brotli, m.Download().Brotli, "the debug module is not downloaded")
	})
	t.Run("compressed forms", func(t *testing.T) {
		for name, f := range m.Files {
			plain := read(t, out, name)
			require.Len(t, plain, f.Size)
			if name == m.Debug {
				require.NoFileExists(t, filepath.Join(out, name+".br"))
				continue
			}
			br, err := io.ReadAll(brotli.NewReader(strings.NewReader(read(t, out, name+".br"))))
			require.NoError(t, err)
			require.Equal(t, plain, string(br), name)
			z, err := gzip.NewReader(strings.NewReader(read(t, out, name+".gz")))
			require.NoError(t, err)
			gz, err := io.ReadAll(z)
			require.NoError(t, err)
			require.Equal(t, plain, string(gz), name)
		}
	})
	t.Run("older modules go, other files stay", func(t *testing.T) {
		require.NoFileExists(t, old)
		require.NoFileExists(t, old+".br")
		require.FileExists(t, filepath.Join(out, "mine.wasm"))
	})
	t.Run("bundle", func(t *testing.T) {
		for _, name := range []string{"tabstate.js", "tabstate.min.js"} {
			text := read(t, out, name)
			require.Contains(t, text, m.Wasm)
			require.Contains(t, text, m.Integrity)
			require.Contains(t, text, "import.meta.url")
			require.Contains(t, text, "THIRD-PARTY.txt")
			require.Contains(t, text, "// not a comment ")
			require.NotContains(t, text, "@keep@")
			require.Less(t, strings.Index(text, "fetch("), strings.Index(text, "other.js runs"), "the request comes first")
		}
		text := read(t, out, "tabstate.js")
		require.Contains(t, text, "/** What a comment says is kept. */")
		require.Contains(t, text, "Copyright 2018 The Go Authors")
	})
	t.Run("service worker", func(t *testing.T) {
		require.Equal(t, read(t, "testdata/facade/tabstate-worker.js"), read(t, out, "tabstate-worker.js"))
		require.Contains(t, read(t, out, "tabstate.js"), m.Files["tabstate-worker.js"].SHA256[:16], "its address changes with its text")
	})
	t.Run("licence", func(t *testing.T) {
		require.Contains(t, read(t, out, build.ThirdPartyName), "The Go Authors")
	})
	t.Run("the same again", func(t *testing.T) {
		other := t.TempDir()
		again, err := build.Build(t.Context(), quick(other))
		require.NoError(t, err)
		require.Equal(t, m, again, "a build depends on nothing but its input")
	})
	t.Run("nothing is compressed twice", func(t *testing.T) {
		// Any valid form is kept, so this one shows that it was not made anew.
		var short bytes.Buffer
		w := brotli.NewWriterLevel(&short, 0)
		_, err := w.Write([]byte(read(t, out, "tabstate.js")))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		require.NoError(t, os.WriteFile(filepath.Join(out, "tabstate.js.br"), short.Bytes(), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(out, "index.d.ts.br"), []byte("torn"), 0o644))
		again, err := build.Build(t.Context(), quick(out))
		require.NoError(t, err)
		require.Equal(t, short.Len(), again.Files["tabstate.js"].Brotli)
		require.Equal(t, m.Files["index.d.ts"], again.Files["index.d.ts"])
	})
	t.Run("budget", func(t *testing.T) {
		require.NoError(t, m.Check(int64(m.Download().Brotli)))
		require.ErrorIs(t, m.Check(int64(m.Download().Brotli)-1), build.ErrBudget)
		o := quick(out)
		o.Budget = 1000
		_, err := build.Build(t.Context(), o)
		require.ErrorIs(t, err, build.ErrBudget)
	})
	t.Run("it runs", func(t *testing.T) {
		node, err := exec.LookPath("node")
		if err != nil {
			t.Skip("node is not there; the browser test runs the same")
		}
		for _, name := range []string{"tabstate.js", "tabstate.min.js"} {
			module := filepath.Join(t.TempDir(), "bundle.mjs")
			require.NoError(t, os.WriteFile(module, []byte(read(t, out, name)), 0o644))
			got, err := exec.CommandContext(t.Context(), node, "testdata/run.mjs", module, filepath.Join(out, m.Wasm)).CombinedOutput()
			require.NoError(t, err, string(got))
			require.Equal(t, "console: other.js runs\nearly: offline\nmain\nfmt ü\nprint Object\n"+
				"exited: false\nadded: \nGo: undefined undefined "+m.Go+"\n", string(got))
		}
	})
}

func TestBuildBesideSources(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/facade")))
	o := quick(t.TempDir())
	o.JS, o.Facade = dir, nil
	m, err := build.Build(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, read(t, o.Out, m.Wasm), read(t, dir, m.Wasm))
	script := read(t, dir, "runtime.js")
	require.Contains(t, script, m.Wasm)
	var digests []string
	for piece := range slices.Chunk([]byte(read(t, dir, m.Wasm)), 256<<10) {
		sum := sha256.Sum256(piece)
		digests = append(digests, "sha256-"+base64.StdEncoding.EncodeToString(sum[:]))
	}
	require.Greater(t, len(digests), 1)
	require.Contains(t, script, fmt.Sprintf("pieces: { bytes: %d, integrity: %q }", 256<<10, strings.Join(digests, " ")))
}

func TestPackages(t *testing.T) {
	list, err := build.Packages(t.Context(), build.Options{Main: "testdata/program"})
	require.NoError(t, err)
	names := map[string]int{}
	total := 0
	for _, p := range list {
		names[p.Name] = p.Size
		total += p.Size
	}
	require.Equal(t, "runtime", list[0].Name)
	for _, name := range []string{"fmt", "syscall/js", "internal/strconv", "main"} {
		require.Positive(t, names[name], name)
	}
	require.Less(t, names["(other)"]*50, total, "nearly everything has a package")
}

func TestFaults(t *testing.T) {
	// fakeGo is a go command that says what a broken installation would say.
	fakeGo := func(t *testing.T, script string) string {
		if runtime.GOOS == "windows" {
			t.Skip("needs a shell script")
		}
		name := filepath.Join(t.TempDir(), "go")
		require.NoError(t, os.WriteFile(name, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
		return name
	}
	// forged takes everything from the real command, but GOROOT and GOVERSION.
	forged := func(t *testing.T, root, version string) string {
		return fakeGo(t, `case "$1" in env) echo '{"GOROOT":"`+root+`","GOVERSION":"`+version+`"}';; *) exec go "$@";; esac`)
	}
	// renamed is the real command, which claims to be of another version, and puts that into what it compiles.
	renamed := func(t *testing.T) string {
		return fakeGo(t, `case "$1" in env) go "$@" | sed 's/"go1\.[0-9][0-9]/"go9.99/';;
*) go "$@" && out= && for a; do [ "$out" = -o ] && sed -i 's/\x02Go\(.\)go1\.[0-9][0-9]/\x02Go\1go9.99/' "$a"; out=$a; done; true;; esac`)
	}
	real, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	root := strings.TrimSpace(string(real))
	facade := func(t *testing.T, change func(dir string)) func(*build.Options) {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/facade")))
		change(dir)
		return func(o *build.Options) { o.Facade = os.DirFS(dir) }
	}
	write := func(name, text string) func(string) {
		return func(dir string) { require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)) }
	}
	remove := func(name string) func(string) {
		return func(dir string) { require.NoError(t, os.Remove(filepath.Join(dir, name))) }
	}
	tests := []struct {
		name   string
		change func(*build.Options)
		want   error
		says   string
	}{
		{"no go command", func(o *build.Options) { o.Go = "no-such-go" }, build.ErrNoGo, "no-such-go"},
		{"go command that fails", func(o *build.Options) { o.Go = fakeGo(t, "echo broken >&2; exit 1") }, build.ErrNoGo, "broken"},
		{"go command of something else", func(o *build.Options) { o.Go = fakeGo(t, "echo hello") }, build.ErrToolchain, ""},
		{"GOROOT without the glue", func(o *build.Options) { o.Go = forged(t, t.TempDir(), "go1.26.8") }, build.ErrToolchain, "wasm_exec.js"},
		{"glue of another version", func(o *build.Options) { o.Go = forged(t, root, "go1.20.1") }, build.ErrToolchain, "go1.20.1"},
		{"function table of an unknown version", func(o *build.Options) { o.Go = renamed(t) }, build.ErrToolchain, "-names"},
		{"no such folder", func(o *build.Options) { o.Main = "testdata/missing" }, build.ErrNoGo, "missing"},
		{"no program", func(o *build.Options) { o.Main = "testdata/facade" }, build.ErrCompile, "no Go files"},
		{"not a main package", func(o *build.Options) { o.Main = "../module" }, build.ErrCompile, "no main package"},
		{"program that does not compile", func(o *build.Options) { o.Main = "testdata/broken" }, build.ErrCompile, "undefinedName"},
		{"no entry", facade(t, remove("tabstate.js")), build.ErrBundle, "tabstate.js"},
		{"no service worker", facade(t, remove("tabstate-worker.js")), build.ErrBundle, "tabstate-worker.js"},
		{"no types", facade(t, remove("index.d.ts")), build.ErrBundle, "index.d.ts"},
		{"module that is not there", facade(t, remove("other.js")), build.ErrBundle, "other.js"},
		{"name that is not exported", facade(t, write("other.js", "export {};")), build.ErrBundle, "greeting"},
		{"syntax fault", facade(t, write("other.js", "const = 1;")), build.ErrBundle, "other.js:1"},
		{"the build's own mark", facade(t, write("other.js", "/*!@keep@*/ export const greeting = 1;")), build.ErrBundle, "@keep@"},
		{"no Main", func(o *build.Options) { o.Main = "" }, nil, "Main"},
		{"no Out", func(o *build.Options) { o.Out = "" }, nil, "Out"},
		{"no facade", func(o *build.Options) { o.Facade = nil }, nil, "Facade"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := quick(t.TempDir())
			test.change(&o)
			_, err := build.Build(t.Context(), o)
			require.Error(t, err)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
			require.ErrorContains(t, err, test.says)
		})
	}
}

func TestReadManifestFaults(t *testing.T) {
	dir := t.TempDir()
	_, err := build.ReadManifest(os.DirFS(dir))
	require.ErrorIs(t, err, os.ErrNotExist)
	name := filepath.Join(dir, build.ManifestName)
	require.NoError(t, os.WriteFile(name, []byte("{"), 0o644))
	_, err = build.ReadManifest(os.DirFS(dir))
	require.ErrorContains(t, err, build.ManifestName)
	require.NoError(t, os.WriteFile(name, []byte(`{"wasm":"gone.wasm"}`), 0o644))
	_, err = build.ReadManifest(os.DirFS(dir))
	require.ErrorContains(t, err, "gone.wasm")
}
