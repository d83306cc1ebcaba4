package pclntab

import "bytes"

// same reads the table in image again and compares what it says with what before said. Names may have changed within their class; files, lines,
// unsafe points and arguments are gone; everything else, and every byte outside the table, must be as it was.
func same(before *table, image []byte) error {
	after, err := read(image)
	if err != nil {
		return err
	}
	if len(image) != len(before.image) ||
		!bytes.Equal(image[:before.names.at], before.image[:before.names.at]) ||
		!bytes.Equal(image[before.find.end():], before.image[before.find.end():]) {
		return fault("something outside of it changed")
	}
	if len(after.list) != len(before.list) {
		return fault("%d functions became %d", len(before.list), len(after.list))
	}
	for i, f := range before.list {
		g := after.list[i]
		if g.at != f.at || g.pcdata != f.pcdata || g.funcdata != f.funcdata || g.name != class(f.name, before.id(f)) {
			return fault("%s became %s", f.name, g.name)
		}
		for _, field := range []int{0, fieldArgs, fieldReturn, fieldPCData, fieldID} { // fieldID and the three bytes behind it
			if before.u32(f.at+field) != after.u32(f.at+field) {
				return fault("field %d of %s changed", field, f.name)
			}
		}
		for _, at := range f.references() {
			want := before.stream(before.u32(at))
			if f.dropped(at) {
				want = nil
			}
			if !bytes.Equal(want, after.stream(after.u32(at))) {
				return fault("a stream of %s changed", f.name)
			}
		}
		if err := sameFuncdata(before, after, f); err != nil {
			return err
		}
	}
	return nil
}

func sameFuncdata(before, after *table, f function) error {
	for kind := range f.funcdata.count() {
		at := f.funcdata.number(kind)
		want, have := before.u32(at), after.u32(at)
		if kind == funcdataArgInfo || kind == funcdataArgLiveInfo {
			want = none
		}
		if want != have {
			return fault("data %d of %s moved", kind, f.name)
		}
		if want == none || kind == funcdataInlineTree {
			continue
		}
		if !bytes.Equal(before.data.of(before.image)[want:before.ends[want]], after.data.of(after.image)[want:before.ends[want]]) {
			return fault("data %d of %s changed", kind, f.name)
		}
	}
	for _, at := range before.inlined(f) {
		old, err := before.nameAt(before.u32(at + 4))
		if err != nil {
			return err
		}
		name, err := after.nameAt(after.u32(at + 4))
		if err != nil {
			return err
		}
		if before.u32(at) != after.u32(at) || before.u32(at+8) != after.u32(at+8) || name != class(old, before.image[at]) {
			return fault("a call inlined into %s changed", f.name)
		}
	}
	return nil
}
