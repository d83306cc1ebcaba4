package apptest

import (
	"encoding/json"
	"fmt"

	"github.com/tabstate/tabstate/wasm/app/internal/value"
	"github.com/tabstate/tabstate/wasm/session"
)

// Kind says what values a widget takes, and what elements of the page are of the kind.
type Kind = session.WidgetKind

// The kinds of widgets.
const (
	Text    = session.TextWidget    // <input>, <textarea>: a string
	Number  = session.NumberWidget  // <input type=number>, range: a number or null
	Boolean = session.BooleanWidget // a checkbox, <details>
	Choice  = session.ChoiceWidget  // <select>, radios: one of the options, or null
	Choices = session.ChoicesWidget // several checkboxes, <select multiple>: an array of options
	Date    = session.DateWidget    // <input type=date> and its like: ISO text or null
	Button  = session.TriggerWidget // true for the turn of its click
)

// Widget is an element with data-session-* attributes.
type Widget struct {
	// Kind is Text when it is 0.
	Kind Kind
	// Key is data-session-key; a button may have none.
	Key string
	// Callback and Args are data-session-callback and data-session-args.
	Callback string
	Args     any
	// Form is the name of the form it is in, "" for none.
	Form string
	// Default is the value the element has in its HTML. Min, Max and Options bound it.
	Default, Min, Max any
	Options           []string
	Disabled          bool
	// Transaction has a failed callback take the input back (rule 38).
	Transaction bool

	page *Page
	id   uint32
}

// Connect puts an element into the page: its key gets its default unless it is there
// already (rule 26).
func (p *Page) Connect(w Widget) *Widget {
	p.t.Helper()
	if w.Kind == 0 {
		w.Kind = Text
	}
	own := &w
	own.page = p
	form, callback, flags := uint32(0), 0, 0
	if w.Form != "" {
		form = p.form(w.Form)
	}
	if w.Callback != "" {
		p.widgets = append(p.widgets, own)
		callback = len(p.widgets)
	}
	if w.Disabled {
		flags = 1
	}
	spec := fmt.Appendf(nil, `%d %d %d %d %d"%s`, w.Kind, flags, form, callback, len(w.Key), w.Key)
	var options any
	if w.Options != nil {
		options = w.Options
	}
	for _, v := range [...]any{w.Default, nil, w.Min, w.Max, options} {
		text, err := json.Marshal(v)
		p.must(err)
		if v == nil {
			text = nil
		}
		spec = fmt.Appendf(spec, `%d:%s`, len(text), text)
	}
	p.kit.Drive(func(s *session.Session) {
		s.KeepChanges()
		read, _, err := s.ReadSpec(spec)
		p.must(err)
		id, report, err := s.Connect(read)
		p.must(err)
		p.report(report)
		own.id = id
	})
	p.settle()
	return own
}

func (p *Page) form(name string) uint32 {
	id, ok := p.forms[name]
	if !ok {
		p.kit.Drive(func(s *session.Session) {
			var err *session.Error
			id, err = s.OpenForm(name)
			p.must(err)
		})
		p.forms[name] = id
	}
	return id
}

// Input is the user changing the element: a turn of its own, or pending in a form (rules 36
// and 40). A value that the element cannot have is reported.
func (w *Widget) Input(v any) {
	w.page.t.Helper()
	encoded, fault := value.Encode(v, 128)
	w.page.must(fault)
	put := func() error {
		var err *session.Error
		w.page.kit.Drive(func(s *session.Session) { _, err = s.Input(w.id, encoded) })
		if err == nil {
			return nil
		}
		return err
	}
	if w.Form == "" {
		_ = w.page.run(false, w.Transaction, put)
		return
	}
	w.page.report(put())
	w.page.settle()
}

// Click is the user pressing the button.
func (w *Widget) Click() {
	w.page.t.Helper()
	if w.Form != "" {
		w.page.submit(w.Form, w)
		return
	}
	w.Input(true)
}

// Click is the user pressing a button that has the callback and no key.
func (p *Page) Click(callback string, args ...any) {
	p.t.Helper()
	w := Widget{Kind: Button, Callback: callback}
	if args != nil {
		w.Args = args
	}
	p.Connect(w).Click()
}

// Submit is the user submitting the form by a button without a key and a callback.
func (p *Page) Submit(form string) { p.submit(form, nil) }

// submit writes what is pending as one turn (rule 40).
func (p *Page) submit(form string, button *Widget) {
	p.t.Helper()
	id, ok := p.forms[form]
	if !ok {
		p.t.Fatalf("no element is in a form %q: connect one first", form)
	}
	pressed, transaction := uint32(0), false
	if button != nil {
		pressed, transaction = button.id, button.Transaction
	}
	_ = p.run(false, transaction, func() error {
		var err *session.Error
		p.kit.Drive(func(s *session.Session) { err = s.Submit(id, pressed) })
		if err == nil {
			return nil
		}
		return err
	})
}

// Shows gives what the element shows where target points to: what is pending in its form,
// or else the value of its key.
func (w *Widget) Shows(target any) {
	w.page.t.Helper()
	var v session.Value
	w.page.kit.Drive(func(s *session.Session) {
		if v = s.Pending(w.id); v.Kind() == session.Absent {
			v, _ = s.Get(w.Key)
		} else {
			v = session.BorrowedText(session.JSON, v.AppendJSON(nil))
		}
	})
	w.page.must(value.Decode(v, target))
}
