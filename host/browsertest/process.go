package browsertest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"
)

// process is a program that a test started, with what it printed.
type process struct {
	command *exec.Cmd
	mark    string
	done    chan struct{}

	mutex   sync.Mutex
	printed bytes.Buffer
}

// lookProgram finds a program by its name.
func lookProgram(name string) (string, error) { return exec.LookPath(name) }

// startProcess starts a program in a process group of its own and ends the whole group when the test ends. mark is a
// text that every process it makes carries in its command line or environment, wherever it moves to; "" when there is none. When one of
// them is left after the test, the test fails. environment is added to that of the test.
//
// Where the system allows it, the program also ends when the test itself is killed, and then no cleanup runs.
func startProcess(t testing.TB, mark string, environment []string, name string, arguments ...string) (*process, error) {
	p := &process{command: exec.Command(name, arguments...), mark: mark, done: make(chan struct{})}
	p.command.Env = append(os.Environ(), environment...)
	p.command.Stdout, p.command.Stderr = p, p
	p.command.WaitDelay = time.Second
	ownGroup(p.command)
	started := make(chan error)
	go func() {
		// The system ends the program with the thread that started it, so that thread has to stay.
		runtime.LockOSThread()
		err := p.command.Start()
		started <- err
		if err == nil {
			_ = p.command.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Errorf("browsertest: ending %s: %v", name, err)
		}
	})
	return p, nil
}

// Write takes what the program prints.
func (p *process) Write(text []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.printed.Write(text)
}

// output returns what the program has printed so far.
func (p *process) output() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.printed.String()
}

// ended says whether the program has ended.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop asks the group to end, ends it by force when it does not, and returns an error when something is left.
func (p *process) stop() error {
	group := p.command.Process.Pid
	endGroup(group, false)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
	}
	var left []int
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		if left = leftovers(group, p.mark); len(left) == 0 && p.ended() {
			return nil
		}
		endGroup(group, true)
		endAll(left)
	}
	return fmt.Errorf("processes %v are left", left)
}
