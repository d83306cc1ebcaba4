package canon

import (
	"math/bits"
	"unicode/utf8"
)

const lowerHex = "0123456789abcdef"

// AppendString appends s as a JSON string with the shortest escapes, as
// JSON.stringify prints it: \" \\ \b \f \n \r \t, other controls as \u00xx in
// lower-case hexadecimal, nothing else escaped. Whether s is valid UTF-8 is
// the caller's to know, see [ValidText].
//
// See ECMA-262, QuoteJSONString: https://tc39.es/ecma262/#sec-quotejsonstring
func AppendString(dst []byte, s []byte) []byte {
	if n, end := len(s), len(dst); n <= 64 && n+10 <= cap(dst)-end && copyPlain(dst[end+1:end+n+9], s) {
		dst = dst[:end+n+2]
		dst[end], dst[end+n+1] = '"', '"'
		return dst
	}
	dst = append(dst, '"')
	from := 0
	for i := plain(s, 0); i < len(s); i = plain(s, i) {
		if b := s[i]; b < utf8.RuneSelf {
			dst = append(dst, s[from:i]...)
			dst = appendEscape(dst, b)
			from = i + 1
		}
		i++
		for i < len(s) && s[i] >= utf8.RuneSelf {
			i++
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// AppendUnquoted appends the text of a canonical JSON string, which is given
// with its quotes.
func AppendUnquoted(dst, quoted []byte) []byte {
	if len(quoted) < 2 {
		return dst
	}
	return appendUnescaped(dst, quoted[1:len(quoted)-1])
}

// appendUnescaped appends what stands between the quotes of a valid JSON
// string with its escapes decoded.
func appendUnescaped(dst, s []byte) []byte {
	from, i := 0, 0
	for i < len(s) {
		if s[i] != '\\' {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		r, n := unescape(s[i:])
		dst = utf8.AppendRune(dst, r)
		i += n
		from = i
	}
	return append(dst, s[from:]...)
}

// unescape reads the escape that s begins with, a surrogate pair as one, and
// returns its character and its length in bytes.
func unescape(s []byte) (rune, int) {
	switch b := at(s, 1); b {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r, n := hex4(s, 2)
		if n < 4 {
			return utf8.RuneError, min(2+n, len(s))
		}
		if r&^0x3FF == 0xD800 && at(s, 6) == '\\' && at(s, 7) == 'u' {
			if low, n := hex4(s, 8); n == 4 && low&^0x3FF == 0xDC00 {
				return 0x10000 + (r-0xD800)<<10 + (low - 0xDC00), 12
			}
		}
		return r, 6
	default: // the quote, the backslash, the slash
		return rune(b), min(2, len(s))
	}
}

// hex4 reads four hexadecimal digits from i on. It returns their value and how
// many of them are there.
func hex4(s []byte, i int) (r rune, n int) {
	for n < 4 {
		b := at(s, i+n)
		switch {
		case b-'0' <= 9:
			r = r<<4 | rune(b-'0')
		case b|0x20 >= 'a' && b|0x20 <= 'f':
			r = r<<4 | rune(b|0x20-'a'+10)
		default:
			return r, n
		}
		n++
	}
	return r, n
}

// shortEscape returns the letter of the two-character escape of b, 0 if b has
// none. The slash may be escaped so, but never needs to be.
func shortEscape(b byte) byte {
	switch b {
	case '"', '\\':
		return b
	case '\b':
		return 'b'
	case '\f':
		return 'f'
	case '\n':
		return 'n'
	case '\r':
		return 'r'
	case '\t':
		return 't'
	}
	return 0
}

// appendEscape appends the shortest escape of a quote, a backslash or a control.
func appendEscape(dst []byte, b byte) []byte {
	if e := shortEscape(b); e != 0 {
		return append(dst, '\\', e)
	}
	return append(dst, '\\', 'u', '0', '0', lowerHex[b>>4], lowerHex[b&15])
}

// plain returns the offset of the first special byte from i on, or len(text).
func plain(text []byte, i int) int {
	for ; i+8 <= len(text); i += 8 {
		if found := Special(LoadWord(text[i : i+8 : i+8])); found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
	}
	if i >= len(text) {
		return i
	}
	return i + bits.TrailingZeros64(Special(ending(text, i)))>>3 // what is above the end is 0: special
}

// ending gives the up to 7 bytes from i to the end as a word.
func ending(text []byte, i int) (w uint64) {
	if len(text) >= 8 {
		return LoadWord(text[len(text)-8:]) >> (8 * uint(i+8-len(text)))
	}
	for j := len(text) - 1; j >= i; j-- {
		w = w<<8 | uint64(text[j])
	}
	return w
}

// Special marks the bytes of a word that a string may not hold as they are (the
// quote, the backslash, controls) and those that begin or continue a character
// beyond ASCII, by their highest bits. Above the lowest mark there may be wrong ones.
// A table and eight tests take twice as long.
func Special(w uint64) uint64 {
	const each, high = 0x0101010101010101, 0x8080808080808080
	return ((w - ' '*each) | ((w ^ '"'*each) - each) | ((w ^ '\\'*each) - each) | w) & high
}

// SpecialAmong is Special for the first n bytes of a word, n below 8.
func SpecialAmong(w uint64, n int) uint64 {
	const blanks = 0x2020202020202020
	return Special(w&(1<<(8*uint(n))-1) | blanks<<(8*uint(n)))
}

// copyPlain copies a text, and overwrites up to 8 bytes after it; it tells whether there was nothing special in it. Appending
// costs a call of the engine's, which takes 20 ns.
func copyPlain(to, s []byte) bool {
	found, i := uint64(0), 0
	for ; i+8 <= len(s); i += 8 {
		w := LoadWord(s[i : i+8 : i+8])
		found |= Special(w)
		StoreWord(to[i:i+8:i+8], w)
	}
	w := ending(s, i)
	StoreWord(to[i:], w)
	return found|SpecialAmong(w, len(s)-i) == 0
}

// quoted goes on with a string at i, anywhere after its opening quote, and
// returns the offset of its closing quote, or -1 after a fault. p says whether
// the string is a value or a member's name.
func (c *Checker) quoted(i int, p place) int {
	text := c.text
	for {
		i = plain(text, i)
		b := at(text, i)
		switch {
		case b == '"':
			return i
		case b == '\\':
			if i = c.escape(i, p); i < 0 {
				return -1
			}
		case b >= utf8.RuneSelf:
			i = skipWide(text, i)
			if at(text, i) >= utf8.RuneSelf {
				return c.invalidUTF8(i, p)
			}
		case i >= len(text):
			return c.expected("'\"' at the end of a string", i, p)
		default:
			return c.fail(InvalidJSON, i, p,
				"expected no control character in a string, found "+found(text, i),
				"Write it as an escape, \\n for a line break or \\u00xx.")
		}
	}
}

// escape checks the escape at i and replaces it when it is not the shortest
// form of its character. It returns the offset after it, or -1.
func (c *Checker) escape(i int, p place) int {
	text := c.text
	b := at(text, i+1)
	switch b {
	case '"', '\\', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case '/':
		c.cut(i, i+1)
		return i + 2
	case 'u':
	default:
		return c.fail(InvalidJSON, i+1, p,
			"expected one of \" \\ / b f n r t u after a backslash, found "+found(text, i+1),
			"Write a backslash that belongs to the text as \\\\.")
	}
	if _, n := hex4(text, i+2); n < 4 {
		return c.fail(InvalidJSON, i+2+n, p,
			"expected four hexadecimal digits after \\u, found "+found(text, i+2+n),
			"Write the code unit with four digits, as in \\u000a.")
	}
	r, n := unescape(text[i:])
	if r&^0x7FF == 0xD800 {
		return c.fail(LoneSurrogate, i, p,
			"the escape "+string(text[i:i+6])+" is half of a surrogate pair and stands alone",
			"Write both halves, \\ud83d\\ude00, or the character itself; a cut string can be mended with toWellFormed().")
	}
	end := i + n
	if r >= ' ' && r != '"' && r != '\\' {
		c.cut(i, end)
		c.put(utf8.AppendRune(c.scratch[:0], r))
		return end
	}
	if shortEscape(byte(r)) == 0 && at(text, i+5)-'A' > 'F'-'A' {
		return end // \u00xx in lower case is the shortest there is
	}
	c.cut(i, end)
	c.put(appendEscape(c.scratch[:0], byte(r)))
	return end
}
