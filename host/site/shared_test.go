package site_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/site"
	"github.com/tabstate/tabstate/host/wire"
)

// TestSharedFile: what is sent from a file that stays open is what it was when the response began, whatever becomes of the file; and no
// file stays open that has gone.
func TestSharedFile(t *testing.T) {
	content := func(letter string) string { return strings.Repeat(letter, 8<<20) }
	files, dir := onDisk(t, fstest.MapFS{"large.bin": text(content("a"))})
	server := httptest.NewUnstartedServer(site.Handler(site.Options{Pages: files}))
	server.Listener = wire.Listener(server.Listener)
	server.Config.ConnContext = wire.Context
	server.Start()
	defer server.Close()
	get := func(header ...string) *http.Response {
		t.Helper()
		request, err := http.NewRequest("GET", server.URL+"/large.bin", nil)
		require.NoError(t, err)
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	replace := func(letter string) {
		t.Helper()
		name := filepath.Join(dir, "large.bin")
		require.NoError(t, os.WriteFile(name+".new", []byte(content(letter)), 0o644))
		age(t, name+".new", time.Minute+time.Duration(letter[0])*time.Second)
		require.NoError(t, os.Rename(name+".new", name))
	}
	first := get()
	require.Equal(t, content("a"), body(t, first))
	require.Equal(t, 304, get("If-None-Match", first.Header.Get("ETag")).StatusCode)
	require.Equal(t, "aaa", body(t, get("Range", "bytes=5000000-5000002")))
	require.Equal(t, 412, get("If-Match", `"other"`).StatusCode)

	slow := get() // the connection holds less than all of it
	gone, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	fmt.Fprintf(gone, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
	_, err = io.ReadFull(gone, make([]byte, 1000))
	require.NoError(t, err)
	for _, letter := range []string{"b", "c", "d", "e"} {
		replace(letter)
		require.Eventually(t, func() bool { return body(t, get("Range", "bytes=0-0")) == letter }, 10*time.Second, 20*time.Millisecond)
	}
	require.Equal(t, content("e"), body(t, get()))
	require.NoError(t, gone.Close())
	rest, err := io.ReadAll(slow.Body)
	require.NoError(t, err)
	require.True(t, bytes.Equal([]byte(content("a")), rest), "it ends as it began")

	if runtime.GOOS == "linux" {
		require.Eventually(t, func() bool { return descriptors(t, dir) == 1 }, 10*time.Second, 20*time.Millisecond, "only that of what the file is now")
	}
}

// TestManyFiles: only so many stay open, and the others are served as well.
func TestManyFiles(t *testing.T) {
	all := fstest.MapFS{}
	for i := range 200 {
		all[fmt.Sprintf("%d.bin", i)] = text(fmt.Sprintf("%-70000d", i))
	}
	files, dir := onDisk(t, all)
	h := site.Handler(site.Options{Pages: files})
	for range 2 {
		for name, file := range all {
			require.Equal(t, string(file.Data), body(t, ask(h, "GET", "/"+name)))
		}
	}
	if runtime.GOOS == "linux" {
		require.Equal(t, 128, descriptors(t, dir))
	}
}

// descriptors counts the files below the folder that this process has open.
func descriptors(t *testing.T, dir string) (count int) {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	for _, d := range open {
		if name, err := os.Readlink("/proc/self/fd/" + d.Name()); err == nil && strings.HasPrefix(name, dir+"/") {
			count++
		}
	}
	return count
}
