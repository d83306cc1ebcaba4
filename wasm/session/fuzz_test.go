package session

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// everything is what a session shows: entries in order with version and origin.
func everything(s *Session) string {
	text := ""
	for place := s.head; place != 0; place = s.entries.at(place).next {
		e := s.entries.at(place)
		text += fmt.Sprintf("%q %d %d %d %s\n", s.key(place), e.kind, e.version, e.origin, valueText(s.value(e.cell())))
	}
	return text + fmt.Sprint(s.bytes, s.count)
}

// FuzzRestore: a text is refused and changes nothing, or its snapshot is a fixed
// point that encoding/json reads as the same (rules 17 and 19).
func FuzzRestore(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { "a" : 1 , "b" : [ true , null ] } `, `{"a":{"b":[1,2,{"c":"\u00e9\ud83d\ude00"}]},"z":-0.0}`,
		`{"a":1,"a":2}`, `{"$$a":1}`, `{"":1}`, `{"__proto__":{"x":1},"then":"\/"}`, `{"a":1e400}`, `{"a":1E-7,"b":123456789012345678901}`,
		`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", "\xef\xbb\xbf{}", `[1]`, `{"long":"` + string(bytes.Repeat([]byte("x"), 200)) + `"}`,
		`{"a":[[[[[[[[[1]]]]]]]]]}`, `{"p:a":1,"p:":2,"p":3}`, `{"k":`,
	} {
		f.Add([]byte(text), "")
		f.Add([]byte(text), "p:")
	}
	f.Add([]byte(`{"a":1}`), "\xc3")
	f.Add([]byte(`{"$a":1}`), "$")
	f.Fuzz(func(t *testing.T, text []byte, prefix string) {
		s, err := New(Options{Track: true, Limits: Limits{Depth: 8, KeyBytes: 40, ValueBytes: 400, TotalBytes: 2000, Entries: 12}})
		require.NoError(t, err)
		require.NoError(t, s.SetHistory(HistoryLimits{Steps: 3}))
		require.NoError(t, s.Restore([]byte(`{"a":1,"p:a":[1,2],"p:":"text that is longer than one block","é":null}`)))
		require.NoError(t, s.Set("r", ReferenceValue(1)))
		s.Forget()
		before, undo := everything(s), steps(s)
		given := bytes.Clone(text)
		refused := s.RestoreText(text, prefix)
		require.Equal(t, given, text, "the text is the caller's")
		s.Forget()
		check(t, s)
		require.Equal(t, Code, s.SetOrigin(Code))
		if refused != nil {
			require.Equal(t, before, everything(s))
			require.Equal(t, undo, steps(s))
			require.True(t, json.Valid(refused.AppendJSON(nil)))
			require.Positive(t, refused.Line)
			require.Positive(t, refused.Column)
			return
		}
		require.Equal(t, []int{0, 0}, steps(s))
		snapshot, refused := s.AppendSnapshot(nil, prefix, false)
		require.Nil(t, refused)
		var want, got any
		require.NoError(t, json.Unmarshal(text, &want))
		require.NoError(t, json.Unmarshal(snapshot, &got))
		require.Equal(t, want, got)
		once := everything(s)
		require.Nil(t, s.RestoreText(bytes.Clone(snapshot), prefix))
		again, refused := s.AppendSnapshot(nil, prefix, false)
		require.Nil(t, refused)
		require.Equal(t, string(snapshot), string(again))
		s.Forget()
		check(t, s)
		require.Equal(t, once, everything(s), "what is restored as it is has not changed")
	})
}

// FuzzHot: a hot call does what Write does, or leaves it to Write and has done
// nothing.
func FuzzHot(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 2, 2, 3, 9, 4, 0, 5, 0})
	f.Add([]byte{6, 0, 2, 1, 7, 0, 2, 2, 8, 0, 2, 3})
	f.Add([]byte{9, 1, 2, 40, 3, 200, 4, 200, 10, 3})
	f.Add([]byte("\x02\x80\x02\x81\x02\x82\x02\x83\x03\x10\x03\x90\x03\x33\x04\x44\x05\x55\x0b\x01\x02\x01"))
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, 1 << 53, 1e21}
	texts := []string{"", "a", "b", "ab", "ba", "abcdefgh", "abcdefgi", "abcdefghijklmnop", "abcdefghijklmnoq", "\x00", "é", "a\xff", "0123456789abcdef0"}
	f.Fuzz(func(t *testing.T, program []byte) {
		hot, plain := fresh(t), fresh(t)
		both := func(do func(s *Session)) { do(hot); do(plain) }
		both(func(s *Session) {
			require.NoError(t, s.Restore([]byte(`{"n":1,"b":true,"s":"short","e":"","m":"`+string(bytes.Repeat([]byte("m"), 60))+`","l":"`+string(bytes.Repeat([]byte("l"), 9000))+`","j":[1],"z":null}`)))
			require.NoError(t, s.Set("r", ReferenceValue(1)))
			pin(t, s, "absent")
			s.Forget()
		})
		slots := []Slot{0, 1<<32 - 1, 1<<22 | 1}
		for _, key := range []string{"n", "b", "s", "e", "m", "l", "j", "z", "r", "absent"} {
			require.Equal(t, hot.Slot([]byte(key)), plain.Slot([]byte(key)))
			slots = append(slots, hot.Slot([]byte(key)))
		}
		for ; len(program) >= 2; program = program[2:] {
			op, x := program[0]%12, program[1]
			slot := slots[int(x>>4)%len(slots)]
			switch op {
			case 0:
				both((*Session).Begin)
			case 1:
				both((*Session).Commit)
			case 2, 3, 4, 5:
				before := everything(hot)
				version := hot.version
				var result float64
				var v Value
				switch op {
				case 2, 3:
					n := numbers[int(x&15)%len(numbers)]
					v, result = NumberValue(n), hot.SetNumberFast(slot, n)
				case 4:
					v, result = BoolValue(x&1 != 0), hot.SetBoolFast(slot, x&1 != 0)
				case 5:
					text := texts[int(x&15)%len(texts)]
					v, result = StringValue(text), setShort(hot, slot, text)
				}
				if result <= 0 {
					require.Equal(t, before, everything(hot))
					require.Equal(t, version, hot.version)
				}
				if result < 0 {
					require.EqualValues(t, -1, result)
					refused := hot.Write(slot, v)
					also := plain.Write(slot, v)
					require.Equal(t, refused, also)
					break
				}
				require.Nil(t, plain.Write(slot, v), "Write refuses what the hot call did")
				if result > 0 {
					require.EqualValues(t, hot.version, result)
				}
			case 6:
				both((*Session).Rollback)
			case 7:
				both(func(s *Session) { require.NoError(t, s.SetHistory(HistoryLimits{Steps: int(x % 3)})) })
			case 8:
				both(func(s *Session) { s.Remove(slot) })
			case 9:
				both(func(s *Session) {
					require.NoError(t, s.SetLimits(Limits{ValueBytes: int64(x) + 1, TotalBytes: 9100 + int64(x)}))
				})
			case 10:
				both(func(s *Session) { require.NoError(t, s.SetMode(Mode(x%3))) })
			case 11:
				both(func(s *Session) { s.SetOrigin(Origin(x % 6)) })
			}
			require.Equal(t, shown(plain), shown(hot), "after %d %d", op, x)
			check(t, hot)
		}
	})
}

// shown is everything but the numbers of versions: Write takes one also where a
// batch ends with nothing changed.
func shown(s *Session) string {
	text := ""
	for place := s.head; place != 0; place = s.entries.at(place).next {
		e := s.entries.at(place)
		text += fmt.Sprintf("%q %d %d %s\n", s.key(place), e.kind, e.origin, valueText(s.value(e.cell())))
	}
	return text + fmt.Sprint(s.bytes, s.count, len(s.levels))
}

// FuzzModel is TestModel with a program that the fuzzer writes: two bytes a step.
func FuzzModel(f *testing.F) {
	for seed := range byte(6) {
		program := make([]byte, 120)
		for i := range program {
			program[i] = byte(i*i*7) ^ seed*37 ^ byte(i>>2)
		}
		f.Add(program)
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		s := fresh(t)
		m := &model{}
		history := [][]modelEntry{nil} // states that undo goes through, while it is kept
		at, kept := 0, false
		entries := func() (list []modelEntry) {
			for _, e := range m.entries {
				list = append(list, modelEntry{key: e.key, value: e.value})
			}
			return list
		}
		forget := func() {
			require.NoError(t, s.SetHistory(HistoryLimits{}))
			if kept {
				require.NoError(t, s.SetHistory(HistoryLimits{Steps: 1000}))
			}
			history, at = [][]modelEntry{entries()}, 0
		}
		ended := func() { // an outermost batch ended
			if len(m.saved) > 0 || !kept {
				return
			}
			now := entries()
			switch {
			case moved(history[at], now):
				forget()
			case fmt.Sprint(now) != fmt.Sprint(history[at]):
				history = append(history[:at+1], now)
				at++
			}
		}
		for step := 0; len(program) >= 2; step++ {
			op, x := program[0], program[1]
			program = program[2:]
			key := fmt.Sprint("key", x%5)
			what := fmt.Sprintf("step %d: %d %d", step, op%16, x)
			switch op % 16 {
			case 0, 1, 2, 3, 4:
				v, text := drawn(x>>3, step)
				err := s.Set(key, v)
				if v.Kind() == Reference && s.Mode() == Enforce {
					require.ErrorIs(t, err, ErrUnserializable, what)
					break
				}
				require.NoError(t, err, what)
				m.set(key, text, 0)
				ended()
			case 5, 6:
				was, err := s.Delete(key)
				require.NoError(t, err, what)
				require.Equal(t, m.delete(key), was, what)
				ended()
			case 7, 8:
				s.Begin()
				m.begin()
			case 9:
				if len(m.saved) > 0 {
					m.commit()
				}
				s.Commit()
				ended()
			case 10:
				if len(m.saved) > 0 {
					m.rollback()
				}
				s.Rollback()
			case 11:
				other := fmt.Sprint("key", (int(x)+int(x>>4))%5)
				err := s.Restore(fmt.Appendf(nil, `{%q:%d, %q : [%d]}`, key, x, other, x))
				if key == other {
					require.ErrorIs(t, err, ErrSyntax, what)
					break
				}
				require.NoError(t, err, what)
				m.entries = []modelEntry{
					{key: key, value: fmt.Sprint(x)},
					{key: other, value: fmt.Sprintf("[%d]", x)},
				}
				kept = kept && len(m.saved) == 0 // else it is cleared when the batch commits, if it does
				forget()
			case 12:
				if len(m.saved) > 0 {
					break
				}
				kept = x&1 != 0
				forget()
			case 13, 14:
				if len(m.saved) > 0 || s.Mode() == Enforce {
					break
				}
				ok, err := s.Travel(op%16 == 14)
				require.Nil(t, err, what)
				to := at - 1
				if op%16 == 14 {
					to = at + 1
				}
				require.Equal(t, kept && to >= 0 && to < len(history), ok, what)
				if ok {
					at = to
					m.entries = append([]modelEntry(nil), history[at]...)
				}
			case 15:
				require.NoError(t, s.SetMode(Mode(x%3)))
			}
			require.Equal(t, fmt.Sprint(entries()), fmt.Sprint(sessionEntries(s)), what)
			check(t, s)
		}
	})
}

func sessionEntries(s *Session) (list []modelEntry) {
	for _, key := range s.Keys() {
		v, _ := s.Get(key)
		list = append(list, modelEntry{key: key, value: valueText(v)})
	}
	return list
}

// moved tells whether entries that are equal in both states stand in another order:
// a key that was deleted and set to the same value in one batch goes to the end,
// which is no change and no step.
func moved(before, now []modelEntry) bool {
	in := func(list, other []modelEntry) (equal []modelEntry) {
		for _, e := range list {
			if slices.Contains(other, e) {
				equal = append(equal, e)
			}
		}
		return equal
	}
	return !slices.Equal(in(before, now), in(now, before))
}

// drawn is draw by one byte.
func drawn(x byte, step int) (Value, string) {
	switch x % 8 {
	case 0:
		return NullValue(), "null"
	case 1:
		return BoolValue(true), "true"
	case 2:
		return NumberValue(float64(x)), fmt.Sprint(x)
	case 3:
		return StringValue("text"), `"text"`
	case 4:
		text := string(bytes.Repeat([]byte{'a' + x/8}, 20*int(x)))
		return StringValue(text), quote(text)
	case 5:
		text := string(bytes.Repeat([]byte{'0' + x/8}, 9000))
		return StringValue(text), quote(text)
	case 6:
		return JSONValue(fmt.Appendf(nil, ` {"n": %d }`, x)), fmt.Sprintf(`{"n":%d}`, x)
	default:
		n := binary.LittleEndian.Uint16([]byte{x, byte(step)})
		return ReferenceValue(uint32(n)), fmt.Sprint("ref:", n)
	}
}
