package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// members are those of a spec, in the order in which ReadSpec takes them.
var members = [...]string{"key", "kind", "disabled", "drop", "form", "callback", "default", "first", "min", "max", "options", "url"}

// ReadSpec reads the description of a widget from the text of a JSON object, whose
// members are those of [WidgetSpec] in lower case. Others are passed over.
func (s *Session) ReadSpec(text []byte) (*WidgetSpec, *Error) {
	var v [len(members)]Value
	fault := s.checker.Members(text, s.limits.Depth, func(key, value []byte, _ int) *canon.Fault {
		for i := range members {
			if members[i] == string(key) {
				v[i] = parsed(value, nil)
				if v[i].kind == JSON { // the checker's only until the next member
					v[i].text = append([]byte(nil), value...)
				}
			}
		}
		return nil
	})
	if fault != nil {
		return nil, faultError(nil, fault, s.limits.Depth)
	}
	return &WidgetSpec{
		Key: v[0].text, Kind: WidgetKind(uint32(v[1].num)), Disabled: v[2].Bool(), Drop: v[3].Bool(),
		Form: uint32(v[4].num), Callback: uint32(v[5].num), Default: v[6], First: v[7], Min: v[8], Max: v[9], Options: v[10].text, URL: v[11].Bool(),
	}, nil
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
