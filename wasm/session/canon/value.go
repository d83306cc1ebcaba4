package canon

import "strconv"

// Value checks that text is exactly one JSON value and returns its canonical
// form: text itself when it was canonical already, else a slice of the
// Checker's own buffer that is valid until the next call.
//
// depth is how many arrays and objects may stand inside each other, at least 1
// and at most [MaxDepth]; a scalar needs none, "[]" needs 1.
func (c *Checker) Value(text []byte, depth int) ([]byte, *Fault) {
	c.begin(text)
	c.room = len(text)
	end := c.scan(0, clamp(depth, 1, MaxDepth))
	if end >= 0 {
		if end = c.blanks(end); end < len(text) {
			c.expected("the end of the text", end, inContainer)
		}
	}
	if end == len(text) && c.copied > 0 {
		c.cut(end, end)
	}
	if f := c.end(); f != nil {
		return nil, f
	}
	if c.copied == 0 {
		return text, nil
	}
	return c.buf, nil
}

// Begin readies the Checker for calls of Canonical on the text, which End ends.
func (c *Checker) Begin(text []byte) { c.begin(text) }

// End lets go of the text.
func (c *Checker) End() { c.end() }

// Canonical returns the offset after the value that begins at i, and whether it is
// a string with escapes; -1 when it is not canonical or has a fault, which ends
// the calls.
func (c *Checker) Canonical(i, depth int) (end int, escaped bool) {
	c.restart(i)
	if at(c.text, i) != '"' {
		end = c.scan(i, depth)
	} else if end = plain(c.text, i+1); at(c.text, end) == '"' {
		return end + 1, false
	} else {
		escaped = true
		if end = c.quoted(end, inValue); end >= 0 {
			end++
		}
	}
	if c.copied > i {
		return -1, false
	}
	return end, escaped
}

// scan checks the value that begins at i, after blanks, and returns the offset
// after it, or -1 after a fault. Whatever is not canonical it cuts.
//
// It is one loop without recursion. Each turn takes one value, with the name
// before it in an object, and then as many ends of containers as follow.
func (c *Checker) scan(i, depth int) int {
	text := c.text
	floor := len(c.frames)
	var o *scope // of the innermost container, if that is an object
	for {
		b := at(text, i)
		if b <= ' ' {
			i = c.blanks(i)
			b = at(text, i)
		}
		if o != nil {
			if b != '"' {
				return c.expected("a member's name in double quotes", i, inContainer)
			}
			if i = c.memberName(o, i); i < 0 {
				return -1
			}
			if b = at(text, i); b != ':' {
				i = c.blanks(i)
				if at(text, i) != ':' {
					return c.expected("':' after a member's name", i, inContainer)
				}
			}
			i++
			if b = at(text, i); b <= ' ' {
				i = c.blanks(i)
				b = at(text, i)
			}
		}

		switch {
		case b == '"':
			i = plain(text, i+1)
			if at(text, i) != '"' {
				if i = c.quoted(i, inValue); i < 0 {
					return -1
				}
			}
			i++
		case b-'0' <= 9 || b == '-':
			end := skipDigits(text, i+1)
			if next := at(text, end); end-i <= digits15 && b > '0' && next != '.' && next|0x20 != 'e' {
				i = end // an integer that is canonical as it stands
			} else if i = c.number(i); i < 0 {
				return -1
			}
		case b == '{' || b == '[':
			if len(c.frames)-floor == depth {
				return c.tooDeep(i, depth)
			}
			c.frames = append(c.frames, frame{array: b == '[', scope: c.names.open()})
			o = nil
			if b == '{' {
				o = &c.frames[len(c.frames)-1].scope
			}
			i++
			next := at(text, i)
			if next <= ' ' {
				i = c.blanks(i)
				next = at(text, i)
			}
			if next != b+2 { // not the bracket that closes it
				continue
			}
		case b == 't' && i+4 <= len(text) && string(text[i:i+4]) == "true":
			i += 4
		case b == 'n' && i+4 <= len(text) && string(text[i:i+4]) == "null":
			i += 4
		case b == 'f' && i+5 <= len(text) && string(text[i:i+5]) == "false":
			i += 5
		default:
			return c.noValue(i)
		}

		for {
			open := len(c.frames)
			if open == floor {
				return i
			}
			b := at(text, i)
			if b <= ' ' {
				i = c.blanks(i)
				b = at(text, i)
			}
			i++
			if b == ',' {
				break
			}
			if o != nil {
				if b != '}' {
					return c.expected("',' or '}' after a member", i-1, inContainer)
				}
				c.names.close(o)
			} else if b != ']' {
				return c.expected("',' or ']' after an element", i-1, inContainer)
			}
			c.frames = c.frames[:open-1]
			o = nil
			if open-1 > floor && !c.frames[open-2].array {
				o = &c.frames[open-2].scope
			}
		}
	}
}

func (c *Checker) tooDeep(i, depth int) int {
	return c.fail(TooDeep, i, inValue,
		"nested deeper than "+strconv.Itoa(depth)+" arrays and objects",
		"Store the inner values under keys of their own, or allow more depth (at most "+strconv.Itoa(MaxDepth)+").")
}

// noValue records what stands at i, where a value is expected and none begins.
func (c *Checker) noValue(i int) int {
	for _, word := range [...]string{"true", "false", "null"} {
		n := 0
		for n < len(word) && at(c.text, i+n) == word[n] {
			n++
		}
		if n > 0 {
			return c.expected("'"+word+"'", i+n, inValue)
		}
	}
	return c.expected("a value", i, inValue)
}
