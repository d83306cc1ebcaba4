package canon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// TestRule17TortureFiles runs the files of testdata/torture: y_* must be
// accepted, n_* refused, and b_*, where RFC 8259 leaves the choice to the
// parser, treated as expect.txt says.
func TestRule17TortureFiles(t *testing.T) {
	expect := torture(t)
	files, err := filepath.Glob("testdata/torture/*.json")
	require.NoError(t, err)
	var c canon.Checker
	counts := map[string]int{}
	for _, file := range files {
		name := filepath.Base(file)
		counts[name[:2]]++
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			want, listed := expect[name]
			delete(expect, name)
			require.Equal(t, name[:2] != "y_", listed, "n_ and b_ files are in expect.txt, y_ files are not")
			require.False(t, name[:2] == "n_" && want == "accepted")
			out, f := c.Value(text, 128)
			if name[:2] == "y_" || want == "accepted" {
				require.Nil(t, f)
				require.Equal(t, slowCanonical(text).text, string(out))
				return
			}
			require.NotNil(t, f)
			require.Equal(t, want, f.Code, f.Reason)
			require.NotEmpty(t, f.Reason)
			require.NotEmpty(t, f.Hint)
			require.NotEmpty(t, refusals(text, 128))
		})
	}
	require.Empty(t, expect, "expect.txt names files that are not there")
	require.GreaterOrEqual(t, counts["y_"], 100)
	require.GreaterOrEqual(t, counts["n_"], 150)
	require.GreaterOrEqual(t, counts["b_"], 70)
}

// torture reads expect.txt: the code expected for each file it names.
func torture(t testing.TB) map[string]string {
	text, err := os.ReadFile("testdata/torture/expect.txt")
	require.NoError(t, err)
	expect := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, fields, 3, line)
		expect[fields[0]] = fields[1]
	}
	return expect
}
