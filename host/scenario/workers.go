package scenario

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/worker/pack"
	"github.com/tabstate/tabstate/host/worker/workertest"
	"github.com/tabstate/tabstate/static"
)

// onWorkers uses the demos where workerd serves them, and sends a session to the check that runs there. One engine is enough: what
// the engines differ in does not depend on the server.
func onWorkers(t *testing.T, b *browsertest.Browser) {
	if b.Engine() != browsertest.Chromium {
		return
	}
	home := workertest.Start(t, ".", pack.Options{Pages: static.Files, Runtime: runtime(t).dist, Headers: headers.Default(), Log: os.Stderr}) + "/"
	demosAt(t, b, home)
	staticDemosAt(t, b, home)

	b.NewWindow()
	b.Open(home + "counter.html")
	b.WaitFor("#controls:enabled")
	require.Equal(t, []any{204.0, "SessionLimitError key-too-long 422"}, b.Eval(`const { open } = await import("/tabstate/tabstate.js");
const session = await open({ separate: true, limits: { keyBytes: 2000 } });
session.set("user", { name: "Ada" });
const { status } = await session.submit("/api/validate");
session.set("k".repeat(1500), 1);
const refused = await session.submit("/api/validate").catch((error) => error);
session.destroy();
return [status, refused.name + " " + refused.code + " " + refused.status];`))
	b.RequireQuiet([]string{home[:len(home)-1]}, "422")
	b.Close()
}
