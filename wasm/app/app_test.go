package app_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/app"
	"github.com/tabstate/tabstate/wasm/app/apptest"
)

type point struct {
	X, Y float64
	Tags []string `json:"tags,omitempty"`
}

const (
	count  = app.Key[int]("count")
	where  = app.Key[point]("where")
	name   = app.Key[string]("name")
	list   = app.Key[[]int]("list")
	double = app.Key[int]("double")
)

// is tells whether the error has the class and the code.
func is(t *testing.T, err error, class *app.Error, code string) {
	t.Helper()
	require.Error(t, err)
	require.ErrorIs(t, err, &app.Error{Class: class.Class, Code: code})
}

func TestKey(t *testing.T) {
	apptest.Open(t, nil, apptest.Options{})
	_, ok := count.Get()
	require.False(t, ok)
	_, err := count.Require()
	is(t, err, app.ErrKey, "key-missing")
	require.Contains(t, err.Error(), `"count"`)
	require.Equal(t, 7, count.Or(7))
	require.NoError(t, count.Update(func(n int) int { return n + 1 }))
	require.NoError(t, count.Init(5))
	require.Equal(t, 1, count.Or(0))
	require.True(t, count.Has())
	deleted, err := count.Delete()
	require.NoError(t, err)
	require.True(t, deleted)
	require.False(t, count.Has())

	// Isolation: what is written and what is read are copies (rule 9).
	p := point{1, 2, []string{"a"}}
	require.NoError(t, where.Set(p))
	p.Tags[0] = "changed"
	got, ok := where.Get()
	require.True(t, ok)
	require.Equal(t, point{1, 2, []string{"a"}}, got)
	got.Tags[0] = "changed"
	again, _ := where.Get()
	require.Equal(t, []string{"a"}, again.Tags)

	// Another type than the value's.
	require.NoError(t, name.Set("text"))
	_, ok = app.Key[int]("name").Get()
	require.False(t, ok)
	err = app.Key[int]("name").Update(func(n int) int { return n })
	is(t, err, app.ErrUsage, "type-mismatch")
	require.Equal(t, "text", name.Or(""))

	text, err := app.Snapshot()
	require.NoError(t, err)
	require.Equal(t, `{"where":{"X":1,"Y":2,"tags":["a"]},"name":"text"}`, string(text))
	require.NoError(t, app.Clear())
	require.NoError(t, app.Restore(text))
	keys, err := app.Keys()
	require.NoError(t, err)
	require.Equal(t, []string{"where", "name"}, keys)
	is(t, app.Restore([]byte("{")), app.ErrSyntax, "invalid-json")
}

// TestKeyRefuses: nothing changes, and the error names key, place and type (rules 4, 16 to 18).
func TestKeyRefuses(t *testing.T) {
	apptest.Open(t, nil, apptest.Options{})
	require.NoError(t, where.Set(point{}))
	err := where.Set(point{X: math.NaN()})
	is(t, err, app.ErrUnserializable, "unserializable")
	var own *app.Error
	require.ErrorAs(t, err, &own)
	require.Equal(t, []string{"where", "/X", "NaN"}, []string{own.Key, own.Path, own.Type})
	is(t, app.Key[chan int]("c").Set(nil), app.ErrUnserializable, "unserializable")
	is(t, app.Key[string]("s").Set("\xff"), app.ErrSyntax, "invalid-utf8")
	is(t, app.Key[int]("").Set(1), app.ErrKey, "key-empty")
	is(t, app.Key[int]("$$x").Set(1), app.ErrKey, "key-reserved")
	is(t, app.Key[int]("\xff").Set(1), app.ErrKey, "key-not-text")
	is(t, app.Key[int](strings.Repeat("k", 2000)).Set(1), app.ErrLimit, "key-too-long")
	require.Equal(t, point{}, where.Or(point{X: 1}))
}

// TestBeforeAndAfter: without a session there is an error, never a panic (rule 47).
func TestBeforeAndAfter(t *testing.T) {
	calls := map[string]func() error{
		"Set": func() error { return count.Set(1) }, "Init": func() error { return count.Init(1) }, "Update": func() error { return count.Update(func(n int) int { return n }) },
		"Require":   func() error { _, err := count.Require(); return err },
		"Delete":    func() error { _, err := count.Delete(); return err },
		"Subscribe": func() error { _, err := count.Subscribe(func(int, app.Change) {}); return err },
		"Validate":  func() error { _, err := count.Validate(func(int) error { return nil }); return err },
		"Keys":      func() error { _, err := app.Keys(); return err },
		"Snapshot":  func() error { _, err := app.Snapshot(); return err },
		"Restore":   func() error { return app.Restore([]byte("{}")) },
		"Batch":     func() error { return app.Batch(func() error { return nil }) },
		"Undo":      func() error { _, err := app.Undo(); return err },
		"Rerun":     func() error { _, err := app.Rerun(func() error { return nil }); return err },
		"Request":   app.RequestRerun, "Stop": app.Stop, "Clear": app.Clear,
		"Computed": func() error { _, err := app.Computed(double, func() (int, error) { return 1, nil }); return err },
	}
	for what, call := range calls {
		require.ErrorIs(t, call(), app.ErrReady, what)
	}
	_, err := app.Callback("x", func(*app.Event) error { return nil })
	require.ErrorIs(t, err, app.ErrReady)
	t.Run("destroyed", func(t *testing.T) {
		page := apptest.Open(t, nil, apptest.Options{})
		page.Destroy()
		for what, call := range calls {
			require.ErrorIs(t, call(), app.ErrDestroyed, what)
		}
	})
}

func adder() {
	_ = count.Init(0)
	_, _ = app.Callback("add", func(e *app.Event) error {
		n := 1
		if err := e.Args(&n); err != nil && !errors.Is(err, &app.Error{Class: app.ErrUsage.Class, Code: "args-missing"}) {
			return err
		}
		return count.Update(func(c int) int { return c + n })
	})
}

func TestCallback(t *testing.T) {
	page := apptest.Open(t, adder, apptest.Options{Values: map[string]any{"count": 40}})
	page.Click("add")
	page.Click("add", 2)
	require.Equal(t, 43, count.Or(0))
	require.Equal(t, []string{"callback add", "callback add"}, page.Order())
	_, err := app.Callback("add", func(*app.Event) error { return nil })
	is(t, err, app.ErrUsage, "callback-taken")
	_, err = app.Callback("none", nil)
	is(t, err, app.ErrUsage, "argument-invalid")

	stop, err := app.Callback("sum", func(e *app.Event) error {
		var a, b float64
		if err := e.Args(&a, &b); err != nil {
			return err
		}
		return e.Return(a + b)
	})
	require.NoError(t, err)
	var sum float64
	require.NoError(t, page.Call("sum", &sum, 1, 2.5))
	require.Equal(t, 3.5, sum)
	is(t, page.Call("sum", nil, 1), app.ErrUsage, "args-missing")
	is(t, page.Call("sum", nil, 1, "x"), app.ErrUsage, "type-mismatch")
	stop()
	stop()
	is(t, page.Call("sum", nil), app.ErrUsage, "callback-unknown")

	_, err = app.Callback("list", func(e *app.Event) error {
		var all []int
		if err := e.Args(&all); err != nil {
			return err
		}
		if err := list.Set(all); err != nil {
			return err
		}
		return e.Return(func() {})
	})
	require.NoError(t, err)
	err = page.Call("list", nil, 1, 2, 3)
	is(t, err, app.ErrUnserializable, "unserializable")
	require.Equal(t, []int{1, 2, 3}, list.Or(nil))
	require.Empty(t, page.Errors(), "thrown to the caller, and reported to nobody else")
}

// TestTurn: values, callbacks, reruns, then listeners; what fails skips the rest (rules 36 to 39).
func TestTurn(t *testing.T) {
	fail, awake := "", make(chan bool)
	page := apptest.Open(t, func() {
		must := func(_ func(), err error) { require.NoError(t, err) }
		must(app.Callback("changed", func(e *app.Event) error {
			var v string
			require.NoError(t, e.Value(&v))
			require.Equal(t, name.Or(""), v)
			require.Equal(t, "name", e.Key())
			switch fail {
			case "error":
				return errors.New("on purpose")
			case "panic":
				var none []int
				_ = none[len(v)]
			case "goexit":
				runtime.Goexit()
			case "sleep":
				if err := count.Set(99); err != nil {
					return err
				}
				<-awake
				return count.Set(100)
			case "stop":
				return app.Stop()
			case "again":
				return app.RequestRerun()
			}
			return count.Set(len(v))
		}))
		must(app.Rerun(func() error { return double.Set(2 * count.Or(0)) }))
		must(app.Rerun(func() error { list.Get(); return nil }))
		must(count.Subscribe(func(n int, c app.Change) {
			var old int
			_ = c.Old(&old)
			_ = name.Set(fmt.Sprintf("%s %d→%d by %s", name.Or(""), old, n, c.Origin()))
		}))
	}, apptest.Options{})
	w := page.Connect(apptest.Widget{Key: "name", Callback: "changed"})
	page.Order()

	w.Input("abc")
	require.Equal(t, []string{"callback changed", "rerun 1", "listener count"}, page.Order())
	require.Equal(t, 6, double.Or(0))
	require.Equal(t, "abc 0→3 by callback", name.Or(""))

	for mode, code := range map[string]string{"error": "callback-failed", "panic": "callback-panicked", "goexit": "callback-failed", "sleep": "callback-blocked"} {
		fail = mode
		page.Order()
		w.Input("was " + mode)
		found := page.Errors()
		require.Len(t, found, 1, mode)
		is(t, found[0], app.ErrCallback, code)
		require.NotContains(t, page.Order(), "rerun 1", mode)
		require.True(t, strings.HasPrefix(name.Or(""), "was "+mode), "what was written stays")
		if mode == "sleep" {
			require.Equal(t, 99, count.Or(0))
			close(awake)
			require.Eventually(t, func() bool { return count.Or(0) == 100 }, 10*time.Second, time.Millisecond, "it goes on by itself")
			page.Wait()
		}
	}
	fail = "stop"
	page.Order()
	w.Input("x")
	require.Equal(t, []string{"callback changed"}, page.Order())
	fail = "again"
	w.Input("y")
	require.Equal(t, []string{"callback changed", "rerun 1", "rerun 2"}, page.Order())
	require.NoError(t, app.RequestRerun())
	require.Equal(t, []string{"rerun 1", "rerun 2"}, page.Order())
}

func TestTransaction(t *testing.T) {
	page := apptest.Open(t, func() {
		_, _ = app.Callback("fails", func(*app.Event) error {
			_ = count.Set(5)
			return errors.New("on purpose")
		})
	}, apptest.Options{})
	w := page.Connect(apptest.Widget{Key: "name", Callback: "fails", Transaction: true, Default: "html"})
	w.Input("typed")
	require.Len(t, page.Errors(), 1)
	require.False(t, count.Has())
	require.Equal(t, "html", name.Or(""))
}

// TestComputed: lazy, cached, glitch-free, readable and heard like a key, not writable (rule 24).
func TestComputed(t *testing.T) {
	runs := 0
	const more = app.Key[int]("more")
	var heard []int
	page := apptest.Open(t, func() {
		_ = count.Set(1)
		_, err := app.Computed(double, func() (int, error) {
			runs++
			n, err := count.Require()
			if n == 13 {
				return 0, errors.New("unlucky")
			}
			return 2 * n, err
		}, count)
		require.NoError(t, err)
		_, err = app.Computed(more, func() (int, error) { return double.Or(-100) + count.Or(0), nil }, double, count)
		require.NoError(t, err)
		_, err = more.Subscribe(func(n int, c app.Change) { heard = append(heard, n) })
		require.NoError(t, err)
	}, apptest.Options{})
	require.Equal(t, 2, double.Or(0))
	before := runs
	require.Equal(t, 2, double.Or(0))
	require.Equal(t, before, runs)
	require.NoError(t, count.Set(2))
	require.Equal(t, []int{4, 6}, []int{double.Or(0), more.Or(0)})
	require.Equal(t, before+1, runs)
	page.Wait()
	require.Equal(t, []int{6}, heard)
	require.Error(t, app.Batch(func() error {
		_ = count.Set(50)
		require.Equal(t, 100, double.Or(0))
		return errors.New("roll back")
	}))
	require.Equal(t, 4, double.Or(0))
	is(t, double.Set(3), app.ErrKey, "key-computed")
	require.NoError(t, count.Set(13))
	_, err := double.Require()
	is(t, err, app.ErrCallback, "callback-failed")
	require.NoError(t, count.Set(14))
	require.Equal(t, 28, double.Or(0))
	keys, err := app.Keys()
	require.NoError(t, err)
	require.Equal(t, []string{"count"}, keys)
	_, err = app.Computed(double, func() (int, error) { return 1, nil })
	is(t, err, app.ErrKey, "key-taken")
	_, err = app.Computed(count, func() (int, error) { return 1, nil })
	is(t, err, app.ErrKey, "key-taken")

	const a, b = app.Key[int]("a"), app.Key[int]("b")
	_, err = app.Computed(a, func() (int, error) { return b.Require() }, b)
	require.NoError(t, err)
	stop, err := app.Computed(b, func() (int, error) { return a.Require() }, a)
	require.NoError(t, err)
	_, err = a.Require()
	is(t, err, app.ErrUsage, "computed-cycle")
	stop()
	require.NoError(t, b.Set(7))
	require.Equal(t, 7, a.Or(0))
}

// TestComputedByTwo: goroutines compute one value at the same time, and afterwards neither is taken for one that still does (rule 24).
func TestComputedByTwo(t *testing.T) {
	var waits atomic.Bool
	entered := make(chan chan bool)
	apptest.Open(t, func() {
		_ = count.Set(1)
		_, err := app.Computed(double, func() (int, error) {
			n := count.Or(0)
			if waits.Load() {
				leave := make(chan bool)
				entered <- leave
				<-leave
			}
			return 2 * n, nil
		}, count)
		require.NoError(t, err)
	}, apptest.Options{})
	asks, answers := make(chan bool), make(chan int)
	defer close(asks)
	for range 2 {
		go func() {
			for range asks {
				answers <- double.Or(-1)
			}
		}()
	}
	waits.Store(true)
	asks <- true
	first := <-entered
	asks <- true
	second := <-entered
	waits.Store(false)
	close(first)
	require.Equal(t, 2, <-answers)
	close(second)
	require.Equal(t, 2, <-answers)
	require.NoError(t, count.Set(2))
	asks <- true
	asks <- true
	require.Equal(t, []int{4, 4}, []int{<-answers, <-answers})
}

// TestValidate: a validator in Go guards every door, and judges only (rule 20).
func TestValidate(t *testing.T) {
	never := make(chan bool)
	defer close(never)
	page := apptest.Open(t, func() {
		_, err := count.Validate(func(n int) error {
			switch {
			case n == 66:
				panic("on purpose")
			case n == 77:
				<-never
			case n == 88:
				return name.Set("a validator changes nothing")
			case n > 10+len(name.Or("")):
				return errors.New("too many")
			}
			return nil
		})
		require.NoError(t, err)
		_, err = where.Validate(func(p point) error {
			if len(p.Tags) > 1 {
				return app.Invalid("/tags/1", "one tag is enough")
			}
			return nil
		})
		require.NoError(t, err)
	}, apptest.Options{History: 10})
	refused := func(err error) {
		t.Helper()
		is(t, err, app.ErrValidation, "invalid-value")
		require.Equal(t, 5, count.Or(0))
	}
	require.NoError(t, count.Set(5))
	refused(count.Set(11))
	var own *app.Error
	require.ErrorAs(t, count.Set(11), &own)
	require.Equal(t, []string{"count", "", "too many"}, []string{own.Key, own.Path, own.Reason})
	refused(count.Set(66))
	refused(count.Set(77))
	is(t, count.Set(88), app.ErrUsage, "session-busy")
	refused(app.Key[string]("count").Set("text"))
	refused(app.Restore([]byte(`{"count":11}`)))
	refused(count.Update(func(int) int { return 12 }))
	refused(app.Batch(func() error {
		require.NoError(t, count.Set(6))
		return count.Set(11)
	}))
	require.ErrorAs(t, where.Set(point{Tags: []string{"a", "b"}}), &own)
	require.Equal(t, "/tags/1", own.Path)
	require.Equal(t, "one tag is enough", own.Reason)

	// Undo meets it as any other door does.
	require.NoError(t, name.Set("ten chars."))
	require.NoError(t, count.Set(20))
	require.NoError(t, count.Set(1))
	require.NoError(t, name.Set(""))
	undo := func() bool { was, err := app.Undo(); require.NoError(t, err); return was }
	require.True(t, undo())
	require.True(t, undo())
	require.Equal(t, 20, count.Or(0))
	require.NoError(t, count.Set(1))
	require.NoError(t, app.Batch(func() error {
		_, err := name.Delete()
		return err
	}))
	_, err := app.Undo()
	require.NoError(t, err)

	// A widget: its default is not judged, its input is.
	w := page.Connect(apptest.Widget{Key: "count", Kind: apptest.Number})
	w.Input(300)
	found := page.Errors()
	require.Len(t, found, 1)
	is(t, found[0], app.ErrValidation, "invalid-value")
	require.Equal(t, 1, count.Or(0))
	inForm := page.Connect(apptest.Widget{Key: "where2", Form: "f"})
	inForm.Input("x")

	_, err = count.Validate(func(int) error { return nil })
	is(t, err, app.ErrUsage, "validator-taken")
}

// TestForm: values wait until the form is submitted (rules 40 and 41).
func TestForm(t *testing.T) {
	page := apptest.Open(t, func() {
		_, _ = app.Callback("save", func(e *app.Event) error { return list.Set([]int{len(name.Or("")), count.Or(0)}) })
	}, apptest.Options{})
	text := page.Connect(apptest.Widget{Key: "name", Form: "f", Default: ""})
	number := page.Connect(apptest.Widget{Key: "count", Kind: apptest.Number, Form: "f", Default: 1})
	save := page.Connect(apptest.Widget{Kind: apptest.Button, Callback: "save", Form: "f"})
	text.Input("abc")
	number.Input(7)
	require.Equal(t, "", name.Or("?"))
	var shown string
	text.Shows(&shown)
	require.Equal(t, "abc", shown)
	save.Click()
	require.Equal(t, []int{3, 7}, list.Or(nil))
	require.Equal(t, []string{"callback save"}, page.Order())
	text.Input("z")
	page.Submit("f")
	require.Equal(t, "z", name.Or(""))
	require.Empty(t, page.Order())
}

// TestSubscribe: one delivery, rounds, a cycle that ends, and a listener that ends itself (rules 21 and 22).
func TestSubscribe(t *testing.T) {
	page := apptest.Open(t, nil, apptest.Options{})
	var told []string
	var stop func()
	stop, err := count.Subscribe(func(n int, c app.Change) {
		told = append(told, fmt.Sprint("count ", n, " ", c.Gone()))
		if n == 3 {
			stop()
		}
	})
	require.NoError(t, err)
	_, err = app.Subscribe(func(changes []app.Change) {
		for _, c := range changes {
			told = append(told, "all "+c.Key())
		}
	})
	require.NoError(t, err)
	_, err = app.Subscribe(func(changes []app.Change) { told = append(told, fmt.Sprint("two of ", len(changes))) }, count, name)
	require.NoError(t, err)
	_, err = app.Key[int]("").Subscribe(func(int, app.Change) {})
	is(t, err, app.ErrKey, "key-empty")
	page.Wait()
	require.NoError(t, app.Batch(func() error {
		_ = count.Set(1)
		_ = name.Set("n")
		return count.Set(2)
	}))
	page.Wait()
	require.Equal(t, []string{"count 2 false", "two of 2", "all count", "all name"}, told)
	told = nil
	_, _ = count.Delete()
	page.Wait()
	require.Equal(t, []string{"count 0 true", "two of 1", "all count"}, told)
	_ = count.Set(3)
	page.Wait()
	told = nil
	_ = count.Set(4)
	page.Wait()
	require.Equal(t, []string{"two of 1", "all count"}, told)

	_, err = list.Subscribe(func(l []int, _ app.Change) { _ = list.Set(append(l, 1)) })
	require.NoError(t, err)
	_ = list.Set(nil)
	found := page.Errors()
	require.Len(t, found, 1)
	is(t, found[0], app.ErrUsage, "listener-cycle")
	_ = name.Set("x")
	_, err = app.Key[int]("name").Subscribe(func(int, app.Change) { t.Error("it is no number") })
	require.NoError(t, err)
	_ = name.Set("y")
	is(t, page.Errors()[0], app.ErrUsage, "type-mismatch")
}

// TestGoroutines: what they write is heard, wherever they run; a batch that waits is undone.
func TestGoroutines(t *testing.T) {
	heard := 0
	page := apptest.Open(t, func() {
		_, _ = count.Subscribe(func(int, app.Change) { heard++ })
		_, _ = app.Callback("start", func(*app.Event) error {
			for range 8 {
				app.Go(func() error {
					for range 50 {
						if err := count.Update(func(n int) int { return n + 1 }); err != nil {
							return err
						}
						time.Sleep(time.Microsecond)
					}
					return nil
				})
			}
			app.Go(func() error { panic("on purpose") })
			app.Go(func() error { return errors.New("on purpose") })
			return nil
		})
		_, _ = app.Callback("waits for another", func(*app.Event) error {
			var wg sync.WaitGroup
			wg.Add(1)
			go func() {
				defer wg.Done()
				_ = name.Set("by a goroutine")
			}()
			wg.Wait()
			return nil
		})
	}, apptest.Options{})
	page.Click("start")
	page.Wait()
	require.Equal(t, 400, count.Or(0))
	require.Positive(t, heard)
	found := page.Errors()
	require.Len(t, found, 2)

	page.Click("waits for another")
	is(t, page.Errors()[0], app.ErrCallback, "callback-blocked")
	require.Eventually(t, func() bool { return name.Or("") == "by a goroutine" }, 10*time.Second, time.Millisecond)
}

// TestBatch: what fails is undone, inside and outside (rule 23).
func TestBatch(t *testing.T) {
	apptest.Open(t, nil, apptest.Options{})
	require.NoError(t, count.Set(1))
	failed := errors.New("on purpose")
	require.ErrorIs(t, app.Batch(func() error {
		require.NoError(t, count.Set(2))
		require.NoError(t, app.Batch(func() error { return name.Set("inner") }))
		require.Equal(t, "inner", name.Or(""))
		require.ErrorIs(t, app.Batch(func() error {
			_ = count.Set(3)
			return failed
		}), failed)
		require.Equal(t, 2, count.Or(0))
		return failed
	}), failed)
	require.Equal(t, 1, count.Or(0))
	require.False(t, name.Has())
	require.Panics(t, func() {
		_ = app.Batch(func() error {
			_ = count.Set(5)
			panic("on purpose")
		})
	})
	require.Equal(t, 1, count.Or(0))
}
