//go:build !linux

package wire

import (
	"errors"
	"syscall"
)

// Shares: a file of its own for each response is sent by the system too, as net/http does it.
const Shares = false

// send is for systems that take the place in the file with each call, and can be told that more follows: only Linux so far.
func (c *conn) send(syscall.Conn, *part) (int64, error) { return 0, errors.ErrUnsupported }
