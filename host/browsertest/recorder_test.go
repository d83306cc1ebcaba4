package browsertest_test

import (
	"fmt"
	"runtime"
	"testing"
)

// recorder is a testing.TB that keeps what it is told instead of failing.
type recorder struct {
	testing.TB
	text string
}

func (r *recorder) Errorf(format string, arguments ...any) {
	r.text += fmt.Sprintf(format, arguments...) + "\n"
}

func (r *recorder) Fatalf(format string, arguments ...any) {
	r.Errorf(format, arguments...)
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, arguments ...any) { r.Fatalf("skipped: "+format, arguments...) }

// run calls fn, which may end early by Fatalf.
func (r *recorder) run(fn func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	<-done
}
