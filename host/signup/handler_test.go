package signup

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHandler(t *testing.T) {
	for _, test := range []struct {
		body, answer string
		code         int
	}{
		{`{"name":"Ada","email":"ada@example.org","seats":2,"terms":true}`, `{}`, 200},
		{`{"name":"Ada","email":"ada","seats":2,"terms":true}`, `{"email":"That is no e-mail address."}`, 422},
		{`{"name":1}`, `{"":"That is no sign-up."}`, 400},
		{`{"other":1}`, `{"":"That is no sign-up."}`, 400},
		{``, `{"":"That is no sign-up."}`, 400},
		{`{"name":"` + strings.Repeat("a", 5000) + `"}`, `{"":"That is no sign-up."}`, 400},
	} {
		w := httptest.NewRecorder()
		ServeHTTP(w, httptest.NewRequest("POST", Path, strings.NewReader(test.body)))
		require.Equal(t, test.code, w.Code, test.body)
		require.JSONEq(t, test.answer, w.Body.String())
	}
}
