package browsertest_test

import (
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
