package scenario

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// runMark names the variable that every process of a test run has in its environment, whoever started it and wherever it moved to.
const runMark = "TABSTATE_TEST_RUN"

// leftBehind lists the living processes, but this one, that have the mark in their environment, once they have had some time to end. Where there is
// no /proc it finds none.
func leftBehind(mark string, patience time.Duration) []string {
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		left := marked(runMark + "=" + mark)
		if len(left) == 0 || time.Now().After(deadline) {
			return left
		}
	}
}

func marked(variable string) (found []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		folder := filepath.Dir(file)
		pid, _ := strconv.Atoi(filepath.Base(folder))
		environment, err := os.ReadFile(file)
		if err != nil || pid == os.Getpid() || !bytes.Contains(environment, []byte(variable)) {
			continue
		}
		// One that has ended and waits for its parent has no command line any more.
		if line, err := os.ReadFile(filepath.Join(folder, "cmdline")); err == nil && len(line) > 0 {
			found = append(found, fmt.Sprintf("%d %s", pid, strings.ReplaceAll(string(line), "\x00", " ")))
		}
	}
	return found
}
