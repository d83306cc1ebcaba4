// A program of the page's own, as the scenario of host/scenario/gokit.go drives it.
package main

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/tabstate/tabstate/wasm/app"
)

type point struct {
	X, Y int
	Tags []string `json:"tags,omitempty"`
}

const (
	count   = app.Key[int]("go:count")
	text    = app.Key[string]("go:text")
	where   = app.Key[point]("go:where")
	double  = app.Key[int]("go:double")
	guarded = app.Key[int]("go:guarded")
	log     = app.Key[[]string]("go:log")
	climbs  = app.Key[int]("go:climbs")
	top     = app.Key[int]("go:top")
)

func note(line string) error {
	return log.Update(func(l []string) []string { return append(l, line) })
}

func main() { app.Main(setup) }

func setup() {
	check(count.Init(0))
	callback("add", func(*app.Event) error { return count.Update(func(n int) int { return n + 1 }) })
	callback("nothing", func(*app.Event) error { return nil })
	callback("sum", func(e *app.Event) error {
		var a, b float64
		if err := e.Args(&a, &b); err != nil {
			return err
		}
		return e.Return(map[string]any{"sum": a + b})
	})
	callback("move", func(e *app.Event) error {
		return where.Update(func(p point) point {
			p.X++
			p.Tags = append(p.Tags, "moved by "+e.Key())
			return p
		})
	})
	callback("batch", func(*app.Event) error {
		err := app.Batch(func() error {
			check(count.Set(1000))
			return errors.New("undone")
		})
		return note(err.Error())
	})
	callback("fails", func(*app.Event) error {
		check(text.Set("written before"))
		return errors.New("on purpose")
	})
	callback("panics", func(*app.Event) error {
		check(text.Set("written before the panic"))
		var none []int
		_ = none[count.Or(0)]
		return nil
	})
	callback("goexit", func(*app.Event) error { runtime.Goexit(); return nil })
	callback("sleeps", func(*app.Event) error {
		check(text.Set("asleep"))
		time.Sleep(20 * time.Millisecond)
		return text.Set("awake")
	})
	callback("waits", func(*app.Event) error {
		made := make(chan int)
		<-made
		return nil
	})
	callback("lets others run", func(*app.Event) error {
		var wg sync.WaitGroup
		total := make(chan int, 100)
		for i := range 100 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				total <- i
			}()
		}
		wg.Wait()
		close(total)
		sum := 0
		for n := range total {
			sum += n
		}
		return count.Set(sum)
	})
	callback("garbage", func(*app.Event) error {
		kept := [][]byte{}
		for i := range 20000 {
			kept = append(kept, make([]byte, 4096))
			if len(kept) > 100 {
				kept = nil
			}
			if i%1000 == 0 {
				check(count.Set(i))
			}
		}
		return nil
	})
	callback("ticks", func(*app.Event) error {
		app.Go(func() error {
			for i := range 5 {
				time.Sleep(2 * time.Millisecond)
				if err := count.Set(100 + i); err != nil {
					return err
				}
			}
			return note("ticked")
		})
		return nil
	})
	callback("many goroutines", func(*app.Event) error {
		for range 20 {
			app.Go(func() error {
				for range 10 {
					check(count.Update(func(n int) int { return n + 1 }))
					time.Sleep(time.Millisecond)
				}
				return nil
			})
		}
		return nil
	})
	callback("goroutine panics", func(*app.Event) error {
		app.Go(func() error { panic("in a goroutine") })
		app.Go(func() error { return errors.New("of a goroutine") })
		return nil
	})
	callback("batch sleeps", func(*app.Event) error {
		app.Go(func() error {
			err := app.Batch(func() error {
				for {
					if err := count.Set(-1); err != nil {
						return err // the page has taken the session
					}
					time.Sleep(20 * time.Millisecond)
				}
			})
			return note(err.(*app.Error).Code)
		})
		return nil
	})
	callback("calls JavaScript", func(*app.Event) error {
		fn, err := app.Ref("js:fn")
		if err != nil {
			return err
		}
		result, err := fn.Invoke("from Go")
		if err != nil {
			return note("thrown: " + err.Error())
		}
		s, err := result.String()
		if err != nil {
			return err
		}
		return note("returned: " + s)
	})
	callback("ref", func(e *app.Event) error {
		var key string
		if err := e.Args(&key); err != nil {
			return err
		}
		v, err := app.Ref(key)
		if err != nil {
			return err
		}
		return e.Return(v.Type().String())
	})
	callback("set ref", func(e *app.Event) error {
		fn, err := safejs.Global().Get("parseInt")
		if err != nil {
			return err
		}
		return app.SetRef("go:ref", fn)
	})
	callback("fetches", func(e *app.Event) error {
		var url string
		if err := e.Args(&url); err != nil {
			return err
		}
		app.Go(func() error {
			promise, err := safejs.Global().Call("fetch", url)
			if err != nil {
				return err
			}
			response, err := app.Await(promise)
			if err != nil {
				return note(strings.SplitN(err.Error(), ":", 2)[0])
			}
			if promise, err = response.Call("text"); err != nil {
				return err
			}
			body, err := app.Await(promise)
			if err != nil {
				return err
			}
			s, err := body.String()
			if err != nil {
				return err
			}
			return text.Set(s)
		})
		return nil
	})
	callback("runs a callback", func(e *app.Event) error {
		fn, err := app.Ref("js:call")
		if err != nil {
			return err
		}
		var name string
		if err := e.Args(&name); err != nil {
			return err
		}
		result, err := fn.Invoke(name)
		if err != nil {
			return note("refused: " + err.Error())
		}
		s, _ := result.String()
		return note("called " + name + s)
	})
	callback("destroy", func(*app.Event) error {
		fn, err := app.Ref("js:destroy")
		if err != nil {
			return err
		}
		if _, err := fn.Invoke(); err != nil {
			return err
		}
		err = count.Set(1)
		var own *app.Error
		if !errors.As(err, &own) || own.Code != "session-destroyed" {
			println("a write after destroy: no error")
		}
		return nil
	})

	// While it is computed, a goroutine writes what it is computed from.
	_, err := app.Computed(top, func() (int, error) {
		n := climbs.Or(0)
		if n%10 != 0 {
			app.Go(func() error { return climbs.Update(func(n int) int { return n + 1 }) })
		}
		return n, nil
	}, climbs)
	check(err)
	_, err = app.Computed(double, func() (int, error) {
		n, err := count.Require()
		if n == 13 {
			return 0, errors.New("unlucky")
		}
		return 2 * n, err
	}, count)
	check(err)
	_, err = app.Rerun(func() error { return app.Key[int]("go:follows").Set(count.Or(0) + 1) })
	check(err)
	_, err = where.Subscribe(func(p point, c app.Change) {
		var old point
		_ = c.Old(&old)
		check(app.Key[[]any]("go:moved").Set([]any{old.X, p.X, c.Origin(), c.Gone()}))
	})
	check(err)
	_, err = guarded.Validate(func(n int) error {
		switch n {
		case 66:
			panic("on purpose")
		case 77:
			time.Sleep(5 * time.Millisecond)
		}
		if n > 10 {
			return app.Invalid("", "more than ten")
		}
		return nil
	})
	check(err)
}

func callback(name string, fn func(*app.Event) error) {
	_, err := app.Callback(name, fn)
	check(err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
