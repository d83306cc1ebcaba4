package canon

import (
	"strconv"
	"unicode/utf8"
)

// found names what stands at the offset, for people.
func found(text []byte, at int) string {
	if at >= len(text) {
		return "the end of the text"
	}
	r, n := utf8.DecodeRune(text[at:])
	switch {
	case r == utf8.RuneError && n == 1:
		return "the byte 0x" + strconv.FormatUint(uint64(text[at]), 16)
	case r == '\n':
		return "a line break"
	case r == '\'':
		return "a single quote"
	case r < ' ' || r > '~':
		return codePoint(r)
	}
	return "'" + string(r) + "'"
}

// codePoint writes r in the form U+0041.
func codePoint(r rune) string {
	hex := strconv.FormatUint(uint64(r), 16)
	for len(hex) < 4 {
		hex = "0" + hex
	}
	out := []byte("U+" + hex)
	for i := 2; i < len(out); i++ {
		if out[i] >= 'a' {
			out[i] -= 'a' - 'A'
		}
	}
	return string(out)
}

// advice says how to mend the usual mistakes, judged by what stands at the
// offset of an invalid-json fault.
func advice(text []byte, at int) string {
	if at >= len(text) {
		return "The text is empty or was cut off; pass the whole text."
	}
	rest := text[at:]
	switch {
	case starts(rest, "\xef\xbb\xbf"):
		return "Remove the byte order mark at the start of the text."
	case starts(rest, "'"):
		return "Put names and strings into double quotes."
	case starts(rest, "//"), starts(rest, "/*"), starts(rest, "#"):
		return "Remove the comment; JSON has none."
	case starts(rest, "NaN"), starts(rest, "Infinity"), starts(rest, "-Infinity"), starts(rest, "undefined"):
		return "Write null; JSON has no NaN, Infinity or undefined."
	case starts(rest, "True"), starts(rest, "False"), starts(rest, "TRUE"), starts(rest, "FALSE"),
		starts(rest, "None"), starts(rest, "NULL"), starts(rest, "Null"):
		return "Write true, false and null in lower case."
	case (rest[0] == '}' || rest[0] == ']') && before(text, at) == ',':
		return "Remove the comma before it."
	case rest[0] >= '0' && rest[0] <= '9' && at > 0 && text[at-1] == '0':
		return "Remove the leading zeros."
	case rest[0] == '"', rest[0] == '{' && at > 0, rest[0] == '[' && at > 0:
		return "Look for a missing comma, colon or closing bracket before it."
	case starts(rest, "+"), starts(rest, "."):
		return "Begin a number with a digit or with '-' and a digit."
	}
	return "Write the text with JSON.stringify or another JSON encoder."
}

func starts(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && string(s[:len(prefix)]) == prefix
}

// before returns the last byte before the offset that is no blank, 0 if there
// is none.
func before(text []byte, at int) byte {
	for at > 0 {
		at--
		if !blank(text[at]) {
			return text[at]
		}
	}
	return 0
}
