// Package requests is one table of requests, and what the host answers to them on every platform it runs on.
package requests

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

// Platform is what is asked.
type Platform struct {
	// URL is its address, without a slash at the end.
	URL string
	// Module is the name of the compiled module, which stands for {module} in the table.
	Module string
	// Differs has what the platform answers otherwise, by the name of the request.
	Differs map[string]Difference
}

// Difference is an answer that is the platform's and not ours, and why.
type Difference struct {
	Why  string
	Want Want
	// Bare says that the platform's answer has not our headers.
	Bare bool
}

// Run asks a platform for all of a table.
func Run(t *testing.T, p Platform, table []Request) {
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(client.CloseIdleConnections)
	for _, request := range table {
		t.Run(request.Name, func(t *testing.T) {
			difference, differs := p.Differs[request.Name]
			want := request.Want
			if differs {
				require.NotEmpty(t, difference.Why)
				want = difference.Want
			}
			answer := ask(t, client, p, request)
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			check(t, request.Method, want, answer, string(body), difference.Bare)
		})
	}
}

func ask(t *testing.T, client *http.Client, p Platform, request Request) *http.Response {
	t.Helper()
	var body io.Reader
	if request.Body != "" {
		body = strings.NewReader(request.Body)
	}
	r, err := http.NewRequestWithContext(t.Context(), request.Method, p.URL+strings.ReplaceAll(request.Target, "{module}", p.Module), body)
	require.NoError(t, err)
	for name, value := range request.Header {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	answer, err := client.Do(r)
	require.NoError(t, err)
	return answer
}

func check(t *testing.T, method string, want Want, answer *http.Response, body string, bare bool) {
	t.Helper()
	require.Equal(t, want.Status, answer.StatusCode, body)
	for name, value := range want.Header {
		got := strings.Join(answer.Header.Values(name), ", ")
		if value == "" {
			require.Empty(t, got, name)
		} else {
			require.Contains(t, got, value, name)
		}
	}
	for _, line := range headers.Default().Everywhere() {
		if _, own := want.Header[line.Name]; !own && !bare && !strings.HasPrefix(answer.Request.URL.Path, headers.RuntimePath) {
			require.Equal(t, []string{line.Value}, answer.Header.Values(line.Name), line.Name)
		}
	}
	if method == http.MethodHead || want.Status == http.StatusNoContent || want.Status == http.StatusNotModified {
		require.Empty(t, body)
	}
	require.Contains(t, body, want.Body)
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
