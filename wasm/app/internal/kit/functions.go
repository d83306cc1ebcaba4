package kit

import (
	"encoding/json"
	"strconv"

	"github.com/tabstate/tabstate/wasm/session"
)

// Event is what a callback is called with.
type Event struct {
	Key  string // of the widget, "" for none
	Args []byte // JSON text, nil for none
}

type callback struct {
	what string
	fn   func(Event) (result []byte, err error)
}

type listener struct {
	what string
	fn   func(changes []byte) error
}

func usage(code, reason, hint string) error {
	return &session.Error{Class: session.ErrUsage.Class, Code: code, Reason: reason, Hint: hint}
}

// Callback names a function, whose result is a JSON text or nil. The page may have another
// of the name: then it says so.
func (k *Kit) Callback(name string, fn func(Event) (result []byte, err error)) (stop func(), err error) {
	if k == nil {
		return nil, errEarly
	}
	if fn == nil || name == "" {
		return nil, usage("argument-invalid", "a callback has a name and a function", "Give both")
	}
	k.mu.Lock()
	if _, taken := k.callbacks[name]; taken {
		k.mu.Unlock()
		return nil, usage("callback-taken", "there is a callback "+strconv.Quote(name)+" already", "End that one first")
	}
	id := k.number(&callback{"the callback " + strconv.Quote(name), fn})
	k.callbacks[name] = id
	k.mu.Unlock()
	return k.told(News{Do: "callback", ID: id, Name: name}, func() { delete(k.callbacks, name) }), nil
}

// Listen has fn called after each delivery with changes of the keys, or of any: nil.
// fn gets them as the text of a JSON array.
func (k *Kit) Listen(what string, keys []string, fn func(changes []byte) error) (stop func(), err error) {
	if k == nil {
		return nil, errEarly
	}
	if err := k.checkKeys(keys); err != nil {
		return nil, err
	}
	k.mu.Lock()
	id := k.number(&listener{what, fn})
	k.mu.Unlock()
	return k.told(News{Do: "listen", ID: id, Keys: keys}, func() {}), nil
}

// told tells the page of a function, and gives what ends it.
func (k *Kit) told(n News, forget func()) (stop func()) {
	k.tell(n)
	k.stir()
	return func() {
		k.mu.Lock()
		_, live := k.functions[n.ID]
		if live {
			delete(k.functions, n.ID)
			forget()
		}
		k.mu.Unlock()
		if live {
			k.tell(News{Do: "end", ID: n.ID})
			k.stir()
		}
	}
}

// stir wakes the page unless it waits for this goroutine, and asks by itself.
func (k *Kit) stir() {
	k.mu.Lock()
	framed := k.frameOf(goroutine()) != nil
	k.mu.Unlock()
	if !framed {
		k.page.Wake()
	}
}

func (k *Kit) checkKeys(keys []string) error {
	var refused *session.Error
	err := k.Read(func(s *session.Session) {
		for _, key := range keys {
			if refused == nil {
				refused = s.CheckKey([]byte(key))
			}
		}
	})
	if err != nil {
		return err
	}
	return orNil(refused)
}

// RunCallback runs a callback for the page. The result is a JSON text, or nil.
func (k *Kit) RunCallback(id uint32, key string, args []byte) ([]byte, *session.Error) {
	c, ok := function[*callback](k, id)
	if !ok {
		return nil, failed("callback-unknown", "the callback has ended", "")
	}
	var result []byte
	err := k.run(&frame{what: c.what, fn: func() (err error) {
		result, err = c.fn(Event{Key: key, Args: args})
		return err
	}})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// RunListener tells a listener of changes.
func (k *Kit) RunListener(id uint32, changes []byte) *session.Error {
	l, ok := function[*listener](k, id)
	if !ok {
		return nil
	}
	return k.run(&frame{what: l.what, fn: func() error { return l.fn(changes) }})
}

// Start runs what the program begins with.
func (k *Kit) Start(setup func()) *session.Error {
	if setup == nil {
		return nil
	}
	return k.run(&frame{what: "the program's setup", fn: func() error {
		setup()
		return nil
	}})
}

// Go runs fn on a goroutine of its own. What it fails with is told to the page.
func (k *Kit) Go(fn func() error) {
	k.Goroutines.Add(1)
	go func() {
		defer k.Goroutines.Done()
		if err := k.protect("a goroutine", fn); err != nil && err != errEnded {
			k.Report(err)
		}
	}()
	k.stir()
}

// Report tells the page of an error that nobody else hears of.
func (k *Kit) Report(err *session.Error) {
	k.tell(News{Do: "error", Error: json.RawMessage(err.AppendJSON(nil))})
	k.page.Wake()
}

// Guard has judge asked about each value before it is stored under the key.
func (k *Kit) Guard(key string, judge func(session.Value) error) (stop func(), err error) {
	what := "the validator of " + strconv.Quote(key)
	err = k.Write(func(s *session.Session) *session.Error {
		ended, err := s.Guard(key, func(v session.Value) *session.Error { return k.judge(what, func() error { return judge(v) }) })
		if err != nil {
			return err.(*session.Error)
		}
		stop = func() {
			_ = k.Write(func(*session.Session) *session.Error {
				ended()
				return nil
			})
		}
		return nil
	})
	return stop, err
}

// judge runs a validator, in the middle of a write.
func (k *Kit) judge(what string, fn func() error) *session.Error {
	k.mu.Lock()
	k.judges++
	k.mu.Unlock()
	open := k.port.Shut()
	defer func() {
		open()
		k.mu.Lock()
		k.judges--
		k.mu.Unlock()
	}()
	err := k.run(&frame{what: what, fn: fn, judges: true})
	if err == nil {
		return nil
	}
	refusal := *err
	if err.Class == ErrCallback.Class && err.Code == "callback-failed" {
		refusal.Reason = err.Reason[len(what+" failed: "):]
	}
	if err.Class == ErrCallback.Class {
		refusal.Class, refusal.Code = session.ErrValidation.Class, "invalid-value"
		refusal.Hint = "Write a value that the key's validator accepts"
	}
	return &refusal
}

// Judge gives what the validator of a key in Go has against its value, or nil.
func (k *Kit) Judge(key string) (err *session.Error) {
	k.Drive(func(s *session.Session) { err = s.Judge(key) })
	return err
}

// Writes counts the uses of the session that may have changed it: the page sees from it
// whether a call did.
func (k *Kit) Writes() uint64 { return k.writes.Load() }
