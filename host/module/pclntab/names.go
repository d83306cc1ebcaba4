package pclntab

import "strings"

// class returns the name that stands for a function's after the change. The runtime must come to the same conclusions from it: see the package's
// documentation.
func class(name string, id byte) string {
	switch {
	case name == "runtime.gopanic", name == "reflect.makeFuncStub", name == "reflect.methodValueCall":
		return name
	case id == funcIDWrapper && strings.Contains(name, ")."):
		return name
	case !strings.Contains(name, "."): // made by the linker, not shown in traces
		return ""
	case strings.HasPrefix(name, "runtime."):
		return "runtime."
	default:
		return "?.?"
	}
}

// names is a table of names under construction. Offset 0 is the empty name.
type names struct {
	text    []byte
	offsets map[string]uint32
}

func newNames() *names { return &names{text: []byte{0}, offsets: map[string]uint32{"": 0}} }

// offset returns the place of a name, which is added when it is new.
func (n *names) offset(name string) uint32 {
	at, ok := n.offsets[name]
	if !ok {
		at = uint32(len(n.text))
		n.text = append(append(n.text, name...), 0)
		n.offsets[name] = at
	}
	return at
}
