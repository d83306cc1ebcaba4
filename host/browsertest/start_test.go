package browsertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

func TestMissingBrowser(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for ci, want := range map[string]string{
		"":  "skipped: no chromium here",
		"1": `chromium needs the program "chromium", which is not installed`,
	} {
		t.Setenv("CI", ci)
		probe := &recorder{TB: t}
		probe.run(func() { browsertest.Start(probe, browsertest.Chromium, browsertest.Options{}) })
		require.Contains(t, probe.text, want)
	}
}

func TestUnknownEngine(t *testing.T) {
	probe := &recorder{TB: t}
	probe.run(func() { browsertest.Start(probe, "lynx", browsertest.Options{}) })
	require.Contains(t, probe.text, `no engine is called "lynx"`)
}
