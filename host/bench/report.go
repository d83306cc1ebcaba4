package bench

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// Report is what is published of a benchmark.
type Report struct {
	// Date is that of the report, as 2006-01-02.
	Date string `json:"date"`
	// Machine says what it ran on: cores, platform and processor.
	Machine string `json:"machine"`
	// Build is the digest of what was measured, Versions those of the toolchain, the packages and the browsers.
	Build    string            `json:"build"`
	Versions map[string]string `json:"versions"`
	// Rounds is how many browser processes stand behind each figure of the speed part, by engine.
	Rounds map[string]int `json:"rounds"`
	Peers  []ReportPeer   `json:"peers"`
	// Engines has the medians by engine, part, row and peer: ns in speed, bytes in memory, ms in start, else as the row says.
	Engines map[string]map[string]map[string]map[string]float64 `json:"engines"`
	Targets []Result                                            `json:"targets"`
}

// ReportPeer is a peer in the report.
type ReportPeer struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Version  string `json:"version,omitempty"`
	Isolates string `json:"isolates"`
	// Brotli is what a page loads of it, in bytes.
	Brotli int `json:"brotli,omitempty"`
}

// engines are the browsers, in the order of the tables.
var engines = []string{"chromium", "firefox", "webkit"}

// parts of the benchmark with their titles, in the order of the tables.
var parts = []struct{ name, title string }{
	{"speed", "Speed, for one operation"},
	{"memory", "Memory, bytes for each key at 50,000 keys, not yet read"},
	{"start", "Start, cold, in ms"},
	{"html", "HTML of 1,000 inputs and 1,000 outputs"},
	{"scale", "Tabstate with more keys, and with more listeners that do not fire"},
	{"frames", "Tabstate with 100 MB of state and 1,000 writes a second, the worst of it"},
}

// report makes the report of all rounds, with the sizes and versions of what was measured.
func report(all Rounds, sizes map[string]int, versions map[string]string) Report {
	r := Report{
		Date: time.Now().UTC().Format(time.DateOnly), Machine: machine(), Build: all.Build, Versions: maps.Clone(versions),
		Rounds: map[string]int{}, Engines: map[string]map[string]map[string]map[string]float64{}, Targets: all.figures(engines[0]).results(),
	}
	maps.Copy(r.Versions, all.Browsers)
	for _, p := range peers {
		r.Peers = append(r.Peers, ReportPeer{Name: p.Name, Title: p.Title, Version: versions[p.Package], Isolates: p.Isolates, Brotli: sizes[p.Name]})
	}
	for engine, figures := range all.Engines {
		r.Engines[engine] = map[string]map[string]map[string]float64{}
		for part := range figures {
			r.Engines[engine][part] = figures.all(part)
		}
		for _, byPeer := range figures["speed"] {
			r.Rounds[engine] = max(r.Rounds[engine], len(byPeer[tabstate]))
		}
	}
	return r
}

// markdown is the report as text.
func (r Report) markdown() string {
	var text strings.Builder
	fmt.Fprintf(&text, "# Benchmark of %s\n\n%s. %s. Medians of rounds, a fresh browser process for each peer and round.\n", r.Date, r.Machine, r.Versions["go"])
	for _, engine := range engines {
		for _, part := range parts {
			if rows := r.Engines[engine][part.name]; len(rows) > 0 {
				fmt.Fprintf(&text, "\n## %s: %s %s%s\n\n%s", part.title, engine, r.Versions[engine], r.rounds(engine, part.name), table(part.name, rows))
			}
		}
	}
	if len(r.Targets) > 0 {
		text.WriteString("\n## What is wanted\n\n| row | Tabstate | held against | | × | wanted | |\n|---|--:|---|--:|--:|--:|---|\n")
		for _, t := range r.Targets {
			fmt.Fprintf(&text, "| %s | %s | %s | %s | %.2f | ≤ %.2f | %s |\n", t.Row, unit(t.Part, t.Row, t.Tabstate), t.Than, unit(t.Part, t.Row, t.Other), t.Ratio, t.Most,
				map[bool]string{true: "met", false: "**missed**"}[t.Met])
		}
	}
	text.WriteString("\n## Size\n\n| peer | version | KiB of brotli |\n|---|---|--:|\n")
	for _, p := range r.Peers {
		if p.Brotli > 0 {
			fmt.Fprintf(&text, "| %s | %s | %.1f |\n", p.Title, p.Version, float64(p.Brotli)/1024)
		}
	}
	return text.String()
}

// rounds says how many there were, where that is known.
func (r Report) rounds(engine, part string) string {
	if part != "speed" {
		return ""
	}
	return fmt.Sprintf(", rounds: %d", r.Rounds[engine])
}

// table has the peers as lines, and the rows as columns. Ratios are to Tabstate.
func table(part string, rows map[string]map[string]float64) string {
	columns := columnsOf(part, rows)
	var text strings.Builder
	text.WriteString("| |")
	for _, column := range columns {
		fmt.Fprintf(&text, " %s |", column)
	}
	fmt.Fprintf(&text, "\n|---|%s\n", strings.Repeat("--:|", len(columns)))
	for _, name := range linesOf(part, rows) {
		title := name
		if p, ok := find(name); ok {
			title = p.Title
		}
		fmt.Fprintf(&text, "| %s |", cmp.Or(otherTitles[name], title))
		for _, column := range columns {
			figure, ok := rows[column][name]
			switch own := rows[column][tabstate]; {
			case !ok:
				text.WriteString(" – |")
			case name == tabstate || own == 0:
				fmt.Fprintf(&text, " %s |", unit(part, column, figure))
			default:
				fmt.Fprintf(&text, " %s (%s) |", unit(part, column, figure), times(figure/own))
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}

// otherTitles are of lines that are no peers.
var otherTitles = map[string]string{"glue": "bare Go glue, the same module", "petite": "petite-vue", "hand": "by hand"}

// unit writes a figure with the unit it has.
func unit(part, row string, figure float64) string {
	switch part {
	case "speed":
		switch {
		case figure >= 1e6:
			return digits(figure/1e6) + " ms"
		case figure >= 1e3:
			return digits(figure/1e3) + " µs"
		}
		return digits(figure) + " ns"
	case "start":
		return digits(figure) + " ms"
	}
	return digits(figure)
}

// digits writes a number with as many digits as it deserves.
func digits(n float64) string {
	switch {
	case n >= 100 || n == float64(int(n)):
		return fmt.Sprintf("%.0f", n)
	case n >= 10:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.2f", n)
}

func times(ratio float64) string { return digits(ratio) + " ×" }

// machine says what this one is.
func machine() string {
	text := fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	info, err := os.ReadFile("/proc/cpuinfo")
	if model := regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`).FindSubmatch(info); err == nil && model != nil {
		text += ", " + string(model[1])
	}
	return text
}

// write writes the report's two forms into the folder.
func (r Report) write(folder string) error {
	if err := writeJSON(filepath.Join(folder, "report.json"), r); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "report.md"), []byte(r.markdown()), 0o644)
}
