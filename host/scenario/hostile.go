package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// hostileCode: wherever the session calls code of the page, that may throw, come back in, or end the session: nothing is half done
// afterwards (rules 14, 20 to 24, 36 to 39, 47).
func hostileCode(t *testing.T, b *browsertest.Browser) {
	b.NewWindow()
	b.Open(faultSite(t, nil) + "?script=matrix.js")
	var size []int
	b.CallInto(&size, "matrix.size")
	var result struct {
		Tried, Thrown, Reported, Destroyed, Crashed, Memory int
		Faults, Stray                                       []string
	}
	b.CallInto(&result, "matrix.run")
	for _, fault := range result.Faults {
		t.Error(fault)
	}
	require.Empty(t, result.Stray, "what nobody handled")
	require.Equal(t, size[0]*size[1], result.Tried)
	require.Equal(t, size[0]*2, result.Destroyed, "each place can end the session")
	happened(t, b, "code of the page at fault", "%d places × %d deeds: %d came out as exceptions, %d were reported, %d ended the session, memory all 0 then; %d crashed at the end of the stack; nothing half done",
		size[0], size[1], result.Thrown, result.Reported, result.Destroyed, result.Crashed)
	counted(b, "faults of the page's code", result.Tried)
	b.Entries()
	b.Close()
}
