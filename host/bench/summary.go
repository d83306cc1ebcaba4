package bench

import (
	"fmt"
	"strings"
)

// summary is the table of the README: Tabstate, and those that a reader is likely to compare it with.
func (r Report) summary() string {
	lines := []struct{ row, title string }{
		{"read number, 100 keys", "read a number"},
		{"write number, 100 keys", "write a number, one listener"},
		{"write short string", "write a short string, one listener"},
		{"write, 1,000 listeners of the key", "write a number, 1,000 listeners"},
		{"write small object", "write a small object, one listener"},
		{"write 10 KB", "write an object of 10 KB, one listener"},
		{"snapshot 10,000", "snapshot of 10,000 keys"},
	}
	names := []string{tabstate, "signals", "frozen", "mobx", "sqlite", "storage"}
	var text strings.Builder
	text.WriteString("|")
	for _, name := range names {
		p, _ := find(name)
		fmt.Fprintf(&text, " | %s", p.Title)
	}
	fmt.Fprintf(&text, " |\n|---|%s\n", strings.Repeat("--:|", len(names)))
	rows := r.Engines[engines[0]]["speed"]
	for _, line := range lines {
		fmt.Fprintf(&text, "| %s", line.title)
		for _, name := range names {
			fmt.Fprintf(&text, " | %s", unit("speed", line.row, rows[line.row][name]))
		}
		text.WriteString(" |\n")
	}
	return text.String()
}
