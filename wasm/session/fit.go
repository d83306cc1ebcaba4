package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// empties has the value that stands for nothing entered, by kind of widget. Where
// that is null, null is a value like any other.
var empties = [...]Value{
	TextWidget:    {kind: String},
	NumberWidget:  {kind: Null},
	BooleanWidget: {kind: Bool},
	ChoiceWidget:  {kind: Null},
	ChoicesWidget: {kind: JSON, text: []byte("[]")},
	DateWidget:    {kind: Null},
	TriggerWidget: {kind: Bool},
	FileWidget:    {kind: Null},
}

// takes has the kind of value each kind of widget takes, beside null.
var takes = [...]Kind{
	TextWidget: String, NumberWidget: Number, BooleanWidget: Bool, ChoiceWidget: String,
	ChoicesWidget: JSON, DateWidget: String, TriggerWidget: Bool, FileWidget: Reference,
}

// fit brings the value into the form in which all widgets of a key can show it, if
// they can: numbers and dates inside their ranges, options in their order. Else it
// says false, and the value is as it was.
func fit(first *widget, v *Value) bool {
	kind := first.Kind
	if v.kind == Null {
		return empties[kind].kind == Null
	}
	if v.kind != takes[kind] {
		return false
	}
	switch kind {
	case NumberWidget, DateWidget:
		if kind == DateWidget && len(v.text) == 0 {
			return false
		}
		for w := first; w != nil; w = w.next {
			w.clamp(v)
		}
	case ChoiceWidget:
		quoted := canon.AppendString(nil, v.text)
		for w := first; w != nil; w = w.next {
			if hasElement(w.Options, quoted) {
				return true
			}
		}
		return false
	case ChoicesWidget:
		picked := pick(first, v.text)
		i := 1
		for end := element(v.text, i); end > 0; end = element(v.text, i) {
			if !hasElement(picked, v.text[i:end]) {
				return false
			}
			i = end + 1
		}
		if v.text[0] != '[' || i < len(v.text)-1 {
			return false
		}
		v.text, v.given = picked, false
	}
	return true
}

// refit is fit for a value that was good before the widgets changed.
func refit(first *widget, v Value) Value {
	if fit(first, &v) {
		return v
	}
	switch first.Kind {
	case ChoiceWidget:
		return empties[ChoiceWidget]
	case ChoicesWidget:
		v.text = pick(first, v.text)
		return v
	}
	return initial(first)
}

// initial gives the default of the first widget, or nothing entered.
func initial(first *widget) Value {
	if v := first.Default; first.Kind < TriggerWidget && fit(first, &v) {
		return v
	}
	return empties[first.Kind]
}

// clamp gives the value the nearest one in the range. A range that ends before it
// begins is none.
func (w *widget) clamp(v *Value) {
	from, to := w.Min.kind == v.kind, w.Max.kind == v.kind
	switch {
	case from && to && less(&w.Max, &w.Min):
	case from && less(v, &w.Min):
		*v = w.Min
	case to && less(&w.Max, v):
		*v = w.Max
	}
}

func less(a, b *Value) bool {
	return a.num < b.num || string(a.text) < string(b.text)
}

// pick gives the options that the array has, in their order.
func pick(first *widget, array []byte) []byte {
	picked := []byte{'['}
	for w := first; w != nil; w = w.next {
		i := 1
		for end := element(w.Options, i); end > 0; end = element(w.Options, i) {
			option := w.Options[i:end]
			i = end + 1
			if !hasElement(array, option) || hasElement(picked, option) {
				continue
			}
			if len(picked) > 1 {
				picked = append(picked, ',')
			}
			picked = append(picked, option...)
		}
	}
	return append(picked, ']')
}

// hasElement tells whether a canonical array of strings has the quoted string.
func hasElement(array, quoted []byte) bool {
	i := 1
	for end := element(array, i); end > 0; end = element(array, i) {
		if string(array[i:end]) == string(quoted) {
			return true
		}
		i = end + 1
	}
	return false
}

// element gives the end of the string that stands at i of a canonical array, 0
// when none does.
func element(array []byte, i int) int {
	if i >= len(array) || array[i] != '"' {
		return 0
	}
	for i++; array[i] != '"'; i++ {
		if array[i] == '\\' {
			i++
		}
	}
	return i + 1
}
