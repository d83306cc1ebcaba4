package wire

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/session"
)

// openPort gives the result of Open, whose buffer Reserve gives, too.
func openPort(p *Port, mode uint32, seed uint64) float64 {
	_, result := p.Open(mode, seed)
	return result
}

func opened(t *testing.T) *Port {
	t.Helper()
	p := &Port{}
	require.Zero(t, openPort(p, 0, 1))
	return p
}

// in writes texts to the buffer as a caller does, and gives the length of each.
func in(p *Port, texts ...string) (lengths []uint32) {
	all := strings.Join(texts, "")
	copy(p.Reserve(uint32(len(all)), 0), all)
	for _, text := range texts {
		lengths = append(lengths, uint32(len(text)))
	}
	return lengths
}

func put(p *Port, key string, kind uint32, number float64, text string) float64 {
	n := in(p, key, text)
	return p.Put(n[0], kind, number, n[1])
}

func pinned(t *testing.T, p *Port, key string) uint32 {
	t.Helper()
	slot := p.Pin(in(p, key)[0])
	require.Positive(t, slot)
	return uint32(slot)
}

// code gives the code of the last refusal, whose text must be a JSON object.
func code(t *testing.T, p *Port) string {
	t.Helper()
	var object map[string]any
	text := p.Error()
	require.True(t, utf8.Valid(text))
	require.NoError(t, json.Unmarshal(text, &object), "%s", text)
	require.NotEmpty(t, object["class"])
	require.NotEmpty(t, object["message"])
	return object["code"].(string)
}

func words(text []byte) (list []uint32) {
	for ; len(text) >= 4; text = text[4:] {
		list = append(list, binary.LittleEndian.Uint32(text))
	}
	return list
}

func doubles(text []byte) (list []float64) {
	for ; len(text) >= 8; text = text[8:] {
		list = append(list, math.Float64frombits(binary.LittleEndian.Uint64(text)))
	}
	return list
}

func snapshotOf(t *testing.T, p *Port) string {
	t.Helper()
	in(p, "")
	text, result := p.Snapshot(0, 1)
	require.Zero(t, result)
	return string(text)
}

// TestNotOpen: before Open each call is refused and says why, or tells of nothing;
// the hot calls leave it to the full ones, which are refused.
func TestNotOpen(t *testing.T) {
	refused := map[string]func(p *Port) float64{
		"put": func(p *Port) float64 { return p.Put(0, 1, 0, 0) }, "write": func(p *Port) float64 { return p.Write(1, 1, 0, 0) },
		"remove": func(p *Port) float64 { return p.Remove(1) }, "clear": func(p *Port) float64 { return p.Clear(0) },
		"reset": (*Port).Reset, "restore": func(p *Port) float64 { _, result := p.Restore(0, 0, 0); return result },
		"begin": (*Port).Begin, "commit": (*Port).Commit, "rollback": (*Port).Rollback,
		"travel": func(p *Port) float64 { return p.Travel(0) }, "find": func(p *Port) float64 { return float64(p.Find(0)) },
		"pin": func(p *Port) float64 { return float64(p.Pin(0)) }, "reserve key": func(p *Port) float64 { return float64(p.ReserveKey(0)) },
		"read":       func(p *Port) float64 { _, result := p.Read(1); return float64(result) },
		"snapshot":   func(p *Port) float64 { _, result := p.Snapshot(0, 0); return result },
		"mode":       func(p *Port) float64 { return p.SetMode(0) },
		"origin":     func(p *Port) float64 { return p.SetOrigin(0) },
		"limits":     func(p *Port) float64 { return p.SetLimits(0, 0, 0, 0, 0) },
		"history":    func(p *Port) float64 { return p.SetHistory(1, 0) },
		"small room": func(p *Port) float64 { require.Nil(t, p.Reserve(1, 0)); return Refused },
		"large room": func(p *Port) float64 { require.Nil(t, p.Reserve(1<<20, 0)); return Refused },
	}
	for name, call := range refused {
		t.Run(name, func(t *testing.T) {
			p := &Port{}
			require.EqualValues(t, Refused, call(p))
			require.Equal(t, "not-open", code(t, p))
		})
	}
	p := &Port{}
	(*session.Session)(nil).Hot()
	require.EqualValues(t, Drain, session.SetNumber(1, 1))
	require.EqualValues(t, Drain, session.SetBool(1, 1))
	require.EqualValues(t, Drain, session.SetShort(1, 1, 0, 0, 0, 0))
	require.Nil(t, p.Error())
	p.Unpin(1)
	p.UnreserveKey(1)
	p.Trim()
	for _, text := range [][]byte{p.Touched(), p.Changes(), p.Forget(), p.Key(1), p.Keys(0), p.Stats()} {
		require.Empty(t, text)
	}
	_, kind := p.Old(0)
	require.EqualValues(t, Refused, kind)
}

func TestOpen(t *testing.T) {
	p := &Port{}
	require.EqualValues(t, Refused, openPort(p, 3, 0))
	require.Equal(t, "mode-invalid", code(t, p))
	require.EqualValues(t, Refused, openPort(p, math.MaxUint32, 0))
	room, result := p.Open(2, 0)
	require.Zero(t, result)
	require.Same(t, &room[0], &p.Reserve(roomBytes, 0)[0])
	require.Len(t, room, roomBytes)
	require.Equal(t, [5]float64{1024, 128, 64 << 20, 1 << 20, 256 << 20}, p.Registers.Limits)
	room, result = p.Open(0, 0)
	require.EqualValues(t, Refused, result)
	require.Nil(t, room)
	require.Equal(t, "session-open", code(t, p))
	require.EqualValues(t, 2, doubles(p.Stats())[3])
}

// TestResults: a version for exactly the change asked for, 0 for none, Drain for
// more (ABI.md, "Results").
func TestResults(t *testing.T) {
	p := opened(t)
	require.EqualValues(t, 1, put(p, "a", 3, 1, ""))
	slot := p.Registers.Slot
	require.Zero(t, put(p, "a", 3, 1, ""))
	require.Equal(t, slot, p.Registers.Slot)
	require.EqualValues(t, 2, p.Write(slot, 3, 2, 0))
	require.EqualValues(t, 3, session.SetNumber(int32(slot), 3))
	require.Zero(t, session.SetNumber(int32(slot), 3))
	require.EqualValues(t, Drain, session.SetBool(int32(slot), 1))
	require.EqualValues(t, 4, p.Write(slot, 6, 1, 0))
	require.EqualValues(t, Drain, p.Write(slot, 3, 3, 0), "a reference is released")
	require.Equal(t, []uint32{1}, words(p.Forget()))
	require.EqualValues(t, []uint32{0, 1}, []uint32{p.Registers.Slot, p.Registers.Count})
	require.EqualValues(t, Drain, p.Remove(slot))
	require.Equal(t, []uint32{slot}, words(p.Forget()))
	require.Zero(t, p.Remove(slot))
	require.EqualValues(t, Refused, p.Write(slot, 1, 0, 0))
	require.Equal(t, "stale-slot", code(t, p))

	require.Zero(t, p.Begin())
	require.Positive(t, put(p, "a", 3, 1, ""))
	require.Positive(t, put(p, "b", 2, 1, ""))
	require.Zero(t, p.Begin())
	require.Positive(t, put(p, "b", 2, 0, ""))
	require.EqualValues(t, 1, len(words(p.Touched())))
	require.EqualValues(t, 1, p.Registers.Count)
	require.Zero(t, p.Commit())
	require.EqualValues(t, Drain, p.Commit())
	changes := p.Changes()
	require.EqualValues(t, 2, p.Registers.Count)
	require.Len(t, changes, 48)
	require.Equal(t, []uint32{0, 0, 0}, words(changes)[1:4])
	_, kind := p.Old(1)
	require.Zero(t, kind)
	_, kind = p.Old(2)
	require.EqualValues(t, Refused, kind)
	p.Forget()
	p.Changes()
	require.Zero(t, p.Registers.Count)
	require.Equal(t, `{"a":1,"b":false}`, snapshotOf(t, p))
}

// TestBuffer: what was kept of the one before, and that one text takes it.
func TestBuffer(t *testing.T) {
	p := opened(t)
	room := p.Reserve(0, 0)
	require.Len(t, room, roomBytes)
	copy(room, "abc")
	large := p.Reserve(roomBytes+1, 3)
	require.Equal(t, "abc\x00", string(large[:4]))
	larger := p.Reserve(roomBytes*2, roomBytes*9)
	require.Equal(t, "abc\x00", string(larger[:4]))
	require.Same(t, &larger[0], &p.Reserve(roomBytes+1, 0)[0], "a shorter one is the same")
	require.Same(t, &room[0], &p.Reserve(roomBytes, 0)[0])
	require.EqualValues(t, Refused, p.Find(roomBytes+1))
	require.Equal(t, "argument-invalid", code(t, p))
	require.EqualValues(t, Refused, p.Put(math.MaxUint32, 4, 0, math.MaxUint32))
	require.Equal(t, "argument-invalid", code(t, p))
}

// TestBufferRefused: after a buffer that was refused, text is where it always is.
func TestBufferRefused(t *testing.T) {
	p := opened(t)
	require.Zero(t, p.SetLimits(0, 0, 0, 0, 50_000))
	copy(p.Reserve(roomBytes+1, 0), "wrong")
	require.Nil(t, p.Reserve(200_000, 5))
	require.Equal(t, "session-too-large", code(t, p))
	copy(p.room, "right")
	require.Positive(t, p.Put(5, 1, 0, 0))
	require.Equal(t, `{"right":null}`, snapshotOf(t, p))
}

// TestBufferGiven: a long text stays where it was written, unless it would keep a
// much longer buffer alive.
func TestBufferGiven(t *testing.T) {
	for name, test := range map[string]struct {
		reserved, length int
		kept             bool
	}{
		"exact":            {100_000, 100_000, true},
		"a quarter more":   {125_000, 100_000, true},
		"more than that":   {125_001, 100_000, false},
		"much more":        {1 << 20, 9000, false},
		"short text of it": {100_000, 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := opened(t)
			buffer := p.Reserve(uint32(test.reserved), 0)
			for i := range test.length {
				buffer[i] = 'x'
			}
			require.Positive(t, p.Put(1, 4, 0, uint32(test.length-1)))
			text, kind := p.Read(p.Registers.Slot)
			require.EqualValues(t, 4, kind)
			require.Equal(t, strings.Repeat("x", test.length-1), string(text))
			require.Equal(t, test.kept, &text[0] == &buffer[1])
		})
	}
}

// TestErrorText: whatever was refused, ts_error is a JSON object in UTF-8.
func TestErrorText(t *testing.T) {
	tests := []struct{ name, key, text, code string }{
		{"empty", "", "", "key-empty"},
		{"reserved", "$$a", "", "key-reserved"},
		{"no text", "a\xff", "", "key-not-text"},
		{"too long", strings.Repeat("é", 513), "", "key-too-long"},
		{"too long and no text", strings.Repeat("\xff", 1025), "", "key-too-long"},
		{"too long and only rests of characters", strings.Repeat("\xbf", 1025), "", "key-too-long"},
		{"too long, cut in a character", "a" + strings.Repeat("é", 513), "", "key-too-long"},
		{"value of no UTF-8", "k", "[\"\xff\"]", "invalid-utf8"},
		{"names that have to be escaped", "k", `{"\u0000\"":[1,}`, "invalid-json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := opened(t)
			require.EqualValues(t, Refused, put(p, test.key, 5, 0, test.text))
			require.Equal(t, test.code, code(t, p))
		})
	}
}

// TestHalfPrefix: a prefix within a character gives no text that is none.
func TestHalfPrefix(t *testing.T) {
	p := opened(t)
	put(p, "é", 1, 0, "")
	require.Equal(t, "[]", string(p.Keys(in(p, "\xc3")[0])))
	text, _ := p.Snapshot(in(p, "\xc3")[0], 0)
	require.Equal(t, "{}", string(text))
	require.Equal(t, `["é"]`, string(p.Keys(in(p, "")[0])))
}

// TestSettings: what is no such number is refused, and nothing changes.
func TestSettings(t *testing.T) {
	p := opened(t)
	before, limits := slices.Clone(p.Stats()), p.Registers.Limits
	for name, call := range map[string]func() float64{
		"mode":             func() float64 { return p.SetMode(3) },
		"mode of 33 bits":  func() float64 { return p.SetMode(math.MaxUint32) },
		"origin":           func() float64 { return p.SetOrigin(6) },
		"limit NaN":        func() float64 { return p.SetLimits(math.NaN(), 0, 0, 0, 0) },
		"limit -1":         func() float64 { return p.SetLimits(0, -1, 0, 0, 0) },
		"limit 1.5":        func() float64 { return p.SetLimits(0, 0, 1.5, 0, 0) },
		"limit infinity":   func() float64 { return p.SetLimits(0, 0, 0, math.Inf(1), 0) },
		"limit of 33 bits": func() float64 { return p.SetLimits(0, 0, 0, 0, 1<<32) },
		"steps":            func() float64 { return p.SetHistory(-1, 0) },
		"bytes of steps":   func() float64 { return p.SetHistory(1, math.NaN()) },
	} {
		require.EqualValues(t, Refused, call(), name)
		code(t, p)
		require.Equal(t, before, slices.Clone(p.Stats()), name)
		require.Equal(t, limits, p.Registers.Limits, name)
	}
	require.Zero(t, p.SetLimits(10, 20, 30, 40, 50))
	require.Zero(t, p.SetMode(2))
	require.Zero(t, p.SetHistory(3, 0))
	require.Zero(t, p.SetOrigin(5))
	require.EqualValues(t, Drain, put(p, "a", 3, 1, ""), "a history may have freed a slot")
	require.Zero(t, p.Begin())
	require.Equal(t, []float64{1, 9, 1, 2, 1, 1, 0}, doubles(p.Stats()))
	require.Equal(t, [5]float64{10, 20, 30, 40, 50}, p.Registers.Limits)
	p.Rollback()
	require.EqualValues(t, 1, p.Travel(0))
	require.EqualValues(t, Refused, p.Travel(0))
	require.Equal(t, "undo-in-batch", code(t, p))
	require.EqualValues(t, Drain, p.Commit())
	p.Changes()
	require.EqualValues(t, 4, words(p.Changes())[1], "the origin is history")
	require.Equal(t, []float64{0, 1}, doubles(p.Stats())[5:])
	require.Zero(t, p.Travel(0))
}

// TestChangesStay: what a batch changed is told until it is forgotten, whatever is
// read meanwhile.
func TestChangesStay(t *testing.T) {
	p := opened(t)
	require.Zero(t, p.SetHistory(1, 0))
	p.Begin()
	put(p, "a", 4, 0, "text")
	p.Commit()
	p.Stats()
	snapshotOf(t, p)
	p.Changes()
	require.EqualValues(t, 1, p.Registers.Count)
	p.Begin()
	put(p, "a", 4, 0, "more")
	p.Commit()
	p.Stats()
	text, kind := p.Old(0)
	require.EqualValues(t, 4, kind)
	require.Equal(t, "text", string(text))
}

// TestTrim: an output that one large text made large is given up.
func TestTrim(t *testing.T) {
	p := opened(t)
	put(p, "a", 4, 0, strings.Repeat("x", 100_000))
	snapshotOf(t, p)
	require.Greater(t, cap(p.out), roomBytes)
	p.Trim()
	require.Nil(t, p.out)
	put(p, "b", 1, 0, "")
	p.Changes()
	require.Nil(t, p.large)
}

func TestKeyPinned(t *testing.T) {
	p := opened(t)
	slot := pinned(t, p, "k")
	require.Equal(t, "k", string(p.Key(slot)))
	require.EqualValues(t, slot, p.Find(in(p, "k")[0]))
	_, kind := p.Read(slot)
	require.Zero(t, kind)
	p.Unpin(slot)
	require.Nil(t, p.Key(slot))
	require.Equal(t, []uint32{slot}, words(p.Forget()))
	require.Zero(t, p.Find(in(p, "k")[0]))
	reserved := p.ReserveKey(in(p, "k")[0])
	require.Positive(t, reserved)
	require.EqualValues(t, Refused, put(p, "k", 1, 0, ""))
	require.Equal(t, "key-computed", code(t, p))
	p.UnreserveKey(uint32(reserved))
	require.Positive(t, put(p, "k", 1, 0, ""))
	require.EqualValues(t, Refused, p.ReserveKey(in(p, "k")[0]))
	require.Equal(t, "key-taken", code(t, p))
}
