package main

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestApps(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	a := apps{
		fstest.MapFS{"index.html": file("start"), "go/life/index.html": file("life"), "go/tabstate/x": file("no demo")},
		fstest.MapFS{"go/life/tabstate.js": file("built"), "tabstate.js": file("prebuilt")},
	}
	for name, want := range map[string]string{
		"index.html": "start", "go/life/index.html": "life", "go/life/tabstate/tabstate.js": "built", "go/tabstate/x": "no demo",
		"go/life/tabstate/none.js": "", "go/none/tabstate/tabstate.js": "", "go/life/more/tabstate/tabstate.js": "", "go/life/tabstates": "",
	} {
		text, err := fs.ReadFile(a, name)
		require.Equal(t, want, string(text), name)
		require.Equal(t, want == "", err != nil, name)
	}
	info, err := fs.Stat(a, "go/life/tabstate")
	require.NoError(t, err)
	require.True(t, info.IsDir())
}

func TestOwnRuntime(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	site := fstest.MapFS{"index.html": file("start"), "tabstate/tabstate.0.wasm": file("module"), "tabstate/manifest.json": file(`{"wasm":"tabstate.0.wasm"}`)}
	own, ok := ownRuntime(site)
	require.True(t, ok)
	text, err := fs.ReadFile(own, "tabstate.0.wasm")
	require.NoError(t, err)
	require.Equal(t, "module", string(text))
	delete(site, "tabstate/tabstate.0.wasm")
	_, ok = ownRuntime(site)
	require.False(t, ok)
	_, ok = ownRuntime(nil)
	require.False(t, ok)
}
