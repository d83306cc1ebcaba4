package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

// bundle makes one minified module of a peer, with its package and as its package wants it bundled, in the folder out; its
// WebAssembly module is put beside it, and both also as brotli. from is js/bench. Returns the bytes of brotli of both.
func bundle(p Peer, from, out string) (int, error) {
	mode := "production"
	if p.Development {
		mode = "development"
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{filepath.Join(from, "peers", p.Name+".js")},
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Platform:          api.PlatformBrowser,
		Conditions:        []string{mode, "module"},
		Define:            map[string]string{"process.env.NODE_ENV": fmt.Sprintf("%q", mode), "import.meta.env": fmt.Sprintf(`{"MODE":%q}`, mode)},
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		LogLevel:          api.LogLevelSilent,
		LogOverride:       map[string]api.LogLevel{"empty-import-meta": api.LogLevelSilent},
	})
	if len(result.Errors) > 0 {
		text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{})
		return 0, fmt.Errorf("bundle %s:\n%s", p.Name, strings.TrimSpace(strings.Join(text, "\n")))
	}
	files := map[string][]byte{p.Name + ".js": result.OutputFiles[0].Contents}
	if p.Wasm != "" {
		b, err := os.ReadFile(filepath.Join(from, "node_modules", p.Package, p.Wasm))
		if err != nil {
			return 0, err
		}
		files[filepath.Base(p.Wasm)] = b
	}
	sum := 0
	for name, b := range files {
		path := filepath.Join(out, name)
		size, err := writeBoth(path, b)
		if err != nil {
			return 0, err
		}
		sum += size
	}
	return sum, nil
}

// writeBoth writes a file and its brotli form, whose size it returns. A file that is there already is left, since the best
// level takes seconds.
func writeBoth(path string, b []byte) (int, error) {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, b) {
		if info, err := os.Stat(path + ".br"); err == nil {
			return int(info.Size()), nil
		}
	}
	var packed bytes.Buffer
	w := brotli.NewWriterLevel(&packed, brotli.BestCompression)
	if _, err := w.Write(b); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return packed.Len(), errors.Join(os.WriteFile(path+".br", packed.Bytes(), 0o644), os.WriteFile(path, b, 0o644))
}

// version returns the version of an installed package.
func version(from, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(from, "node_modules", name, "package.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w; run npm ci in js/bench", err)
	}
	if err != nil {
		return "", err
	}
	var found struct{ Version string }
	if err := json.Unmarshal(text, &found); err != nil {
		return "", fmt.Errorf("package.json of %s: %w", name, err)
	}
	return found.Version, nil
}
