package pclntab

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCoarsen: a module of few functions has nothing in its lookup's table, a larger one passes no more than 15 functions.
func TestCoarsen(t *testing.T) {
	for functions, want := range map[int]uint32{1: 0, few: 0, few + 1: few / coarse * coarse} {
		size := functions * perFunc * bucketSize
		after := &table{image: make([]byte, size), find: span{0, size}, list: make([]function, functions)}
		after.coarsen()
		require.NoError(t, after.checkFind())
		last := (functions - 1) * perFunc * bucketSize
		require.Equal(t, want, after.u32(last), "%d functions", functions)
	}
}
