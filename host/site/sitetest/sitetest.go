// Package sitetest is how a site answers, as one table of requests that runs against each platform that serves it.
package sitetest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
)

// A Platform serves the site.
type Platform string

const (
	Native  Platform = "native"
	Workers Platform = "workers"
)

// Case is a request and what is to come back.
type Case struct {
	Name   string
	Method string // GET if it is empty
	Target string // as it stands in the request, whatever that is
	// Header has lines, "Name: value". In a value {etag} stands for the ETag of the same target with the same
	// Accept-Encoding, {etag br} for the one with that Accept-Encoding.
	Header []string
	Body   string // sent with its length
	Want   Want
}

// Want is a response.
type Want struct {
	Status int
	// Header has what each header is to be: "" for absent, "*" for any value.
	Header map[string]string
	Body   string // all of it, but where BodyHas is set
	// BodyHas and BodyLacks are parts of the body.
	BodyHas, BodyLacks string
	AnyBody            bool
	Bare               bool // it has not the headers of the table
}

// Response is what came back, the body read.
type Response struct {
	*http.Response
	Text string
}

// Run sends each request of the table to the server at the address, "127.0.0.1:8080", and requires what the table wants of that
// platform. The server has Pages and Runtime, and the headers of table.
func Run(t *testing.T, platform Platform, address string, table *headers.Table) {
	names := map[string]bool{}
	for _, c := range Cases() {
		require.False(t, names[c.Name], "two cases are called "+c.Name)
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			if d, ok := Differences[platform][c.Name]; ok {
				c.Want = d.Want
			}
			c.run(t, address, table)
		})
	}
	for name := range Differences[platform] {
		require.True(t, names[name], "a difference in a case that is not there: "+name)
	}
}

func (c Case) run(t *testing.T, address string, table *headers.Table) {
	t.Helper()
	for i, line := range c.Header {
		c.Header[i] = etagIn.ReplaceAllStringFunc(line, func(found string) string {
			accept := etagIn.FindStringSubmatch(found)[1]
			with := c
			with.Method, with.Body, with.Header = "", "", nil
			for _, line := range c.Header {
				if accept == "" && strings.HasPrefix(line, "Accept-Encoding:") {
					with.Header = append(with.Header, line)
				}
			}
			if accept != "" {
				with.Header = []string{"Accept-Encoding: " + accept}
			}
			tag := with.Send(t, address).Header.Get("ETag")
			require.NotEmpty(t, tag)
			return tag
		})
	}
	got := c.Send(t, address)
	require.Equal(t, c.Want.Status, got.StatusCode, got.Text)
	for name, want := range c.Want.Header {
		switch want {
		case "":
			require.Empty(t, got.Header.Values(name), name)
		case "*":
			require.Len(t, got.Header.Values(name), 1, name)
		default:
			require.Equal(t, []string{want}, got.Header.Values(name), name)
		}
	}
	switch {
	case c.Want.AnyBody:
	case c.Want.BodyHas != "" || c.Want.BodyLacks != "":
		require.Contains(t, got.Text, c.Want.BodyHas)
		if c.Want.BodyLacks != "" {
			require.NotContains(t, got.Text, c.Want.BodyLacks)
		}
	default:
		require.Equal(t, c.Want.Body, got.Text)
	}
	if !c.Want.Bare {
		requireTable(t, table, strings.HasPrefix(c.Target, headers.RuntimePath), got.Header)
	}
}

var etagIn = regexp.MustCompile(`\{etag ?([\w;=., ]*)\}`)

// requireTable requires the headers of the table, each once.
func requireTable(t *testing.T, table *headers.Table, runtime bool, got http.Header) {
	t.Helper()
	want := map[string]string{"Access-Control-Allow-Origin": ""}
	for _, l := range table.Everywhere() {
		want[l.Name] = l.Value
	}
	if runtime {
		for _, l := range table.Runtime() {
			want[l.Name] = l.Value
		}
	}
	for name, value := range want {
		if value == "" {
			require.Empty(t, got.Values(name), name)
		} else {
			require.Equal(t, []string{value}, got.Values(name), name)
		}
	}
	require.NotContains(t, got, "Server")
	require.NotContains(t, got, "Last-Modified")
}

// Send sends the request as it stands, which no HTTP client would do with all of them.
func (c Case) Send(t *testing.T, address string) Response {
	t.Helper()
	method := c.Method
	if method == "" {
		method = http.MethodGet
	}
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, c.Target, address)
	for _, line := range c.Header {
		fmt.Fprintf(&text, "%s\r\n", line)
	}
	if c.Body != "" {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(c.Body))
	}
	text.WriteString("\r\n" + c.Body)
	_, err = io.WriteString(conn, text.String())
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return Response{answer, string(body)}
}
