package pack

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/markup"
	"github.com/tabstate/tabstate/host/site/sitetest"
	"github.com/tabstate/tabstate/host/validate"
)

// packedSite packs a site without compiling, and returns the files of the folder by name.
func packedSite(t *testing.T, o Options) (map[string]string, error) {
	t.Helper()
	if o.Runtime == nil {
		o.Runtime = sitetest.Runtime()
	}
	if o.Headers == nil {
		o.Headers = headers.Default()
	}
	var log bytes.Buffer
	o.Log = &log
	a := assets{Options: o, to: t.TempDir()}
	if err := a.fill(); err != nil {
		return nil, err
	}
	files := map[string]string{"log": log.String()}
	root := os.DirFS(a.to)
	require.NoError(t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var content []byte
			content, err = fs.ReadFile(root, name)
			files[name] = string(content)
		}
		return err
	}))
	return files, nil
}

func TestSite(t *testing.T) {
	files, err := packedSite(t, Options{Pages: sitetest.Pages()})
	require.NoError(t, err)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	require.Equal(t, []string{
		".well-known/security.txt", "404.html", "_headers", "_redirects", "a:b/index.html", "app.0123456789abcdef.css", "guide/deep/index.html", "guide/index.html",
		"index.html", "log", "long.css", "picture.png", "style.css", "tabstate/folder/inner.js", "tabstate/manifest.json", "tabstate/tabstate.0123456789abcdef.wasm",
		"tabstate/tabstate.js", "tabstate/tabstate.min.js", "with space.txt", "without/data.json", "ümlaut.txt",
	}, names, "nothing hidden, and nothing compressed")
	require.Empty(t, files["log"])
	require.Contains(t, files["404.html"], `href="/style.css"`)
	require.Equal(t, "/ /index.html 200\n/a%3Ab /a%3Ab/ 301\n/guide/deep /guide/deep/ 301\n/guide /guide/ 301\n/*/ /:splat/index.html 200\n", files["_redirects"])
}

// TestHeadersFollowTheTable fails when what Static Assets are told is not what the table says.
func TestHeadersFollowTheTable(t *testing.T) {
	for _, o := range []headers.Options{{}, {CSP: "img-src *", Embed: []string{"https://a.example"}}} {
		table, err := headers.New(o)
		require.NoError(t, err)
		files, err := packedSite(t, Options{Pages: sitetest.Pages(), Headers: table})
		require.NoError(t, err)
		want, err := table.StaticAssets([]string{"/tabstate/" + sitetest.Module, "/app.0123456789abcdef.css"})
		require.NoError(t, err)
		require.Equal(t, want, files["_headers"])

		shared := tableText(table)
		for _, line := range table.Everywhere() {
			require.Contains(t, want, "\n  "+line.Name+": "+line.Value+"\n")
			require.Equal(t, 2, strings.Count(shared, string(text(line.Name))+":"+string(text(line.Value))), "of all answers, and of one that fails")
		}
	}
	require.Contains(t, tableText(headers.Default()), "maxBody = 1048576;")
	require.EqualValues(t, 1048576, validate.DefaultMaxBody)
}

func TestTag(t *testing.T) {
	tag, err := markup.NewTag("/tabstate/tabstate.min.js", "enforce")
	require.NoError(t, err)
	files, err := packedSite(t, Options{Pages: sitetest.Pages(), Tag: &tag})
	require.NoError(t, err)
	require.Contains(t, files["guide/index.html"], `<script type="module" src="../tabstate/tabstate.min.js" data-session-enforce></script>`)
	require.Equal(t, "body{}", files["style.css"])
}

func TestLarge(t *testing.T) {
	pages := fstest.MapFS{}
	for i := range 2000 {
		pages["f"+strings.Repeat("x", i%7)+string(text(i))+"/index.html"] = &fstest.MapFile{Data: []byte("page")}
	}
	for i := range 120 {
		pages["app"+string(text(i))+".0123456789abcdef.js"] = &fstest.MapFile{Data: []byte("1")}
	}
	files, err := packedSite(t, Options{Pages: pages})
	require.NoError(t, err)
	require.Equal(t, 1902, strings.Count(files["_redirects"], "\n"))
	require.Equal(t, 98, strings.Count(files["_headers"], "immutable"))
	require.Contains(t, files["_headers"], "/tabstate/"+sitetest.Module+"\n", "the module comes first")
	require.Contains(t, files["log"], "121 files have a hash")
	require.Contains(t, files["log"], "2000 folders have an index.html")
}

func TestRefused(t *testing.T) {
	for _, name := range []string{"_headers", "_redirects", "_worker.js"} {
		err := Pack(t.Context(), Options{Pages: fstest.MapFS{name: {}}, Runtime: sitetest.Runtime(), Headers: headers.Default(), Out: t.TempDir()})
		require.ErrorContains(t, err, name)
	}
	require.ErrorIs(t, Pack(t.Context(), Options{Pages: sitetest.Pages(), Runtime: fstest.MapFS{}, Headers: headers.Default(), Out: t.TempDir()}), ErrNoRuntime)

	dir := t.TempDir()
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "escape.txt")))
	rooted, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer rooted.Close()
	_, err = packedSite(t, Options{Pages: rooted.FS()})
	require.Error(t, err, "a link that leads out")
}
