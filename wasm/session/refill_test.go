package session

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const refillable = `{"n":1,"f":0.1,"s":"short","e":"","m":"` + "0123456789abcdef0123456789abcdef" + `","j":[1,{"a":"b"}],"z":null,"b":true,"q\"\\\n":"\"","é":"日本","long":"LONG"}`

func refillText() string {
	return strings.Replace(refillable, "LONG", strings.Repeat("long ", 2000), 1)
}

// FuzzRefill: a refill does what a restore does, and marks what changed; or it
// changes nothing (rules 10, 17, 19).
func FuzzRefill(f *testing.F) {
	text := refillText()
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	for _, text := range []string{
		text, "", "{", "{}", text + " ", text[:len(text)-1], " " + text,
		replaced(`"n":1`, `"n":2.5`, `0.1`, `"a string"`, `"short"`, `"shorter"`, `null`, `[null]`, `true`, `false`),
		replaced(`"short"`, `"a text that wants another block"`, `"e":""`, `"e":"\n"`, `[1,{"a":"b"}]`, `"[1]"`, "日本", "日\\\\本"),
		replaced(`"short"`, `""`, `"z":null`, `"z":{}`, "LONG", "", "long long", "gone"),
		replaced(`1,`, `1.0,`), replaced(`:1,`, `: 1,`), replaced("é", `\u00e9`), replaced("日", "\xff"), replaced(`"n"`, `"m"`), replaced(`0.1`, `1e400`),
		replaced(`[1,`, `[[[[[[[[[[1]]]]]]]]],`), replaced(`"f":0.1,`, ``), replaced(`\n`, `\u000a`), replaced(`\"`, `"`), replaced(`{"a":"b"}`, `{"a":1,"a":2}`),
	} {
		f.Add([]byte(text), uint8(0))
	}
	f.Add([]byte(text), uint8(1))
	f.Add([]byte(text), uint8(2))
	f.Add([]byte(text), uint8(3))
	f.Fuzz(func(t *testing.T, text []byte, state uint8) {
		var sessions [2]*Session
		for i := range sessions {
			s, err := New(Options{Track: true, Limits: Limits{Depth: 8, KeyBytes: 40, ValueBytes: 11_000, TotalBytes: 12_000, Entries: 12}})
			require.NoError(t, err)
			require.NoError(t, s.Restore([]byte(refillText())))
			require.NoError(t, s.Set("s", StringValue("text in a block that SetShort keeps")))
			s.Hot()
			require.Positive(t, setShort(s, s.Slot([]byte("s")), "short"))
			sessions[i] = s
			switch state % 8 {
			case 1:
				s.Begin()
			case 2:
				require.NoError(t, s.SetHistory(HistoryLimits{Steps: 3}))
			case 3:
				require.NoError(t, s.Set("n", ReferenceValue(1)))
			case 4:
				_, err := s.Guard("n", func(Value) *Error { return nil })
				require.NoError(t, err)
			case 5:
				s.SubscribeAll(func([]Change) {})
			}
			s.Forget()
		}
		refilled, restored := sessions[0], sessions[1]
		before, version := everything(refilled), refilled.version
		values := map[string]string{}
		for _, e := range sessionEntries(refilled) {
			values[e.key] = e.value
		}
		given := bytes.Clone(text)
		marks, ok := refilled.Refill(text, []byte("x"))
		require.Equal(t, given, text, "the text is the caller's")
		check(t, refilled)
		if !ok {
			require.Equal(t, "x", string(marks))
			require.Equal(t, before, everything(refilled))
			require.Equal(t, version, refilled.version)
			return
		}
		require.Zero(t, state%8*(state%8-6)*(state%8-7), "somebody else asks")
		require.Nil(t, restored.RestoreText(text, ""))
		restored.Forget()
		require.Equal(t, shown(restored), shown(refilled))
		changed := uint64(0)
		for _, e := range sessionEntries(refilled) {
			place := refilled.place([]byte(e.key))
			other := values[e.key] != e.value
			require.Equal(t, other, marks[1+place>>3]>>(place&7)&1 == 1, e.key)
			if other {
				changed++
			}
		}
		require.Equal(t, version+changed, refilled.version)
		snapshot, err := refilled.Snapshot(false)
		require.NoError(t, err)
		require.Equal(t, string(text), string(snapshot))
	})
}

// TestRefillManyKeys goes to and fro between texts of more than one page, with
// values of every size.
func TestRefillManyKeys(t *testing.T) {
	s := fresh(t)
	text := func(turn int) []byte {
		text := []byte{'{'}
		for i := range 3000 {
			text = fmt.Appendf(text, `"key%d":`, i)
			switch n := i + turn*7; i % 5 {
			case 0:
				text = fmt.Appendf(text, `%d,`, n*37)
			case 1:
				text = fmt.Appendf(text, `%q,`, strings.Repeat("x", n*turn%300))
			case 2:
				text = fmt.Appendf(text, `[%d,{"a":%q}],`, n, strings.Repeat("y", n%200))
			case 3:
				text = fmt.Appendf(text, `%t,`, n%2 == 0)
			case 4:
				text = append(text, []string{`null,`, `"text",`, `{},`, `0.25,`}[n%4]...)
			}
		}
		text[len(text)-1] = '}'
		return text
	}
	require.NoError(t, s.Restore(text(0)))
	for turn := range 20 {
		_, ok := s.Refill(text(turn%7), nil)
		require.True(t, ok)
		check(t, s)
		got, err := s.Snapshot(false)
		require.NoError(t, err)
		require.Equal(t, string(text(turn%7)), string(got))
	}
}
