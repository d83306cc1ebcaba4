package canon

import (
	"math"
	"math/bits"
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
			return appendDecimal(dst, uint64(size), 0, n < 0)
		}
		if size >= 1e-6 {
			// A number with few decimals: n/1e6, both exact, is correctly rounded; so
			// when it gives f, the digits of n are those of f.
			if n := uint64(size*1e6 + 0.5); size < 1e9 && float64(n)/1e6 == size {
				return appendDecimal(dst, n, 6, f < 0)
			}
			if n, decimals := shortest(size); n != 0 {
				return appendDecimal(dst, n, decimals, f < 0)
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

// shortest gives the n of the fewest digits, and the decimals, for which n/10^decimals
// is nearest to the double f, from 1e-6 to below 1e15, and nearer to no other
// double. It gives 0 where f is the lowest of its exponent or two n are as near:
// strconv knows what is right then.
func shortest(f float64) (n uint64, decimals int) {
	b := math.Float64bits(f)
	m := b&(1<<52-1) | 1<<52 // f is m * 2^(exponent-52)
	exponent := int(b>>52) - 1023
	if m == 1<<52 {
		return 0, 0
	}
	// The decimals of 17 digits, or of 18: 1233/4096 is a little less than the logarithm of 2.
	for decimals = 16 - exponent*1233>>12; ; decimals-- {
		five := uint64(1)
		for range decimals {
			five *= 5
		}
		// f*10^decimals is this by 2^shift, exactly, and half of the way to the next double is five by 2^shift.
		high, low := bits.Mul64(2*m, five)
		shift := uint(53 - exponent - decimals)
		whole, rest := high<<(64-shift)|low>>shift, low&(1<<shift-1)
		if whole >= 1e17 {
			continue
		}
		for unit := uint64(100); unit > 0; unit /= 10 { // 15, 16, 17 digits
			over := whole % unit
			down := over<<shift + rest
			up := unit<<shift - down
			switch nearest := min(down, up); {
			case up == down || nearest == five:
				return 0, 0
			case nearest > five:
				continue
			case up < down:
				return whole - over + unit, decimals
			}
			return whole - over, decimals
		}
		return 0, 0
	}
}

// appendDecimal appends n/10^decimals, n below 10^18, without what zeros the end of the decimals has.
func appendDecimal(dst []byte, n uint64, decimals int, negative bool) []byte {
	const most = 32 // bytes that are written
	end := len(dst)
	if cap(dst)-end < most {
		dst = append(dst, make([]byte, most)...)
	}
	to := dst[end : end+most]
	if negative {
		to[0] = '-'
		to = to[1:]
		end++
	}
	if n < 1e8 && decimals == 0 {
		digits := eightDigits(n)
		first := min(bits.TrailingZeros64(digits)>>3, 7)
		StoreWord(to, (digits|zeros)>>(8*first))
		return dst[:end+8-first]
	}
	var text [48]byte // 24 digits, and what copying reads beyond them
	high, middle, low := uint64(0), n/1e8, eightDigits(n%1e8)
	if middle >= 1e8 {
		high = eightDigits(middle / 1e8)
	}
	middle = eightDigits(middle % 1e8)
	StoreWord(text[:], high|zeros)
	StoreWord(text[8:], middle|zeros)
	StoreWord(text[16:], low|zeros)
	first := 16 + bits.TrailingZeros64(low)>>3
	if high != 0 {
		first = bits.TrailingZeros64(high) >> 3
	} else if middle != 0 {
		first = 8 + bits.TrailingZeros64(middle)>>3
	}
	point, last := 24-decimals, 24
	first = min(first, point-1)
	for last > point && text[last-1] == '0' {
		last--
	}
	for i := 0; i < point-first; i += 8 {
		StoreWord(to[i:], LoadWord(text[first+i:]))
	}
	end += point - first
	if last > point {
		to = to[point-first:]
		to[0] = '.'
		to = to[1:]
		for i := 0; i < last-point; i += 8 {
			StoreWord(to[i:], LoadWord(text[point+i:]))
		}
		end += 1 + last - point
	}
	return dst[:end]
}

const zeros = 0x3030303030303030

// eightDigits gives the eight digits of a number below 10^8, the first one in the
// lowest byte: pairs of four, two, one digit are divided side by side in one word.
func eightDigits(n uint64) uint64 {
	w := n/10000 | n%10000<<32
	hundreds := w * 10486 >> 20 & 0x7f0000007f
	w = hundreds | (w-hundreds*100)<<16
	tens := w * 103 >> 10 & 0x000f000f000f000f
	return tens | (w-tens*10)<<8
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
	return parseExactly(text)
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
