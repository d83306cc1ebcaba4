package build_test

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/js"
)

// runNode runs a script and returns what it prints. Where there is no node the test is skipped, in CI it fails.
func runNode(t *testing.T, args ...string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is not there")
		}
		t.Skip("node is not there")
	}
	out, err := exec.CommandContext(t.Context(), node, args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// TestNamesAreGone runs what reads the function table with names in it and without: the same must come of both, but for the names in traces.
func TestNamesAreGone(t *testing.T) {
	o := quick(t.TempDir())
	o.Main = "testdata/survive"
	m, err := build.Build(t.Context(), o)
	require.NoError(t, err)
	bundle := filepath.Join(t.TempDir(), "bundle.mjs")
	require.NoError(t, os.WriteFile(bundle, []byte(read(t, o.Out, "tabstate.js")), 0o644))
	run := func(t *testing.T, wasm string, kind ...string) string {
		return runNode(t, append([]string{"testdata/survive.mjs", bundle, filepath.Join(o.Out, wasm)}, kind...)...)
	}

	t.Run("it does what it did", func(t *testing.T) {
		got := run(t, m.Wasm)
		require.Equal(t, run(t, m.Debug), got)
		require.Equal(t, run(t, linked(t, o)), got)
		require.Contains(t, got, "value method main.point.Size called using nil *point pointer\n")
		require.Contains(t, got, "outer indirect 1\n")
		require.Contains(t, got, "recovered 10000\n")
		require.Contains(t, got, "leaves 1103806595068.25 -2.5 NaN 3  -3 -3 81\n")
		require.True(t, strings.HasSuffix(got, "exited false\n"), got)
	})
	function := regexp.MustCompile(`(?m)^([a-z].*\.|\?\.\?|panic)(.*)\(.*\)\n\t(\S+?):\d+`)
	for kind, says := range []string{
		"panic: boom\n", "nil pointer dereference\n", "panic: assignment to entry in nil map\n", "fatal error: sync: unlock of unlocked mutex\n",
		"panic: first\n\tpanic: second\n", "panic: value method main.point.Size called using nil *point pointer\n", "panic: runtime error: index out of range [6] with length 0\n",
	} {
		t.Run(strings.TrimSpace(says), func(t *testing.T) {
			got, want := run(t, m.Wasm, strconv.Itoa(kind)), run(t, m.Debug, strconv.Itoa(kind))
			require.Contains(t, got, says)
			require.Regexp(t, ` \[running\]:\n(main\.\(\*point\)\.Size\(\)\n\t\?:0 \+0x.\n)?\?\.\?\(`, got)
			require.NotContains(t, got, "survive")
			require.True(t, strings.HasSuffix(got, "exit 2\nexited true\n"), got)
			require.Contains(t, want, says)
			require.Regexp(t, `\nmain\.crash\(0x[0-9a-f]\)\n\t\S+/survive/main\.go:\d+ \+0x`, want)
			require.Equal(t, len(function.FindAllString(want, -1)), len(function.FindAllString(got, -1)), "frames\n%s\n%s", want, got)
		})
	}
}

// TestStack is that the goroutine of the exports need not grow its stack for what a session's calls take.
func TestStack(t *testing.T) {
	o := quick(t.TempDir())
	o.Main = "testdata/survive"
	m, err := build.Build(t.Context(), o)
	require.NoError(t, err)
	bundle := filepath.Join(t.TempDir(), "bundle.mjs")
	require.NoError(t, os.WriteFile(bundle, []byte(read(t, o.Out, "tabstate.js")), 0o644))
	for wasm, stays := range map[string]string{m.Wasm: "stays 1", m.Debug: "stays 1", linked(t, o): "stays 0"} {
		require.Contains(t, runNode(t, "testdata/survive.mjs", bundle, filepath.Join(o.Out, wasm), "stack"), stays)
	}
}

// linked writes the program as Go's linker makes it beside what was built of it, and returns the file's name.
func linked(t *testing.T, o build.Options) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(o.Out, "linked.wasm"), "./"+o.Main)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return "linked.wasm"
}

// TestSessionWithoutNames is two million writes to the project's own module, whose garbage is collected.
func TestSessionWithoutNames(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, js.Files))
	m, err := build.Build(t.Context(), build.Options{Main: "../../wasm", JS: dir, Out: t.TempDir(), Quality: 1})
	require.NoError(t, err)
	writes := "2000000"
	if testing.Short() {
		writes = "100000"
	}
	got := strings.Split(runNode(t, "testdata/session.mjs", dir, filepath.Join(dir, m.Wasm), writes), "\n")
	require.Regexp(t, `^true 4\d\d collected false$`, got[0])
	sum := sha256.Sum256([]byte(read(t, dir, m.Debug)))
	require.Equal(t, "true sha256-"+base64.StdEncoding.EncodeToString(sum[:]), got[1])
}

func TestNamesOnRequest(t *testing.T) {
	o := quick(t.TempDir())
	o.Names = true
	m, err := build.Build(t.Context(), o)
	require.NoError(t, err)
	require.Contains(t, read(t, o.Out, m.Wasm), "main.version\x00")
	o.Names = false
	m, err = build.Build(t.Context(), o)
	require.NoError(t, err)
	require.NotContains(t, read(t, o.Out, m.Wasm), "main.version\x00")
	require.Contains(t, read(t, o.Out, m.Debug), "main.version\x00")
}
