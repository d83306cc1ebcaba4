package session

import (
	"encoding/json"
	"fmt"
)

// For the tests of the layers above, which stand in package session_test.
var Check = check

const RestingFree = restingFree

// SpecText gives the text of a spec that is written as a JSON object, whose members are those of [WidgetSpec] in lower
// case: strings as they are, or with asJSON like any other value.
func SpecText(object string, asJSON bool) string {
	var given struct {
		Key                               string
		Kind                              int64
		Disabled, Drop, URL               bool
		Form, Callback                    uint32
		Default, First, Min, Max, Options json.RawMessage
	}
	if err := json.Unmarshal([]byte(object), &given); err != nil {
		panic(err)
	}
	flags := 0
	for i, on := range [...]bool{given.Disabled, given.Drop, given.URL} {
		if on {
			flags |= 1 << i
		}
	}
	key, _ := json.Marshal(given.Key)
	text := fmt.Sprintf("%d %d %d %d ", uint32(given.Kind), flags, given.Form, given.Callback)
	for _, v := range [...]json.RawMessage{key, given.Default, given.First, given.Min, given.Max, given.Options} {
		var s string
		if !asJSON && len(v) > 0 && v[0] == '"' && json.Unmarshal(v, &s) == nil {
			text += fmt.Sprintf(`%d"%s`, len(s), s)
		} else {
			text += fmt.Sprintf("%d:%s", len(v), v)
		}
	}
	return text
}

// readSpec reads a spec that is written as a JSON object.
func (s *Session) readSpec(object string) (*WidgetSpec, *Error) {
	spec, _, err := s.ReadSpec([]byte(SpecText(object, false)))
	return spec, err
}
