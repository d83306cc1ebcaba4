package session_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/wire"
)

// pageCalls are the calls that tell of widgets, forms, turns and reruns, as a program of [FuzzWire] makes them.
type pageCalls struct {
	t      *testing.T
	p      *wire.Port
	in     *tape
	write  func(texts ...string)
	result func(float64)
	slot   func() uint32
}

// specs are descriptions of widgets, good and bad, without what a program adds.
var specs = []string{
	`"kind":1`, `"kind":1,"default":"d","first":"f"`, `"kind":2,"max":3,"default":9`, `"kind":2,"min":2,"first":1,"url":true`, `"kind":3,"default":true`,
	`"kind":4,"options":["a","b"],"default":"b"`, `"kind":5,"options":["a","b","\"\\\n"],"first":["b","a"]`, `"kind":5,"options":["b"]`,
	`"kind":6,"min":"b","default":"a"`, `"kind":7,"callback":1`, `"kind":7`, `"kind":8`, `"kind":0`, `"kind":99`, `"kind":4,"options":"[\"a"`,
	`"kind":-1000000000`, `"kind":1,"kind":2`, `"default":{"a":[1]}`, `"kind":2,"min":"x","max":{}`, `"kind":5,"options":[1,["a"]],"default":[[]]`,
}

// spec is the description of a widget, of which a session knows where it ends most of the time, and then can read it.
func (c *pageCalls) spec() (spec string, ends bool) {
	if c.in.byte() > 240 {
		text, _ := c.in.text()
		return text, false
	}
	text := `{` + specs[int(c.in.byte())%len(specs)]
	if b := c.in.byte(); b < 240 {
		key, _ := json.Marshal([]string{"a", "b", "key", "p:a", "$$x", ""}[b%6])
		text += `,"key":` + string(key)
	}
	if b := c.in.byte(); b > 150 {
		text += `,"form":` + string('0'+b%4)
	}
	if c.in.byte() > 150 {
		text += `,"callback":3`
	}
	if c.in.byte() > 200 {
		text += `,"disabled":true`
	}
	if c.in.byte() > 150 {
		text += `,"drop":true`
	}
	return session.SpecText(text+`}`, c.in.byte()%2 == 0), true
}

// number is that of a widget, form or rerun, or of none.
func (c *pageCalls) number() uint32 {
	if b := c.in.byte(); b < 250 {
		return uint32(b % 8)
	}
	return c.in.word()
}

func (c *pageCalls) call(op byte) {
	p, in, t := c.p, c.in, c.t
	switch (op - 200) % 16 {
	case 0, 1, 2:
		text, count, all := "", 1+int(in.byte()%3), true
		for range count {
			spec, ends := c.spec()
			text, all = text+spec, all && ends
		}
		c.write(text)
		length := uint32(len(text))
		if in.byte() == 255 {
			length = in.word()
		}
		answer, f := p.Widgets(length)
		c.result(f)
		if f == wire.Refused {
			return
		}
		var told []any
		require.NoError(t, json.Unmarshal(answer, &told), "%q", answer)
		require.True(t, utf8.Valid(answer))
		require.Zero(t, len(told)%3)
		if all && length == uint32(len(text)) {
			require.Len(t, told, 3*count)
		}
		for i := 0; i < len(told); i += 3 {
			_, refused := told[i+2].(map[string]any)
			require.Equal(t, told[i] == 0.0, refused && told[i+1] == 0.0, "%q", answer)
		}
	case 3:
		text, _ := c.spec()
		c.write(text)
		c.result(p.WidgetChange(c.number(), uint32(len(text))))
	case 4:
		c.result(p.WidgetEnd(c.number()))
	case 5, 6:
		text, length := in.text()
		c.write(text)
		c.result(p.Input(c.number(), uint32(in.byte()%9), in.number(), length))
	case 7:
		text, kind := p.Pending(c.number())
		if kind == wire.Refused {
			c.result(float64(kind))
			return
		}
		require.EqualValues(t, kind, p.Registers.Kind)
		require.True(t, utf8.Valid(text))
	case 8:
		name, length := in.key()
		c.write(name)
		if form := p.Form(length); form < 0 {
			c.result(float64(form))
		}
	case 9:
		c.result(p.Submit(c.number(), c.number()))
	case 10, 11:
		what := int(in.byte() % 8)
		c.result(p.Do(what, c.number()))
	case 12, 13:
		step := p.TurnNext()
		if step < 0 {
			c.result(float64(step))
			return
		}
		require.LessOrEqual(t, step, int32(session.RerunStep))
		require.Equal(t, step == int32(session.Done), p.Registers.Slot == 0)
	case 14:
		if in.byte()%2 == 0 {
			c.result(p.TurnEnd())
		} else {
			c.result(p.Advance([]float64{0, 1, 5, -1, 0.5, math.NaN(), math.Inf(1), 1 << 40, 1 << 60}[in.byte()%9]))
		}
	case 15:
		if in.byte()%3 == 0 {
			c.result(float64(min(p.Rerun(), 0)))
			return
		}
		reads := make([]byte, in.byte()%5*4)
		for i := 0; i < len(reads); i += 4 {
			binary.LittleEndian.PutUint32(reads[i:], c.slot())
		}
		c.write(string(reads))
		count := uint32(len(reads) / 4)
		if in.byte() > 250 {
			count = in.word()
		}
		c.result(p.RerunReads(c.number(), count))
	}
}
