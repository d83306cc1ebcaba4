package kit

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/tabstate/tabstate/wasm/session"
)

// A frame is one call of the page that is running a function of the program, on a
// goroutine of its own. The page waits for it, but for nothing that would need the
// page: a function that waits for a timer, a channel or an answer is left to itself,
// and its call has failed.
type frame struct {
	kit       *Kit
	goroutine uint64
	what      string // the name of the function
	fn        func() error
	err       *session.Error // what it ended with
	ended     bool
	left      bool // the page does not wait for it any more
	reads     map[string]bool
	all       bool // it read which keys there are
	judges    bool
}

// ErrCallback is the class of what goes wrong in the program's own functions.
var ErrCallback = &session.Error{Class: "SessionCallbackError"}

func failed(code, reason, hint string) *session.Error {
	return &session.Error{Class: ErrCallback.Class, Code: code, Reason: reason, Hint: hint}
}

// run runs the frame's function for the page.
func (k *Kit) run(f *frame) *session.Error {
	f.kit = k
	k.mu.Lock()
	k.frames = append(k.frames, f)
	k.mu.Unlock()
	k.page.Run(f.work)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unframe(f)
	if f.ended {
		return f.err
	}
	f.left = true
	if b := k.batches[f.goroutine]; b != nil {
		b.leave()
	}
	return failed("callback-blocked", f.what+" waits: for a timer, a channel, a lock or an answer, and the page cannot wait with it",
		"Do in app.Go what takes time; what was written until then stays")
}

// unframe ends a frame: nearly always the one that began last.
func (k *Kit) unframe(f *frame) {
	if last := len(k.frames) - 1; k.frames[last] == f {
		k.frames[last] = nil
		k.frames = k.frames[:last]
		return
	}
	k.frames = slices.DeleteFunc(k.frames, func(open *frame) bool { return open == f })
}

// work is what the goroutine of the frame does.
func (f *frame) work() {
	k := f.kit
	k.mu.Lock()
	f.goroutine = goroutine()
	k.mu.Unlock()
	var err *session.Error
	returned := false
	defer func() {
		if !returned {
			err = k.broken(f.what, recover())
		}
		k.mu.Lock()
		if !f.left {
			f.ended, f.err = true, err
		}
		k.mu.Unlock()
	}()
	err = asError(f.what, f.fn())
	returned = true
}

// protect runs a function of the program and makes an error of its panic.
func (k *Kit) protect(what string, fn func() error) (err *session.Error) {
	defer func() {
		if p := recover(); p != nil {
			err = k.broken(what, p)
		}
	}()
	return asError(what, fn())
}

// broken prints what a function panicked with, and gives it as an error; nil is none.
func (k *Kit) broken(what string, p any) *session.Error {
	if p == nil {
		return failed("callback-failed", what+" ended its goroutine", "Return from it instead of calling runtime.Goexit")
	}
	k.page.Print("tabstate: " + what + " panicked: " + fmt.Sprint(p) + "\n\n" + string(debug.Stack()))
	return failed("callback-panicked", what+" panicked: "+fmt.Sprint(p), "Its stack is on the console; with names in the debug build of the module")
}

// asError gives an error of the program as one of the session.
func asError(what string, err error) *session.Error {
	if err == nil {
		return nil
	}
	var own *session.Error
	if errors.As(err, &own) && own != nil {
		return own
	}
	return failed("callback-failed", what+" failed: "+err.Error(), "")
}

// frameOf gives the frame that runs on the goroutine, nil for one that no page waits for.
func (k *Kit) frameOf(id uint64) *frame {
	for i := len(k.frames) - 1; i >= 0; i-- {
		if f := k.frames[i]; f.goroutine == id {
			return f
		}
	}
	return nil
}

// noteRead tells the frame of the goroutine that it read the key, "" for which keys there are.
func (k *Kit) noteRead(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.frames) == 0 {
		return
	}
	if f := k.frameOf(goroutine()); f != nil && f.reads != nil {
		if key == "" {
			f.all = true
		} else {
			f.reads[key] = true
		}
	}
}
