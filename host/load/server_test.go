// Package load puts load on the host: beside other servers, to compare, and alone, to see that it bears it.
package load

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/static"
)

// server is a process that serves the site.
type server struct {
	name, address string
	process       *exec.Cmd
}

// run starts a program and ends it with the test. output is what it writes to stdout.
func run(t testing.TB, name, address string, program string, args ...string) (*server, *bufio.Reader) {
	t.Helper()
	s := &server{name, address, exec.Command(program, args...)}
	output, err := s.process.StdoutPipe()
	require.NoError(t, err)
	var said bytes.Buffer
	s.process.Stderr = &said
	require.NoError(t, s.process.Start())
	t.Cleanup(func() {
		_ = s.process.Process.Signal(syscall.SIGTERM)
		_ = s.process.Wait()
		if t.Failed() {
			t.Logf("%s said: %s", name, said.String())
		}
	})
	return s, bufio.NewReader(output)
}

// host starts this project's host on a folder.
func host(t testing.TB, folder string) *server {
	t.Helper()
	program := filepath.Join(t.TempDir(), "host")
	out, err := exec.Command("go", "build", "-o", program, "..").CombinedOutput()
	require.NoError(t, err, string(out))
	s, output := run(t, "host", "", program, "-addr", "127.0.0.1:0", "-dir", folder, "-quiet")
	line, err := output.ReadString('\n')
	require.NoError(t, err)
	s.address = strings.TrimPrefix(strings.TrimSpace(line), "http://")
	return s
}

// free returns an address that nobody listens at.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// answers waits until the server does.
func (s *server) answers(t testing.TB) *server {
	t.Helper()
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 20*time.Second, 20*time.Millisecond, s.name)
	return s
}

// memory returns a line of the process's status, in bytes: VmRSS what it takes now, VmHWM the most that it took.
func (s *server) memory(t testing.TB, line string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		t.Skip("only Linux tells how much memory a process takes")
	}
	_, rest, ok := strings.Cut(string(status), line+":")
	require.True(t, ok)
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(t, err)
	return kib << 10
}

// site makes a folder with the demo site and the runtime in it, and returns it with the path of the compiled module.
func site(t testing.TB) (folder, module string) {
	t.Helper()
	folder = t.TempDir()
	dist := os.DirFS("../dist")
	m, err := build.ReadManifest(dist)
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("nothing is built yet: ./build.sh build")
	}
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(folder, static.Files))
	require.NoError(t, os.CopyFS(filepath.Join(folder, "tabstate"), dist))
	return folder, "/tabstate/" + m.Wasm
}
