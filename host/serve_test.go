package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site/sitetest"
)

// serverOf is the server of a small site.
func serverOf(t *testing.T, s settings, log io.Writer) *http.Server {
	t.Helper()
	logger := newLog(s, log)
	handler, err := newHandler(s, fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Start</title>")}}, sitetest.Runtime(), logger)
	require.NoError(t, err)
	return newServer(handler, nil, logger)
}

// parsed are the settings that the arguments give.
func parsed(t *testing.T, args ...string) settings {
	t.Helper()
	s, err := parse(args, io.Discard)
	require.NoError(t, err)
	return s
}

// TestSiteTable: what is around the site's handler changes none of its answers.
func TestSiteTable(t *testing.T) {
	for _, s := range []settings{{}, {quiet: true}} {
		logger := newLog(s, io.Discard)
		handler, err := newHandler(s, sitetest.Pages(), sitetest.Runtime(), logger)
		require.NoError(t, err)
		server := httptest.NewServer(handler)
		defer server.Close()
		sitetest.Run(t, sitetest.Native, server.Listener.Addr().String(), headers.Default())
	}
}

func TestHealth(t *testing.T) {
	handler := serverOf(t, settings{}, io.Discard).Handler
	for _, c := range []struct {
		method, body string
		status       int
	}{{"GET", "ok\n", 200}, {"HEAD", "ok\n", 200}, {"POST", "", 405}} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(c.method, "/healthz", nil))
		require.Equal(t, c.status, w.Code)
		require.Equal(t, c.body, w.Body.String()) // net/http leaves it out for HEAD
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		require.NotEmpty(t, w.Header().Get("Content-Security-Policy"))
	}
}

func TestFlagsOfTheSite(t *testing.T) {
	get := func(args ...string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		serverOf(t, parsed(t, args...), io.Discard).Handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		return w
	}
	policy := func(args ...string) string { return get(args...).Header().Get("Content-Security-Policy") }
	require.Contains(t, policy("-csp", "img-src *; script-src 'self' https://a.example"), "script-src 'self' https://a.example; require-trusted-types-for")
	require.Contains(t, policy("-embed", "https://a.example https://b.example"), "frame-ancestors 'self' https://a.example https://b.example")
	require.Equal(t, "<!doctype html><title>Start</title>", get().Body.String())
	require.Equal(t, "<!doctype html><title>Start</title>", get("-inject=false").Body.String())
	require.Contains(t, get("-inject").Body.String(), `<script type="module" src="tabstate/tabstate.min.js"></script><title>`)
	require.Contains(t, get("-inject=enforce keep=navigation").Body.String(), ` data-session-enforce data-session-keep="navigation"></script>`)

	for _, args := range [][]string{{"-csp", "a, b"}, {"-embed", "a;b"}, {"-inject=strict"}} {
		_, err := newHandler(parsed(t, args...), fstest.MapFS{}, nil, newLog(settings{}, io.Discard))
		require.Error(t, err, args)
	}
}

// TestLog: a line for each request, with nothing of a client in it but the method and the path.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	handler := serverOf(t, parsed(t, "-log", "json"), &log).Handler
	ask := func(method, target string) {
		r := httptest.NewRequest(method, target, strings.NewReader("secret"))
		r.Header.Set("Cookie", "secret")
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	ask("GET", "/?password=secret")
	ask("HEAD", "/")
	ask("POST", "/tabstate/tabstate.js")
	ask("GET", "/"+strings.Repeat("long/", 1000))
	ask("GET", "/%0Atime=forged")
	ask("GET", "/healthz")
	var lines []map[string]any
	for line := range strings.Lines(log.String()) {
		var entry map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		require.Equal(t, "request", entry["msg"])
		require.Contains(t, entry, "took")
		lines = append(lines, entry)
	}
	require.Len(t, lines, 5)
	require.NotContains(t, log.String(), "secret")
	require.NotContains(t, log.String(), "192.0.2.1", "the client's address in httptest")
	want := []struct {
		method, path  string
		status, bytes float64
	}{{"GET", "/", 200, 35}, {"HEAD", "/", 200, 0}, {"POST", "/tabstate/tabstate.js", 405, 37}}
	for i, w := range want {
		require.Equal(t, w.method, lines[i]["method"])
		require.Equal(t, w.path, lines[i]["path"])
		require.Equal(t, w.status, lines[i]["status"])
		require.Equal(t, w.bytes, lines[i]["bytes"])
	}
	require.Less(t, len(lines[3]["path"].(string)), 210)

	log.Reset()
	handler = serverOf(t, parsed(t, "-quiet"), &log).Handler
	ask("GET", "/")
	require.Empty(t, log.String())
}

// TestPanic: a request that meets a fault is answered with all headers, the log tells where, and the server goes on.
func TestPanic(t *testing.T) {
	var log lockedBuffer
	logger := newLog(settings{quiet: true}, &log)
	handler, err := newHandler(settings{}, faulty{}, nil, logger)
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	defer server.Close()
	for range 2 {
		answer, err := http.Get(server.URL + "/fault.txt?password=secret")
		require.NoError(t, err)
		answer.Body.Close()
		require.Equal(t, 500, answer.StatusCode)
		require.NotEmpty(t, answer.Header.Get("Content-Security-Policy"))
	}
	status, _ := get(t, server.URL+"/healthz")
	require.Equal(t, 200, status)
	require.Equal(t, 2, strings.Count(log.String(), "panic=\"the disk is on fire\""))
	require.Contains(t, log.String(), "serve_test.go")
	require.NotContains(t, log.String(), "secret")
}

type faulty struct{}

func (faulty) Open(string) (fs.File, error) { panic("the disk is on fire") }

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// certificate writes a certificate for this machine and its key.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600))
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool.AddCert(parsed)
	return cert, key, pool
}

// TestTLS: with -cert and -key the real thing speaks HTTP/2 and no TLS below 1.2.
func TestTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	dir := t.TempDir()
	large := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "large.bin"), large, 0o644))
	ctx, stop := context.WithCancel(t.Context())
	url, ended := started(t, func(stdout io.Writer) error {
		return run(ctx, []string{"-addr", "127.0.0.1:0", "-dir", dir, "-cert", cert, "-key", key, "-quiet"}, stdout, io.Discard)
	})
	require.Regexp(t, "^https://127", url)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	answer, err := client.Get(url + "/large.bin")
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, 2, answer.ProtoMajor)
	require.NotEmpty(t, answer.Header.Get("Content-Security-Policy"))
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.True(t, bytes.Equal(large, body))

	old := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	_, err = tls.Dial("tcp", strings.TrimPrefix(url, "https://"), old)
	require.ErrorContains(t, err, "version")
	client.CloseIdleConnections()
	stop()
	require.NoError(t, <-ended)
}

// TestLimitsHold: what is too large or too slow is refused, and costs no other request anything.
func TestLimitsHold(t *testing.T) {
	server := serverOf(t, settings{quiet: true}, io.Discard)
	server.ReadHeaderTimeout, server.ReadTimeout = 200*time.Millisecond, 200*time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go server.Serve(listener)
	defer server.Close()
	send := func(text string) string {
		conn, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
		go io.WriteString(conn, text)
		line, _ := bufio.NewReader(conn).ReadString('\n')
		return line
	}
	require.Contains(t, send("GET / HTTP/1.1\r\nHost: a\r\nX: "+strings.Repeat("x", 2*headerBytes)+"\r\n\r\n"), " 431 ")
	require.Contains(t, send("GET /"+strings.Repeat("x", 2*headerBytes)+" HTTP/1.1\r\nHost: a\r\n\r\n"), " 431 ")
	require.Contains(t, send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\nx"), " 405 ")
	require.Empty(t, send("GET / HTTP/1.1\r\nHost: a\r\nX: "), "a header that does not end")
	require.Contains(t, send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), " 200 ")
}
