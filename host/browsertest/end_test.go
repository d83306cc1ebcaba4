package browsertest_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// A browser ends with the test that started it, whether that test passes, fails or panics, and also when the test
// program itself is killed, as `go test` does when time is up.
func TestNothingIsLeft(t *testing.T) {
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("needs /proc")
	}
	for _, end := range []string{"pass", "fail", "panic", "kill"} {
		t.Run(end, func(t *testing.T) {
			folder := t.TempDir()
			program := exec.Command(os.Args[0], "-test.run=^TestEnd$")
			program.Env = append(os.Environ(), "BROWSERTEST_END="+end, "TMPDIR="+folder)
			output, err := program.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, program.Start())
			line, err := bufio.NewReader(output).ReadString('\n')
			require.NoError(t, err)
			if !strings.Contains(line, "started") {
				t.Skip(line)
			}
			require.NotEmpty(t, mentioning(folder), "the browser should run now")
			if end == "kill" {
				require.NoError(t, program.Process.Kill())
			}
			_, _ = io.Copy(io.Discard, output)
			err = program.Wait()
			require.Equal(t, end == "pass", err == nil, "%v", err)
			require.Eventually(t, func() bool { return len(mentioning(folder)) == 0 }, 10*time.Second, 20*time.Millisecond)
		})
	}
}

// TestEnd is run by TestNothingIsLeft in a program of its own.
func TestEnd(t *testing.T) {
	end := os.Getenv("BROWSERTEST_END")
	if end == "" {
		t.Skip("run by TestNothingIsLeft")
	}
	browsertest.Start(t, browsertest.Chromium, browsertest.Options{})
	_, _ = os.Stdout.WriteString("started\n")
	time.Sleep(500 * time.Millisecond)
	switch end {
	case "fail":
		t.Fatal("as told")
	case "panic":
		go panic("as told")
		time.Sleep(time.Minute)
	case "kill":
		time.Sleep(time.Minute)
	}
}

// mentioning lists the command lines of living processes that contain the text.
func mentioning(text string) []string {
	var found []string
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), text) {
			found = append(found, string(line))
		}
	}
	return found
}
