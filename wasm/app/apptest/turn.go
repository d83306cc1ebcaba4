package apptest

import (
	"encoding/json"
	"fmt"

	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/session"
)

// A turn is one interaction and what follows from it (rule 36).
type turn struct {
	errors []error
	after  []func(*session.Session)
}

// run runs a turn that begins with input.
func (p *Page) run(byCode, transaction bool, input func() error) (failed error) {
	p.settle()
	t := &turn{}
	p.kit.Drive(func(s *session.Session) { s.BeginTurn(transaction, byCode) })
	if err := input(); err != nil {
		p.kit.Drive((*session.Session).Fail)
		if byCode {
			failed = err
		} else {
			t.errors = append(t.errors, err)
		}
	} else {
		p.follow(t)
	}
	rolledBack := false
	p.kit.Drive(func(s *session.Session) {
		s.KeepChanges()
		rolledBack = s.EndTurn()
	})
	p.settle()
	p.kit.Drive(func(s *session.Session) {
		s.KeepChanges()
		for _, fn := range t.after {
			if !rolledBack {
				fn(s)
			}
		}
		s.EndTriggers()
	})
	p.settle()
	for _, err := range t.errors {
		p.report(err)
	}
	return failed
}

// follow runs the callbacks of what changed, then the reruns whose reads changed.
func (p *Page) follow(t *turn) {
	for {
		var step session.Step
		var id, number uint32
		var err *session.Error
		p.kit.Drive(func(s *session.Session) { step, id, number, err = s.Next() })
		if err != nil {
			t.errors = append(t.errors, err)
		}
		switch step {
		case session.CallbackStep:
			w := p.widgets[number-1]
			_, err = p.call(w.Callback, w.Key, w.Args)
		case session.RerunStep:
			p.ran("rerun %d", id)
			err = p.kit.RunRerun(p.reruns[id])
			p.hear()
		default:
			return
		}
		if err != nil {
			t.errors = append(t.errors, err)
			p.kit.Drive((*session.Session).Fail)
			return
		}
	}
}

// call runs a callback by its name.
func (p *Page) call(name, key string, args any) ([]byte, *session.Error) {
	id, ok := p.callbacks[name]
	if !ok {
		return nil, &session.Error{Class: session.ErrUsage.Class, Code: "callback-unknown", Reason: fmt.Sprintf("there is no callback %q", name), Hint: "Register it with app.Callback"}
	}
	var text []byte
	if args != nil {
		var err error
		text, err = json.Marshal(args)
		p.must(err)
	}
	p.ran("callback %s", name)
	result, err := p.kit.RunCallback(id, key, text)
	p.hear()
	return result, err
}

// Call runs a callback as session.call does, and stores what it returned where result
// points to, unless that is nil. It returns what the callback failed with.
func (p *Page) Call(name string, result any, args ...any) error {
	p.t.Helper()
	var text []byte
	err := p.run(true, false, func() error {
		if args == nil {
			args = []any{}
		}
		var err *session.Error
		p.kit.Drive(func(s *session.Session) { s.SetOrigin(session.Callback) })
		if text, err = p.call(name, "", args); err != nil {
			return err
		}
		return nil
	})
	if err == nil && result != nil && text != nil {
		p.must(json.Unmarshal(text, result))
	}
	return err
}

var _ kit.Page = (*Page)(nil)
