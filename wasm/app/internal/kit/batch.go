package kit

import (
	"runtime"

	"github.com/tabstate/tabstate/wasm/session"
)

// A batch of a goroutine. One that waits in the middle of it has it undone: the
// session cannot wait.
type batch struct {
	goroutine uint64
	outer     *batch
	left      bool
}

var errBatchLeft = failed("batch-blocked", "a batch waited: for a timer, a channel, a lock or an answer, and was undone meanwhile",
	"Get what takes time first, and write it in the batch")

// leave gives up a batch and those around it.
func (b *batch) leave() {
	for ; b != nil; b = b.outer {
		b.left = true
	}
}

// Batch runs fn in a batch of the session: when it fails or panics, everything it
// wrote is undone (rule 23).
func (k *Kit) Batch(fn func() error) (err error) {
	id := goroutine()
	b := &batch{goroutine: id}
	if err := k.begin(b); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			k.end(b, false)
		}
	}()
	err = fn()
	done = true
	if left := k.end(b, err == nil); left != nil {
		return left
	}
	return err
}

// Alone runs fn while nobody else writes: in the turn that is open, or in a batch.
func (k *Kit) Alone(fn func() error) error {
	in := false
	id := goroutine()
	if k != nil {
		k.mu.Lock()
		framed := k.frameOf(id) != nil
		k.mu.Unlock()
		if framed {
			_ = k.Read(func(s *session.Session) { in = s.Open() > 0 })
		}
	}
	if in {
		return fn()
	}
	return k.Batch(fn)
}

func (k *Kit) begin(b *batch) error {
	if k == nil {
		return errEarly
	}
	s, own, err := k.waitFor(b.goroutine, true)
	if err != nil {
		return err
	}
	if s.Open() == 0 {
		s.KeepChanges()
	}
	s.Begin()
	k.mu.Lock()
	b.outer = k.batches[b.goroutine]
	k.batches[b.goroutine] = b
	k.mu.Unlock()
	if own == loose && k.loose == nil {
		k.loose = b // it keeps the session until it ends
	}
	if k.loose == nil {
		k.port.Give()
	}
	k.using.Unlock()
	return nil
}

// end commits a batch or undoes it.
func (k *Kit) end(b *batch, commit bool) error {
	for !k.using.TryLock() {
		runtime.Gosched()
	}
	defer k.using.Unlock()
	k.mu.Lock()
	if b.outer == nil {
		delete(k.batches, b.goroutine)
	} else {
		k.batches[b.goroutine] = b.outer
	}
	k.mu.Unlock()
	if b.left {
		return errBatchLeft
	}
	finish := func(s *session.Session) {
		if commit {
			s.Commit()
			return
		}
		// What the page may have seen meanwhile is not what is there now.
		var slots []uint32
		s.Touched(func(slot session.Slot) { slots = append(slots, uint32(s.Known(slot))) })
		s.Rollback()
		if s.Open() > 0 && len(slots) > 0 {
			k.tell(News{Do: "stale", Slots: slots})
		}
	}
	if k.loose == b {
		k.endLoose(finish)
		k.page.Wake()
		return nil
	}
	if k.loose != nil {
		finish(k.port.Inside())
		return nil
	}
	for {
		if s := k.port.Take(); s != nil {
			finish(s)
			k.port.Give()
			return nil
		}
		runtime.Gosched()
	}
}

// endLoose gives the session back that a goroutine's batch kept.
func (k *Kit) endLoose(finish func(*session.Session)) {
	finish(k.port.Inside())
	k.loose = nil
	k.port.Give()
}
