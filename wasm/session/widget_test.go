package session

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// widgetSession is a session that keeps a history, and what its listeners heard.
func widgetSession(t *testing.T) (s *Session, heard func() string) {
	s, err := New(Options{Track: true})
	require.NoError(t, err)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 50}))
	text := ""
	s.SubscribeAll(func(changes []Change) {
		for _, c := range changes {
			text += fmt.Sprintf("%s=%s/%d ", c.Key, valueText(c.Value), c.Origin)
		}
		text += "; "
	})
	return s, func() string {
		said := text
		text = ""
		return said
	}
}

func connectWidget(t *testing.T, s *Session, spec string) uint32 {
	t.Helper()
	w, err := s.readSpec(spec)
	require.Nil(t, err)
	id, report, err := s.Connect(w)
	require.Nil(t, err, spec)
	require.Nil(t, report, spec)
	return id
}

func widgetCode(err *Error) string {
	if err == nil {
		return ""
	}
	return err.Code
}

func jsonValue(text string) Value {
	if text == "" {
		return Value{}
	}
	return parsed([]byte(text), nil)
}

// TestFit: what the widgets of each kind make of a value (rule 29).
func TestFit(t *testing.T) {
	const options = `,"options":["a","b","\"\\\n"]`
	tests := []struct{ spec, value, want string }{
		{`"kind":1`, `"x"`, `"x"`}, {`"kind":1`, `""`, `""`}, {`"kind":1`, `5`, ``}, {`"kind":1`, `null`, ``},
		{`"kind":2`, `5`, `5`}, {`"kind":2`, `null`, `null`}, {`"kind":2`, `"5"`, ``}, {`"kind":2`, `true`, ``},
		{`"kind":2,"min":1`, `0`, `1`}, {`"kind":2,"max":1`, `2`, `1`}, {`"kind":2,"min":-1,"max":1`, `0.5`, `0.5`},
		{`"kind":2,"min":5,"max":1`, `9`, `9`}, {`"kind":2,"min":"5"`, `1`, `1`}, {`"kind":2,"min":null`, `-1`, `-1`},
		{`"kind":3`, `true`, `true`}, {`"kind":3`, `1`, ``}, {`"kind":3`, `null`, ``},
		{`"kind":4` + options, `"b"`, `"b"`}, {`"kind":4` + options, `"\"\\\n"`, `"\"\\\n"`}, {`"kind":4` + options, `"c"`, ``},
		{`"kind":4` + options, `null`, `null`}, {`"kind":4` + options, `["a"]`, ``}, {`"kind":4`, `"a"`, ``}, {`"kind":4,"options":[]`, `""`, ``},
		{`"kind":5` + options, `["b","a"]`, `["a","b"]`}, {`"kind":5` + options, `["\"\\\n","a"]`, `["a","\"\\\n"]`},
		{`"kind":5` + options, `[]`, `[]`}, {`"kind":5` + options, `["a","a"]`, `["a"]`}, {`"kind":5` + options, `["a","c"]`, ``},
		{`"kind":5` + options, `[1]`, ``}, {`"kind":5` + options, `["a",1]`, ``}, {`"kind":5` + options, `[["a"]]`, ``},
		{`"kind":5` + options, `{"a":"b"}`, ``}, {`"kind":5` + options, `{}`, ``}, {`"kind":5` + options, `null`, ``}, {`"kind":5`, `[]`, `[]`},
		{`"kind":6`, `"2026-01-01"`, `"2026-01-01"`}, {`"kind":6`, `""`, ``}, {`"kind":6`, `null`, `null`}, {`"kind":6`, `5`, ``},
		{`"kind":6,"min":"10:00","max":"12:00"`, `"09:00"`, `"10:00"`}, {`"kind":6,"min":"10:00","max":"12:00"`, `"13:00"`, `"12:00"`},
		{`"kind":6,"min":"21:00","max":"06:00"`, `"03:00"`, `"03:00"`},
		{`"kind":7`, `true`, `true`}, {`"kind":7`, `1`, ``}, {`"kind":8`, `null`, `null`}, {`"kind":8`, `"f"`, ``},
	}
	for _, test := range tests {
		t.Run(test.spec+" "+test.value, func(t *testing.T) {
			s, _ := widgetSession(t)
			id := connectWidget(t, s, `{"key":"k",`+test.spec+`}`)
			v := jsonValue(test.value)
			ok := fit(s.widget(id), &v)
			require.Equal(t, test.want != "", ok)
			if ok {
				require.Equal(t, test.want, valueText(v))
			} else {
				require.Equal(t, test.value, valueText(v))
			}
		})
	}
}

// TestConnect: which value wins, and what is refused (rule 26).
func TestConnect(t *testing.T) {
	tests := []struct{ name, there, spec, want, report, code string }{
		{"default", ``, `"kind":1,"default":"d"`, `"d"`, "", ""},
		{"empty", ``, `"kind":5`, `[]`, "", ""},
		{"there", `"e"`, `"kind":1,"default":"d"`, `"e"`, "", ""},
		{"first", `"e"`, `"kind":1,"default":"d","first":"f"`, `"f"`, "", ""},
		{"first clamped", `1`, `"kind":2,"first":9,"max":5`, `5`, "", ""},
		{"first of another kind", `1`, `"kind":2,"first":"9"`, `1`, "widget-value", ""},
		{"there clamped", `50`, `"kind":2,"max":5`, `5`, "", ""},
		{"there of another kind", `"x"`, `"kind":2,"default":7`, `7`, "widget-value", ""},
		{"default clamped", ``, `"kind":2,"default":7,"max":3`, `3`, "", ""},
		{"default of another kind", ``, `"kind":2,"default":"7"`, `null`, "", ""},
		{"trigger", `true`, `"kind":7,"default":true,"first":true`, `false`, "", ""},
		{"no kind", ``, `"default":1`, ``, "", "widget-invalid"},
		{"kind", ``, `"kind":9`, ``, "", "widget-invalid"},
		{"form", ``, `"kind":1,"form":5`, ``, "", "widget-invalid"},
		{"options", ``, `"kind":4,"options":{}`, ``, "", "widget-invalid"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, heard := widgetSession(t)
			if test.there != "" {
				require.NoError(t, s.Set("k", jsonValue(test.there)))
			}
			undo, _ := s.Steps()
			heard()
			w, err := s.readSpec(`{"key":"k",` + test.spec + `}`)
			require.Nil(t, err)
			id, report, err := s.Connect(w)
			require.Equal(t, test.code, widgetCode(err))
			require.Equal(t, test.report, widgetCode(report))
			v, _ := s.Get("k")
			require.Equal(t, test.want, valueText(v))
			if test.code == "" && test.want != test.there {
				require.Equal(t, "k="+test.want+"/1 ; ", heard(), "of origin widget")
			} else {
				require.Empty(t, heard())
			}
			after, _ := s.Steps()
			require.Equal(t, undo, after, "no step of the history")
			s.Disconnect(id)
		})
	}
}

// TestWidgetDoors: code at each door, with a widget of each sort on the key
// (rules 28 to 30, 32).
func TestWidgetDoors(t *testing.T) {
	number, choice, button, file := `"kind":2,"max":9,"default":1`, `"kind":4,"options":["a"],"default":"a"`, `"kind":7`, `"kind":8`
	tests := []struct{ spec, value, want, code string }{
		{number, `20`, `9`, ""}, {number, `"x"`, `1`, "widget-value"}, {number, `null`, `null`, ""},
		{choice, `null`, `null`, ""}, {choice, `"b"`, `"a"`, "widget-value"},
		{button, `true`, `false`, "key-readonly"}, {button, `1`, `false`, "key-readonly"}, {file, `"x"`, `null`, "key-readonly"},
	}
	doors := map[string]func(s *Session, v Value) error{
		"Set": func(s *Session, v Value) error { return s.Set("k", v) },
		"Write": func(s *Session, v Value) error {
			return s.Write(s.Slot([]byte("k")), v).orNil()
		},
		"Update": func(s *Session, v Value) error { return s.Update(Entry{"other", NullValue()}, Entry{"k", v}) },
		"Restore": func(s *Session, v Value) error {
			return s.Restore(append(v.AppendJSON([]byte(`{"k":`)), '}'))
		},
	}
	for name, door := range doors {
		for _, test := range tests {
			t.Run(name+" "+test.spec+" "+test.value, func(t *testing.T) {
				s, heard := widgetSession(t)
				connectWidget(t, s, `{"key":"k",`+test.spec+`}`)
				heard()
				err := door(s, jsonValue(test.value))
				v, _ := s.Get("k")
				require.Equal(t, test.want, valueText(v))
				if name == "Restore" && test.value == "true" {
					require.NoError(t, err, "what a snapshot says of a button")
				} else if test.code == "" {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, &Error{Class: err.(*Error).Class, Code: test.code})
					require.Empty(t, heard())
					require.False(t, s.Has("other"))
				}
				_, deleted := s.Delete("k")
				require.NoError(t, deleted)
				require.True(t, s.Has("k"))
				s.Clear("")
				s.Reset()
				require.Equal(t, []string{"k"}, s.Keys())
				require.NoError(t, s.Restore([]byte(`{}`)))
				require.True(t, s.Has("k"))
				text, err := s.Snapshot(false)
				require.NoError(t, err)
				require.NoError(t, s.Restore(text))
			})
		}
	}
}

// TestWidgetHot: the calls without recover leave what widgets judge to the others.
func TestWidgetHot(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	for key, spec := range map[string]string{"n": `"kind":2,"default":1,"max":9`, "c": `"kind":4,"options":["a","b"],"default":"a"`, "t": `"kind":7`, "d": `"kind":6,"default":"1"`} {
		connectWidget(t, s, `{"key":"`+key+`",`+spec+`}`)
	}
	require.EqualValues(t, -1, s.SetNumberFast(s.Slot([]byte("n")), 5))
	require.EqualValues(t, -1, s.SetBoolFast(s.Slot([]byte("t")), true))
	require.EqualValues(t, -1, s.SetShortFast(s.Slot([]byte("c")), 1, 'b', 0))
	require.EqualValues(t, -1, s.SetShortFast(s.Slot([]byte("d")), 1, 'b', 0))
	connectWidget(t, s, `{"key":"free","kind":2,"default":1}`)
	connectWidget(t, s, `{"key":"text","kind":1,"default":"a"}`)
	connectWidget(t, s, `{"key":"bool","kind":3}`)
	require.Positive(t, s.SetNumberFast(s.Slot([]byte("free")), 5))
	require.Positive(t, s.SetShortFast(s.Slot([]byte("text")), 1, 'b', 0))
	require.Positive(t, s.SetBoolFast(s.Slot([]byte("bool")), true))
	second := connectWidget(t, s, `{"key":"free","kind":2,"min":7}`)
	require.EqualValues(t, -1, s.SetNumberFast(s.Slot([]byte("free")), 5))
	s.Disconnect(second)
	require.Positive(t, s.SetNumberFast(s.Slot([]byte("free")), 6))
}

// TestConnectForm: what was typed in a form before it was bound waits for its submission (rules 26 and 40); what the
// address says does not, and has its origin (rule 49).
func TestConnectForm(t *testing.T) {
	s, heard := widgetSession(t)
	form, err := s.OpenForm("f")
	require.Nil(t, err)
	require.NoError(t, s.Set("there", NumberValue(1)))
	heard()
	connect := func(spec string) uint32 {
		return connectWidget(t, s, fmt.Sprintf(`{%s,"form":%d}`, spec, form))
	}
	first := connect(`"key":"b","kind":1,"default":"d","first":"typed"`)
	require.Equal(t, "b=\"d\"/1 ; ", heard())
	second := connect(`"key":"there","kind":2,"first":9,"max":5`)
	require.Empty(t, heard())
	require.Equal(t, []string{`"typed"`, `5`}, []string{valueText(s.Pending(first)), valueText(s.Pending(second))})
	address := connect(`"key":"u","kind":1,"default":"d","first":"said","url":true`)
	require.Equal(t, "u=\"said\"/5 ; ", heard())
	require.Zero(t, s.Pending(address).Kind())
	w, err := s.readSpec(fmt.Sprintf(`{"key":"n","kind":2,"first":"x","form":%d}`, form))
	require.Nil(t, err)
	bad, report, err := s.Connect(w)
	require.Equal(t, []string{"widget-value", ""}, []string{widgetCode(report), widgetCode(err)})
	require.Zero(t, s.Pending(bad).Kind())
	heard()
	s.BeginTurn(false, false)
	require.Nil(t, s.Submit(form, 0))
	s.EndTurn()
	require.Equal(t, "b=\"typed\"/1 there=5/1 ; ", heard())

	connectWidget(t, s, `{"key":"free","kind":1,"first":"said","url":true}`)
	require.Equal(t, "free=\"said\"/5 ; ", heard())
	connectWidget(t, s, `{"key":"other","kind":2,"default":3,"url":true}`)
	require.Equal(t, "other=3/1 ; ", heard(), "the default is not from the address")
}

// TestChange: attributes that change keep the value where they allow it (rule 32).
func TestChange(t *testing.T) {
	tests := []struct{ before, value, after, want, code string }{
		{`"kind":2`, `50`, `"kind":2,"max":9`, `9`, ""},
		{`"kind":2`, `null`, `"kind":2,"min":9`, `null`, ""},
		{`"kind":6`, `"b"`, `"kind":6,"max":"a"`, `"a"`, ""},
		{`"kind":4,"options":["a","b"]`, `"b"`, `"kind":4,"options":["a"]`, `null`, ""},
		{`"kind":5,"options":["a","b","c"]`, `["a","c"]`, `"kind":5,"options":["c","b"]`, `["c"]`, ""},
		{`"kind":5,"options":["a","b"]`, `["a","b"]`, `"kind":5,"options":["b","a"]`, `["b","a"]`, ""},
		{`"kind":1`, `"x"`, `"kind":1,"default":"y"`, `"x"`, ""},
		{`"kind":1`, `"x"`, `"kind":2`, `"x"`, "widget-mismatch"},
	}
	for _, test := range tests {
		t.Run(test.before+" "+test.after, func(t *testing.T) {
			s, heard := widgetSession(t)
			id := connectWidget(t, s, `{"key":"k",`+test.before+`}`)
			require.NoError(t, s.Set("k", jsonValue(test.value)))
			heard()
			spec, err := s.readSpec("{" + test.after + "}")
			require.Nil(t, err)
			require.Equal(t, test.code, widgetCode(s.Change(id, spec)))
			v, _ := s.Get("k")
			require.Equal(t, test.want, valueText(v))
			if test.want == test.value {
				require.Empty(t, heard())
			} else {
				require.Equal(t, "k="+test.want+"/1 ; ", heard())
			}
			require.Equal(t, "widget-unknown", widgetCode(s.Change(id+1, spec)))
		})
	}
}

// TestWidgetsRandom connects, changes and ends widgets at random, with input,
// writes, turns, undo and forms between. No entry ever holds what its widgets do
// not show, nothing panics, and nothing stays behind.
func TestWidgetsRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	s, _ := widgetSession(t)
	specs := []string{`"kind":1`, `"kind":2,"max":3`, `"kind":2,"min":2,"default":5`, `"kind":3`, `"kind":4,"options":["a","b"]`, `"kind":4,"options":["b"]`,
		`"kind":5,"options":["a","b"]`, `"kind":5,"options":["b"]`, `"kind":6,"min":"b"`, `"kind":7,"callback":1`, `"kind":8`}
	values := []string{`1`, `9`, `-3`, `null`, `true`, `false`, `"a"`, `"b"`, `"longer than sixteen characters"`, `["b","a"]`, `["a"]`, `[]`, `{"a":1}`}
	var forms []uint32
	value := func() Value {
		if r.IntN(9) == 0 {
			return ReferenceValue(uint32(r.IntN(1e6) + 1))
		}
		return jsonValue(values[r.IntN(len(values))])
	}
	for range 60_000 {
		key := fmt.Sprint("k", r.IntN(6))
		id := uint32(r.IntN(16))
		switch r.IntN(19) {
		case 0, 1, 2:
			text := fmt.Sprintf(`{"key":%q,%s,"drop":%v`, key, specs[r.IntN(len(specs))], r.IntN(2) == 0)
			if len(forms) > 0 && r.IntN(2) == 0 {
				text += fmt.Sprintf(`,"form":%d`, forms[r.IntN(len(forms))])
			}
			spec, err := s.readSpec(text + "}")
			require.Nil(t, err)
			if r.IntN(4) == 0 {
				_ = s.Change(id, spec)
			} else if len(s.widgets)-len(s.freeWidgets) < 12 {
				_, _, _ = s.Connect(spec)
			}
		case 3, 4:
			s.Disconnect(id)
		case 5, 6, 7:
			_ = s.Set(key, value())
		case 8:
			_, _ = s.Delete(key)
		case 9:
			_, _ = s.Undo()
		case 10:
			_, _ = s.Redo()
		case 11:
			text, _ := s.Snapshot(true)
			require.NoError(t, s.Restore(text))
		case 12:
			if f, err := s.OpenForm(fmt.Sprint(r.IntN(3))); err == nil {
				forms = append(forms, f)
			}
		case 13:
			if n := len(forms); n > 0 && r.IntN(4) == 0 {
				s.CloseForm(forms[n-1])
				forms = forms[:n-1]
			}
		case 14:
			if r.IntN(20) == 0 {
				s.Reset()
			}
		case 15:
			if len(forms) > 0 {
				s.ClearForm(forms[0])
			}
		default:
			s.BeginTurn(r.IntN(2) == 0, false)
			for range r.IntN(4) {
				_, _ = s.Input(uint32(r.IntN(16)), value())
			}
			if len(forms) > 0 && r.IntN(2) == 0 {
				_ = s.Submit(forms[r.IntN(len(forms))], uint32(r.IntN(16)))
			}
			for {
				step, _, _, _ := s.Next()
				if step == Done {
					break
				}
				_ = s.Set(key, value())
				if r.IntN(3) == 0 {
					s.Fail()
				}
			}
			s.EndTurn()
			s.EndTriggers()
		}
		require.Zero(t, s.Open())
		for place := uint32(1); place < s.entries.places; place++ {
			e := s.entries.at(place)
			first := s.widgetAt(place)
			if first == nil {
				continue
			}
			v := s.value(e.cell())
			was := valueText(v)
			require.True(t, fit(first, &v) && was == valueText(v), "%s %v", was, first.Kind)
			require.False(t, first.Kind == TriggerWidget && was == "true")
		}
	}
	for id := range uint32(40) {
		s.Disconnect(id)
	}
	require.NoError(t, s.SetHistory(HistoryLimits{}))
	s.Reset()
	s.Forget()
	require.Zero(t, s.Stats().Keys)
	require.Zero(t, s.Stats().Bytes)
	require.Zero(t, s.index.count, "every slot was freed")
	require.Empty(t, s.held)
}
