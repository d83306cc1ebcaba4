package main

import (
	"cmp"
	"context"
	"io"
	"os"

	"github.com/tabstate/tabstate/host/worker/pack"
	"github.com/tabstate/tabstate/static"
)

// packWorker makes the folder from which the host is deployed to Cloudflare Workers.
func packWorker(ctx context.Context, s settings, stderr io.Writer) error {
	table, err := s.table()
	if err != nil {
		return err
	}
	tag, err := s.tag()
	if err != nil {
		return err
	}
	runtime, done, err := findRuntime(ctx, s.names, stderr)
	if err != nil {
		return err
	}
	defer done()
	pages := static.Files
	if s.dir != "" {
		root, err := os.OpenRoot(s.dir)
		if err != nil {
			return err
		}
		defer root.Close()
		pages = root.FS()
	}
	return pack.Pack(ctx, pack.Options{
		Pages: pages, Runtime: runtime, Headers: table, Tag: tag, Out: cmp.Or(s.out, "host/worker/dist"), Log: stderr,
	})
}
