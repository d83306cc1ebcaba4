package validate_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/tabstate/tabstate/host/validate"
	"github.com/tabstate/tabstate/wasm/session"
)

// A server of your own takes orders. What does not keep the rules of the page's session never reaches its handler.
func ExampleMirror_Middleware() {
	mirror, err := validate.New(validate.Options{
		Limits:  session.Limits{Entries: 100}, // as the page's open({ limits: { entries: 100 } })
		MaxBody: 64 << 10,
	})
	if err != nil {
		panic(err)
	}
	order := func(w http.ResponseWriter, r *http.Request) {
		snapshot := validate.FromContext(r.Context())
		var user struct{ Name string }
		if err := snapshot.Decode("user", &user); err != nil {
			http.Error(w, "no user", http.StatusUnprocessableEntity)
			return
		}
		fmt.Fprintf(w, "%s ordered, with %d entries", user.Name, snapshot.Len())
	}
	mux := http.NewServeMux()
	mux.Handle("/api/order", mirror.Middleware(http.HandlerFunc(order)))
	server := httptest.NewServer(mux)
	defer server.Close()

	for _, body := range []string{`{"user":{"name":"Ada"},"count":2}`, `{"user":{"name":"Ada"},"count":1e999}`} {
		answer, err := http.Post(server.URL+"/api/order", "application/json", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		fmt.Println(answer.StatusCode, strings.SplitN(string(text), `,"reason"`, 2)[0])
	}
	// Output:
	// 200 Ada ordered, with 2 entries
	// 422 {"type":"https://github.com/tabstate/tabstate#mirror-enforcement","title":"Unprocessable Entity","status":422,"code":"snapshot-refused","detail":"The snapshot breaks rules that the session obeys.","violations":[{"key":"count","class":"SessionSyntaxError","code":"number-range","message":"the number does not fit a double, at /count, line 1 column 32. Keep numbers within ±1.7976931348623157e308, or pass the digits as a string.","path":"/count"
}
