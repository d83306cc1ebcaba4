// Package workertest runs the host in workerd, as Cloudflare runs it, for tests: wrangler with the repository's own configuration,
// on this machine alone.
package workertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/worker/pack"
)

// Start packs a site and serves it until the test ends. It returns its address, "http://127.0.0.1:8080". root is the
// repository's folder.
//
// What it needs is installed by npm ci in host/worker. Without it the test is skipped, and fails where CI is set.
func Start(t *testing.T, root string, o pack.Options) string {
	t.Helper()
	wrangler := Wrangler(t, root)
	return Serve(t, wrangler, Folder(t, root, o))
}

// Serve serves what [Folder] made until the test ends, and returns its address.
func Serve(t *testing.T, wrangler []string, dir string) string {
	t.Helper()
	return start(t, dir, wrangler, "dev", "--ip", "127.0.0.1", "--port", "0")
}

// Folder makes a folder to run wrangler in, with the site packed, and returns its name.
func Folder(t *testing.T, root string, o pack.Options) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"entry.js", "wrangler.jsonc", "package.json"} {
		content, err := os.ReadFile(filepath.Join(root, "host", "worker", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
	o.Out = filepath.Join(dir, "dist")
	require.NoError(t, pack.Pack(t.Context(), o))
	return dir
}

// Wrangler returns the command that starts wrangler.
func Wrangler(t *testing.T, root string) []string {
	t.Helper()
	node, err := exec.LookPath("node")
	script, _ := filepath.Abs(filepath.Join(root, "host", "worker", "node_modules", "wrangler", "bin", "wrangler.js"))
	if err == nil {
		_, err = os.Stat(script)
	}
	if err == nil && runtime.GOOS+runtime.GOARCH == "linuxamd64" {
		return []string{node, script}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("wrangler is not installed: npm ci --prefix host/worker (%v)", err)
	}
	t.Skipf("wrangler is not installed, or not for this system: npm ci --prefix host/worker (%v)", err)
	return nil
}

// Command returns the command with arguments, which runs in dir and asks nobody for anything. It takes workerd from
// where package.json pins it, and keeps what it writes in dir.
func Command(t *testing.T, dir string, wrangler []string, args ...string) *exec.Cmd {
	command := exec.Command(wrangler[0], append(wrangler[1:], args...)...)
	command.Dir = dir
	modules := filepath.Dir(filepath.Dir(filepath.Dir(wrangler[1])))
	command.Env = append(os.Environ(),
		"CI=1", "NO_COLOR=1", "WRANGLER_SEND_METRICS=false", "WRANGLER_SEND_ERROR_REPORTS=false", "WRANGLER_HIDE_BANNER=true", "CLOUDFLARE_CF_FETCH_ENABLED=false",
		"WRANGLER_LOG_PATH="+filepath.Join(dir, "logs"), "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir,
		"MINIFLARE_WORKERD_PATH="+filepath.Join(modules, "@cloudflare", "workerd-linux-64", "bin", "workerd"),
	)
	return command
}

var ready = regexp.MustCompile(`Ready on (http://127\.0\.0\.1:\d+)`)

// start runs wrangler in a process group of its own, which ends with the test, and returns the address that it tells.
func start(t *testing.T, dir string, wrangler []string, args ...string) string {
	t.Helper()
	command := Command(t, dir, wrangler, args...)
	var said output
	command.Stdout, command.Stderr = &said, &said
	command.WaitDelay = 10 * time.Second
	ownGroup(command)
	require.NoError(t, command.Start())
	ended := make(chan struct{})
	go func() {
		_ = command.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		endGroup(command.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
		}
		endGroup(command.Process.Pid, syscall.SIGKILL) // whoever of the group is left
		<-ended
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if found := ready.FindStringSubmatch(said.String()); found != nil {
			return found[1]
		}
		select {
		case <-ended:
			t.Fatalf("wrangler ended:\n%s", said.String())
		default:
		}
	}
	t.Fatalf("wrangler does not come up:\n%s", said.String())
	return ""
}

// output is what a program printed so far.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}
