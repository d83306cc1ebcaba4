package browsertest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
)

// proxy is an HTTP proxy for browsers that cannot be told otherwise which machines they reach: it knows 127.0.0.1 and names
// that end in .test, which are 127.0.0.1 too, and refuses all others. It keeps what it was asked for.
type proxy struct {
	host, port string

	mutex sync.Mutex
	fresh []Entry
}

// startProxy starts a proxy and ends it when the test ends. With record it also keeps what went wrong in pages, see recorder.
func startProxy(t testing.TB, record bool) *proxy {
	p := &proxy{}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			if record && isPage(r.In) {
				r.Out.Header.Del("Accept-Encoding")
			}
		},
		Transport:     &http.Transport{DialContext: dialHere, DisableCompression: true},
		FlushInterval: -1,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ModifyResponse: func(response *http.Response) error {
			if response.StatusCode >= http.StatusBadRequest {
				p.add(Entry{Kind: Fault, Text: fmt.Sprintf("%s Failed to load resource: the server answered %s", response.Request.URL, response.Status)})
			}
			if !record {
				return nil
			}
			return withRecorder(response)
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if record && p.record(w, r) {
			return
		}
		address := r.URL.String()
		if r.Method == http.MethodConnect {
			address = "https://" + r.Host
		}
		p.add(Entry{Kind: Request, Text: address})
		if name := r.URL.Hostname(); r.Method == http.MethodConnect || name != "127.0.0.1" && !strings.HasSuffix(name, ".test") {
			p.add(Entry{Kind: Fault, Text: address + " Failed to load resource: there is no such machine"})
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.host, p.port, _ = net.SplitHostPort(server.Listener.Addr().String())
	return p
}

// dialHere connects to this machine, whatever the name.
func dialHere(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}

func (p *proxy) add(entry Entry) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.fresh = append(p.fresh, entry)
}

// entries takes what was kept since it was last called.
func (p *proxy) entries() []Entry {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	all := p.fresh
	p.fresh = nil
	return all
}
