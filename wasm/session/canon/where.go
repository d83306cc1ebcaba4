package canon

import "strconv"

// position turns a byte offset into a line and a column, both from 1.
func position(text []byte, at int) (line, column int) {
	line, column = 1, 1
	for _, b := range text[:clamp(at, 0, len(text))] {
		switch {
		case b == '\n':
			line++
			column = 1
		case b&0xC0 != 0x80: // not the continuation of a code point
			column++
		}
	}
	return line, column
}

// path returns the JSON Pointer of the value that p names at the offset. It
// reads the text again from its start, up to the offset, where it is known to
// be free of faults: so the scan itself need not carry a path along.
func path(text []byte, at int, p place) string {
	type level struct {
		array    bool
		index    int // of the element
		from, to int // the member's name in the text, without its quotes
	}
	var levels []level
	naming := false // the next string is a member's name
	for i := 0; i < at; i++ {
		switch text[i] {
		case '{', '[':
			naming = text[i] == '{'
			levels = append(levels, level{array: !naming})
		case '}', ']':
			levels = levels[:len(levels)-1]
			naming = false
		case ',':
			top := &levels[len(levels)-1]
			top.index++
			naming = !top.array
		case '"':
			from := i + 1
			i = skipQuoted(text[:at], from)
			if naming && i < at {
				top := &levels[len(levels)-1]
				top.from, top.to = from, i
				naming = false
			}
		}
	}
	if p == inContainer && len(levels) > 0 {
		levels = levels[:len(levels)-1]
	}
	if p == atName {
		top := &levels[len(levels)-1]
		top.from, top.to = at+1, skipQuoted(text, at+1)
	}
	var out, key []byte
	for _, l := range levels {
		if l.array {
			out = append(out, '/')
			out = strconv.AppendInt(out, int64(l.index), 10)
			continue
		}
		key = appendUnescaped(key[:0], text[l.from:l.to])
		out = PointerToken(out, key)
	}
	return string(out)
}

// skipQuoted returns the offset of the quote that ends a string whose first
// character stands at i, or len(text).
func skipQuoted(text []byte, i int) int {
	for i < len(text) && text[i] != '"' {
		if text[i] == '\\' {
			i++
		}
		i++
	}
	return min(i, len(text))
}

// clamp returns n, or the bound that it goes beyond.
func clamp(n, low, high int) int {
	return max(low, min(n, high))
}
