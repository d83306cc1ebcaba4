// Signup: a form whose rules are Go, the same in the page and on the server.
package main

import (
	"encoding/json"
	"fmt"

	"github.com/tabstate/tabstate/static/go/signup/rules"
	"github.com/tabstate/tabstate/wasm/app"
)

// The fields of the form.
const (
	name  = app.Key[string]("name")
	email = app.Key[string]("email")
	seats = app.Key[*float64]("seats") // null when empty
	terms = app.Key[bool]("terms")
)

// What the page shows.
const (
	problems = app.Key[rules.Problems]("problems")
	status   = app.Key[string]("status")
)

func setup() {
	_ = problems.Init(nil)
	_ = status.Init("")
	_, _ = app.Callback("send", func(*app.Event) error {
		entry := rules.Entry{Name: name.Or(""), Email: email.Or(""), Terms: terms.Or(false)}
		if n := seats.Or(nil); n != nil && *n == float64(int(*n)) {
			entry.Seats = int(*n)
		}
		found := rules.Check(entry)
		if err := problems.Set(found); err != nil {
			return err
		}
		if len(found) > 0 {
			return status.Set("Not sent: see what is marked above.")
		}
		if err := status.Set("Sending…"); err != nil {
			return err
		}
		app.Go(func() error { return send(entry) })
		return nil
	})
}

// send asks the server, which looks again: nobody is forced to use this page.
func send(entry rules.Entry) error {
	body, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	code, answer, err := post("check", string(body))
	if err != nil || code == 404 || code == 405 {
		return status.Set("The rules are kept, but there is no server here to send it to.")
	}
	var found rules.Problems
	if code == 422 && json.Unmarshal([]byte(answer), &found) == nil {
		return app.Batch(func() error {
			_ = status.Set("The server refused it.")
			return problems.Set(found)
		})
	}
	if code != 200 {
		return status.Set(fmt.Sprintf("The server answered %d. Try again later.", code))
	}
	return status.Set("Thank you, " + entry.Name + ". The server has checked it too.")
}

func main() { app.Main(setup) }
