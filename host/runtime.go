package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tabstate/tabstate/host/build"
	"github.com/tabstate/tabstate/js"
)

const modulePath = "github.com/tabstate/tabstate"

// errNoRuntime says that there is nothing to serve at /tabstate/, and what to do.
var errNoRuntime = errors.New(`the runtime was not built into this program, and its source is not here.
In a clone of the repository run
	./build.sh build && go run ./host
or anywhere, to get the files themselves from a main package of your own,
	go run ` + modulePath + `/host@latest -build DIR -out DIR`)

// findRuntime returns the embedded runtime. In a fresh clone there is none: then it is built, which takes some
// seconds, for this run alone. The function returned removes what was built.
func findRuntime(ctx context.Context, names bool, stderr io.Writer) (fs.FS, func(), error) {
	if dist, ok := embeddedRuntime(); ok {
		return dist, func() {}, nil
	}
	root, ok := sourceRoot(ctx)
	if !ok {
		return nil, nil, errNoRuntime
	}
	out, err := os.MkdirTemp("", "tabstate-dist-")
	if err != nil {
		return nil, nil, err
	}
	done := func() { os.RemoveAll(out) }
	fmt.Fprintln(stderr, "The runtime is not built yet: building it for this run. ./build.sh build does it once for all.")
	_, err = build.Build(ctx, build.Options{
		Main:    filepath.Join(root, "wasm"),
		Facade:  js.Files,
		Out:     out,
		Quality: quickQuality,
		Names:   names,
		Log:     stderr,
	})
	if err != nil {
		done()
		return nil, nil, err
	}
	return os.DirFS(out), done, nil
}

// quickQuality is brotli's level for one run: 0.2 s instead of 6, and 20 % larger.
const quickQuality = 5

// sourceRoot returns the folder of this module's source if the working directory is in it and Go is there.
func sourceRoot(ctx context.Context) (string, bool) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}}\n{{.Dir}}").Output()
	if err != nil {
		return "", false
	}
	path, dir, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return dir, path == modulePath && dir != ""
}
