package browsertest_test

import (
	"fmt"
	"runtime"
	"testing"
)

// recorder is a testing.TB that keeps what it is told instead of failing.
type recorder struct {
	testing.TB
	text     string
	cleanups []func()
}

func (r *recorder) Errorf(format string, arguments ...any) {
	r.text += fmt.Sprintf(format, arguments...) + "\n"
}

func (r *recorder) Fatalf(format string, arguments ...any) {
	r.Errorf(format, arguments...)
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, arguments ...any) { r.Fatalf("skipped: "+format, arguments...) }

func (r *recorder) Failed() bool { return r.text != "" }

func (r *recorder) Cleanup(fn func()) { r.cleanups = append(r.cleanups, fn) }

// run calls fn, which may end early by Fatalf, and then what is to be cleaned up.
func (r *recorder) run(fn func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	<-done
	for _, fn := range r.cleanups {
		fn()
	}
	r.cleanups = nil
}
