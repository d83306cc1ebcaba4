package pclntab_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/module"
	"github.com/tabstate/tabstate/host/module/pclntab"
)

// compiled returns a Go program as it was linked, and the address of its table.
func compiled(t *testing.T) (module.Module, []byte, int) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "main.wasm")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", out, "../../build/testdata/survive")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	words, err := cmd.CombinedOutput()
	require.NoError(t, err, string(words))
	b, err := os.ReadFile(out)
	require.NoError(t, err)
	m, err := module.Parse(b)
	require.NoError(t, err)
	image, err := m.Image()
	require.NoError(t, err)
	at := bytes.Index(image, []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8})
	require.Positive(t, at)
	return m, image, at
}

func TestKnown(t *testing.T) {
	for version, want := range map[string]bool{
		"go1.26": true, "go1.26.8": true, "go1.25.1": false, "go1.27.0": false, "go1.260": false, "go1.26rc1": false, "devel": false, "": false,
	} {
		require.Equal(t, want, pclntab.Known(version), version)
	}
}

// TestTrim has the defaults of the compiler, with inlining, which the build does not use. That the program still runs is tested by the build.
func TestTrim(t *testing.T) {
	m, image, at := compiled(t)
	small, err := pclntab.Trim(m)
	require.NoError(t, err)
	after, err := small.Image()
	require.NoError(t, err)
	require.Equal(t, image[:at], after[:at], "before the table")
	require.Len(t, after, len(image))

	number := func(b []byte, i int) int { return at + int(binary.LittleEndian.Uint64(b[at+32+8*i:])) }
	for i := range 5 {
		require.Equal(t, number(image, i), number(after, i))
	}
	names := func(b []byte) []byte { return b[number(b, 0):number(b, 1)] }
	require.Contains(t, string(names(image)), "\x00main.churn\x00")
	require.NotContains(t, string(after), "main.churn\x00")
	for _, name := range []string{"", "?.?", "runtime.", "runtime.gopanic", "reflect.makeFuncStub", "reflect.methodValueCall", "main.(*point).Size"} {
		require.Contains(t, string(names(after)), name+"\x00")
	}
	require.NotContains(t, string(after), "symtab.go\x00")
	filled := func(b []byte) int { return len(b) - bytes.Count(b, []byte{0}) }
	require.Less(t, filled(after)*10, filled(image)*9)

	_, err = pclntab.Trim(small)
	require.ErrorIs(t, err, pclntab.ErrLayout, "the streams no longer fill their part")
}

func TestTrimFaults(t *testing.T) {
	m, image, at := compiled(t)
	word := func(i int) int { return at + int(binary.LittleEndian.Uint64(image[at+32+8*i:])) }
	functions := word(4)
	first := functions + int(binary.LittleEndian.Uint32(image[functions+4:]))
	tests := []struct {
		name   string
		change func(b []byte)
		says   string
	}{
		{"no header", func(b []byte) { b[at] = 0xf0 }, "0 headers"},
		{"two headers", func(b []byte) { copy(b[word(0)+8:], b[at:at+8]) }, "2 headers"},
		{"more functions", func(b []byte) { b[at+8]++ }, "functions"},
		{"a part elsewhere", func(b []byte) { b[at+32+8] += 8 }, "part 1"},
		{"names elsewhere", func(b []byte) { b[at+32] += 8 }, "moduledata"},
		{"an entry out of order", func(b []byte) { b[functions+8]++ }, "entries"},
		{"a description elsewhere", func(b []byte) { b[functions+4]-- }, "described"},
		{"too many tables", func(b []byte) { b[first+28] = 9 }, "tables"},
		{"too much data", func(b []byte) { b[first+43] = 9 }, "data"},
		{"no such name", func(b []byte) { b[first+7] = 0x7f }, "name"},
		{"the middle of a name", func(b []byte) { b[first+4]++ }, "name"},
		{"no such stream", func(b []byte) { b[first+19] = 0x7f }, "stream"},
		{"the middle of a stream", func(b []byte) { b[first+16], b[first+17], b[first+18] = 2, 0, 0 }, "stream"},
		{"a byte behind the streams", func(b []byte) { b[functions-1] = 1 }, "stream"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := bytes.Clone(image)
			test.change(changed)
			torn, err := m.WithImage(changed)
			require.NoError(t, err)
			_, err = pclntab.Trim(torn)
			require.ErrorIs(t, err, pclntab.ErrLayout)
			require.ErrorContains(t, err, test.says)
		})
	}
	t.Run("not of Go", func(t *testing.T) {
		_, err := pclntab.Trim(module.Module{})
		require.ErrorIs(t, err, pclntab.ErrLayout)
	})
	t.Run("any byte", func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		for range 100 {
			changed := bytes.Clone(image)
			for range 1 + random.IntN(3) {
				changed[at+random.IntN(len(image)-at)] = byte(random.IntN(256))
			}
			torn, err := m.WithImage(changed)
			require.NoError(t, err)
			if _, err := pclntab.Trim(torn); err != nil { // a name may change without harm
				require.ErrorIs(t, err, pclntab.ErrLayout)
			}
		}
	})
}
