package main

import (
	"bufio"
	"context"
	"flag"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/js"
	"github.com/tabstate/tabstate/static"
)

func TestArguments(t *testing.T) {
	tests := []struct {
		name string
		args []string
		says string
	}{
		{"unknown flag", []string{"-port", "1"}, "-port"},
		{"argument", []string{"public"}, "public"},
		{"build without out", []string{"-build", "wasm"}, "-out"},
		{"out alone", []string{"-out", "x"}, "-build"},
		{"check alone", []string{"-check"}, "-build"},
		{"certificate without key", []string{"-cert", "cert.pem"}, "-key"},
		{"key without certificate", []string{"-key", "key.pem"}, "-cert"},
		{"certificate that is not there", []string{"-cert", "no-such.pem", "-key", "no-such.pem"}, "no-such.pem"},
		{"form of the log", []string{"-log", "xml"}, "json"},
		{"folder that is not there", []string{"-dir", "no-such-folder"}, "no-such-folder"},
		{"size of nothing", []string{"-size", "-out", "no-such-folder"}, "build.sh build"},
		{"program that is not there", []string{"-build", "no-such-folder", "-out", t.TempDir()}, "no-such-folder"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.ErrorContains(t, run(t.Context(), test.args, io.Discard, io.Discard), test.says)
		})
	}
	require.ErrorIs(t, run(t.Context(), []string{"-help"}, io.Discard, io.Discard), flag.ErrHelp)
}

func TestVisible(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:80": "127.0.0.1:80",
		"0.0.0.0:8080": "localhost:8080",
		"[::]:8080":    "localhost:8080",
		"[::1]:8080":   "[::1]:8080",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		require.NoError(t, err)
		require.Equal(t, want, visible(tcp))
	}
}

// started runs fn, which writes an address to its first argument, and returns the address and where fn's end is told.
func started(t *testing.T, fn func(stdout io.Writer) error) (string, <-chan error) {
	t.Helper()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := fn(w)
		w.CloseWithError(io.EOF)
		ended <- err
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		require.NoError(t, <-ended)
	}
	require.NoError(t, err)
	go io.Copy(io.Discard, r)
	return line[:len(line)-1], ended
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

func TestServeOnEndsGently(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	asked, release := make(chan bool), make(chan bool)
	server := serverOf(t, settings{}, io.Discard)
	pages := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-release
		pages.ServeHTTP(w, r)
	})
	url, ended := started(t, func(stdout io.Writer) error { return serveOn(ctx, listener, server, stdout) })

	answered := make(chan string, 1)
	go func() {
		_, body := get(t, url)
		answered <- body
	}()
	<-asked
	stop()
	select {
	case <-ended:
		t.Fatal("it ended with a request under way")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	require.Contains(t, <-answered, "Start")
	require.NoError(t, <-ended)
}

func TestServerLimits(t *testing.T) {
	server := serverOf(t, settings{}, io.Discard)
	require.Positive(t, server.ReadHeaderTimeout)
	require.Positive(t, server.ReadTimeout)
	require.Positive(t, server.WriteTimeout)
	require.Positive(t, server.IdleTimeout)
	require.Positive(t, server.MaxHeaderBytes)
}

// TestRun serves the real thing: the embedded runtime, or in a fresh clone one that is built on start.
func TestRun(t *testing.T) {
	if _, err := fs.Stat(js.Files, "tabstate.js"); err != nil {
		t.Skip("the facade is not there yet")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte("mine"), 0o644))
	for _, test := range []struct {
		name string
		args []string
		page string
	}{
		{"demo site", nil, "<"},
		{"a folder", []string{"-dir", dir}, "mine"},
	} {
		t.Run(test.name, func(t *testing.T) {
			url, ended := started(t, func(stdout io.Writer) error {
				return run(t.Context(), append(test.args, "-addr", "127.0.0.1:0"), stdout, os.Stderr)
			})
			status, body := get(t, url+"/")
			require.Equal(t, 200, status)
			require.Contains(t, body, test.page)
			status, body = get(t, url+"/tabstate/manifest.json")
			require.Equal(t, 200, status)
			require.Contains(t, body, `"wasm"`)
			status, _ = get(t, url+"/embed.go")
			require.Equal(t, 404, status)

			self, err := os.FindProcess(os.Getpid())
			require.NoError(t, err)
			require.NoError(t, self.Signal(syscall.SIGTERM))
			require.NoError(t, <-ended)
		})
	}
}

func TestSourceRoot(t *testing.T) {
	root, ok := sourceRoot(t.Context())
	require.True(t, ok)
	require.FileExists(t, filepath.Join(root, "build.sh"))
	t.Chdir(t.TempDir())
	_, ok = sourceRoot(t.Context())
	require.False(t, ok)
	require.ErrorContains(t, errNoRuntime, "build.sh build")
}

func TestDemoSiteHidesSource(t *testing.T) {
	_, err := fs.Stat(static.Files, "embed.go")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = fs.Stat(static.Files, ".")
	require.NoError(t, err)
}

func TestBuildMode(t *testing.T) {
	if _, err := fs.Stat(js.Files, "tabstate.js"); err != nil {
		t.Skip("the facade is not there yet")
	}
	out := t.TempDir()
	program := filepath.Join("build", "testdata", "program")
	o := settings{build: program, out: out, check: true}.options(io.Discard)
	require.EqualValues(t, build.Budget, o.Budget)
	o.Quality, o.Budget = 1, 0
	_, err := build.Build(t.Context(), o)
	require.NoError(t, err)
}
