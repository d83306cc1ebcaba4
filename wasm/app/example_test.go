package app_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tabstate/tabstate/wasm/app"
	"github.com/tabstate/tabstate/wasm/app/apptest"
)

// example stands in for the *testing.T of a test: what an example reports is in its output.
type example struct{ testing.TB }

func (example) Helper()            {}
func (example) Cleanup(func())     {}
func (example) Log(text ...any)    {}
func (example) Fatal(wrong ...any) { panic(fmt.Sprint(wrong...)) }

type Item struct {
	Name  string  `json:"name"`
	Price float64 `json:"price"`
}

const (
	cart = app.Key[[]Item]("cart")
	sum  = app.Key[float64]("sum")
)

func total() (float64, error) {
	sum := 0.0
	for _, item := range cart.Or(nil) {
		sum += item.Price
	}
	return sum, nil
}

// A key is a constant with a type. What is read is a copy.
func ExampleKey() {
	apptest.Open(example{}, nil, apptest.Options{})

	_, ok := cart.Get()
	fmt.Println(ok)
	_ = cart.Set([]Item{{"Tea", 4.5}})
	_ = cart.Update(func(items []Item) []Item { return append(items, Item{"Cake", 3.5}) })
	fmt.Println(cart.Or(nil))
	text, _ := app.Snapshot()
	fmt.Println(string(text))
	// Output:
	// false
	// [{Tea 4.5} {Cake 3.5}]
	// {"cart":[{"name":"Tea","price":4.5},{"name":"Cake","price":3.5}]}
}

// What JSON cannot represent is refused, with its place.
func ExampleKey_Set() {
	apptest.Open(example{}, nil, apptest.Options{})

	err := app.Key[map[string]any]("settings").Set(map[string]any{"sort": func() {}})
	fmt.Println(errors.Is(err, app.ErrUnserializable))
	fmt.Println(err)
	// Output:
	// true
	// key "settings": JSON cannot represent a func(), at /sort. Leave it out with the tag json:"-", or hold a JavaScript function with app.SetRef
}

// A listener hears of each delivery, whoever made the change.
func ExampleKey_Subscribe() {
	page := apptest.Open(example{}, func() {
		_, _ = cart.Subscribe(func(items []Item, c app.Change) {
			fmt.Println(len(items), "items, by", c.Origin())
		})
	}, apptest.Options{})

	_ = cart.Set([]Item{{"Tea", 4.5}})
	page.Wait()
	// Output: 1 items, by code
}

// A validator guards a key at every door: a write in Go or JavaScript, a widget, a restore.
func ExampleKey_Validate() {
	const seats = app.Key[int]("seats")
	page := apptest.Open(example{}, func() {
		_, _ = seats.Validate(func(n int) error {
			if n > 4 {
				return errors.New("at most four seats")
			}
			return nil
		})
	}, apptest.Options{})

	fmt.Println(seats.Set(5))
	page.Connect(apptest.Widget{Key: "seats", Kind: apptest.Number}).Input(6)
	fmt.Println(page.Errors()[0])
	// Output:
	// key "seats": at most four seats. Write a value that the key's validator accepts
	// key "seats": at most four seats. Write a value that the key's validator accepts
}

// A callback is called by data-session-callback="add" data-session-args='["Tea", 4.5]', or
// by session.call("add", "Tea", 4.5).
func ExampleCallback() {
	page := apptest.Open(example{}, func() {
		_, _ = app.Callback("add", func(e *app.Event) error {
			var item Item
			if err := e.Args(&item.Name, &item.Price); err != nil {
				return err
			}
			if err := cart.Update(func(items []Item) []Item { return append(items, item) }); err != nil {
				return err
			}
			return e.Return(len(cart.Or(nil)))
		})
	}, apptest.Options{})

	page.Click("add", "Tea", 4.5)
	var length int
	_ = page.Call("add", &length, "Cake", 3.5)
	fmt.Println(length, page.Call("add", nil, "Cake"))
	// Output: 2 the callback was called with too few arguments. Give them in data-session-args, or to session.call
}

// A computed value is read like a key.
func ExampleComputed() {
	apptest.Open(example{}, func() {
		_, _ = app.Computed(sum, total, cart)
	}, apptest.Options{})

	_ = cart.Set([]Item{{"Tea", 4.5}, {"Cake", 3.5}})
	fmt.Println(sum.Or(0))
	fmt.Println(sum.Set(3))
	// Output:
	// 8
	// key "sum": the key is a computed value, which follows from others. Write the keys it is computed from
}

// A rerun follows what it reads, after each interaction that changed it.
func ExampleRerun() {
	const shown, query = app.Key[string]("shown"), app.Key[string]("query")
	page := apptest.Open(example{}, func() {
		_, _ = app.Rerun(func() error { return shown.Set("looking for " + query.Or("nothing")) })
	}, apptest.Options{})

	page.Connect(apptest.Widget{Key: "query"}).Input("tea")
	fmt.Println(shown.Or(""))
	// Output: looking for tea
}

// What fails in a batch is undone.
func ExampleBatch() {
	apptest.Open(example{}, nil, apptest.Options{Values: map[string]any{"sum": 10}})

	err := app.Batch(func() error {
		_ = sum.Set(20)
		return errors.New("no")
	})
	fmt.Println(err, sum.Or(0))
	// Output: no 10
}

// A goroutine may wait as long as it likes. The page hears of what it changes.
func ExampleGo() {
	page := apptest.Open(example{}, func() {
		_, _ = app.Callback("start", func(*app.Event) error {
			app.Go(func() error {
				time.Sleep(time.Millisecond)
				return sum.Set(42)
			})
			return nil
		})
	}, apptest.Options{})

	page.Click("start")
	page.Wait()
	fmt.Println(sum.Or(0))
	// Output: 42
}
