package wire_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/wire"
)

// counting counts what reaches the system.
type counting struct {
	net.Listener
	writes *atomic.Int64
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (l counting) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countingConn{c, l.writes}, err
}

func (c countingConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

func serve(t *testing.T, wrap func(net.Listener) net.Listener, h http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: h, ConnContext: wire.Context}
	t.Cleanup(func() { server.Close() })
	go server.Serve(wrap(l))
	return l.Addr().String()
}

// TestBytes: over one connection, answers of all sizes around those at which net/http hands on what it has, and files between them, arrive
// as they were written.
func TestBytes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	content := bytes.Repeat([]byte("file"), 50_000)
	require.NoError(t, os.WriteFile(file, content, 0o644))
	var fromFile atomic.Bool
	address := serve(t, wire.Listener, func(w http.ResponseWriter, r *http.Request) {
		if fromFile.Load() {
			http.ServeFile(w, r, file)
			return
		}
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		body := bytes.Repeat([]byte{byte(n)}, n)
		w.Header().Set("Content-Length", strconv.Itoa(n))
		wire.Expect(r.Context(), n)
		_, _ = w.Write(body)
	})
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	from := bufio.NewReader(conn)
	ask := func(n int) []byte {
		fmt.Fprintf(conn, "GET /?n=%d HTTP/1.1\r\nHost: a\r\n\r\n", n)
		answer, err := http.ReadResponse(from, nil)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return body
	}
	sizes := []int{0, 1, 2047, 2048, 2049, 8191, 8192, 20_000, 500_000}
	for n := 3900; n < 4200; n++ {
		sizes = append(sizes, n)
	}
	for i, n := range sizes {
		require.Equal(t, bytes.Repeat([]byte{byte(n)}, n), ask(n), n)
		if i%50 == 0 {
			fromFile.Store(true)
			require.Equal(t, content, ask(0))
			fromFile.Store(false)
		}
	}
}

// TestOnePiece: a page of 6 KiB is one call less.
func TestOnePiece(t *testing.T) {
	var expected, written atomic.Int64
	for _, c := range []struct {
		count *atomic.Int64
		tell  bool
	}{{&expected, true}, {&written, false}} {
		address := serve(t, func(l net.Listener) net.Listener { return wire.Listener(counting{l, c.count}) }, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "6000")
			if c.tell {
				wire.Expect(r.Context(), 6000)
			}
			_, _ = w.Write(make([]byte, 6000))
		})
		answer, err := http.Get("http://" + address)
		require.NoError(t, err)
		n, err := io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		require.NoError(t, err)
		require.EqualValues(t, 6000, n)
	}
	require.EqualValues(t, 2, written.Load(), "net/http joins them by itself now: this package can go")
	require.EqualValues(t, 1, expected.Load())
}

// TestWithoutIt: on a request of another server it does nothing.
func TestWithoutIt(t *testing.T) {
	wire.Expect(t.Context(), 10)
	require.Equal(t, t.Context(), wire.Context(t.Context(), nil))
}
