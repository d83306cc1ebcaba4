package session_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/wire"
)

// inside gives the session of a port, which hides it. The boundary is fuzzed here,
// where what a session keeps can be checked.
func inside(p *wire.Port) *session.Session {
	return (*session.Session)(reflect.ValueOf(p).Elem().FieldByName("session").UnsafePointer())
}

// tape is a program of bytes that says what to call and with what.
type tape struct{ rest []byte }

func (p *tape) byte() byte {
	if len(p.rest) == 0 {
		return 0
	}
	b := p.rest[0]
	p.rest = p.rest[1:]
	return b
}

func (p *tape) word() uint32 {
	var w [4]byte
	for i := range w {
		w[i] = p.byte()
	}
	return binary.LittleEndian.Uint32(w[:])
}

// number is small most of the time, and anything at others.
func (p *tape) number() float64 {
	switch b := p.byte(); {
	case b < 200:
		return float64(b % 40)
	case b < 240:
		return []float64{math.Copysign(0, -1), -1, 0.5, 1e21, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxUint32, 1 << 32, math.MaxFloat64}[b%10]
	default:
		return math.Float64frombits(uint64(p.word())<<32 | uint64(p.word()))
	}
}

// texts are what the programs put in the buffer, besides bytes of their own.
var texts = []string{
	"", "a", "b", "key", "$$x", "p:", "p:a", "p:b", "é", "\xc3", "\xff", "__proto__",
	`{"a":1,"b":[1,2],"p:c":"text"}`, `{"x":null}`, `[1, 2 ,{"y":"z"}]`, `{"a":1,"a":2}`, `"text"`, `17`, `-0.0`, `null`, `true`, `1e999`,
	"a text of more than sixteen bytes, so that it takes another block", `{"$$a":1}`, `[[[[[[[[[[[[]]]]]]]]]]]]`, `{"":1}`,
}

// text gives what to write, and how long the call says it is: as long as it is,
// most of the time.
func (p *tape) text() (text string, length uint32) {
	switch b := p.byte(); {
	case b < 200:
		text = texts[int(b)%len(texts)]
	case b < 220:
		text = string(make([]byte, int(b)*10))
	case b < 224:
		text = fmt.Sprintf(`"%0*d"`, 9000+int(b)*40, b)
	case b < 226:
		text = fmt.Sprintf(`["%0*d"]`, 70_000+int(b), b)
	default:
		n := min(int(p.byte()), len(p.rest))
		text, p.rest = string(p.rest[:n]), p.rest[n:]
	}
	length = uint32(len(text))
	switch b := p.byte(); {
	case b == 255:
		length = p.word()
	case b > 250:
		length += uint32(b - 250)
	}
	return text, length
}

// key is one that a session accepts, most of the time.
func (p *tape) key() (text string, length uint32) {
	if b := p.byte(); b < 220 {
		text = []string{"a", "b", "key", "p:a", "p:b", "é"}[b%6]
		return text, uint32(len(text))
	}
	return p.text()
}

// ascii is four characters that a hot call takes, most of the time.
func (p *tape) ascii() uint32 {
	w := p.word()
	if w%16 == 0 {
		return w
	}
	return w & 0x7f7f7f7f
}

// run drives a port through the program. Nothing may panic; after each call the
// registers tell of memory that is there, and the session holds together.
func run(t *testing.T, program []byte) {
	p := &wire.Port{}
	in := &tape{program}
	slots := []uint32{0, math.MaxUint32}
	slot := func() uint32 {
		if b := in.byte(); b < 250 {
			return slots[int(b)%len(slots)]
		}
		return in.word()
	}
	told := func(slot uint32) {
		slots = append(slots, slot)
		if len(slots) > 14 { // the latest ones
			slots = append(slots[:2], slots[3:]...)
		}
	}
	write := func(texts ...string) {
		all := ""
		for _, text := range texts {
			all += text
		}
		kept := uint32(in.byte())
		if buffer := p.Reserve(uint32(len(all)), kept); buffer != nil {
			require.GreaterOrEqual(t, len(buffer), len(all))
			copy(buffer, all)
		}
	}
	result := func(f float64) {
		if f == wire.Refused {
			var object map[string]any
			text := p.Error()
			require.True(t, utf8.Valid(text), "%q", text)
			require.NoError(t, json.Unmarshal(text, &object), "%q", text)
			require.NotEmpty(t, object["code"])
			return
		}
		require.True(t, (f >= wire.Drain || f == wire.Adjusted) && f == math.Trunc(f), "result %v", f)
	}
	isJSON := func(text []byte) {
		require.True(t, text == nil || json.Valid(text) && utf8.Valid(text), "%q", text)
	}
	page := &pageCalls{t: t, p: p, in: in, write: write, result: result, slot: slot}
	open := false
	(*session.Session)(nil).Hot()
	for step := 0; len(in.rest) > 0 && step < 300; step++ {
		version := uint64(0)
		if open {
			version = inside(p).Stats().Version
		}
		op := in.byte()
		if op < 200 {
			op %= 40
		}
		switch op {
		case 0, 1:
			mode := uint32(in.byte())
			if !open {
				mode %= 4
			}
			_, f := p.Open(mode, uint64(in.byte()))
			result(f)
			if f == 0 {
				require.False(t, open)
				open = true
				require.Zero(t, p.SetLimits(60, 10, 200_000, 40, 400_000))
			}
		case 2:
			n := in.word() % (1 << 21)
			if buffer := p.Reserve(n, in.word()); buffer != nil {
				require.GreaterOrEqual(t, uint32(len(buffer)), n)
			} else {
				result(wire.Refused)
			}
		case 3, 4:
			result(session.SetNumber(int32(slot()), in.number()))
		case 5:
			result(session.SetBool(int32(slot()), int32(in.byte())))
		case 6, 7:
			result(session.SetShort(int32(slot()), int32(in.byte()%20), int32(in.ascii()), int32(in.ascii()), int32(in.ascii()), int32(in.ascii())))
		case 8, 9, 10, 11, 12, 13:
			key, keyLength := in.key()
			text, length := in.text()
			write(key, text)
			f := p.Put(keyLength, uint32(in.byte()%9), in.number(), length)
			result(f)
			if open && f != wire.Refused {
				told(p.Registers.Slot)
				require.NotEmpty(t, p.Key(p.Registers.Slot))
			}
		case 14, 15, 16:
			text, length := in.text()
			write(text)
			result(p.Write(slot(), uint32(in.byte()), in.number(), length))
		case 17, 18:
			result(p.Remove(slot()))
		case 19:
			prefix, length := in.text()
			if length == 0 && in.byte()%4 != 0 {
				prefix, length = "p:", 2
			}
			write(prefix)
			result(p.Clear(length))
		case 20:
			if in.byte()%4 == 0 {
				result(p.Reset())
			}
		case 21:
			prefix, prefixLength := in.text()
			text, length := in.text()
			write(prefix, text)
			quiet := length & 1 // by what is there, so that the programs found stay what they are
			marks, restored := p.Restore(prefixLength, length, quiet)
			require.Equal(t, restored > 0 && !open, marks != nil)
			result(restored)
		case 22:
			result(p.Begin())
		case 23, 24:
			result(p.Commit())
		case 25:
			result(p.Rollback())
		case 26, 27, 28:
			f := p.Travel(uint32(in.byte()))
			result(f)
			if f == 1 && in.byte()%4 != 0 {
				result(p.Commit())
			}
		case 29:
			list := p.Touched()
			if !open {
				require.Nil(t, list)
				break
			}
			for _, slot := range words(t, list, p.Registers.Count) {
				require.NotNil(t, p.Key(slot))
				told(slot)
			}
		case 30, 31:
			list := p.Changes()
			if !open {
				require.Nil(t, list)
				break
			}
			require.Len(t, list, int(p.Registers.Count)*24)
			for i := range p.Registers.Count {
				slot := binary.LittleEndian.Uint32(list[i*24:])
				require.LessOrEqual(t, binary.LittleEndian.Uint32(list[i*24+4:]), uint32(session.URL))
				told(slot)
			}
			for i := range p.Registers.Count + 1 {
				text, kind := p.Old(i)
				if kind == wire.Refused {
					result(float64(kind))
					continue
				}
				require.EqualValues(t, kind, p.Registers.Kind)
				require.True(t, utf8.Valid(text))
				if kind == int32(session.JSON) {
					isJSON(text)
				}
			}
		case 32:
			list := p.Forget()
			if open {
				freed := p.Registers.Slot
				for i, slot := range words(t, list, freed+p.Registers.Count) {
					if uint32(i) < freed {
						require.Nil(t, p.Key(slot), "a freed slot is stale")
					}
				}
				if inside(p).Open() == 0 {
					require.Zero(t, inside(p).Changed())
				}
			}
		case 33:
			key, length := in.key()
			write(key)
			var slot int32
			switch in.byte() % 3 {
			case 0:
				slot = p.Find(length)
			case 1:
				slot = p.Pin(length)
			default:
				slot = p.ReserveKey(length)
			}
			if slot < 0 {
				result(float64(slot))
			} else if slot > 0 {
				told(uint32(slot))
				require.NotEmpty(t, p.Key(uint32(slot)))
			}
		case 34:
			p.Unpin(slot())
		case 35:
			p.UnreserveKey(slot())
		case 36:
			text, kind := p.Read(slot())
			if kind == wire.Refused {
				result(float64(kind))
				break
			}
			require.EqualValues(t, kind, p.Registers.Kind)
			require.True(t, utf8.Valid(text))
			require.LessOrEqual(t, p.Registers.Version, float64(inside(p).Stats().Version))
			if kind == int32(session.JSON) {
				isJSON(text)
			}
			require.True(t, utf8.Valid(p.Key(slot())))
		case 37:
			prefix, length := in.text()
			write(prefix)
			if in.byte()%2 == 0 {
				isJSON(p.Keys(length))
				break
			}
			text, f := p.Snapshot(length, uint32(in.byte()%2))
			result(f)
			isJSON(text)
		case 38:
			result(p.SetMode(uint32(in.byte() % 5)))
			result(p.SetOrigin(uint32(in.byte() % 8)))
			p.Trim()
		case 39:
			switch in.byte() % 4 {
			case 0:
				result(p.SetHistory(in.number(), in.number()*100))
			case 1, 2:
				result(p.SetHistory(float64(in.byte()%6), 0))
			default: // small ones: the larger the limits, the slower the search
				f := p.SetLimits(in.number()+1, min(in.number(), 30), min(in.number()*100, 200_000), min(in.number()+1, 40), min(in.number()*1000, 400_000))
				result(f)
				if f == 0 && in.byte()%2 == 0 {
					require.Zero(t, p.SetLimits(60, 10, 200_000, 40, 400_000))
				}
			}
		default:
			page.call(op)
		}
		if !open {
			require.Nil(t, inside(p))
			continue
		}
		session.Check(t, inside(p))
		require.GreaterOrEqual(t, inside(p).Stats().Version, version)
		require.Len(t, p.Stats(), 56)
	}
}

func words(t *testing.T, list []byte, n uint32) (out []uint32) {
	require.Len(t, list, int(n)*4)
	for ; len(list) > 0; list = list[4:] {
		out = append(out, binary.LittleEndian.Uint32(list))
	}
	return out
}

// FuzzWire drives the boundary as any script of the page could: every call with any
// slot, length, kind, number and text.
func FuzzWire(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{3, 1, 5, 8, 1, 0, 14, 0, 25, 32, 36, 0, 39, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0})
	for seed := range 24 {
		program := []byte{0, byte(seed), 1}
		x := uint32(seed)*2654435761 + 1
		for range 150 + seed*10 {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			program = append(program, byte(x>>11))
		}
		f.Add(program)
	}
	f.Fuzz(run)
}

// TestWire runs programs longer than the fuzzer's.
func TestWire(t *testing.T) {
	programs := 400
	if n, err := strconv.Atoi(os.Getenv("TABSTATE_PROGRAMS")); err == nil {
		programs = n
	}
	for seed := range programs {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		program := []byte{0, 0, 1}
		for range 2000 {
			program = append(program, byte(r.Uint32()))
		}
		if !t.Run(strconv.Itoa(seed), func(t *testing.T) { run(t, program) }) {
			return
		}
	}
}
