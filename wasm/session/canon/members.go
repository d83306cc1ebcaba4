package canon

// Members checks that text is exactly one JSON object and calls yield for each
// of its members in order: the name decoded to UTF-8, the value in canonical
// form, and the byte offset of the name in text. Both slices are valid only
// during the call. depth limits the nesting within each value, see
// [Checker.Value].
//
// The members before a fault have been yielded when it is found, so the caller
// stages them. A Fault that yield returns ends the pass and is returned; its
// Line and Column are filled in from its Offset when both are 0.
func (c *Checker) Members(text []byte, depth int, yield func(key, value []byte, at int) *Fault) *Fault {
	c.begin(text)
	c.room = 0
	c.members(clamp(depth, 1, MaxDepth), yield)
	return c.end()
}

func (c *Checker) members(depth int, yield func(key, value []byte, at int) *Fault) {
	text := c.text
	i := skipBlanks(text, 0)
	if at(text, i) != '{' {
		c.expected("an object", i, inValue)
		return
	}
	c.frames = append(c.frames, frame{scope: c.names.open()})
	i = skipBlanks(text, i+1)
	if at(text, i) == '}' {
		c.ended(i + 1)
		return
	}
	for {
		if at(text, i) != '"' {
			c.expected("a member's name in double quotes", i, inContainer)
			return
		}
		start := i
		c.restart(start)
		if i = c.memberName(&c.frames[0].scope, start); i < 0 {
			return
		}
		key := c.decode(text[start+1 : i-1])
		i = skipBlanks(text, i)
		if at(text, i) != ':' {
			c.expected("':' after a member's name", i, inContainer)
			return
		}
		i = skipBlanks(text, i+1)
		c.restart(i)
		end := c.scan(i, depth)
		if end < 0 {
			return
		}
		value := text[i:end]
		if c.copied > i {
			c.cut(end, end)
			value = c.buf
		}
		if f := yield(key, value, start); f != nil {
			if f.Line == 0 && f.Column == 0 {
				f.Line, f.Column = position(text, f.Offset)
			}
			c.fault = f
			return
		}
		i = skipBlanks(text, end)
		switch at(text, i) {
		case ',':
			i = skipBlanks(text, i+1)
		case '}':
			c.ended(i + 1)
			return
		default:
			c.expected("',' or '}' after a member", i, inContainer)
			return
		}
	}
}

// restart begins a canonical form of its own at the offset.
func (c *Checker) restart(at int) {
	c.buf = c.buf[:0]
	c.copied = at
}

// ended checks that nothing but blanks follows.
func (c *Checker) ended(i int) {
	c.names.close(&c.frames[0].scope)
	c.frames = c.frames[:0]
	if i = skipBlanks(c.text, i); i < len(c.text) {
		c.expected("the end of the text", i, inContainer)
	}
}

// decode returns a name without its escapes.
func (c *Checker) decode(name []byte) []byte {
	for _, b := range name {
		if b == '\\' {
			c.decoded = appendUnescaped(c.decoded[:0], name)
			return c.decoded
		}
	}
	return name
}

// memberName checks the name whose opening quote stands at i, and that the
// object has no other member of this name. It returns the offset after the
// closing quote, or -1.
func (c *Checker) memberName(o *scope, i int) int {
	text := c.text
	from := i + 1
	to := plain(text, from)
	fresh := false
	if at(text, to) == '"' {
		fresh = c.names.add(o, from, to)
	} else {
		begin := len(c.buf) + from - c.copied // of the name in buf, once it is copied
		if to = c.quoted(to, inContainer); to < 0 {
			return -1
		}
		if c.copied > from {
			c.cut(to, to)
			fresh = c.names.addRewritten(o, c.buf[begin:])
		} else {
			fresh = c.names.add(o, from, to)
		}
	}
	if !fresh {
		return c.fail(DuplicateKey, i, atName, duplicate(text[i:to+1]), duplicateHint)
	}
	return to + 1
}
