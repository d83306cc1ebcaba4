package module_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/module"
)

func section(id byte, body ...byte) []byte {
	return append([]byte{id, byte(len(body))}, body...)
}

func join(parts ...[]byte) []byte {
	return bytes.Join(append([][]byte{[]byte("\x00asm\x01\x00\x00\x00")}, parts...), nil)
}

// onePage is a memory section: one memory of one page.
var onePage = section(5, 1, 0, 1)

// segmentAt is an active segment at an address below 64.
func segmentAt(at byte, text string) []byte {
	return append([]byte{0, 0x41, at, 0x0b, byte(len(text))}, text...)
}

func dataOf(segments ...[]byte) []byte {
	return section(11, append([]byte{byte(len(segments))}, bytes.Join(segments, nil)...)...)
}

func TestParseRoundTrip(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
	}{
		{"empty module", join()},
		{"custom section", join(section(0, 1, 'x', 'b', 'o', 'd', 'y'))},
		{"memory and data", join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(9, "c")))},
		{"data count before the code", join(onePage, section(12, 1), section(10, 0), dataOf(segmentAt(0, "a")))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := module.Parse(test.in)
			require.NoError(t, err)
			require.Equal(t, test.in, m.Bytes())
		})
	}
}

func TestParseFaults(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
	}{
		{"nothing", nil},
		{"not wasm", []byte("<!doctype html>")},
		{"version 2", []byte("\x00asm\x02\x00\x00\x00")},
		{"torn length", join([]byte{1, 0x80})},
		{"length beyond the end", join([]byte{1, 5, 0})},
		{"length over 32 bits", join([]byte{1, 0xff, 0xff, 0xff, 0xff, 0x7f})},
		{"length that never ends", join([]byte{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0})},
		{"custom name beyond the end", join(section(0, 9, 'x'))},
		{"a section twice", join(onePage, onePage)},
		{"sections out of order", join(section(7, 0), onePage)},
		{"unknown section", join(section(14, 0))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := module.Parse(test.in)
			require.ErrorIs(t, err, module.ErrFormat)
		})
	}
}

func TestMergeData(t *testing.T) {
	tests := []struct {
		name     string
		gap      int
		in, want []byte
	}{
		{"no data", 512, join(onePage), join(onePage)},
		{"neighbours", 0, join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(6, "c"))), join(onePage, dataOf(segmentAt(4, "abc")))},
		{"a gap is filled", 3, join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(9, "c"))), join(onePage, dataOf(segmentAt(4, "ab\x00\x00\x00c")))},
		{"a wider gap stays", 2, join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(9, "c"))), join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(9, "c")))},
		{"an empty segment goes", 2, join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(5, ""))), join(onePage, dataOf(segmentAt(4, "ab")))},
		{"descending", 3, join(onePage, dataOf(segmentAt(9, "c"), segmentAt(4, "ab"))), join(onePage, dataOf(segmentAt(4, "ab\x00\x00\x00c")))},
		{"the data count follows", 8,
			join(onePage, section(12, 3), section(10, 0), dataOf(segmentAt(1, "a"), segmentAt(2, "b"), segmentAt(4, "c"))),
			join(onePage, section(12, 1), section(10, 0), dataOf(segmentAt(1, "ab\x00c")))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := module.Parse(test.in)
			require.NoError(t, err)
			before, err := m.Image()
			require.NoError(t, err)

			merged, err := module.MergeData(test.gap)(m)
			require.NoError(t, err)
			require.Equal(t, test.want, merged.Bytes())

			after, err := merged.Image()
			require.NoError(t, err)
			require.Equal(t, before, after)
		})
	}
}

func TestMergeDataFaults(t *testing.T) {
	importedMemory := section(2, 1, 1, 'm', 1, 'n', 2, 0, 1)
	tests := []struct {
		name string
		in   []byte
	}{
		{"no memory", join(dataOf(segmentAt(0, "a")))},
		{"imported memory", join(importedMemory, dataOf(segmentAt(0, "a")))},
		{"two memories", join(section(5, 2, 0, 1, 0, 1), dataOf(segmentAt(0, "a")))},
		{"shared memory", join(section(5, 1, 3, 1, 1), dataOf(segmentAt(0, "a")))},
		{"too many pages", join(section(5, 1, 0, 0x81, 0x80, 4), dataOf(segmentAt(0, "a")))},
		{"passive segment", join(onePage, dataOf([]byte{1, 1, 'a'}))},
		{"address of a global", join(onePage, dataOf([]byte{0, 0x23, 0, 0x0b, 1, 'a'}))},
		{"address beyond memory", join(onePage, dataOf([]byte{0, 0x41, 0xff, 0xff, 3, 0x0b, 2, 'a', 'b'}))},
		{"negative address", join(onePage, dataOf([]byte{0, 0x41, 0x7f, 0x0b, 1, 'a'}))},
		{"address over 32 bits", join(onePage, dataOf([]byte{0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x3f, 0x0b, 1, 'a'}))},
		{"count without segments", join(onePage, section(11, 0xff, 0xff, 0xff, 0xff, 0x0f))},
		{"length beyond the end", join(onePage, dataOf([]byte{0, 0x41, 0, 0x0b, 9, 'a'}))},
		{"bytes left over", join(onePage, section(11, 0, 1))},
		{"overlapping", join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(5, "c")))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := module.Parse(test.in)
			require.NoError(t, err)
			_, err = module.MergeData(512)(m)
			require.ErrorIs(t, err, module.ErrFormat)
		})
	}
}

func TestImageOverlap(t *testing.T) {
	m, err := module.Parse(join(onePage, dataOf(segmentAt(4, "ab"), segmentAt(5, "cd"), segmentAt(9, "\x00\x00"))))
	require.NoError(t, err)
	image, err := m.Image()
	require.NoError(t, err)
	require.Equal(t, []byte("\x00\x00\x00\x00acd"), image)
}

func TestWithImage(t *testing.T) {
	m, err := module.Parse(join(onePage, section(12, 1), section(10, 0), dataOf(segmentAt(4, "ab"))))
	require.NoError(t, err)
	image := []byte("\x00a\x00\x00\x00\x00\x00\x00\x00b\x00\x00\x00\x00\x00\x00\x00\x00c\x00")
	changed, err := m.WithImage(image)
	require.NoError(t, err)
	require.Equal(t, join(onePage, section(12, 2), section(10, 0),
		dataOf(segmentAt(1, "a\x00\x00\x00\x00\x00\x00\x00b"), segmentAt(18, "c\x00"))), changed.Bytes())
	require.Len(t, changed.Program(), 2)

	_, err = m.WithImage(make([]byte, 65537))
	require.ErrorIs(t, err, module.ErrFormat)
	_, err = module.Module{}.WithImage(nil)
	require.ErrorIs(t, err, module.ErrFormat)
}

func TestDropCustom(t *testing.T) {
	m, err := module.Parse(join(section(0, 1, 'x', 1), onePage, section(0, 4, 'n', 'a', 'm', 'e')))
	require.NoError(t, err)
	m, err = module.DropCustom(m)
	require.NoError(t, err)
	require.Equal(t, join(onePage), m.Bytes())
}

func TestGoVersion(t *testing.T) {
	body := []byte("\x01\x08language\x01\x02Go\x08go1.26.8")
	producers := section(0, append([]byte("\x09producers"), body...)...)
	m, err := module.Parse(join(producers))
	require.NoError(t, err)
	version, err := m.GoVersion()
	require.NoError(t, err)
	require.Equal(t, "go1.26.8", version)

	m, err = module.Parse(join(section(0, append([]byte("\x09producers"), body[:14]...)...)))
	require.NoError(t, err)
	_, err = m.GoVersion()
	require.ErrorIs(t, err, module.ErrFormat)

	_, err = module.Module{}.GoVersion()
	require.ErrorIs(t, err, module.ErrFormat)
}

func TestFunctions(t *testing.T) {
	importOne := section(2, 1, 1, 'm', 1, 'f', 0, 0)
	codeTwo := section(10, 2, 2, 0, 0x0b, 3, 0, 1, 0x0b)
	names := section(0, append([]byte("\x04name\x01\x09\x02\x01\x01a\x02\x03p.b"), 2, 1, 0)...)
	m, err := module.Parse(join(importOne, codeTwo, names))
	require.NoError(t, err)
	list, err := m.Functions()
	require.NoError(t, err)
	require.Equal(t, []module.Function{{Name: "a", Size: 2}, {Name: "p.b", Size: 3}}, list)

	m, err = module.Parse(join(importOne, section(10, 2, 2, 0, 0x0b)))
	require.NoError(t, err)
	_, err = m.Functions()
	require.ErrorIs(t, err, module.ErrFormat)
}

// FuzzParse holds that no input makes the package panic, and that what it emits reads back as the same image.
func FuzzParse(f *testing.F) {
	f.Add(join(onePage, section(12, 2), dataOf(segmentAt(4, "ab"), segmentAt(9, "c"))))
	f.Add(join(section(2, 1, 1, 'm', 1, 'f', 0, 0), section(10, 1, 2, 0, 0x0b), section(0, 4, 'n', 'a', 'm', 'e')))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := module.Parse(in)
		if err != nil {
			return
		}
		again, err := module.Parse(m.Bytes())
		require.NoError(t, err)
		require.Equal(t, m.Bytes(), again.Bytes())
		_, _ = m.Functions()
		_, _ = m.GoVersion()
		merged, err := module.MergeData(512)(m)
		if err != nil {
			return
		}
		before, err := m.Image()
		if err != nil {
			return // over 256 MiB
		}
		after, err := merged.Image()
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
}
