// Package apitest is how the host answers below /api/, as one table of requests that runs against each platform that it runs on.
package apitest

import (
	stdjson "encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
)

// Run sends each request of the table to the server at the address, "http://127.0.0.1:8080".
func Run(t *testing.T, address string, table *headers.Table) {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			answer := ask(t, client, address, c)
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			c.check(t, answer, string(body), table)
		})
	}
}

func ask(t *testing.T, client *http.Client, address string, c Case) *http.Response {
	t.Helper()
	var body io.Reader
	if c.Body != "" {
		body = strings.NewReader(c.Body)
	}
	r, err := http.NewRequestWithContext(t.Context(), c.Method, address+c.Target, body)
	require.NoError(t, err)
	for name, value := range c.Header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	answer, err := client.Do(r)
	require.NoError(t, err)
	return answer
}

func (c Case) check(t *testing.T, answer *http.Response, body string, table *headers.Table) {
	t.Helper()
	want := c.Want
	require.Equal(t, want.Status, answer.StatusCode, body)
	for name, value := range want.Header {
		got := strings.Join(answer.Header.Values(name), ", ")
		if value == "" {
			require.Empty(t, got, name)
		} else {
			require.Contains(t, got, value, name)
		}
	}
	for _, line := range table.Everywhere() {
		require.Equal(t, []string{line.Value}, answer.Header.Values(line.Name), line.Name)
	}
	if c.Method == http.MethodHead || want.Status == http.StatusNoContent {
		require.Empty(t, body)
	}
	if want.Code == "" {
		return
	}
	require.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
	require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
	var problem struct {
		Type, Title, Code, Detail string
		Status                    int
		Violations                []map[string]any
	}
	require.NoError(t, stdjson.Unmarshal([]byte(body), &problem), body)
	require.Equal(t, want.Code, problem.Code)
	require.Equal(t, want.Status, problem.Status)
	require.Equal(t, http.StatusText(want.Status), problem.Title)
	require.NotEmpty(t, problem.Detail)
	require.Equal(t, len(want.Violations) > 0, problem.Type != "", "about:blank unless there are violations")
	var violations []string
	for _, v := range problem.Violations {
		key, _ := v["key"].(string)
		violations = append(violations, fmt.Sprintf("%s %s %s", v["code"], key, v["path"]))
		require.NotEmpty(t, v["class"])
		require.NotEmpty(t, v["message"])
		require.NotEmpty(t, v["hint"])
		require.NotContains(t, v, "value")
	}
	require.Equal(t, want.Violations, violations)
}
