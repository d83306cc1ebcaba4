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

// widest is the largest power of five in a word.
const widest = 27

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

// nearest returns the double nearest to the digits times 10^power.
func nearest(digits []byte, power int) float64 {
	if len(digits) <= 19 && power >= -widest && power <= widest {
		w, five := uint64(0), uint64(1)
		for _, d := range digits {
			w = w*10 + uint64(d)
		}
		for range max(power, -power) {
			five *= 5
		}
		if power >= 0 {
			high, low := bits.Mul64(w, five)
			if high == 0 {
				return rounded(low, false, power)
			}
			shift := uint(bits.Len64(high))
			return rounded(high<<(64-shift)|low>>shift, low<<(64-shift) != 0, power+int(shift))
		}
		shift := 62 + bits.Len64(five) - bits.Len64(w)
		high, low := w>>max(64-shift, 0), w<<shift
		if shift > 64 {
			high = w << (shift - 64)
		}
		quotient, rest := bits.Div64(high, low, five)
		return rounded(quotient, rest != 0, power-shift)
	}
	over, under := number{}, number{1}
	for _, d := range digits {
		over = over.times(10, uint32(d))
	}
	for range power {
		over = over.times(10, 0)
	}
	for range -power {
		under = under.times(10, 0)
	}
	shift := 63 + under.length() - over.length() // for a quotient of 63 or 64 bits
	over, under = over.shifted(shift), under.shifted(-shift)
	quotient := uint64(0)
	under = under.shifted(63)
	for range 64 {
		quotient <<= 1
		if over.less(under) {
			under = under.halved()
			continue
		}
		quotient |= 1
		over = over.minus(under)
		under = under.halved()
	}
	return rounded(quotient, over.length() > 0, -shift)
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

// number is a whole number, the lowest word first, without zeros above.
type number []uint32

// times returns n*factor + plus, in the place of n.
func (n number) times(factor, plus uint32) number {
	carry := uint64(plus)
	for i, w := range n {
		carry += uint64(w) * uint64(factor)
		n[i] = uint32(carry)
		carry >>= 32
	}
	if carry > 0 {
		n = append(n, uint32(carry))
	}
	return n
}

func (n number) length() int {
	if len(n) == 0 {
		return 0
	}
	return 32*len(n) - bits.LeadingZeros32(n[len(n)-1])
}

// shifted returns n*2^by, n itself if by is not positive.
func (n number) shifted(by int) number {
	if by <= 0 {
		return n
	}
	n = append(make(number, by/32, by/32+len(n)+1), n...)
	for range by % 32 {
		n = n.times(2, 0)
	}
	return n
}

// halved returns n/2, in the place of n.
func (n number) halved() number {
	carry := uint32(0)
	for i := len(n) - 1; i >= 0; i-- {
		n[i], carry = n[i]>>1|carry, n[i]<<31
	}
	return n.trimmed()
}

// minus returns n-m, in the place of n, which is not less.
func (n number) minus(m number) number {
	borrow := uint64(0)
	for i := range n {
		w := uint64(n[i]) - borrow
		if i < len(m) {
			w -= uint64(m[i])
		}
		n[i], borrow = uint32(w), w>>63
	}
	return n.trimmed()
}

func (n number) less(m number) bool {
	if len(n) != len(m) {
		return len(n) < len(m)
	}
	for i := len(n) - 1; i >= 0; i-- {
		if n[i] != m[i] {
			return n[i] < m[i]
		}
	}
	return false
}

func (n number) trimmed() number {
	for len(n) > 0 && n[len(n)-1] == 0 {
		n = n[:len(n)-1]
	}
	return n
}
