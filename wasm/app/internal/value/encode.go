package value

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// maxSafe is the largest whole number that JavaScript tells apart from its neighbours.
const maxSafe = 1<<53 - 1

// maxHops is how many pointers and interfaces may lead to one value.
const maxHops = 1000

// Encode gives the value of a session that v stands for. It returns the
// [*session.Error] of the first part, in document order, that JSON cannot
// represent; its key is empty. Arrays and objects nest at most depth times.
func Encode(v any, depth int) (session.Value, *session.Error) {
	if easy, ok := Primitive(v); ok {
		return easy, nil
	}
	e := encoder{depth: depth}
	fault := e.value(reflect.ValueOf(v), false)
	if fault != nil && fault.Code == canon.TooDeep {
		// Is it deep, or does it lead back to itself? Asking costs, so it is asked only now.
		e = encoder{depth: depth, seen: map[visit]bool{}}
		fault = e.value(reflect.ValueOf(v), false)
	}
	if fault != nil {
		return session.Value{}, fault
	}
	return session.GivenText(session.JSON, e.out), nil
}

// Primitive is [Encode] for the commonest types, without reflection; it says false for
// what is of another type, or refused.
func Primitive(v any) (session.Value, bool) {
	switch v := v.(type) {
	case nil:
		return session.NullValue(), true
	case bool:
		return session.BoolValue(v), true
	case string:
		return session.StringValue(v), utf8.ValidString(v)
	case int:
		return session.NumberValue(float64(v)), int64(v) <= maxSafe && int64(v) >= -maxSafe
	case float64:
		return session.NumberValue(v), v-v == 0
	}
	return session.Value{}, false
}

// visit is a place in memory that the value being encoded is inside of.
type visit struct {
	at     uintptr
	length int
	typ    reflect.Type
}

type encoder struct {
	out  []byte
	open int // arrays and objects around
	hops int // pointers and interfaces on the way here
	// depth is how many may be open.
	depth int
	// seen is what is around, in a second run that looks for cycles.
	seen map[visit]bool
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
	number        = reflect.TypeFor[json.Number]()
)

// value appends the text of v. What leads to the fault is put before its path on
// the way back.
func (e *encoder) value(v reflect.Value, quoted bool) *session.Error {
	if !v.IsValid() {
		e.out = append(e.out, "null"...)
		return nil
	}
	if done, fault := e.marshal(v); done {
		return fault
	}
	switch v.Kind() {
	case reflect.Bool:
		return e.quote(quoted, strconv.AppendBool(nil, v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n := v.Int()
		if n > maxSafe || n < -maxSafe {
			return unsafe(v)
		}
		return e.quote(quoted, strconv.AppendInt(nil, n, 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n := v.Uint()
		if n > maxSafe {
			return unsafe(v)
		}
		return e.quote(quoted, strconv.AppendUint(nil, n, 10))
	case reflect.Float32, reflect.Float64:
		return e.float(v, quoted)
	case reflect.String:
		return e.text(v, quoted)
	case reflect.Interface:
		return e.hop(v, func() *session.Error { return e.value(v.Elem(), false) })
	case reflect.Pointer:
		return e.hop(v, func() *session.Error {
			return e.inside(v, visit{v.Pointer(), 0, v.Type()}, func() *session.Error { return e.value(v.Elem(), quoted) })
		})
	case reflect.Struct:
		return e.container(v, visit{}, '{', '}', e.members)
	case reflect.Map:
		if v.IsNil() {
			e.out = append(e.out, "null"...)
			return nil
		}
		return e.container(v, visit{v.Pointer(), 0, v.Type()}, '{', '}', e.entries)
	case reflect.Slice:
		if v.IsNil() {
			e.out = append(e.out, "null"...)
			return nil
		}
		if elem := v.Type().Elem(); elem.Kind() == reflect.Uint8 && !asText(reflect.PointerTo(elem)) {
			e.out = append(e.out, '"')
			e.out = base64.StdEncoding.AppendEncode(e.out, v.Bytes())
			e.out = append(e.out, '"')
			return nil
		}
		return e.container(v, visit{v.Pointer(), v.Len(), v.Type()}, '[', ']', e.elements)
	case reflect.Array:
		return e.container(v, visit{}, '[', ']', e.elements)
	}
	return unserializable(v.Type().String(), "JSON cannot represent "+article(v.Type().String()), hints[v.Kind()])
}

// asText tells whether values of the type write themselves.
func asText(t reflect.Type) bool { return t.Implements(marshaler) || t.Implements(textMarshaler) }

// marshal has a value that writes itself do so, and tells whether it was one.
func (e *encoder) marshal(v reflect.Value) (done bool, fault *session.Error) {
	t := v.Type()
	if t == number {
		return false, nil
	}
	if !asText(t) {
		if t.Kind() == reflect.Pointer || !v.CanAddr() || !asText(reflect.PointerTo(t)) {
			return false, nil
		}
		v, t = v.Addr(), reflect.PointerTo(t)
	}
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		e.out = append(e.out, "null"...)
		return true, nil
	}
	if !v.CanInterface() {
		return false, nil
	}
	defer func() {
		if p := recover(); p != nil {
			done, fault = true, unserializable(t.String(), "its own method for JSON panicked", "Look at MarshalJSON or MarshalText of the type")
		}
	}()
	var text []byte
	var err error
	if m, ok := v.Interface().(json.Marshaler); ok {
		text, err = m.MarshalJSON()
	} else if text, err = v.Interface().(encoding.TextMarshaler).MarshalText(); err == nil {
		return true, e.string(string(text))
	}
	var nested *session.Error
	switch {
	case errors.As(err, &nested):
		copied := *nested
		return true, &copied
	case err != nil:
		return true, unserializable(t.String(), err.Error(), "Look at MarshalJSON or MarshalText of the type")
	case !json.Valid(text):
		return true, unserializable(t.String(), "its own method for JSON gave a text that is none", "Look at MarshalJSON of the type")
	}
	e.out = append(e.out, text...)
	return true, nil
}

func (e *encoder) quote(quoted bool, text []byte) *session.Error {
	if quoted {
		e.out = append(e.out, '"')
	}
	e.out = append(e.out, text...)
	if quoted {
		e.out = append(e.out, '"')
	}
	return nil
}

func (e *encoder) float(v reflect.Value, quoted bool) *session.Error {
	f, bits := v.Float(), v.Type().Bits()
	if f-f != 0 {
		name := "NaN"
		if !math.IsNaN(f) {
			name = "Infinity"
		}
		return unserializable(name, "JSON has no NaN and no infinity", "Store null, or leave the value out")
	}
	text := strconv.AppendFloat(nil, f, 'g', -1, bits)
	return e.quote(quoted, text)
}

func (e *encoder) text(v reflect.Value, quoted bool) *session.Error {
	s := v.String()
	if v.Type() == number {
		if s == "" {
			s = "0" // as encoding/json has it
		}
		if !json.Valid([]byte(s)) || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
			return unserializable("json.Number", "the text is no number", "Use a number as JSON writes it")
		}
		return e.quote(quoted, []byte(s))
	}
	if quoted {
		inner := encoder{}
		if fault := inner.string(s); fault != nil {
			return fault
		}
		s = string(inner.out)
	}
	return e.string(s)
}

func (e *encoder) string(s string) *session.Error {
	if !utf8.ValidString(s) {
		fault := refuse(session.ErrSyntax, canon.InvalidUTF8, "the string is not UTF-8", "Encode it as UTF-8, without surrogates")
		fault.Type = "string"
		return fault
	}
	e.out = canon.AppendString(e.out, []byte(s))
	return nil
}

// hop follows a pointer or an interface.
func (e *encoder) hop(v reflect.Value, fn func() *session.Error) *session.Error {
	if v.IsNil() {
		e.out = append(e.out, "null"...)
		return nil
	}
	if e.hops++; e.hops > maxHops {
		return e.tooDeep()
	}
	fault := fn()
	e.hops--
	return fault
}

// inside runs fn and knows meanwhile that it is inside of at.
func (e *encoder) inside(v reflect.Value, at visit, fn func() *session.Error) *session.Error {
	if e.seen == nil || at.typ == nil {
		return fn()
	}
	if e.seen[at] {
		return unserializable(v.Type().String(), "the value leads back to itself", "Store a number or a name in place of the reference")
	}
	e.seen[at] = true
	fault := fn()
	delete(e.seen, at)
	return fault
}

func (e *encoder) container(v reflect.Value, at visit, begin, end byte, fill func(reflect.Value) *session.Error) *session.Error {
	return e.inside(v, at, func() *session.Error {
		if e.open++; e.open > e.depth {
			return e.tooDeep()
		}
		hops := e.hops
		e.hops = 0
		e.out = append(e.out, begin)
		if fault := fill(v); fault != nil {
			return fault
		}
		e.out = append(e.out, end)
		e.open--
		e.hops = hops
		return nil
	})
}

func (e *encoder) elements(v reflect.Value) *session.Error {
	for i := range v.Len() {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if fault := e.value(v.Index(i), false); fault != nil {
			return under(strconv.Itoa(i), fault)
		}
	}
	return nil
}

func (e *encoder) members(v reflect.Value) *session.Error {
	first := true
	for _, f := range fieldsOf(v.Type()) {
		part, ok := f.of(v)
		if !ok || f.omits(part) {
			continue
		}
		if !first {
			e.out = append(e.out, ',')
		}
		first = false
		e.out = canon.AppendString(e.out, []byte(f.name))
		e.out = append(e.out, ':')
		if fault := e.value(part, f.quoted); fault != nil {
			return under(f.name, fault)
		}
	}
	return nil
}

func (e *encoder) entries(v reflect.Value) *session.Error {
	type entry struct {
		name string
		v    reflect.Value
	}
	list := make([]entry, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		name, fault := memberName(iter.Key())
		if fault != nil {
			return fault
		}
		list = append(list, entry{name, iter.Value()})
	}
	slices.SortFunc(list, func(a, b entry) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	for i, entry := range list {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if fault := e.string(entry.name); fault != nil {
			fault.Reason = "the name of a member is not UTF-8"
			return fault
		}
		e.out = append(e.out, ':')
		if fault := e.value(entry.v, false); fault != nil {
			return under(entry.name, fault)
		}
	}
	return nil
}

// memberName gives the key of a map as the name of a member.
func memberName(k reflect.Value) (name string, fault *session.Error) {
	if k.Kind() == reflect.String {
		return k.String(), nil
	}
	if m, ok := k.Interface().(encoding.TextMarshaler); ok {
		if k.Kind() == reflect.Pointer && k.IsNil() {
			return "", nil
		}
		defer func() {
			if p := recover(); p != nil {
				fault = unserializable(k.Type().String(), "the key's own method for text panicked", "Look at MarshalText of the type")
			}
		}()
		text, err := m.MarshalText()
		if err != nil {
			return "", unserializable(k.Type().String(), err.Error(), "Look at MarshalText of the type")
		}
		return string(text), nil
	}
	switch {
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10), nil
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10), nil
	}
	return "", unserializable(k.Type().String(), "the names of an object's members are strings", "Use a map whose keys are strings or whole numbers")
}
