package browsertest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

func TestMissingBrowser(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, engine := range browsertest.Engines {
		for ci, want := range map[string]string{
			"":  "skipped: no " + string(engine) + " here: it needs the program ",
			"1": string(engine) + " needs the program ",
		} {
			t.Setenv("CI", ci)
			probe := &recorder{TB: t}
			probe.run(func() { browsertest.Start(probe, engine, browsertest.Options{}) })
			require.Contains(t, probe.text, want)
		}
	}
}

func TestUnknownEngine(t *testing.T) {
	probe := &recorder{TB: t}
	probe.run(func() { browsertest.Start(probe, "lynx", browsertest.Options{}) })
	require.Contains(t, probe.text, `no engine is called "lynx"`)
}

// A chromedriver that found its port taken is started again.
func TestDriverPortTaken(t *testing.T) {
	real, err := exec.LookPath("chromedriver")
	if err != nil {
		browsertest.Start(t, browsertest.Chromium, browsertest.Options{}) // skips, or fails in CI
	}
	folder := t.TempDir()
	tried := filepath.Join(folder, "tried")
	script := "#!/bin/sh\nif test -e " + tried + "; then exec " + real + " \"$@\"; fi\n" +
		"touch " + tried + "\necho 'bind() failed: Address already in use (98)' >&2\nexit 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "chromedriver"), []byte(script), 0o700))
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	browser := browsertest.Start(t, browsertest.Chromium, browsertest.Options{})
	require.FileExists(t, tried)
	require.Equal(t, "about:blank", browser.URL())
}
