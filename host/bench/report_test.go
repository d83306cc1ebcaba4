package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	f := Figures{}
	_, ok := f.median("speed", "row", tabstate)
	require.False(t, ok)
	for i, want := range []float64{9, 6, 3, 5, 7} {
		f.add("speed", "row", tabstate, []float64{9, 3, 1, 7, 8}[i])
		got, ok := f.median("speed", "row", tabstate)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	f.add("frames", "row", "numbers", 2)
	f.add("frames", "row", "numbers", 40)
	f.add("frames", "row", "numbers", 3)
	require.Equal(t, 40.0, f.all("frames")["row"]["numbers"], "of frames the worst counts")
}

func TestRoundsAreOfOneBuild(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "rounds.json")
	r, err := readRounds(path, "one")
	require.NoError(t, err)
	r.figures("chromium").add("speed", "row", tabstate, 1)
	require.NoError(t, writeJSON(path, r))
	r, err = readRounds(path, "one")
	require.NoError(t, err)
	require.Equal(t, []float64{1}, r.Engines["chromium"]["speed"]["row"][tabstate])
	r, err = readRounds(path, "two")
	require.NoError(t, err)
	require.Empty(t, r.Engines)
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o644))
	_, err = readRounds(path, "one")
	require.ErrorContains(t, err, path)
}

func TestResults(t *testing.T) {
	f := Figures{}
	f.add("speed", "write number, 100 keys", tabstate, 35)
	f.add("speed", "write number, 100 keys", "signals", 50)
	f.add("speed", "write small object", tabstate, 2000)
	f.add("speed", "write small object", "sqlite", 9000)
	f.add("speed", "write small object", "mobx", 6000)
	f.add("speed", "write small object", "signals", 40)
	f.add("start", "to the first value", tabstate, 60)
	f.add("start", "to the first value", "glue", 45)
	f.add("scale", "write one key, ns", "0 listeners", 30)
	f.add("scale", "write one key, ns", "1000000 keys", 45)
	found := f.results()
	require.Len(t, found, 4)
	require.Equal(t, Result{Part: "speed", Row: "write number, 100 keys", Than: "Preact signals", Tabstate: 35, Other: 50, Ratio: 0.7, Most: 0.7, Met: true}, found[0])
	require.Equal(t, Result{Part: "speed", Row: "write small object", Than: "the fastest library that isolates", Tabstate: 2000, Other: 6000, Ratio: 1. / 3, Most: 0.25}, found[1])
	require.Equal(t, "bare Go glue, the same module + 10 ms", found[2].Than)
	require.False(t, found[2].Met, "60 is more than 55")
	require.Equal(t, 1.5, found[3].Ratio)
}

func TestTable(t *testing.T) {
	rows := map[string]map[string]float64{
		"write number, 100 keys": {tabstate: 35.25, "signals": 50, "automerge": 2_900_000},
		"read number, 100 keys":  {"signals": 7, tabstate: 7},
	}
	require.Equal(t, `| | read number, 100 keys | write number, 100 keys |
|---|--:|--:|
| Tabstate | 7 ns | 35.2 ns |
| Preact signals | 7 ns (1 ×) | 50 ns (1.42 ×) |
| Automerge | – | 2.90 ms (82270 ×) |
`, table("speed", rows))
	require.Equal(t, []string{"0 listeners", "1000 listeners", "1000 keys", "1000000 keys"}, linesOf("scale", map[string]map[string]float64{
		"row": {"1000000 keys": 1, "1000 keys": 1, "1000 listeners": 1, "0 listeners": 1},
	}))
}

// What the targets and the tables name must be what the pages call it.
func TestNames(t *testing.T) {
	text, err := os.ReadFile(root + "/static/bench/workloads.js")
	require.NoError(t, err)
	for _, stage := range stages {
		require.Regexp(t, `(?m)^  `+regexp.QuoteMeta(`"`+stage+`"`)+`[:(]`, string(text))
	}
	for _, target := range targets {
		if target.Part == "speed" {
			require.Contains(t, speedRows, target.Row)
			require.True(t, target.PeerRow == "" || slices.Contains(speedRows, target.PeerRow), target.PeerRow)
		}
		_, known := find(target.Peer)
		if target.Part != "scale" {
			require.True(t, known || target.Limit > 0 || target.Peer == isolating || otherTitles[target.Peer] != "", target.Peer)
		}
	}
	for _, p := range peers {
		if p.Package != "" {
			require.FileExists(t, filepath.Join(modules, "peers", p.Name+".js"))
		}
	}
}

// The recorded report is whole, and of the versions that are pinned.
func TestRecorded(t *testing.T) {
	text, err := os.ReadFile(shown)
	require.NoError(t, err)
	var recorded Report
	require.NoError(t, json.Unmarshal(text, &recorded))
	require.Len(t, recorded.Peers, len(peers))
	require.GreaterOrEqual(t, recorded.Rounds["chromium"], 3)
	chromium := recorded.Engines["chromium"]
	for _, row := range speedRows {
		require.Greater(t, chromium["speed"][row][tabstate], 0.0, row)
	}
	for _, part := range parts {
		require.NotEmpty(t, chromium[part.name], part.title)
	}
	text, err = os.ReadFile(modules + "/package.json")
	require.NoError(t, err)
	var pinned struct{ Dependencies map[string]string }
	require.NoError(t, json.Unmarshal(text, &pinned))
	for name, version := range pinned.Dependencies {
		require.Equal(t, version, recorded.Versions[name], "./build.sh bench -record after a change of version")
	}
}

// The README's figures are those that were recorded.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(shown)
	require.NoError(t, err)
	var recorded Report
	require.NoError(t, json.Unmarshal(text, &recorded))
	readme, err := os.ReadFile(root + "/README.md")
	require.NoError(t, err)
	require.True(t, strings.Contains(string(readme), "\n\n"+recorded.summary()+"\n"), "wanted:\n%s", recorded.summary())
}
