package canon

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestShortestDigits holds numbers with up to 17 digits against strconv: all
// lengths, the edges of powers of two and ten, and the neighbours of short ones.
func TestShortestDigits(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	hold := func(f float64) {
		size := math.Abs(f)
		if size < 1e-6 || size >= 1e21 {
			return
		}
		require.Equal(t, strconv.FormatFloat(f+0, 'f', -1, 64), string(AppendNumber(nil, f)), "%b", f)
		got := ParseNumber(AppendNumber(nil, f))
		require.Equal(t, f, got)
	}
	around := func(f float64) {
		below, above := f, f
		for range 4 {
			hold(below)
			hold(above)
			hold(-above)
			below, above = math.Nextafter(below, 0), math.Nextafter(above, math.Inf(1))
		}
	}
	for exponent := -20; exponent < 70; exponent++ {
		around(math.Ldexp(1, exponent))
		around(math.Ldexp(3, exponent))
	}
	for exponent := -6; exponent < 21; exponent++ {
		f := math.Pow10(exponent)
		around(f)
		for digits := 1; digits <= 17; digits++ {
			around(f * 9.9999999999999999 / math.Pow10(digits))
			around(f * (1 + 1/math.Pow10(digits)))
		}
	}
	for range 200_000 {
		around(math.Exp(random.Float64()*48 - 13.8))
		hold(math.Round(random.Float64()*1e6) / math.Pow10(random.IntN(8)))
		hold(float64(random.IntN(20_000)) * 1.37)
		hold(math.Trunc(math.Exp(random.Float64() * 35)))
	}
}
