package wire

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/session"
)

// writeText puts a text where JavaScript would, and gives its length.
func writeText(t *testing.T, p *Port, text string) uint32 {
	t.Helper()
	buffer := p.Reserve(uint32(len(text)), 0)
	require.NotNil(t, buffer)
	copy(buffer, text)
	return uint32(len(text))
}

// TestTurnPort: a form's turn as it crosses the boundary (rules 36 to 41).
func TestTurnPort(t *testing.T) {
	p := &Port{}
	require.Zero(t, openPort(p, 0, 1))
	require.Zero(t, p.SetHistory(5, 0))
	form := p.Form(writeText(t, p, "f"))
	require.EqualValues(t, 1, form)
	require.EqualValues(t, Refused, p.Form(writeText(t, p, "f")))
	require.Contains(t, string(p.Error()), "form-duplicate")

	widgets := func(specs string) (float64, string) {
		text, result := p.Widgets(writeText(t, p, specs))
		return result, string(text)
	}
	writeText(t, p, "bx")
	require.NotEqualValues(t, Refused, p.Put(1, 4, 0, 1))
	button := p.Registers.Slot
	result, text := widgets(`2 0 1 0 1"n1:1::1:9:` + `7 0 1 5 1"b:::::` + `1 0 0 0 1"b:::::` + `1 0 0 0 1"c1:[::::` + `7 0 0 0 ::::::`)
	require.EqualValues(t, Drain, result)
	var all []any
	require.NoError(t, json.Unmarshal([]byte(text), &all), text)
	told := slices.Collect(slices.Chunk(all, 3))
	require.Len(t, told, 5)
	require.Equal(t, []any{1.0, float64(p.Find(writeText(t, p, "n"))), 1.0}, told[0], "it has its default")
	require.Equal(t, []any{2.0, float64(button)}, told[1][:2])
	code := func(i int) any { return told[i][2].(map[string]any)["code"] }
	require.Equal(t, "widget-value", code(1), "a string was no trigger")
	require.Equal(t, []any{0.0, 0.0}, told[2][:2])
	require.Equal(t, []any{"widget-mismatch", "invalid-json"}, []any{code(2), code(3)})
	require.Equal(t, []any{3.0, 0.0, 0.0}, told[4], "a trigger may have no key")
	p.Changes()
	require.EqualValues(t, 2, p.Registers.Count, "one batch")
	for _, specs := range []string{"", "1", `1 0 0 0 2"b:::::`, `1 0 0 0 99999999999"b:::::`} {
		result, text = widgets(specs)
		require.Zero(t, result)
		require.Contains(t, text, "widget-invalid", specs)
	}
	text2, result := p.Widgets(1 << 20)
	require.Nil(t, text2)
	require.EqualValues(t, Refused, result)

	require.Zero(t, p.Input(1, 3, 50, 0))
	pending, kind := p.Pending(1)
	require.Empty(t, pending)
	require.Equal(t, [2]float64{3, 9}, [2]float64{float64(kind), p.Registers.Number})
	require.EqualValues(t, Refused, p.Input(1, 4, 0, writeText(t, p, "x")))
	require.EqualValues(t, Refused, p.Input(1, 4, 0, 1<<20))

	rerun := p.Rerun()
	writeText(t, p, "\x00\x00\x00\x00")
	require.Zero(t, p.RerunReads(uint32(rerun), 1))
	require.EqualValues(t, Refused, p.RerunReads(uint32(rerun), 1<<30))

	require.Zero(t, p.Do(TurnBegin, 1))
	require.Positive(t, p.Submit(1, 2))
	require.EqualValues(t, 1, p.TurnNext())
	require.Equal(t, [2]uint32{2, 5}, [2]uint32{p.Registers.Slot, p.Registers.Count})
	require.EqualValues(t, 2, p.TurnNext())
	require.EqualValues(t, rerun, p.Registers.Slot)
	require.EqualValues(t, 0, p.TurnNext())
	require.EqualValues(t, Drain, p.TurnEnd())
	p.Changes()
	require.EqualValues(t, 2, p.Registers.Count)
	require.EqualValues(t, Drain, p.Do(TriggersEnd, 0))
	require.Zero(t, p.Do(TriggersEnd, 0))
	require.EqualValues(t, Drain, p.Do(FormClear, 1))

	require.EqualValues(t, Adjusted, p.Put(writeText(t, p, "n"), 3, 50, 0))
	require.Zero(t, p.Put(writeText(t, p, "n"), 3, 60, 0))
	require.EqualValues(t, Drain, p.WidgetChange(1, writeText(t, p, `2 0 0 0 ::::1:5:`)))
	require.Zero(t, p.Do(TurnBegin, 1))
	require.Positive(t, p.Input(1, 3, 2, 0))
	require.Zero(t, p.Do(TurnFailed, 0))
	require.EqualValues(t, 0, p.TurnNext())
	require.EqualValues(t, 1, p.TurnEnd(), "rolled back")
	require.Zero(t, p.WidgetEnd(1))
	require.Zero(t, p.Do(RerunEnd, uint32(rerun)))
	require.Zero(t, p.Do(FormEnd, 1))
}

// TestTurnPortQuiet: a turn that left all as it was says that there is nothing to drain; one that freed a slot, or follows
// what code in Go did by itself, has something to tell (rule 36).
func TestTurnPortQuiet(t *testing.T) {
	p := &Port{}
	require.Zero(t, openPort(p, 0, 1))
	_, result := p.Widgets(writeText(t, p, `7 0 0 1 ::::::`))
	require.Zero(t, result)
	turn := func(do func()) float64 {
		require.Zero(t, p.Do(TurnBegin, 0))
		require.Zero(t, p.Input(1, 2, 1, 0))
		require.EqualValues(t, 1, p.TurnNext())
		do()
		require.Zero(t, p.TurnNext())
		return p.TurnEnd()
	}
	freed := func() int {
		p.Changes()
		p.Forget()
		return int(p.Registers.Slot)
	}
	put := func(key string, n float64) { require.Positive(t, p.Put(writeText(t, p, key), 3, n, 0)) }
	require.Zero(t, turn(func() {}))
	require.EqualValues(t, Drain, turn(func() { put("a", 1) }))
	require.Zero(t, freed())
	require.Zero(t, turn(func() { put("a", 2); put("a", 1) }), "it ended as it had begun")
	require.EqualValues(t, Drain, turn(func() {
		put("b", 1)
		require.Positive(t, p.Remove(p.Registers.Slot))
	}))
	require.Equal(t, 1, freed())

	p.Done()
	s := p.Take()
	s.KeepChanges()
	require.NoError(t, s.Set("c", session.NumberValue(1)))
	p.Give()
	require.EqualValues(t, Drain, turn(func() {}))
	p.Changes()
	require.EqualValues(t, 1, p.Registers.Count)
	p.Forget()
	require.Zero(t, turn(func() {}))
}

// TestTurnPortNotOpen: each call says so.
func TestTurnPortNotOpen(t *testing.T) {
	p := &Port{}
	_, pending := p.Pending(1)
	_, widgets := p.Widgets(0)
	for _, result := range []float64{
		widgets, p.WidgetChange(1, 0), p.WidgetEnd(1), p.Input(1, 0, 0, 0), float64(pending), float64(p.Form(0)),
		p.Submit(1, 1), float64(p.TurnNext()), p.TurnEnd(), p.Do(TurnBegin, 0), float64(p.Rerun()), p.RerunReads(1, 1),
	} {
		require.EqualValues(t, Refused, result)
		require.Contains(t, string(p.Error()), "not-open")
	}
}
