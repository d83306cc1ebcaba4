package wire

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// Shares says that responses which read the same open file, each through an io.SectionReader, are sent by the system.
const Shares = true

// more tells the system that the rest follows at once (MSG_MORE), which package syscall does not name.
const more = 0x8000

// send sends what waits and the part of the file in one piece. The error is ErrUnsupported when the system cannot send from such a file;
// p then has what is left.
func (c *conn) send(to syscall.Conn, p *part) (n int64, err error) {
	out, err := to.SyscallConn()
	if err != nil {
		return 0, err
	}
	in, err := p.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	// The file stays open while Control runs, the connection while Write does; Write calls again when the connection can take more.
	err = in.Control(func(from uintptr) {
		err := out.Write(func(into uintptr) bool {
			if failed = c.sendHeld(int(into)); failed == nil {
				var sent int64
				sent, failed = sendPart(int(into), int(from), p)
				n += sent
			}
			return failed != syscall.EAGAIN
		})
		if err != nil {
			failed = err
		}
	})
	if c.length > 0 {
		c.drop()
	}
	if err == nil {
		err = failed
	}
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError("sendfile", errno)
	}
	return n, err
}

// sendHeld sends what waits. What the system did not take waits on.
func (c *conn) sendHeld(to int) error {
	for c.length > 0 {
		n, err := syscall.SendmsgN(to, c.held[:c.length], nil, nil, more|syscall.MSG_NOSIGNAL)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return err
		case n < c.length:
			c.length = copy(c.held[:], c.held[n:c.length])
		default:
			c.drop()
		}
	}
	return nil
}

func sendPart(to, from int, p *part) (all int64, err error) {
	for p.left > 0 {
		offset := p.offset
		n, err := syscall.Sendfile(to, from, &offset, int(min(p.left, 1<<30)))
		switch {
		case n > 0:
			all += int64(n)
			p.sent(int64(n))
		case err == syscall.EINTR:
		case errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSYS):
			return all, errors.ErrUnsupported
		case err != nil:
			return all, err
		default:
			return all, io.ErrUnexpectedEOF // the file has become shorter
		}
	}
	return all, nil
}
