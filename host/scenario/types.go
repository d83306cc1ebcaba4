package scenario

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Types has TypeScript read the public types, with what must compile and what must not, and the facade's own modules.
//
// It also installs the development dependencies of js/, which the browser test of the validators serves, so it runs first.
func Types(t *testing.T) {
	node := tool(t, "node")
	dependencies(t)
	built := programOf(t, prebuilt)                                                // the facade's modules with the one that the build makes
	if copied := filepath.Join(built.dir, "js", "node_modules"); !exists(copied) { // built before they were installed
		installed, err := filepath.Abs("js/node_modules")
		require.NoError(t, err)
		require.NoError(t, os.Symlink(installed, copied))
	}
	for _, project := range []string{"public", "facade"} {
		t.Run(project, func(t *testing.T) {
			check := exec.Command(node, "node_modules/typescript/lib/tsc.js", "--project", "types/"+project+".json")
			check.Dir = filepath.Join(built.dir, "js")
			out, err := check.CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// tool finds a program. Where CI is set a missing one fails the test, elsewhere it skips it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%s is not installed", name)
	default:
		t.Skipf("%s is not installed", name)
	}
	return path
}

// dependencies installs those of js/package-lock.json into js/node_modules, unless they are there already.
func dependencies(t *testing.T) {
	t.Helper()
	const js = "js"
	npm := tool(t, "npm")
	lock, err := os.ReadFile(filepath.Join(js, "package-lock.json"))
	require.NoError(t, err)
	mark := filepath.Join(js, "node_modules", ".installed-from")
	if installed, err := os.ReadFile(mark); err == nil && string(installed) == string(lock) {
		return
	}
	install := exec.Command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = js
	out, err := install.CombinedOutput()
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("npm ci in js/ failed, is there no network? %v\n%s", err, out)
	}
	require.NoError(t, err, "npm ci in js/:\n%s", out)
	require.NoError(t, os.WriteFile(mark, lock, 0o644))
}
