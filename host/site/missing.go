package site

import (
	"io"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/tabstate/tabstate/host/markup"
)

// builtInPage is shown where the site has no 404.html. Its address is relative like those of any other.
const builtInPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Not found</title>
<h1>Not found</h1>
<p>There is no such page. <a href="./">To the start</a></p>
</html>
`

var builtIn moved

// Bounds of what is kept of one page: folders deep, bytes. Beyond them the page is shown as it is.
const (
	deepest   = 32
	movedPage = 128 << 10
)

// moved is a page of the site's root as it is to be where it is shown in place of a missing one: one version for each depth,
// made when it is first asked for.
type moved [deepest]atomic.Pointer[[]byte]

// at returns the page for an address so many folders below the root.
func (m *moved) at(page []byte, depth int) []byte {
	if depth == 0 || depth >= deepest || len(page) > movedPage {
		return page
	}
	if known := m[depth].Load(); known != nil {
		return *known
	}
	made := markup.Move(page, strings.Repeat("../", depth))
	m[depth].Store(&made)
	return made
}

// depth returns how many folders below the root the address is, as a browser counts that resolves relative addresses.
func depth(u *url.URL) int { return max(0, strings.Count(u.EscapedPath(), "/")-1) }

// content returns the form's content whole.
func (d *folder) content(f *form) ([]byte, error) {
	if f.body != nil {
		return f.body, nil
	}
	opened, err := d.open(f)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	page, err := io.ReadAll(opened)
	if err == nil && f.made {
		page, _ = d.tag.Insert(page, f.file)
	}
	return page, err
}
