package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// ReadSpec reads the description of a widget from the text of a JSON object, whose
// members are those of [WidgetSpec] in lower case. Others are passed over.
func (s *Session) ReadSpec(text []byte) (*WidgetSpec, *Error) {
	spec := &WidgetSpec{}
	fault := s.checker.Members(text, s.limits.Depth, func(key, value []byte, _ int) *canon.Fault {
		// The text is the checker's only until the next member.
		v := parsed(append([]byte(nil), value...), nil)
		var to *Value
		switch string(key) {
		case "key":
			spec.Key = v.text
		case "kind":
			spec.Kind = WidgetKind(uint32(v.num))
		case "disabled":
			spec.Disabled = v.Bool()
		case "drop":
			spec.Drop = v.Bool()
		case "form":
			spec.Form = uint32(v.num)
		case "callback":
			spec.Callback = uint32(v.num)
		case "options":
			spec.Options = v.text
		case "default":
			to = &spec.Default
		case "first":
			to = &spec.First
		case "min":
			to = &spec.Min
		case "max":
			to = &spec.Max
		}
		if to != nil {
			*to = v
		}
		return nil
	})
	if fault != nil {
		return nil, faultError(nil, fault, s.limits.Depth)
	}
	return spec, nil
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
