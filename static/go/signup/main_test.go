//go:build !js

package main

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/static/go/signup/rules"
	"github.com/tabstate/tabstate/wasm/app/apptest"
)

func TestSignup(t *testing.T) {
	page := apptest.Open(t, setup, apptest.Options{})
	whole := page.Connect(apptest.Widget{Key: "name", Form: "signup"})
	address := page.Connect(apptest.Widget{Key: "email", Form: "signup"})
	number := page.Connect(apptest.Widget{Key: "seats", Kind: apptest.Number, Form: "signup", Default: 1})
	agree := page.Connect(apptest.Widget{Key: "terms", Kind: apptest.Boolean, Form: "signup"})
	button := page.Connect(apptest.Widget{Kind: apptest.Button, Form: "signup", Callback: "send"})

	var sent []string
	answer := func(code int, text string, err error) {
		post = func(url, body string) (int, string, error) {
			require.Equal(t, "check", url)
			sent = append(sent, body)
			return code, text, err
		}
	}
	answer(200, "{}", nil)
	number.Input(9)
	button.Click()
	page.Wait()
	require.Empty(t, sent)
	require.Len(t, problems.Or(nil), 4)

	whole.Input("Ada")
	address.Input("ada@example.org")
	number.Input(2)
	agree.Input(true)
	button.Click()
	page.Wait()
	require.Empty(t, problems.Or(nil))
	require.Equal(t, "Thank you, Ada. The server has checked it too.", status.Or(""))
	var entry rules.Entry
	require.NoError(t, json.Unmarshal([]byte(sent[0]), &entry))
	require.Equal(t, rules.Entry{Name: "Ada", Email: "ada@example.org", Seats: 2, Terms: true}, entry)

	for _, test := range []struct {
		code         int
		text, status string
		err          error
	}{
		{422, `{"email":"We know that one."}`, "The server refused it.", nil},
		{500, "", "The server answered 500. Try again later.", nil},
		{404, "", "The rules are kept, but there is no server here to send it to.", nil},
		{0, "", "The rules are kept, but there is no server here to send it to.", errors.New("offline")},
	} {
		answer(test.code, test.text, test.err)
		button.Click()
		page.Wait()
		require.Equal(t, test.status, status.Or(""))
		require.Equal(t, test.code == 422, problems.Or(nil)["email"] == "We know that one.")
	}
}
