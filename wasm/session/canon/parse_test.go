package canon

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// holdParse holds the reading of a number against strconv's.
func holdParse(t *testing.T, text string) {
	t.Helper()
	want, _ := strconv.ParseFloat(text, 64)
	if len(text) > 780 { // strconv (Go 1.26) takes 3, 800 zeros and e-800 for 0.3
		exact, ok := new(big.Rat).SetString(text)
		require.True(t, ok)
		want, _ = exact.Float64()
	}
	require.Equal(t, math.Float64bits(want), math.Float64bits(parseExactly([]byte(text))), "%.60s", text)
	require.Equal(t, want, ParseNumber([]byte(text)), "%.60s", text)
}

// TestParseExactly reads numbers of every length and size, halfway between two
// doubles and next to it.
func TestParseExactly(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "0.0", "-0.0e5", "0e999999999999", "1e400", "-1e400", "1e-400", "1e309", "1.7976931348623157e308", "1.7976931348623158e308",
		"1.797693134862315807e308", "1.797693134862315808e308", "17976931348623159e292", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.5e-324",
		"2.2250738585072011e-308", "2.2250738585072014e-308", "2.225073858507201136e-308", "9007199254740993", "9007199254740993.0", "9007199254740992.9999999999999999999999",
		"9007199254740993.00000000000000000000000000000000000001", "18446744073709551615", "18446744073709551616", "100000000000000000000", "1e22", "1e23", "8.5e27", "123456789e-27",
		"1e99999999999999999999", "1e-99999999999999999999", "1E+5", "12E-3", "0.000001", "0.30000000000000004", "3.3000000000000003",
		"0." + strings.Repeat("0", 400) + "1e400", "1" + strings.Repeat("0", 400) + "e-400", strings.Repeat("9", 2000) + "e-1990", "1" + strings.Repeat("0", 2000) + "1e-2000",
		"0." + strings.Repeat("0", 5000) + "7e4990",
	} {
		holdParse(t, text)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 60_000 {
		f := math.Float64frombits(random.Uint64() & (1<<63 - 1))
		if i%2 == 0 {
			f = math.Exp(random.Float64()*100 - 50)
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		for _, format := range []string{"%.16e", "%.17e", "%.18e", "%v", "%.15e", "%.25e"} {
			holdParse(t, fmt.Sprintf(format, f))
		}
		if i%60 != 0 {
			continue
		}
		// The middle of two doubles, exactly, with all of its digits.
		a, b := new(big.Float).SetPrec(2000).SetFloat64(f), new(big.Float).SetPrec(2000).SetFloat64(math.Nextafter(f, math.Inf(1)))
		if b.IsInf() {
			continue
		}
		middle := a.Add(a, b).Quo(a, big.NewFloat(2)).Text('e', 780)
		digits, exponent, _ := strings.Cut(middle, "e")
		for _, text := range []string{middle, digits + "0001e" + exponent, digits + strings.Repeat("0", 50) + "1e" + exponent, strings.TrimRight(digits, "0") + "e" + exponent} {
			holdParse(t, text)
		}
	}
}

func FuzzParseExactly(f *testing.F) {
	for _, seed := range []string{"1e400", "0.1e-7", "123456789012345678901234567890.5", "-4.9e-324"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || strings.Trim(text, "-0123456789.eE+") != "" || len(text) > 780 {
			return
		}
		holdParse(t, text)
	})
}
