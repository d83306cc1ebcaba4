//go:build !linux

package browsertest

import (
	"errors"
	"os"
	"os/exec"
)

// ownGroup does nothing here: the program is ended by its id alone.
func ownGroup(*exec.Cmd) {}

// endGroup ends the process that this test started.
func endGroup(pid int, force bool) {
	if process, err := os.FindProcess(pid); err == nil {
		if force {
			_ = process.Kill()
		} else {
			_ = process.Signal(os.Interrupt)
		}
	}
}

// endAll has nothing to end here.
func endAll([]int) {}

// leftovers knows nothing here.
func leftovers(int, string) []int { return nil }

// listening cannot know.
func listening(*process) (string, error) {
	return "", errors.New("which port a program listens on is known on Linux alone")
}
