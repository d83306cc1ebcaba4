package scenario

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The check at the end of a run finds what is left, also what its parent left behind, and nothing else.
func TestLeftBehind(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("needs /proc")
	}
	require.Empty(t, leftBehind("nobody has this", 0))
	t.Setenv(runMark, "TestLeftBehind")
	require.Empty(t, leftBehind("TestLeftBehind", 0), "this process is no leftover")
	parent := exec.Command("sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $!")
	pid, err := parent.Output()
	require.NoError(t, err)
	left := leftBehind("TestLeftBehind", 0)
	require.NoError(t, exec.Command("kill", strings.TrimSpace(string(pid))).Run())
	require.Len(t, left, 1)
	require.Contains(t, left[0], "sleep 300")
	require.Empty(t, leftBehind("TestLeftBehind", 10*time.Second))
}
