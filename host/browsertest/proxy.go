package browsertest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
)

// proxy is an HTTP proxy for browsers that cannot be told otherwise which machines they reach, and that do not say what
// they ask for: it knows 127.0.0.1 and names that end in .test, which are 127.0.0.1 too, and refuses all others.
type proxy struct {
	host, port string

	mutex sync.Mutex
	asked []string
}

// startProxy starts a proxy and ends it when the test ends.
func startProxy(t testing.TB) *proxy {
	p := &proxy{}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
	forward := &httputil.ReverseProxy{
		Rewrite:       func(*httputil.ProxyRequest) {},
		Transport:     &http.Transport{DialContext: dial, DisableCompression: true},
		FlushInterval: -1,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address := r.URL.String()
		if r.Method == http.MethodConnect {
			address = "https://" + r.Host + "/"
		}
		p.mutex.Lock()
		p.asked = append(p.asked, address)
		p.mutex.Unlock()
		if name := r.URL.Hostname(); r.Method == http.MethodConnect || name != "127.0.0.1" && !strings.HasSuffix(name, ".test") {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.host, p.port, _ = net.SplitHostPort(server.Listener.Addr().String())
	return p
}

// entries takes the requests made since it was last called.
func (p *proxy) entries() []Entry {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var all []Entry
	for _, address := range p.asked {
		all = append(all, Entry{Kind: Request, Text: address})
	}
	p.asked = nil
	return all
}
