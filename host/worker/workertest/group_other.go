//go:build !unix

package workertest

import (
	"os/exec"
	"syscall"
)

// Nothing is started here: what the test runs is for Linux.

func ownGroup(*exec.Cmd) {}

func endGroup(int, syscall.Signal) {}
