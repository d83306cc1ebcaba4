package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckReadme(t *testing.T) {
	name := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, checkReadme(name, 1), "no README, nothing to check")
	require.NoError(t, os.WriteFile(name, []byte("it is **about 400 KiB** (brotli)"), 0o600))
	for kib, ok := range map[int]bool{394: false, 395: true, 400: true, 405: true, 406: false} {
		require.Equal(t, ok, checkReadme(name, kib<<10) == nil, kib)
	}
	require.NoError(t, os.WriteFile(name, []byte("it is small"), 0o600))
	require.ErrorContains(t, checkReadme(name, 1), "does not say")
}
