//go:build js

// Quotes: a goroutine fetches from the host, while the page goes on.
package main

import (
	"encoding/json"

	"github.com/hack-pad/safejs"

	"github.com/tabstate/tabstate/wasm/app"
)

// quote is what the host sends.
type quote struct {
	Text  string `json:"text"`
	About string `json:"about"`
}

const (
	quotes  = app.Key[[]quote]("quotes")
	loading = app.Key[bool]("loading")
	fault   = app.Key[string]("fault")
)

func setup() {
	_ = quotes.Init(nil)
	_ = loading.Init(false)
	_ = fault.Init("")
	_, _ = app.Callback("fetch", func(e *app.Event) error {
		var from string
		if err := e.Args(&from); err != nil {
			return err
		}
		if loading.Or(false) {
			return nil
		}
		app.Go(func() error { return load(from) })
		return loading.Set(true)
	})
}

// load is on a goroutine of its own, so it may wait.
func load(from string) error {
	list, err := get(from)
	return app.Batch(func() error {
		_ = loading.Set(false)
		if err != nil {
			return fault.Set(err.Error())
		}
		_ = fault.Set("")
		return quotes.Set(list)
	})
}

func get(from string) (list []quote, err error) {
	response, err := await(safejs.Global().Call("fetch", from))
	if err != nil {
		return nil, err
	}
	if status, err := response.Get("status"); err != nil {
		return nil, err
	} else if code, err := status.Int(); err != nil || code != 200 {
		return nil, app.Invalid("", "The host has no quotes at that address.")
	}
	body, err := await(response.Call("text"))
	if err != nil {
		return nil, err
	}
	text, err := body.String()
	if err != nil {
		return nil, err
	}
	return list, json.Unmarshal([]byte(text), &list)
}

func await(promise safejs.Value, err error) (safejs.Value, error) {
	if err != nil {
		return promise, err
	}
	return app.Await(promise)
}

func main() { app.Main(setup) }
