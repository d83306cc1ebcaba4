// Package pack makes the folder from which wrangler deploys the host to Cloudflare Workers: the compiled entry with what it needs,
// and the site with the runtime in it, as the platform's Static Assets take it. Addresses are those of the native host: pages have
// their names, a folder has its index.html.
package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/markup"
)

// ErrNoRuntime says that there is no runtime to pack.
var ErrNoRuntime = errors.New("the runtime is not built: run ./build.sh build")

// Options says what is packed. All but Tag and Log are required.
type Options struct {
	// Pages is the site, and Runtime has the files below /tabstate/, as a build wrote them.
	Pages, Runtime fs.FS
	// Headers is the table of headers that all responses have.
	Headers *headers.Table
	// Tag is put into pages that have none, unless it is nil.
	Tag *markup.Tag
	// Out is the folder to write. The folder site in it is removed before.
	Out string
	// Log gets a line for what could not be done as natively.
	Log io.Writer
}

// Pack makes the folder.
//
// Returns ErrNoRuntime, an error that wraps build.ErrNoGo or build.ErrCompile, or one that says what of the site cannot be packed.
func Pack(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if _, err := fs.Stat(o.Runtime, build.ManifestName); err != nil {
		return ErrNoRuntime
	}
	for _, name := range []string{"_headers", "_redirects", "_worker.js"} {
		if _, err := fs.Stat(o.Pages, name); err == nil {
			return fmt.Errorf("the site has a file %s, which the platform would obey and which is written here", name)
		}
	}
	a := assets{Options: o, to: filepath.Join(o.Out, "site")}
	if err := os.RemoveAll(a.to); err != nil {
		return err
	}
	if err := a.fill(); err != nil {
		return err
	}
	return o.compile(ctx)
}

// fill writes the folder.
func (a *assets) fill() error {
	// The runtime first: its module is what matters most to be kept for ever.
	if err := a.copy(a.Runtime, headers.RuntimePath); err != nil {
		return err
	}
	if err := a.copy(a.Pages, "/"); err != nil {
		return err
	}
	return a.rules()
}

// assets is the folder of static files while it is filled.
type assets struct {
	Options
	to      string
	forEver []string // paths of files that never change
	folders []string // paths of folders that have an index.html, without a slash at the end
}

// copy copies what the host serves of a file system below a path; not the compressed forms, which the platform makes by itself.
func (a *assets) copy(from fs.FS, at string) error {
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := path.Base(name); strings.HasPrefix(base, ".") && name != "." && (base != ".well-known" || at != "/") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := fs.Stat(from, name) // what a link leads to
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		if plain := strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz"); plain != name {
			if _, err := fs.Stat(from, plain); err == nil {
				return nil
			}
		}
		content, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		if at == "/" {
			content = a.page(content, name)
		}
		if headers.Hashed(name) {
			a.forEver = append(a.forEver, at+name)
		}
		return write(filepath.Join(a.to, filepath.FromSlash(at+name)), content)
	})
}

// page returns a file of the site as it is sent, and notes the index of a folder.
func (a *assets) page(content []byte, name string) []byte {
	dir, base := path.Split(name)
	if base == "index.html" && dir != "" {
		a.folders = append(a.folders, "/"+strings.TrimSuffix(dir, "/"))
	}
	if ext := path.Ext(base); ext != ".html" && ext != ".htm" {
		return content
	}
	if a.Tag != nil {
		content, _ = a.Tag.Insert(content, name)
	}
	if name == "404.html" {
		content = markup.Move(content, "/") // it is shown at any address
	}
	return content
}

func write(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}
