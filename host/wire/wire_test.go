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
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

var lines = []byte("X-One: 1\r\nX-Two: 2\r\n")

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
		wire.Expect(r.Context(), lines, n)
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
		require.Equal(t, fromFile.Load(), answer.Header.Get("X-One") == "" && answer.Header.Get("X-Two") == "")
		require.NotEmpty(t, answer.Header.Get("Date"))
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
				wire.Expect(r.Context(), nil, 6000)
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
	require.False(t, wire.Expect(t.Context(), nil, 10))
	require.Equal(t, t.Context(), wire.Context(t.Context(), nil))
}

// TestSharedFile: responses that are sent from one open file at the same time, whole and in parts, to readers that take their time or go
// away, do not meet each other.
func TestSharedFile(t *testing.T) {
	content := make([]byte, 3<<20)
	for i := range content {
		content[i] = byte(i ^ i>>8 ^ i>>16)
	}
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, content, 0o644))
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	address := serve(t, wire.Listener, func(w http.ResponseWriter, r *http.Request) {
		section := io.NewSectionReader(file, 0, int64(len(content)))
		if r.Header.Get("Range") != "" {
			http.ServeContent(w, r, "", time.Time{}, section)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		wire.Expect(r.Context(), lines, len(content))
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.Copy(w, section)
	})
	one := func(i int) error {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		defer conn.Close()
		from := bufio.NewReader(conn)
		for round := range 5 {
			begin, end := 0, len(content)
			if (i+round)%2 == 0 {
				begin, end = 1000*i+1, len(content)-1000*round-1
			}
			part := ""
			if begin > 0 {
				part = fmt.Sprintf("Range: bytes=%d-%d\r\n", begin, end-1)
			}
			fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", part)
			answer, err := http.ReadResponse(from, nil)
			if err != nil {
				return err
			}
			if i%5 == 4 && round == 2 {
				_, err := io.ReadFull(answer.Body, make([]byte, 100_000))
				return err
			}
			if i%5 == 3 {
				time.Sleep(20 * time.Millisecond) // the connection is full meanwhile
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				return err
			}
			if !bytes.Equal(body, content[begin:end]) {
				return fmt.Errorf("reader %d, round %d: other bytes", i, round)
			}
		}
		return nil
	}
	errs := make(chan error)
	const readers = 20
	for i := range readers {
		go func() { errs <- one(i) }()
	}
	for range readers {
		require.NoError(t, <-errs)
	}
}

// TestShorterFile: of a file that has become shorter the answer breaks off, so that nobody takes it for a whole one.
func TestShorterFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, make([]byte, 100_000), 0o644))
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	address := serve(t, wire.Listener, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "200000")
		wire.Expect(r.Context(), nil, 200_000)
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.Copy(w, io.NewSectionReader(file, 0, 200_000))
	})
	answer, err := http.Get("http://" + address)
	require.NoError(t, err)
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.EqualValues(t, 100_000, n)
}

// TestLongLines: lines that do not fit are the handler's to set.
func TestLongLines(t *testing.T) {
	long := []byte("X-Long: " + strings.Repeat("a", 5000) + "\r\n")
	address := serve(t, wire.Listener, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Other"] = []string{strings.Repeat("b", 6000)} // a head of more than one piece
		w.Header().Set("Content-Length", "3")
		if wire.Expect(r.Context(), long, 3) || !wire.Expect(r.Context(), lines, 3) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, "abc")
	})
	answer, err := http.Get("http://" + address)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, "abc", string(body))
	require.Equal(t, "2", answer.Header.Get("X-Two"))
	require.Len(t, answer.Header.Get("X-Other"), 6000)
}
