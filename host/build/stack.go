package build

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
)

// Go begins each goroutine with a stack of 2 KiB. The one that the exports run on outgrows that with the first value, and making it larger
// is 30 functions of the Go runtime that each page's engine compiles for it: 1.2 ms of the page's thread. With 4 KiB it is not outgrown.
var (
	stackSmall = []byte("\n\tstackMin = 2048\n")
	stackLarge = []byte("\n\tstackMin = 4096\n")
)

// stacks writes into temp what has the go command take stacks of 4 KiB, and returns the flag for it: none for a runtime that says otherwise
// how large they are.
func (t toolchain) stacks(temp string) ([]string, error) {
	source := filepath.Join(t.root, "src", "runtime", "stack.go")
	text, err := os.ReadFile(source)
	if err != nil || bytes.Count(text, stackSmall) != 1 {
		return nil, nil
	}
	file, overlay := filepath.Join(temp, "stack.go"), filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(file, bytes.Replace(text, stackSmall, stackLarge, 1), 0o600); err != nil {
		return nil, err
	}
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{source: file}})
	if err != nil {
		return nil, err
	}
	return []string{"-overlay=" + overlay}, os.WriteFile(overlay, list, 0o600)
}
