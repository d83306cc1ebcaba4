//go:build unix

package workertest

import (
	"os/exec"
	"syscall"
)

// ownGroup gives the program a process group of its own: wrangler starts others.
func ownGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup sends a signal to the group that this test made.
func endGroup(group int, signal syscall.Signal) { _ = syscall.Kill(-group, signal) }
