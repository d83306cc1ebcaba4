package session

// ReadSpec reads the description of a widget that begins the text, and gives the text after it, nil when that cannot be
// told. A description is four numbers: kind, flags (1 disabled, 2 drop, 4 URL), form and callback; and six values: key,
// default, first, min, max and options. Numbers are decimal, each with a byte after it. A value is the number of its
// bytes, followed by `"` and the text of a string, or else by JSON: none when it is absent. The spec keeps the text.
func (s *Session) ReadSpec(text []byte) (spec *WidgetSpec, rest []byte, err *Error) {
	var n [4]uint32
	for i := range n {
		n[i], _, text = count(text)
	}
	var v [6]Value
	for i := range v {
		length, sign, from := count(text)
		if sign != '"' && sign != ':' || uint64(length) > uint64(len(from)) {
			return nil, nil, refuse(problemWidgetSpec, nil)
		}
		text = from[length:]
		from = from[:length:length]
		switch {
		case err != nil:
		case sign == '"' && i == 0:
			v[i] = BorrowedText(String, from) // the key is checked when the widget is connected
		case sign == '"':
			v[i], err = s.prepare(nil, BorrowedText(String, from))
		case length > 0:
			if v[i], err = s.prepare(nil, JSONValue(from)); v[i].kind == JSON { // the checker's only until the next one
				v[i].text = append([]byte(nil), v[i].text...)
			}
		}
	}
	if v[5].kind == String && err == nil {
		err = refuse(problemWidgetSpec, nil)
	}
	return &WidgetSpec{
		Key: v[0].text, Kind: WidgetKind(min(n[0], 255)), Disabled: n[1]&1 != 0, Drop: n[1]&2 != 0, URL: n[1]&4 != 0,
		Form: n[2], Callback: n[3], Default: v[1], First: v[2], Min: v[3], Max: v[4], Options: v[5].text,
	}, text, err
}

// count reads a number and the byte after it, 0 when there is none.
func count(text []byte) (n uint32, sign byte, rest []byte) {
	for i, b := range text {
		if b < '0' || b > '9' {
			return n, b, text[i+1:]
		}
		n = n*10 + uint32(b-'0')
	}
	return n, 0, nil
}

func (s *Session) checkSpec(spec *WidgetSpec) *Error {
	switch {
	case spec.Kind == 0 || spec.Kind > FileWidget, len(spec.Options) > 0 && spec.Options[0] != '[',
		spec.Form != 0 && !s.hasForm(spec.Form):
		return refuse(problemWidgetSpec, spec.Key)
	case spec.Form != 0 && spec.Callback != 0 && spec.Kind != TriggerWidget:
		return refuse(problemFormCallback, spec.Key)
	}
	return nil
}
