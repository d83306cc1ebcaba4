package value

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// field is a member of the object that a struct becomes.
type field struct {
	name      string
	tagged    bool
	index     []int
	quoted    bool // ",string"
	omitEmpty bool
	omitZero  bool
	isZero    bool // the type says by itself whether it is zero
}

var known sync.Map // reflect.Type → []field

// fieldsOf gives the members of a struct by the rules of encoding/json: fields of
// embedded structs are the struct's own unless a nearer one, or one with a tag,
// has the name; when two have it with equal right, neither is a member.
func fieldsOf(t reflect.Type) []field {
	if list, ok := known.Load(t); ok {
		return list.([]field)
	}
	list := collect(t)
	known.Store(t, list)
	return list
}

type embedded struct {
	typ   reflect.Type
	index []int
}

func collect(t reflect.Type) []field {
	var all []field
	taken := map[string]bool{}
	visited := map[reflect.Type]bool{}
	for level := []embedded{{typ: t}}; len(level) > 0; {
		var next []embedded
		var found []field
		count := map[reflect.Type]int{}
		for _, e := range level {
			count[e.typ]++
		}
		for _, e := range level {
			if visited[e.typ] {
				continue
			}
			visited[e.typ] = true
			for i := range e.typ.NumField() {
				f, below := member(e, i)
				if below != nil {
					next = append(next, *below)
				} else if f != nil {
					found = append(found, *f)
					if count[e.typ] > 1 { // embedded twice at one level: with equal right
						found = append(found, *f)
					}
				}
			}
		}
		all = append(all, dominant(found, taken)...)
		for _, f := range found {
			taken[f.name] = true
		}
		level = next
	}
	slices.SortFunc(all, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return all
}

// member gives what the i-th field of a struct is: a member, or an embedded
// struct whose fields are looked at next, or neither.
func member(e embedded, i int) (*field, *embedded) {
	sf := e.typ.Field(i)
	inner := sf.Type
	if inner.Name() == "" && inner.Kind() == reflect.Pointer {
		inner = inner.Elem()
	}
	if sf.Anonymous {
		if !sf.IsExported() && inner.Kind() != reflect.Struct {
			return nil, nil
		}
	} else if !sf.IsExported() {
		return nil, nil
	}
	tag := sf.Tag.Get("json")
	if tag == "-" {
		return nil, nil
	}
	name, options, _ := strings.Cut(tag, ",")
	if !validName(name) {
		name = ""
	}
	index := append(slices.Clone(e.index), i)
	if name == "" && sf.Anonymous && inner.Kind() == reflect.Struct {
		return nil, &embedded{inner, index}
	}
	if sf.Anonymous && !sf.IsExported() {
		return nil, nil
	}
	f := &field{name: name, tagged: name != "", index: index}
	if name == "" {
		f.name = sf.Name
	}
	for _, option := range strings.Split(options, ",") {
		switch option {
		case "string":
			f.quoted = quotable(inner.Kind())
		case "omitempty":
			f.omitEmpty = true
		case "omitzero":
			f.omitZero = true
			f.isZero = sf.Type.Implements(zeroer) || reflect.PointerTo(sf.Type).Implements(zeroer)
		}
	}
	return f, nil
}

// dominant gives those of one level that are members.
func dominant(found []field, taken map[string]bool) (members []field) {
	for i, f := range found {
		if taken[f.name] {
			continue
		}
		alone := true
		for j, other := range found {
			if i != j && other.name == f.name && other.tagged == f.tagged || other.name == f.name && other.tagged && !f.tagged {
				alone = false
			}
		}
		if alone {
			members = append(members, f)
		}
	}
	return members
}

func quotable(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Float64 || k == reflect.String
}

func validName(s string) bool {
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) {
			return false
		}
	}
	return s != ""
}

// of gives the field's value, and false behind an embedded pointer that is nil.
func (f *field) of(v reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// zeroer is what encoding/json asks for omitzero.
var zeroer = reflect.TypeFor[interface{ IsZero() bool }]()

// omits tells whether the tag leaves the value out.
func (f *field) omits(v reflect.Value) bool {
	if f.omitEmpty && empty(v) {
		return true
	}
	if !f.omitZero {
		return false
	}
	if !f.isZero {
		return v.IsZero()
	}
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return true
	}
	if !v.Type().Implements(zeroer) {
		if !v.CanAddr() {
			addressable := reflect.New(v.Type()).Elem()
			addressable.Set(v)
			v = addressable
		}
		v = v.Addr()
	}
	return v.Interface().(interface{ IsZero() bool }).IsZero()
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct, reflect.Chan, reflect.Func:
		return false
	case reflect.Interface, reflect.Pointer:
		return v.IsNil()
	}
	return v.IsZero()
}
