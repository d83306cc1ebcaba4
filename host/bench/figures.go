package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Figures are what was measured: the figure of each round, by part, row and peer. Units are those of the part.
type Figures map[string]map[string]map[string][]float64

func (f Figures) add(part, row, peer string, figure float64) {
	if f[part] == nil {
		f[part] = map[string]map[string][]float64{}
	}
	if f[part][row] == nil {
		f[part][row] = map[string][]float64{}
	}
	f[part][row][peer] = append(f[part][row][peer], figure)
}

// median of the rounds; false when there is none.
func (f Figures) median(part, row, peer string) (float64, bool) {
	list := slices.Sorted(slices.Values(f[part][row][peer]))
	if len(list) == 0 {
		return 0, false
	}
	middle := list[len(list)/2]
	if len(list)%2 == 0 {
		middle = (middle + list[len(list)/2-1]) / 2
	}
	return middle, true
}

// figure of a row and a peer that counts: the median of the rounds, of frames the worst.
func (f Figures) figure(part, row, peer string) (float64, bool) {
	if list := f[part][row][peer]; part == "frames" && len(list) > 0 {
		return slices.Max(list), true
	}
	return f.median(part, row, peer)
}

// Rounds are the figures of one build by engine, gathered in one run or several.
type Rounds struct {
	// Build is the digest of the module and the facade that were measured.
	Build string `json:"build"`
	// Browsers are the versions of the engines.
	Browsers map[string]string  `json:"browsers"`
	Engines  map[string]Figures `json:"engines"`
}

// readRounds returns the rounds there are of this build, or none.
func readRounds(path, build string) (Rounds, error) {
	none := Rounds{Build: build, Browsers: map[string]string{}, Engines: map[string]Figures{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	var found Rounds
	if err := json.Unmarshal(text, &found); err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	if found.Build != build {
		return none, nil
	}
	return found, nil
}

// figures returns those of an engine, to be added to.
func (r Rounds) figures(engine string) Figures {
	if r.Engines[engine] == nil {
		r.Engines[engine] = Figures{}
	}
	return r.Engines[engine]
}

// drop forgets a part of an engine.
func (r Rounds) drop(engine, part string) { delete(r.figures(engine), part) }

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// all returns the figures of a part by row and peer.
func (f Figures) all(part string) map[string]map[string]float64 {
	all := map[string]map[string]float64{}
	for row, byPeer := range f[part] {
		all[row] = map[string]float64{}
		for peer := range byPeer {
			all[row][peer], _ = f.figure(part, row, peer)
		}
	}
	return all
}
