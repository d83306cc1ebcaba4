package canon

import (
	"math"
	"math/bits"
)

// Numbers of many digits or with an exponent. strconv would read them, too, for 5 KiB
// of brotli: with it come errors that quote text, and tables.

// most is how many digits can matter: halfway between two doubles has fewer. What
// follows counts as one digit more.
const most = 800

// parseExactly returns the double nearest to a valid JSON number, the even one of two.
func parseExactly(text []byte) float64 {
	var digits [most + 1]byte
	n, power, fraction := 0, 0, false
	i := 0
	for ; i < len(text); i++ {
		b := text[i]
		switch {
		case b-'0' <= 9:
			if fraction {
				power--
			}
			if n > 0 || b != '0' {
				if n < most {
					digits[n] = b - '0'
					n++
				} else {
					power++
					digits[most] |= b - '0'
				}
			}
			continue
		case b == '.':
			fraction = true
			continue
		case b == '-':
			continue
		}
		break
	}
	power += exponent(text[min(i+1, len(text)):])
	if digits[most] != 0 {
		digits[most] = 1
		n++
		power--
	}
	for n > 0 && digits[n-1] == 0 {
		n--
		power++
	}
	var size float64
	switch {
	case n == 0 || n+power < -330:
	case n+power > 310:
		size = math.Inf(1)
	default:
		size = nearest(digits[:n], power)
	}
	if at(text, 0) == '-' {
		return -size
	}
	return size
}

// exponent reads what follows the e. Beyond 10^9 it is 10^9: no text is as long as to make up for that.
func exponent(text []byte) int {
	n := 0
	for _, b := range text {
		if b-'0' <= 9 && n < 1e8 {
			n = n*10 + int(b-'0')
		}
	}
	if at(text, 0) == '-' {
		return -n
	}
	return n
}

// nearest returns the double nearest to the digits times 10^power, which is 5^power
// by 2^power.
func nearest(digits []byte, power int) float64 {
	var over, under number
	for i := 0; i < len(digits); i += 19 {
		part, unit := uint64(0), uint64(1)
		for _, d := range digits[i:min(i+19, len(digits))] {
			part = part*10 + uint64(d)
			unit *= 10
		}
		over.times(unit, part)
	}
	if power >= 0 {
		over.timesFive(power)
		top := over.n - 1
		by := bits.LeadingZeros64(over.words[top])
		over.shift(by)
		return rounded(over.words[top], anySet(over.words[:top]), power-by+64*top)
	}
	under.times(1, 1)
	under.timesFive(-power)
	// Shifted so that the quotient has 63 or 64 bits, which is one step of a long division.
	m := max((under.length()+63)/64, over.length()/64)
	byUnder, byOver := 64*m-under.length(), 64*m+63-over.length()
	under.shift(byUnder)
	over.shift(byOver)
	quotient, rest := over.divided(&under)
	return rounded(quotient, rest, power+byUnder-byOver)
}

// rounded returns w*2^power, and a little more if more is set, as the nearest double.
func rounded(w uint64, more bool, power int) float64 {
	length := bits.Len64(w)
	exponent := length - 1 + power
	drop := length - 53
	if exponent < -1022 {
		drop += -1022 - exponent
	}
	m := w
	if drop > 64 {
		return 0
	}
	if drop > 0 {
		half := uint64(1) << (drop - 1)
		rest := w << (64 - drop) >> (64 - drop)
		m = w >> drop
		if rest > half || rest == half && (more || m&1 == 1) {
			m++
		}
	} else {
		m <<= -drop
	}
	if exponent >= -1022 {
		m += uint64(exponent+1022) << 52 // m has its highest bit, which makes it one more
	}
	if m >= 0x7ff<<52 {
		return math.Inf(1)
	}
	return math.Float64frombits(m)
}

// number is a whole number, the lowest word first: the longest is that of 801 digits, or
// five to the power of their places and the 330 below one that matter.
type number struct {
	words [46]uint64
	n     int // how many words it has, the last of which is not 0
}

// times makes the number n*factor + plus.
func (n *number) times(factor, plus uint64) {
	for i, w := range n.words[:n.n] {
		high, low := bits.Mul64(w, factor)
		sum, carry := bits.Add64(low, plus, 0)
		n.words[i], plus = sum, high+carry
	}
	if plus > 0 {
		n.words[n.n] = plus
		n.n++
	}
}

// timesFive makes the number n*5^power.
func (n *number) timesFive(power int) {
	for power > 0 {
		const most = 27 // in a word
		five := uint64(1)
		for range min(power, most) {
			five *= 5
		}
		n.times(five, 0)
		power -= most
	}
}

func (n *number) length() int { return 64*n.n - bits.LeadingZeros64(n.words[n.n-1]) }

// shift makes the number n*2^by.
func (n *number) shift(by int) {
	words, rest := by/64, uint(by%64)
	for i := n.n - 1; i >= 0; i-- {
		w := n.words[i]
		n.words[i] = 0
		n.words[i+words+1] |= w >> (64 - rest)
		n.words[i+words] = w << rest
	}
	n.n += words
	if n.words[n.n] > 0 {
		n.n++
	}
}

// divided returns n/m, and whether there is a rest. m has its highest bit, and n one word
// more, which is less than the highest of m. See D. E. Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D.
func (n *number) divided(m *number) (quotient uint64, rest bool) {
	high, low := n.words[m.n], n.words[m.n-1]
	quotient, _ = bits.Div64(high, low, m.words[m.n-1]) // two too many at most
	carry, borrow := uint64(0), uint64(0)
	for i, w := range m.words[:m.n] {
		high, low := bits.Mul64(w, quotient)
		low, over := bits.Add64(low, carry, 0)
		carry = high + over
		n.words[i], borrow = bits.Sub64(n.words[i], low, borrow)
	}
	n.words[m.n], borrow = bits.Sub64(n.words[m.n], carry, borrow)
	for borrow > 0 {
		quotient--
		over := uint64(0)
		for i, w := range m.words[:m.n] {
			n.words[i], over = bits.Add64(n.words[i], w, over)
		}
		n.words[m.n], over = bits.Add64(n.words[m.n], 0, over)
		borrow -= over
	}
	return quotient, anySet(n.words[:m.n])
}

// anySet tells whether a word is not 0.
func anySet(words []uint64) bool {
	for _, w := range words {
		if w != 0 {
			return true
		}
	}
	return false
}
