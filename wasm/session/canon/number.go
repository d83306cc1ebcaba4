package canon

import (
	"math"
	"strconv"
)

// exact are the powers of ten that a double holds exactly and that
// [ParseNumber] and [AppendNumber] need for up to 15 digits.
var exact = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// digits15 is how many decimal digits a double carries in any case: two
// different numbers of up to 15 significant digits are never the same double.
// So such a number is itself the shortest text of its double.
const digits15 = 15

// AppendNumber appends a finite double as JavaScript prints it; -0 as 0.
//
// See ECMA-262, Number::toString: https://tc39.es/ecma262/#sec-numeric-types-number-tostring
func AppendNumber(dst []byte, f float64) []byte {
	size := math.Abs(f)
	if size < 1e15 {
		if n := int64(f); float64(n) == f {
			return strconv.AppendInt(dst, n, 10)
		}
		if size >= 1e-6 && size < 1e9 {
			// A number with few decimals, in a sixth of the time: n/1e6, both
			// exact, is correctly rounded; so when it gives f, the digits of n
			// are those of f.
			if n := int64(size*1e6 + 0.5); float64(n)/1e6 == size {
				return appendMillionths(dst, n, f < 0)
			}
		}
	}
	if size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1] // strconv writes 1e-07
		dst = dst[:n-1]
	}
	return dst
}

// appendMillionths appends n/1000000 without trailing zeros; n is not a
// multiple of 1000000.
func appendMillionths(dst []byte, n int64, negative bool) []byte {
	if negative {
		dst = append(dst, '-')
	}
	dst = strconv.AppendInt(dst, n/1e6, 10)
	dst = append(dst, '.')
	rest := int(n % 1e6)
	for unit := 100000; rest != 0; unit /= 10 {
		dst = append(dst, byte('0'+rest/unit))
		rest %= unit
	}
	return dst
}

// ParseNumber returns the double nearest to a valid JSON number: 0 below the
// range of a double, an infinity above it.
func ParseNumber(text []byte) float64 {
	var n int64
	i, point := 0, -1
	if at(text, 0) == '-' {
		i = 1
	}
	first := i
	for ; i < len(text); i++ {
		b := text[i]
		if b-'0' <= 9 && i-first <= digits15 {
			n = n*10 + int64(b-'0')
		} else if b == '.' && point < 0 {
			point = i
		} else {
			break
		}
	}
	if digits := i - first; i == len(text) && digits > 0 && (digits <= digits15 || point >= 0 && digits == digits15+1) {
		f := float64(n)
		if point >= 0 {
			f /= exact[len(text)-1-point] // both exact, so rounded once
		}
		if first == 1 {
			f = -f
		}
		return f
	}
	f, _ := strconv.ParseFloat(string(text), 64)
	return f
}

// number checks the number at i and replaces it when JavaScript prints it
// otherwise. It returns the offset after it, or -1.
func (c *Checker) number(i int) int {
	text := c.text
	start := i
	if at(text, i) == '-' {
		i++
	}
	lead := i
	i = skipDigits(text, i)
	switch {
	case i == lead && lead > start:
		return c.expected("a digit after '-'", i, inValue)
	case text[lead] == '0' && i > lead+1:
		return c.expected("no digit after a leading zero", lead+1, inValue)
	}
	whole := i - lead
	fraction, exponent := 0, false
	if at(text, i) == '.' {
		i++
		from := i
		if i = skipDigits(text, i); i == from {
			return c.expected("a digit after the decimal point", i, inValue)
		}
		fraction = i - from
	}
	if at(text, i)|0x20 == 'e' {
		i++
		if b := at(text, i); b == '+' || b == '-' {
			i++
		}
		from := i
		if i = skipDigits(text, i); i == from {
			return c.expected("a digit in the exponent", i, inValue)
		}
		exponent = true
	}
	if !exponent && canonicalDecimal(text[start:i], text[lead], whole, fraction) {
		return i
	}
	f := ParseNumber(text[start:i])
	if math.IsInf(f, 0) {
		return c.fail(NumberRange, start, inValue,
			"the number does not fit a double", // never the value: the text travels
			"Keep numbers within ±1.7976931348623157e308, or pass the digits as a string.")
	}
	printed := AppendNumber(c.scratch[:0], f)
	if string(printed) != string(text[start:i]) {
		c.cut(start, i)
		c.put(printed)
	}
	return i
}

// canonicalDecimal tells without parsing whether a number without an exponent
// is canonical; false means only that it must be parsed. first is its first
// digit, whole and fraction count its digits before and after the point.
func canonicalDecimal(number []byte, first byte, whole, fraction int) bool {
	if fraction == 0 {
		return whole <= digits15 && string(number) != "-0"
	}
	if number[len(number)-1] == '0' {
		return false
	}
	if first != '0' {
		return whole+fraction <= digits15
	}
	if fraction > digits15 {
		return false
	}
	// Below 1e-6 JavaScript prints an exponent.
	digits := number[len(number)-fraction:]
	for i := 0; i < 6 && i < len(digits); i++ {
		if digits[i] != '0' {
			return true
		}
	}
	return false
}

func skipDigits(text []byte, i int) int {
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	return i
}

// excerpt shortens what is quoted in a reason.
func excerpt(s []byte) string {
	if len(s) <= 32 {
		return string(s)
	}
	n := 29
	for n > 0 && s[n]&0xC0 == 0x80 { // not in the middle of a character
		n--
	}
	return string(s[:n]) + "..."
}
