package api_test

import (
	"net/http/httptest"
	"testing"

	"github.com/tabstate/tabstate/host/api"
	"github.com/tabstate/tabstate/host/api/apitest"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/validate"
)

// TestRequests asks the handler natively what host/worker asks it on Workers.
func TestRequests(t *testing.T) {
	server := httptest.NewServer(headers.Default().Handler(api.Handler(validate.Default()), nil))
	defer server.Close()
	apitest.Run(t, server.URL, headers.Default())
}
