package site

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBest(t *testing.T) {
	all := func(coding) bool { return true }
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"nothing", nil, "identity"},
		{"the old name", []string{"x-gzip"}, "gzip"},
		{"case and blanks", []string{" GZIP ; Q=0.5 , deflate"}, "gzip"},
		{"split at commas", []string{"gzip", "deflate", "br;q=0.9"}, "gzip"},
		{"other parameters", []string{"br;level=9;q=0.1, gzip;q=0.2"}, "gzip"},
		{"weight over 1", []string{"br;q=2, gzip"}, "gzip"},
		{"negative weight", []string{"br;q=-1, gzip"}, "gzip"},
		{"weight that is no number", []string{"br;q=NaN, gzip"}, "gzip"},
		{"weight that is too great a number", []string{"br;q=1e999, gzip"}, "gzip"},
		{"the least weight", []string{"br;q=0.001"}, "br"},
		{"anything, a little", []string{"*;q=0.001"}, "br"},
		{"equal to identity", []string{"identity;q=0.5, gzip;q=0.5"}, "gzip"},
		{"empty parts", []string{",,;q=1,gzip,"}, "gzip"},
		{"all refused", []string{"*;q=0"}, ""},
		{"named after all were refused", []string{"*;q=0, identity;q=0.1"}, "identity"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, ok := accepted(test.lines).best(all)
			require.Equal(t, test.want != "", ok)
			if ok {
				require.Equal(t, test.want, tokens[c])
			}
		})
	}
	_, ok := accepted([]string{"identity;q=0, br"}).best(func(c coding) bool { return c == plain })
	require.False(t, ok)
}

func TestAcceptedAllocatesNothing(t *testing.T) {
	lines := []string{"gzip, deflate, br;q=0.8, zstd, *;q=0.1"}
	require.Zero(t, testing.AllocsPerRun(100, func() { accepted(lines) }))
}
