package session

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// references names the special values that JSON cannot represent.
var references = []string{"undefined", "function", "date", "bigint", "symbol", "map", "regexp"}

// value gives what a case says, as a value for the session.
func (r *caseRun) value(given json.RawMessage) Value {
	text, reference := r.expand(given)
	if reference != "" {
		switch {
		case r.s.mode != Enforce:
		case reference == "NaN":
			return NumberValue(math.NaN())
		case reference == "Infinity":
			return NumberValue(math.Inf(1))
		case reference == "-Infinity":
			return NumberValue(math.Inf(-1))
		}
		if r.ids[reference] == 0 {
			r.ids[reference] = uint32(len(r.ids) + 1)
		}
		return ReferenceValue(r.ids[reference])
	}
	isText := text[0] == '"' && canon.ValidText(text) < 0
	if r.asText && (isText || text[0] != '"') {
		return BorrowedText(JSON, text)
	}
	switch text[0] {
	case 'n':
		return NullValue()
	case 't', 'f':
		return BoolValue(text[0] == 't')
	case '[', '{':
		return BorrowedText(JSON, text)
	case '"':
		return BorrowedText(String, []byte(unquote(text)))
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return BorrowedText(JSON, text)
	}
	return NumberValue(f)
}

// unquote reads a JSON string; bytes that are no UTF-8 come through.
func unquote(text []byte) string { return string(canon.AppendUnquoted(nil, text)) }

// text gives what a case says where a text is wanted.
func (r *caseRun) text(given json.RawMessage) string {
	text, _ := r.expand(given)
	if text[0] != '"' {
		panic("no text: " + string(given))
	}
	return unquote(text)
}

// expand gives the JSON text of what a case says, or the name of what JSON cannot
// represent.
func (r *caseRun) expand(given json.RawMessage) (text []byte, reference string) {
	switch given[0] {
	case '[':
		var parts []json.RawMessage
		if err := json.Unmarshal(given, &parts); err != nil {
			panic(err)
		}
		text = append(text, '[')
		for i, part := range parts {
			if i > 0 {
				text = append(text, ',')
			}
			inner, ref := r.expand(part)
			if ref != "" {
				reference = r.show(given)
			}
			text = append(text, inner...)
		}
		return append(text, ']'), reference
	case '{':
		members := membersOf(given)
		if len(members) > 0 && members[0].name == "$" {
			return r.special(members)
		}
		text = append(text, '{')
		for i, m := range members {
			if i > 0 {
				text = append(text, ',')
			}
			inner, ref := r.expand(m.value)
			if ref != "" {
				reference = r.show(given)
			}
			text = append(append(append(text, quote(m.name)...), ':'), inner...)
		}
		return append(text, '}'), reference
	}
	return bytes.Clone(given), ""
}

func (r *caseRun) special(members []member) (text []byte, reference string) {
	arguments := map[string]json.RawMessage{}
	for _, m := range members[1:] {
		arguments[m.name] = m.value
	}
	name := unquote(members[0].value)
	number := func(name string) int {
		n, err := strconv.Atoi(string(arguments[name]))
		if err != nil {
			panic(err)
		}
		return n
	}
	switch name {
	case "absent":
		return nil, "absent"
	case "function":
		return nil, "function " + strings.Trim(string(arguments["label"]), `"`)
	case "NaN", "Infinity", "-Infinity":
		return nil, name
	case "surrogate":
		return []byte("\"\xed\xa0\xbd\""), ""
	case "repeat":
		return []byte(quote(strings.Repeat(r.text(arguments["text"]), number("times")))), ""
	case "join":
		var parts []json.RawMessage
		if err := json.Unmarshal(arguments["parts"], &parts); err != nil {
			panic(err)
		}
		text = append(text, '"')
		for _, part := range parts {
			inner, _ := r.expand(part)
			text = append(text, inner[1:len(inner)-1]...)
		}
		return append(text, '"'), ""
	case "json":
		return []byte(unquote(arguments["text"])), ""
	case "nested":
		n := number("depth")
		return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)), ""
	}
	if !slices.Contains(references, name) {
		panic("there is no special value " + name)
	}
	return nil, name
}

// show gives the text by which values are compared: canonical JSON, and words for
// what JSON cannot say.
func (r *caseRun) show(given json.RawMessage) string {
	switch given[0] {
	case '[':
		var parts []json.RawMessage
		if err := json.Unmarshal(given, &parts); err != nil {
			panic(err)
		}
		shown := make([]string, len(parts))
		for i, part := range parts {
			shown[i] = r.show(part)
		}
		return "[" + strings.Join(shown, ",") + "]"
	case '{':
		members := membersOf(given)
		if len(members) > 0 && members[0].name == "$" {
			break
		}
		shown := make([]string, len(members))
		for i, m := range members {
			shown[i] = quote(m.name) + ":" + r.show(m.value)
		}
		return "{" + strings.Join(shown, ",") + "}"
	}
	text, reference := r.expand(given)
	if reference != "" {
		return reference
	}
	var c canon.Checker
	canonical, fault := c.Value(text, canon.MaxDepth)
	if fault != nil {
		panic(fault.Reason)
	}
	return string(canonical)
}

func (r *caseRun) showValue(v Value) string {
	switch v.kind {
	case Absent:
		return "absent"
	case Reference:
		for name, id := range r.ids {
			if id == v.Reference() {
				return name
			}
		}
		return "an unknown reference"
	}
	return string(v.AppendJSON(nil))
}
