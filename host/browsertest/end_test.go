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
	for _, engine := range browsertest.Engines {
		for _, end := range []string{"pass", "fail", "panic", "kill"} {
			t.Run(string(engine)+"/"+end, func(t *testing.T) {
				folder := t.TempDir()
				program := exec.Command(os.Args[0], "-test.run=^TestEnd$")
				program.Env = append(os.Environ(), "BROWSERTEST_END="+end, "BROWSERTEST_ENGINE="+string(engine), "TMPDIR="+folder)
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
				require.Eventually(t, func() bool { return len(mentioning(folder)) == 0 }, 10*time.Second, 20*time.Millisecond, "%v", mentioning(folder))
			})
		}
	}
}

// TestEnd is run by TestNothingIsLeft in a program of its own.
func TestEnd(t *testing.T) {
	end := os.Getenv("BROWSERTEST_END")
	if end == "" {
		t.Skip("run by TestNothingIsLeft")
	}
	browsertest.Start(t, browsertest.Engine(os.Getenv("BROWSERTEST_ENGINE")), browsertest.Options{})
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

// mentioning lists the command lines of living processes that have the text in it or in their environment.
func mentioning(text string) []string {
	var found []string
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		line, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		environment, _ := os.ReadFile(filepath.Join(folder, "environ"))
		if strings.Contains(string(line)+string(environment), text) {
			found = append(found, string(line))
		}
	}
	return found
}
