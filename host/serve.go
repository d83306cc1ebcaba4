package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tabstate/tabstate/host/wire"
	"github.com/tabstate/tabstate/static"
)

// The server's limits. Writing may take long: a module of 400 KiB over a slow line.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 5 * time.Minute
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second
	headerBytes   = 64 << 10
)

// serve serves until ctx ends or the process gets SIGINT or SIGTERM; then requests under way have 10 s to end.
// It writes the address, one line, to stdout.
func serve(ctx context.Context, s settings, stdout, stderr io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	var pages fs.FS
	if s.dir != "" {
		root, err := os.OpenRoot(s.dir)
		if err != nil {
			return err
		}
		defer root.Close()
		pages = root.FS()
	}
	var certificates []tls.Certificate
	if s.cert != "" {
		certificate, err := tls.LoadX509KeyPair(s.cert, s.key)
		if err != nil {
			return err
		}
		certificates = append(certificates, certificate)
	}
	runtime, own := ownRuntime(pages)
	if !own {
		var done func()
		var err error
		if runtime, done, err = findRuntime(ctx, s.names, stderr); err != nil {
			return err
		}
		defer done()
	}
	if pages == nil {
		pages = apps{static.Files, runtime}
	}

	log := newLog(s, stderr)
	handler, err := newHandler(s, pages, runtime, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	server := newServer(handler, certificates, log)
	server.ConnState = newMemory(ctx).connection
	return serveOn(ctx, listener, server, stdout)
}

func newServer(handler http.Handler, certificates []tls.Certificate, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytes,
		ConnContext:       wire.Context,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	if certificates != nil {
		server.TLSConfig = &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS12}
	}
	return server
}

func serveOn(ctx context.Context, listener net.Listener, server *http.Server, stdout io.Writer) error {
	scheme, listen := "http", func() error { return server.Serve(wire.Listener(listener)) }
	if server.TLSConfig != nil {
		scheme, listen = "https", func() error { return server.ServeTLS(listener, "", "") }
	}
	fmt.Fprintln(stdout, scheme+"://"+visible(listener.Addr()))
	ended := make(chan error, 1)
	go func() { ended <- listen() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// visible returns the address as a browser on this machine can open it.
func visible(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return addr.String()
}
