package canon

import "unicode/utf8"

// ValidText returns -1 when s is valid UTF-8, else the offset of the first
// byte that is not part of a well-formed sequence. Surrogate code points
// written in UTF-8 are not well-formed.
func ValidText(s []byte) int {
	i := 0
	for i < len(s) {
		if s[i] < utf8.RuneSelf {
			i = plain(s, i+1)
			continue
		}
		i = skipWide(s, i)
		if i < len(s) && s[i] >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

// skipWide skips the characters beyond ASCII from i on. It returns the offset
// of the first byte that is ASCII or begins an ill-formed sequence, or len(s).
func skipWide(s []byte, i int) int {
	for i < len(s) && s[i] >= utf8.RuneSelf {
		rest := s[i:]
		// The two lengths of almost all text, without a call for each of them.
		if b := rest[0]; b-0xC2 <= 0xDF-0xC2 && len(rest) >= 2 && rest[1]&0xC0 == 0x80 {
			i += 2
			continue
		} else if b-0xE1 <= 0xEC-0xE1 && len(rest) >= 3 && rest[1]&0xC0 == 0x80 && rest[2]&0xC0 == 0x80 {
			i += 3
			continue
		}
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return i
}
