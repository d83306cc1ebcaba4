package kit

import (
	"runtime"
	"time"

	"github.com/tabstate/tabstate/wasm/session"
)

var (
	errEnded = &session.Error{Class: "SessionDestroyedError", Code: "session-destroyed", Reason: "the session has ended", Hint: "Stop the goroutine"}
	errEarly = &session.Error{Class: "SessionNotReadyError", Code: "not-open", Reason: "the session is not open yet", Hint: "Use it in the function that app.Main is given, or later"}
	errJudge = &session.Error{Class: session.ErrUsage.Class, Code: "session-busy", Reason: "a validator runs, which may read the session but not change it",
		Hint: "Return an error to refuse the value"}
)

// turns is how often a goroutine lets the others run before it sleeps.
const turns = 20

// Read lets fn read the session. The session's own bytes are good until fn returns.
func (k *Kit) Read(fn func(*session.Session)) error {
	return k.use(false, func(s *session.Session) *session.Error {
		fn(s)
		return nil
	})
}

// Write lets fn change the session. A goroutine that no page waits for waits until
// nobody else is at it, and the page hears of what it changed.
func (k *Kit) Write(fn func(*session.Session) *session.Error) error { return k.use(true, fn) }

func (k *Kit) use(writes bool, fn func(*session.Session) *session.Error) error {
	if k == nil {
		return errEarly
	}
	s, own, err := k.waitFor(goroutine(), writes)
	if err != nil {
		return err
	}
	if own == judging {
		return orNil(fn(s))
	}
	alone := s.Open() == 0
	if writes {
		k.writes.Add(1)
	}
	if writes && alone {
		s.KeepChanges()
	}
	err = orNil(fn(s))
	changed := s.Changed()
	if writes && alone && changed == 0 {
		s.Told()
	}
	if k.loose == nil {
		k.port.Give()
	}
	k.using.Unlock()
	if writes && own == loose && changed > 0 {
		k.page.Wake()
		if changed > 1000 {
			time.Sleep(time.Millisecond) // so that the page hears of them before there are too many
		}
	}
	return err
}

// waitFor is take, as often as somebody else has the session: that one needs this
// goroutine out of the way, and perhaps the page.
func (k *Kit) waitFor(id uint64, writes bool) (*session.Session, user, error) {
	for i := 0; ; i++ {
		s, own, err := k.take(id, writes)
		if s != nil || err != nil {
			return s, own, err
		}
		if i < turns {
			runtime.Gosched()
		} else {
			time.Sleep(time.Millisecond)
		}
	}
}

// Who uses the session.
type user int

const (
	loose   user = iota // a goroutine that no page waits for
	framed              // one that the page waits for
	judging             // a validator
)

// take gives the session to the goroutine, which holds using then, unless it is a
// validator; nil when somebody else has it.
func (k *Kit) take(id uint64, writes bool) (*session.Session, user, error) {
	own := loose
	k.mu.Lock()
	f := k.frameOf(id)
	b := k.batches[id]
	k.mu.Unlock()
	if f != nil {
		own = framed
	}
	if b != nil && b.left {
		return nil, own, errBatchLeft
	}
	if f != nil && f.judges {
		if writes {
			return nil, own, errJudge
		}
		return k.port.Inside(), judging, nil
	}
	if !k.using.TryLock() {
		return nil, own, nil
	}
	if k.closed {
		k.using.Unlock()
		return nil, own, errEnded
	}
	if k.loose != nil && k.loose.goroutine == id {
		return k.port.Inside(), own, nil
	}
	s := k.port.Take()
	if s == nil && k.port.Inside() == nil {
		k.using.Unlock()
		return nil, own, errEarly
	}
	if s != nil && (own == framed || s.Open() == 0) {
		return s, own, nil
	}
	if s != nil {
		k.port.Give()
	}
	k.using.Unlock()
	return nil, own, nil
}

// regain is asked by a call of the page that finds the session taken. A goroutine
// that the garbage collector stopped in the middle goes on and gives it back; a batch
// that waits for something is undone.
func (k *Kit) regain() bool {
	id := goroutine()
	for range 1000 {
		k.mu.Lock()
		f := k.frameOf(id)
		shut := k.judges > 0
		k.mu.Unlock()
		if shut || f != nil && f.judges || k.loose != nil && k.loose.goroutine == id {
			return false
		}
		if k.port.Free() {
			return true
		}
		runtime.Gosched()
	}
	if b := k.loose; b != nil && k.using.TryLock() {
		b.leave()
		k.endLoose(func(s *session.Session) {
			for s.Open() > 0 {
				s.Rollback()
			}
		})
		k.using.Unlock()
	}
	return k.port.Free()
}

// Drive lets fn use the session for the page itself, whatever is open.
func (k *Kit) Drive(fn func(*session.Session)) {
	for i := 1; ; i++ {
		if k.using.TryLock() {
			if s := k.port.Take(); s != nil {
				fn(s)
				k.port.Give()
				k.using.Unlock()
				return
			}
			k.using.Unlock()
		}
		if i%turns == 0 {
			k.regain()
		}
		runtime.Gosched()
	}
}
