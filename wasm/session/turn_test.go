package session

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// turnPage is the driver of a session's turns, as the facade is: it notes what
// runs, and each callback and rerun does what its script says.
type turnPage struct {
	*testing.T
	s       *Session
	heard   func() string
	ids     map[string]uint32 // widgets, forms and reruns by name
	names   map[uint32]string // of widgets
	scripts map[string]string
	ran     []string
}

func newTurnPage(t *testing.T) *turnPage {
	s, heard := widgetSession(t)
	return &turnPage{T: t, s: s, heard: heard, ids: map[string]uint32{}, names: map[uint32]string{}, scripts: map[string]string{}}
}

// do follows a script: words "key=value" write, and the others are below.
func (p *turnPage) do(script string) {
	s := p.s
	for _, word := range strings.Fields(script) {
		name, value, _ := strings.Cut(word, "=")
		verb, argument, _ := strings.Cut(word, ":")
		switch {
		case verb == "fail":
			s.Fail()
		case verb == "stop":
			s.Stop()
		case verb == "again":
			s.Again()
		case verb == "input": // input:widget:value
			widget, text, _ := strings.Cut(argument, ":")
			_, err := s.Input(p.ids[widget], jsonValue(text))
			if err != nil {
				p.ran = append(p.ran, err.Code)
			}
		case verb == "submit": // submit:form:button
			form, button, _ := strings.Cut(argument, ":")
			if err := s.Submit(p.ids[form], p.ids[button]); err != nil {
				p.ran = append(p.ran, err.Code)
			}
		case verb == "turn": // joins
			s.BeginTurn(true, true)
			p.do(strings.ReplaceAll(argument, ",", " "))
			require.False(p, s.EndTurn())
		default:
			if err := s.Set(name, jsonValue(value)); err != nil {
				p.ran = append(p.ran, err.(*Error).Code)
			}
		}
	}
}

// turn runs one with the input, and all that follows.
func (p *turnPage) turn(transaction bool, input string) (rolledBack bool) {
	s := p.s
	s.BeginTurn(transaction, false)
	p.do(input)
	for {
		step, id, _, err := s.Next()
		if err != nil {
			p.ran = append(p.ran, err.Code)
		}
		if step == Done {
			break
		}
		name := p.names[id]
		if step == RerunStep {
			name = fmt.Sprint("rerun", id)
			for known, rerun := range p.ids {
				if rerun == id && strings.HasPrefix(known, "rerun") {
					name = known
				}
			}
		}
		p.ran = append(p.ran, name)
		p.do(p.scripts[name])
	}
	rolledBack = s.EndTurn()
	s.EndTriggers()
	require.Zero(p, s.Open())
	require.Equal(p, Code, s.origin)
	return rolledBack
}

func (p *turnPage) widget(name, spec string) {
	p.ids[name] = connectWidget(p.T, p.s, spec)
	p.names[p.ids[name]] = name
}

func (p *turnPage) rerun(name string, reads ...string) {
	id := p.s.OpenRerun()
	p.ids[name] = id
	p.reads(id, reads...)
}

func (p *turnPage) reads(id uint32, reads ...string) {
	slots := []Slot{}
	for _, key := range reads {
		slot := Slot(0)
		if key != "*" {
			var err *Error
			slot, err = p.s.Pin([]byte(key))
			require.Nil(p, err)
			defer p.s.Unpin(slot)
		}
		slots = append(slots, slot)
	}
	p.s.SetReads(id, slots)
}

// TestTurns: what runs, in which order, and what listeners hear of it, once
// (rules 30, 36 to 41). Origins: 0 code, 1 widget, 2 callback.
func TestTurns(t *testing.T) {
	tests := []struct {
		name, input string
		transaction bool
		scripts     map[string]string
		ran, heard  string
	}{
		{name: "a value", input: "input:a:1", ran: "a rerunA rerunAll", heard: "a=1/1 ; "},
		{name: "no change", input: "input:a:0"},
		{name: "not shown", input: `input:a:"x" input:b:1`, ran: "widget-value b rerunAll", heard: "b=1/1 ; "},
		{name: "order of events", input: "input:b:1 input:a:2 input:b:3", ran: "b a rerunA rerunAll", heard: "b=3/1 a=2/1 ; "},
		{name: "back again", input: "input:a:5 input:b:1 input:a:0", ran: "b rerunAll", heard: "b=1/1 ; "},
		{name: "no callback", input: "input:c:1", ran: "rerunAll", heard: "c=1/1 ; "},
		{name: "by code in a turn", input: "a=1", ran: "rerunA rerunAll", heard: "a=1/1 ; "},
		{name: "a callback sees all, and sets its own", input: "input:a:1 input:b:2", scripts: map[string]string{"a": "a=7 x=1"},
			ran: "a b rerunA rerunAll", heard: "a=7/2 b=2/1 x=1/2 ; "},
		{name: "undone by a callback", input: "input:a:1 input:b:2", scripts: map[string]string{"a": "b=0 a=0"}, ran: "a b", heard: ""},
		{name: "fails", input: "input:a:1 input:b:2", scripts: map[string]string{"a": "x=1 fail"}, ran: "a", heard: "a=1/1 b=2/1 x=1/2 ; "},
		{name: "fails in a transaction", input: "input:a:1 input:b:2", transaction: true, scripts: map[string]string{"a": "x=1 fail"}, ran: "a", heard: ""},
		{name: "stops", input: "input:a:1 input:b:2", transaction: true, scripts: map[string]string{"a": "x=1 stop"}, ran: "a", heard: "a=1/1 b=2/1 x=1/2 ; "},
		{name: "a rerun stops", input: "input:a:1", scripts: map[string]string{"rerunA": "x=1 stop again"}, ran: "a rerunA", heard: "a=1/1 x=1/0 ; "},
		{name: "reruns start none", input: "input:c:1", scripts: map[string]string{"rerunAll": "a=1"}, ran: "rerunAll", heard: "c=1/1 a=1/0 ; "},
		{name: "one more pass", input: "input:c:1", scripts: map[string]string{"c": "again"}, ran: "rerunAll"},
		{name: "a callback asks again", input: "input:b:1", scripts: map[string]string{"b": "again again"}, ran: "b rerunAll rerunA rerunAll", heard: "b=1/1 ; "},
		{name: "nothing but again", input: "again", ran: "rerunA rerunAll"},
		{name: "a button", input: "input:go:true", scripts: map[string]string{"go": "x=1 go=false"}, ran: "go key-readonly rerunAll", heard: "go=true/1 x=1/2 ; go=false/1 ; "},
		{name: "a button fails", input: "input:go:true", transaction: true, scripts: map[string]string{"go": "x=1 fail"}, ran: "go"},
		{name: "a button without a key", input: "input:bare:true", scripts: map[string]string{"bare": "x=1"}, ran: "bare rerunAll", heard: "x=1/2 ; "},
		{name: "an input in a callback", input: "input:a:1", scripts: map[string]string{"a": "input:b:5 input:a:6"}, ran: "a b rerunA rerunAll", heard: "a=6/1 b=5/1 ; "},
		{name: "a turn in a callback", input: "input:a:1", scripts: map[string]string{"a": "turn:x=1,input:b:2"}, ran: "a b rerunA rerunAll", heard: "a=1/1 x=1/2 b=2/1 ; "},
		{name: "a rerun's input", input: "input:a:1", scripts: map[string]string{"rerunA": "input:b:5"}, ran: "a rerunA b rerunAll", heard: "a=1/1 b=5/1 ; "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newTurnPage(t)
			for _, key := range []string{"a", "b"} {
				p.widget(key, `{"key":"`+key+`","kind":2,"default":0,"callback":1}`)
			}
			p.widget("c", `{"key":"c","kind":2,"default":0}`)
			p.widget("go", `{"key":"go","kind":7,"callback":1}`)
			p.widget("bare", `{"kind":7,"callback":1}`)
			p.rerun("rerunNone")
			p.s.CloseRerun(p.ids["rerunNone"])
			p.rerun("rerunA", "a", "absent")
			p.rerun("rerunAll", "*")
			if test.scripts != nil {
				p.scripts = test.scripts
			}
			before, _ := p.s.Steps()
			p.heard()
			rolledBack := p.turn(test.transaction, test.input)
			require.Equal(t, test.ran, strings.Join(p.ran, " "))
			heard := p.heard()
			if test.heard != "" || test.ran == "" {
				require.Equal(t, test.heard, heard)
			}
			require.Equal(t, test.transaction && strings.Contains(fmt.Sprint(test.scripts), "fail"), rolledBack)
			v, _ := p.s.Get("go")
			require.False(t, v.Bool())
			after, _ := p.s.Steps()
			if strings.Contains(heard, "a=") || strings.Contains(heard, "b=") || strings.Contains(heard, "c=") || strings.Contains(heard, "x=") {
				require.Equal(t, before+1, after, "one step")
			} else {
				require.Equal(t, before, after, "no step")
			}
		})
	}
}

// TestRerunCycle: at most 100 more passes (rule 39).
func TestRerunCycle(t *testing.T) {
	p := newTurnPage(t)
	p.rerun("rerun1", "a")
	p.scripts["rerun1"] = "again"
	p.turn(false, "a=1")
	require.Len(t, p.ran, 1+maxRounds+1)
	require.Equal(t, "rerun-cycle", p.ran[len(p.ran)-1])
	require.True(t, p.s.Has("a"))
	p.ran = nil
	p.turn(true, "a=2")
	v, _ := p.s.Get("a")
	require.Equal(t, 1.0, v.Number(), "a transaction is rolled back")
}

// TestReruns: which reads make one run, and that they are let go (rule 39).
func TestReruns(t *testing.T) {
	p := newTurnPage(t)
	p.rerun("rerun1", "a", "b", "a")
	p.turn(false, "c=1")
	require.Empty(t, p.ran)
	p.turn(false, "b=1")
	require.Equal(t, []string{"rerun1"}, p.ran)
	p.reads(p.ids["rerun1"], "c")
	p.turn(false, "b=2")
	p.turn(false, "a=2")
	require.Len(t, p.ran, 1)
	p.turn(false, "c=2 c=1")
	require.Len(t, p.ran, 1, "it ended as it was")
	require.NoError(t, p.s.Batch(func() error { p.do("c=5"); return nil }))
	require.Len(t, p.ran, 1, "a batch is no turn")
	p.s.SetReads(99, nil)
	p.s.SetReads(p.ids["rerun1"], []Slot{1 << 30})
	p.s.CloseRerun(p.ids["rerun1"])
	p.s.CloseRerun(p.ids["rerun1"])
	p.s.Clear("")
	require.NoError(t, p.s.SetHistory(HistoryLimits{}))
	p.s.Forget()
	require.Zero(t, p.s.index.count)
}

// TestTurnMisuse: a driver that breaks the order harms nothing.
func TestTurnMisuse(t *testing.T) {
	p := newTurnPage(t)
	s := p.s
	p.widget("a", `{"key":"a","kind":2,"default":0}`)
	_, err := s.Input(p.ids["a"], NumberValue(1))
	require.Equal(t, "no-turn", widgetCode(err))
	require.False(t, s.EndTurn())
	s.Stop()
	s.Fail()
	s.Again()
	step, _, _, err := s.Next()
	require.Equal(t, Done, step)
	require.Nil(t, err)
	s.BeginTurn(false, false)
	s.Commit() // its batch
	_, _ = s.Input(p.ids["a"], NumberValue(2))
	_, _, _, _ = s.Next()
	require.False(t, s.EndTurn())
	s.BeginTurn(false, false)
	s.Begin() // never ended
	p.do("x=1")
	require.False(t, s.EndTurn())
	require.Zero(t, s.Open())
	require.False(t, s.Has("x"))
	p.turn(false, "input:a:5")
	v, _ := s.Get("a")
	require.Equal(t, 5.0, v.Number())
	s.Begin()
	s.BeginTurn(false, true)
	p.do("x=1")
	require.False(t, s.EndTurn())
	require.Equal(t, 1, s.Open(), "the batch around it goes on")
	s.Rollback()
	require.False(t, s.Has("x"))
}

// TestForms: what is pending, submitted, cleared and dropped (rules 40 to 43).
func TestForms(t *testing.T) {
	p := newTurnPage(t)
	s := p.s
	form, err := s.OpenForm("f")
	require.Nil(t, err)
	p.ids["f"] = form
	_, err = s.OpenForm("f")
	require.Equal(t, "form-duplicate", widgetCode(err))
	in := fmt.Sprintf(`,"form":%d}`, form)
	p.widget("a", `{"key":"a","kind":1,"default":"-"`+in)
	p.widget("n", `{"key":"n","kind":2,"default":0,"max":9`+in)
	p.widget("send", `{"key":"send","kind":7,"callback":1`+in)
	p.widget("other", `{"key":"other","kind":7,"callback":1`+in)
	p.widget("out", `{"key":"out","kind":7}`)
	spec, _ := s.readSpec(`{"key":"z","kind":1,"callback":1` + in)
	_, _, err = s.Connect(spec)
	require.Equal(t, "form-callback", widgetCode(err))
	require.False(t, s.Has("z"))
	p.heard()
	pending := func(name string) string { return valueText(s.Pending(p.ids[name])) }

	p.do(`input:n:4 input:a:"x" input:n:99 input:n:"bad"`)
	require.Equal(t, []string{"widget-value"}, p.ran)
	require.Empty(t, p.heard())
	require.Equal(t, "9", pending("n"))
	p.do(`a="code"`)
	require.Equal(t, `"x"`, pending("a"))
	p.heard()
	p.ran = nil
	p.scripts["send"] = "fail"
	require.True(t, p.turn(true, "submit:f:send"))
	require.Equal(t, `"x"`, pending("a"), "a rolled back submit loses nothing")
	require.Empty(t, p.heard())
	p.scripts["send"] = "y=1"
	p.ran = nil
	p.turn(false, "submit:f:send")
	require.Equal(t, []string{"send"}, p.ran)
	require.Equal(t, `a="x"/1 n=9/1 send=true/1 y=1/2 ; send=false/1 ; `, p.heard())
	require.Empty(t, pending("a"))
	s.ClearForm(form)
	require.Equal(t, `a="-"/1 n=0/1 ; `, p.heard())
	undone, undoErr := s.Undo()
	require.NoError(t, undoErr)
	require.True(t, undone)
	require.False(t, s.Has("y"))
	p.heard()

	for _, wrong := range []string{"submit:none:send", "submit:f:out", "submit:f:a"} {
		p.ran = nil
		p.turn(false, wrong)
		require.Equal(t, []string{"widget-unknown"}, p.ran, wrong)
	}
	require.Equal(t, "no-turn", widgetCode(s.Submit(form, 0)))
	// All or nothing: a limit refuses one of them.
	require.NoError(t, s.SetLimits(Limits{ValueBytes: 20}))
	p.do(`input:n:5 input:a:"longer_than_the_limit_allows"`)
	p.ran = nil
	p.turn(false, "submit:f:send")
	require.Equal(t, []string{"value-too-large"}, p.ran)
	require.Empty(t, p.heard())
	require.Equal(t, "5", pending("n"))
	require.NoError(t, s.SetLimits(Limits{}))

	s.Reset()
	require.Empty(t, pending("n"))
	p.do("input:n:5")
	s.CloseForm(0)
	s.ClearForm(0)
	require.Equal(t, "5", pending("n"))
	s.CloseForm(form)
	require.Empty(t, pending("n"))
	_, err = s.OpenForm("f")
	require.Nil(t, err)
	require.Equal(t, "widget-unknown", widgetCode(s.Submit(form, 0)))
}
