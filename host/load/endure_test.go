package load

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	connections = 1000
	mostMemory  = 60 << 20
	patience    = 2 * time.Minute
)

// TestEndures: a thousand connections at once, readers and writers that take their time, uploads that break off: nobody else
// notices, memory stays small, and afterwards it is what it was.
func TestEndures(t *testing.T) {
	folder, module := site(t)
	s := host(t, folder)
	page := asked(t, s.address, "/todo.html")
	module, whole := module, asked(t, s.address, module)

	require.NoError(t, together(50, func(int) error { return client(s.address, "/todo.html", page, 50) }))
	before := s.memory(t, "VmRSS")

	require.NoError(t, together(connections, func(int) error { return client(s.address, "/todo.html", page, 20) }))
	require.NoError(t, together(5, func(kind int) error {
		switch kind {
		case 0:
			return together(100, func(int) error { return slowReader(s.address, module, whole) })
		case 1:
			return together(200, func(int) error { return slowWriter(s.address, page) })
		case 2:
			return together(300, func(int) error { return brokenUpload(s.address) })
		case 3:
			return together(100, func(int) error { return brokenDownload(s.address, module) })
		default:
			return together(50, func(int) error { return client(s.address, "/todo.html", page, 100) })
		}
	}))

	most := s.memory(t, "VmHWM")
	t.Logf("memory: %d KiB before, %d KiB at most", before>>10, most>>10)
	require.Less(t, most, mostMemory)
	began := time.Now()
	require.Eventually(t, func() bool { return s.memory(t, "VmRSS") < before+before/4+4<<20 }, 5*time.Minute, time.Second, "memory comes back")
	t.Logf("memory: %d KiB %.0f s after", s.memory(t, "VmRSS")>>10, time.Since(began).Seconds())
}

// together runs fn n times at once and returns what went wrong.
func together(n int, fn func(i int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = fn(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func dial(address string) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(patience))
	}
	return conn, err
}

// asked returns the length of what is at the target.
func asked(t *testing.T, address, target string) int64 {
	t.Helper()
	answer, err := http.Get("http://" + address + target)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, 200, answer.StatusCode)
	n, err := io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	return n
}

// response reads one, and says what is wrong with it.
func response(from *bufio.Reader, body io.Writer, want int64) error {
	answer, err := http.ReadResponse(from, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	n, err := io.Copy(body, answer.Body)
	if err == nil && (answer.StatusCode != 200 || n != want) {
		err = fmt.Errorf("status %d with %d bytes of %d", answer.StatusCode, n, want)
	}
	return err
}

// client asks as often over one connection.
func client(address, target string, want int64, times int) error {
	conn, err := dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	from := bufio.NewReader(conn)
	for range times {
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target); err != nil {
			return err
		}
		if err := response(from, io.Discard, want); err != nil {
			return err
		}
	}
	return nil
}

// slowReader takes some seconds for the beginning.
func slowReader(address, target string, want int64) error {
	conn, err := dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target); err != nil {
		return err
	}
	return response(bufio.NewReaderSize(conn, 4<<10), &slow{writes: 40}, want)
}

type slow struct{ writes int }

func (s *slow) Write(p []byte) (int, error) {
	if s.writes--; s.writes > 0 {
		time.Sleep(50 * time.Millisecond)
	}
	return len(p), nil
}

// slowWriter sends its request in small parts.
func slowWriter(address string, want int64) error {
	conn, err := dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	request := "GET /todo.html HTTP/1.1\r\nHost: a\r\n\r\n"
	for i := 0; i < len(request); i += 2 {
		if _, err := io.WriteString(conn, request[i:min(i+2, len(request))]); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return response(bufio.NewReader(conn), io.Discard, want)
}

// brokenUpload promises much and goes away.
func brokenUpload(address string) error {
	conn, err := dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /todo.html HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n"); err != nil {
		return err
	}
	_, _ = conn.Write(make([]byte, 64<<10)) // it may have been refused by now
	return nil
}

// brokenDownload goes away in the middle.
func brokenDownload(address, target string) error {
	conn, err := dial(address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 10<<10))
	return err
}
