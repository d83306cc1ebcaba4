package main

import (
	"github.com/hack-pad/safejs"

	"github.com/tabstate/tabstate/wasm/app"
)

// post sends a JSON text with the browser's fetch, and waits for the answer.
func post(url, body string) (code int, answer string, err error) {
	promise, err := safejs.Global().Call("fetch", url, map[string]any{
		"method": "POST", "body": body, "headers": map[string]any{"Content-Type": "application/json"},
	})
	if err != nil {
		return 0, "", err
	}
	response, err := app.Await(promise)
	if err != nil {
		return 0, "", err
	}
	status, err := response.Get("status")
	if err != nil {
		return 0, "", err
	}
	if code, err = status.Int(); err != nil {
		return 0, "", err
	}
	if promise, err = response.Call("text"); err != nil {
		return 0, "", err
	}
	text, err := app.Await(promise)
	if err != nil {
		return 0, "", err
	}
	answer, err = text.String()
	return code, answer, err
}
