package build

import (
	"encoding/json"
	"fmt"
	"io/fs"
)

// ManifestName is the file that lists the results of a build.
const ManifestName = "manifest.json"

// Manifest lists the results of a build.
type Manifest struct {
	// Go is the version of the toolchain: "go1.26.8".
	Go string `json:"go"`
	// Wasm is the name of the module, and Integrity its digest as Subresource Integrity writes it.
	Wasm      string `json:"wasm"`
	Integrity string `json:"integrity"`
	// Debug is the name of the same module with names in its stack traces. It stands in no download: nothing compressed, not in the budget.
	Debug string `json:"debug"`
	// Files has the results by name, without the compressed forms and the manifest.
	Files map[string]File `json:"files"`
}

// File is one result of a build; sizes are in bytes.
type File struct {
	Type string `json:"type"`
	Size int    `json:"size"`
	// Brotli and Gzip are the sizes of the compressed forms, 0 when there is none.
	Brotli int    `json:"brotli,omitempty"`
	Gzip   int    `json:"gzip,omitempty"`
	SHA256 string `json:"sha256"`
}

// Download returns what a visitor of a page with the script tag loads: the module and tabstate.min.js.
func (m Manifest) Download() File { return m.sum(m.Wasm, minName) }

func (m Manifest) sum(names ...string) File {
	var sum File
	for _, name := range names {
		f := m.Files[name]
		sum.Size += f.Size
		sum.Brotli += f.Brotli
		sum.Gzip += f.Gzip
	}
	return sum
}

// Check returns an error that wraps ErrBudget when the download is larger than budget, in bytes of brotli.
func (m Manifest) Check(budget int64) error {
	if sum := int64(m.Download().Brotli); sum > budget {
		return fmt.Errorf("%w: module and %s are %.1f KiB of brotli, %.1f are allowed", ErrBudget, minName, kib(sum), kib(budget))
	}
	return nil
}

// ReadManifest reads the manifest of a build from its folder.
//
// Returns an error that wraps fs.ErrNotExist when nothing was built there.
func ReadManifest(dist fs.FS) (Manifest, error) {
	b, err := fs.ReadFile(dist, ManifestName)
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return Manifest{}, fmt.Errorf("%s: %w", ManifestName, err)
	}
	if _, err := fs.Stat(dist, m.Wasm); err != nil {
		return Manifest{}, fmt.Errorf("%s: the module: %w", ManifestName, err)
	}
	return m, nil
}

func kib(n int64) float64 { return float64(n) / 1024 }
