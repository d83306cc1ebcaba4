package kit

import (
	"github.com/tabstate/tabstate/wasm/session"
)

type rerun struct {
	id uint32 // its number in the session
	fn func() error
}

// Rerun runs fn now, and in each turn that changed what it read last time (rule 39).
func (k *Kit) Rerun(fn func() error) (stop func(), err error) {
	if k == nil {
		return nil, errEarly
	}
	if fn == nil {
		return nil, usage("argument-invalid", "a rerun is a function", "Give one")
	}
	r := &rerun{fn: fn}
	if err := k.Write(func(s *session.Session) *session.Error {
		r.id = s.OpenRerun()
		return nil
	}); err != nil {
		return nil, err
	}
	k.mu.Lock()
	id := k.number(r)
	k.mu.Unlock()
	// The session has its own numbers for reruns, the page asks by those.
	stop = k.told(News{Do: "rerun", ID: id, Slots: []uint32{r.id}}, func() {})
	end := func() {
		stop()
		_ = k.Write(func(s *session.Session) *session.Error {
			s.CloseRerun(r.id)
			return nil
		})
	}
	f := &frame{goroutine: goroutine(), reads: map[string]bool{}}
	k.mu.Lock()
	k.frames = append(k.frames, f)
	k.mu.Unlock()
	err = k.Batch(func() error { return orNil(k.protect("a rerun", fn)) })
	k.mu.Lock()
	k.unframe(f)
	k.mu.Unlock()
	if err == nil {
		err = k.Write(func(s *session.Session) *session.Error {
			f.setReads(s, r)
			return nil
		})
	}
	if err != nil {
		end()
		return nil, err
	}
	return end, nil
}

// RunRerun runs a rerun for the page.
func (k *Kit) RunRerun(id uint32) *session.Error {
	r, ok := function[*rerun](k, id)
	if !ok {
		return nil
	}
	f := &frame{what: "a rerun", fn: r.fn, reads: map[string]bool{}}
	err := k.run(f)
	k.Drive(func(s *session.Session) { f.setReads(s, r) })
	return err
}

// setReads tells the session what a rerun read.
func (f *frame) setReads(s *session.Session, r *rerun) {
	var slots []session.Slot
	for key := range f.reads {
		if slot, err := s.Pin([]byte(key)); err == nil { // a key that no session accepts never changes
			slots = append(slots, slot)
		}
	}
	reads := slots
	if f.all {
		reads = append(reads[:len(reads):len(reads)], 0)
	}
	s.SetReads(r.id, reads)
	for _, slot := range slots {
		s.Unpin(slot)
	}
}

// Again asks for one more pass of the reruns: of the open turn, or of one of its own.
func (k *Kit) Again() error {
	in := false
	err := k.Write(func(s *session.Session) *session.Error {
		if in = s.InTurn(); in {
			s.Again()
		}
		return nil
	})
	if err == nil && !in {
		k.tell(News{Do: "again"})
		k.stir()
	}
	return err
}

// Stop skips what of the open turn did not run yet.
func (k *Kit) Stop() error {
	return k.Write(func(s *session.Session) *session.Error {
		if s.InTurn() {
			s.Stop()
		}
		return nil
	})
}
