package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tabstate/tabstate/host/browsertest"
)

// outcomesFile gets the table of what happened, see TestMain. It is not tracked.
const outcomesFile = ".build/outcomes.md"

// outcomes is what scenarios say that happened, for people to read: the tests fail by themselves when it is not what the rules say.
var outcomes struct {
	mutex    sync.Mutex
	rows     []string
	engines  []browsertest.Engine
	cells    map[string]map[browsertest.Engine]string
	counted  []string
	counters map[string]map[browsertest.Engine]int
}

// happened notes what came of a scenario in the browser's engine.
func happened(t *testing.T, b *browsertest.Browser, what, outcome string, arguments ...any) {
	t.Helper()
	outcome = fmt.Sprintf(outcome, arguments...)
	t.Logf("%s: %s", what, outcome)
	o := &outcomes
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.cells == nil {
		o.cells = map[string]map[browsertest.Engine]string{}
	}
	if o.cells[what] == nil {
		o.cells[what] = map[browsertest.Engine]string{}
		o.rows = append(o.rows, what)
	}
	if !slices.Contains(o.engines, b.Engine()) {
		o.engines = append(o.engines, b.Engine())
	}
	o.cells[what][b.Engine()] = outcome
}

// counted adds to how many inputs or faults of a kind were tried in the browser's engine.
func counted(b *browsertest.Browser, what string, n int) {
	o := &outcomes
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.counters == nil {
		o.counters = map[string]map[browsertest.Engine]int{}
	}
	if o.counters[what] == nil {
		o.counters[what] = map[browsertest.Engine]int{}
		o.counted = append(o.counted, what)
	}
	o.counters[what][b.Engine()] += n
}

// writeOutcomes writes the table, when anything happened.
func writeOutcomes() error {
	o := &outcomes
	if len(o.rows) == 0 {
		return nil
	}
	var text strings.Builder
	line := func(cells ...string) { fmt.Fprintf(&text, "| %s |\n", strings.Join(cells, " | ")) }
	head := func(first string) {
		cells, rule := []string{first}, []string{"---"}
		for _, engine := range o.engines {
			cells, rule = append(cells, string(engine)), append(rule, "---")
		}
		line(cells...)
		line(rule...)
	}
	head("what was done")
	for _, row := range o.rows {
		cells := []string{row}
		for _, engine := range o.engines {
			cells = append(cells, strings.ReplaceAll(o.cells[row][engine], "|", "\\|"))
		}
		line(cells...)
	}
	text.WriteString("\n")
	head("how many were tried")
	for _, row := range o.counted {
		cells := []string{row}
		for _, engine := range o.engines {
			cells = append(cells, fmt.Sprint(o.counters[row][engine]))
		}
		line(cells...)
	}
	if err := os.MkdirAll(filepath.Dir(outcomesFile), 0o755); err != nil {
		return err
	}
	return os.WriteFile(outcomesFile, []byte(text.String()), 0o644)
}
