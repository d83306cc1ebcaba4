package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

func newLog(s settings, to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{}
	if s.quiet {
		options.Level = slog.LevelWarn
	}
	if s.log == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// logged logs each request when it has been answered: no query, no header, no body, no address of a client.
func logged(log *slog.Logger, next http.Handler) http.Handler {
	if !log.Enabled(context.Background(), slog.LevelInfo) {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == healthPath {
			next.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		a := &answer{ResponseWriter: w}
		method, path := shortened(r.Method), shortened(r.URL.Path)
		defer func() {
			log.LogAttrs(context.Background(), slog.LevelInfo, "request", slog.String("method", method), slog.String("path", path),
				slog.Int("status", a.status), slog.Int64("bytes", a.bytes), slog.Duration("took", time.Since(began)))
		}()
		next.ServeHTTP(a, r)
		a.begin()
	})
}

// shortened bounds what a client can write into the log.
func shortened(path string) string {
	const limit = 200
	if len(path) <= limit {
		return path
	}
	return path[:limit] + "…"
}

// answer counts what is sent. Its status stays 0 when the connection was cut before anything was.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status < http.StatusOK { // of 1xx there may be several
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.begin()
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// ReadFrom lets net/http send files by the system.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	a.begin()
	n, err := io.Copy(a.ResponseWriter, r)
	a.bytes += n
	return n, err
}

func (a *answer) begin() {
	if a.status < http.StatusOK {
		a.status = http.StatusOK
	}
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
