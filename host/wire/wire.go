// Package wire sends a response to the system in one piece. net/http hands on what it has after 4 KiB, so that a page of 6
// costs two calls and often two packets; a call is a fifth of the whole answer. Before a file it sends the headers alone, which wakes the
// client twice and halves what a server can do (of 440 KB: 6,300 answers a second, and 12,300 in one piece).
package wire

import (
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

// Expect says that at least n bytes are about to be written to the request's connection, so that fewer can wait for the rest, the
// headers too when they are flushed. The handler has to write a body of that length then. It does nothing, and says so, on a connection
// that is not this package's.
func Expect(request context.Context, n int) bool {
	c, ok := request.Value(key{}).(*conn)
	if ok {
		c.expected = n
	}
	return ok
}

// conn is written to by one goroutine at a time, as net/http does.
type conn struct {
	net.Conn
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
		c.held = buffers.Get().(*buffer)
		c.length = copy(c.held[:], p)
		return len(p), nil
	}
	c.expected = 0
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
