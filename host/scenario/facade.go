package scenario

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// facade runs every js/test/*.test.js in a page of its own, unbundled, under the site's Content Security Policy.
func facade(t *testing.T, b *browsertest.Browser) {
	home := serve(t, "/", nil)
	files, err := fs.Glob(runtime(t).js, "test/*.test.js")
	require.NoError(t, err)
	require.NotEmpty(t, files, "no test file in js/test")
	for _, file := range files {
		name := file[len("test/"):]
		t.Run(name, func(t *testing.T) {
			facadeFile(t, b.For(t), home, name)
		})
	}
}

// facadeFile runs one file of js/test.
func facadeFile(t *testing.T, b *browsertest.Browser, home, name string) {
	b.Open(home + "js/test/runner.html?file=" + name)
	var results struct {
		Tests []struct {
			Name  string
			Error *string
		}
		Stray []string
	}
	b.CallInto(&results, "results")
	require.NotEmpty(t, results.Tests, "the file registers no test")
	for _, test := range results.Tests {
		t.Run(test.Name, func(t *testing.T) {
			if test.Error != nil {
				t.Error(*test.Error)
			}
		})
	}
	require.Empty(t, results.Stray, "errors outside of the tests")
	for _, entry := range b.Entries() {
		if entry.Kind == browsertest.Request {
			require.Contains(t, entry.Text, home)
		}
	}
}
