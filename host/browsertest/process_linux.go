package browsertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ownGroup gives the program a process group of its own and ends it with the thread that starts it.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// endGroup ends a process group that this test made.
func endGroup(group int, force bool) {
	signal := syscall.SIGTERM
	if force {
		signal = syscall.SIGKILL
	}
	_ = syscall.Kill(-group, signal)
}

// endAll ends processes that the test's programs made, wherever they moved to.
func endAll(pids []int) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// leftovers lists the living processes that belong to the group or carry the mark in their command line or environment.
func leftovers(group int, mark string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var left []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		folder := filepath.Join("/proc", entry.Name())
		line, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		environment, _ := os.ReadFile(filepath.Join(folder, "environ"))
		status, err := os.ReadFile(filepath.Join(folder, "stat"))
		if err != nil {
			continue
		}
		// After the name in parentheses, which may hold anything: state, parent, group.
		fields := strings.Fields(string(status[bytes.LastIndexByte(status, ')')+1:]))
		if len(fields) < 3 || fields[0] == "Z" || fields[0] == "X" {
			continue
		}
		if fields[2] == strconv.Itoa(group) || (mark != "" && bytes.Contains(append(line, environment...), []byte(mark))) {
			left = append(left, pid)
		}
	}
	return left
}
