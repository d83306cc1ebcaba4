// Package wire sends a response to the system in one piece. net/http hands on what it has after 4 KiB, so that a page of 6
// costs two calls and often two packets; a call is a fifth of the whole answer. Before a file it sends the headers alone, which wakes the
// client twice and halves what a server can do (of 440 KB: 6,300 answers a second, and 12,300 in one piece).
package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
)

// Listener returns a listener whose connections Context makes known to handlers. It is for HTTP/1 without TLS.
func Listener(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c}, nil
}

type key struct{}

// Context is for http.Server.ConnContext.
func Context(ctx context.Context, c net.Conn) context.Context {
	if c, ok := c.(*conn); ok {
		return context.WithValue(ctx, key{}, c)
	}
	return ctx
}

// mostLines is how long the lines may be that Expect takes.
const mostLines = 4 << 10

// Expect says that a response is about to be written to the request's connection: lines, each ended by CRLF, go into its head, and at least
// n bytes of body follow, so that fewer can wait for the rest, the head too when it is flushed. The handler then has to write a response
// with such a body, and without these headers in its map: net/http takes a fifth of the time of a small answer to copy, sort and write a
// dozen of them, which are the same each time.
//
// On a connection that is not this package's, or when the lines are too long, it does nothing and returns false.
func Expect(request context.Context, lines []byte, n int) bool {
	c, ok := request.Value(key{}).(*conn)
	if !ok || len(lines) > mostLines {
		return false
	}
	c.lines, c.expected = lines, n
	return true
}

// conn is written to by one goroutine at a time, as net/http does.
type conn struct {
	net.Conn
	lines    []byte  // that go into the next head
	expected int     // bytes still to come
	held     *buffer // what waits for them
	length   int     // of what is in held
}

// handedOn is what net/http hands on at once.
const handedOn = 4 << 10

// buffer has room for a page after what waits; what is larger goes to the system beside it.
type buffer [16 << 10]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func (c *conn) Write(p []byte) (int, error) {
	if c.length == 0 && c.expected > len(p) && len(p) <= handedOn {
		c.hold(p)
		return len(p), nil
	}
	c.expected = 0
	if lines := c.lines; lines != nil {
		c.lines = nil
		status := bytes.IndexByte(p, '\n') + 1
		head := net.Buffers{p[:status], lines, p[status:]}
		n, err := head.WriteTo(c.Conn)
		return max(0, int(n)-len(lines)), err
	}
	if c.length == 0 {
		return c.Conn.Write(p)
	}
	defer c.drop()
	if c.length+len(p) <= len(c.held) {
		n, err := c.Conn.Write(c.held[:c.length+copy(c.held[c.length:], p)])
		return max(0, n-c.length), err
	}
	both := net.Buffers{c.held[:c.length], p}
	n, err := both.WriteTo(c.Conn)
	return int(max(0, n-int64(c.length))), err
}

// hold keeps p until more comes. With lines to add, p begins with the status line, after which they go.
func (c *conn) hold(p []byte) {
	c.held = buffers.Get().(*buffer)
	if c.lines != nil {
		status := bytes.IndexByte(p, '\n') + 1
		c.length = copy(c.held[:], p[:status])
		c.length += copy(c.held[c.length:], c.lines)
		c.lines, p = nil, p[status:]
	}
	c.length += copy(c.held[c.length:], p)
}

func (c *conn) drop() {
	buffers.Put(c.held)
	c.held, c.length = nil, 0
}

// ReadFrom lets the system send files.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	c.expected = 0
	var sent int64
	if p, ok := partIn(r); ok {
		if to, ok := c.Conn.(syscall.Conn); ok {
			var err error
			if sent, err = c.send(to, p); !errors.Is(err, errors.ErrUnsupported) {
				return sent, err
			}
		}
	}
	if c.length > 0 {
		_, err := c.Conn.Write(c.held[:c.length])
		c.drop()
		if err != nil {
			return sent, err
		}
	}
	n, err := io.Copy(c.Conn, r)
	return sent + n, err
}
