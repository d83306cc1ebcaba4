package markup_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/tabstate/tabstate/host/markup"
	"github.com/tabstate/tabstate/js"
)

const script = "/tabstate/tabstate.min.js"

func tag(t testing.TB, settings string) markup.Tag {
	made, err := markup.NewTag(script, settings)
	require.NoError(t, err)
	return made
}

// TestInsert has in each page a "¦" where the tag is to come; in a page without one it is not to come.
func TestInsert(t *testing.T) {
	tests := []struct{ name, page string }{
		{"a page", "<!doctype html>\n<html lang=en>\n<head>¦\n<meta charset=utf-8><title>A</title></head><body>b</body></html>"},
		{"head with attributes, uppercase", "<!DOCTYPE HTML><HTML><HEAD PREFIX='og: <x>'>¦<TITLE>A</TITLE>"},
		{"no head", "<!doctype html>¦\n<title>A</title><p>text"},
		{"no doctype", "<html>¦<body>text"},
		{"nothing but a body", "¦<body>text"},
		{"nothing but a title", "¦\n<title>A</title>text"},
		{"byte order mark", "\ufeff<!doctype html>¦<p>text"},
		{"byte order mark and head", "\ufeff\r\n<html><head>¦</head>"},
		{"comments", "<!-- <head> --><!doctype html><!-- <html><head> --><html><!----><head>¦<!-- <head> -->"},
		{"head in a script", "<!doctype html>¦<script>'<head>'</script><p>"},
		{"head in a title", "<!doctype html>¦<title><head></title>"},
		{"head in an attribute", "<!doctype html>¦<body title='<head>'>"},
		{"head after the body began", "<!doctype html>¦<p>text</p><head></head>"},
		{"header is no head", "<!doctype html>¦<header>text</header>"},
		{"text first", "¦text<body>"},
		{"unfinished", "<!doctype html>¦<p title='"},
		{"unfinished head", "<!doctype html>¦<head"},
		{"xml declaration", "<?xml version='1.0'?><!doctype html><html><head>¦"},
		{"latin-1", "<!doctype html><head>¦<title>\xe4\xf6\xfc</title>"},

		{"base in the folder", "<head><title>A</title><base href='./'>¦<link>"},
		{"base without an address", "<head>¦<base target=_top><link>"},
		{"second base", "<head><base target=_top><base href=.>¦<base href='https://a.example/'>"},
		{"base in the body", "<head>¦</head><body><base href='https://a.example/'>"},
		{"base in a script", "<head>¦<script>'<base href=https://a.example>'</script>"},
		{"base on another origin", "<head><base href='https://a.example/'>"},
		{"base on another origin, in short", "<head><base href='//a.example/'>"},
		{"base on another origin, disguised", `<head><base href='\\a.example/'>`},
		{"base that is no address", "<head><base href='http://[::1'>"},

		{"it has the tag", `<head><script type="module" src="tabstate/tabstate.js"></script>`},
		{"it has the tag, small, elsewhere", `<head></head><p><SCRIPT SRC="https://a.example/x/tabstate.min.js?v=1#a" TYPE=Module></SCRIPT>`},
		{"it has a classic script", `<head>¦<script src="tabstate/tabstate.js"></script>`},
		{"it has another script", `<head>¦<script type=module src="nottabstate.js"></script>`},
		{"it names the tag in text", `<head>¦</head><p>&lt;script type="module" src="tabstate/tabstate.js">`},
		{"it names the tag in a comment", `<head>¦</head><!--<script type="module" src="tabstate/tabstate.js"></script>-->`},

		{"a fragment", "<li>one</li><li>two</li>"},
		{"unfinished doctype", "<!doctype"},
		{"empty", ""},
		{"UTF-16", "\xff\xfe<\x00h\x00e\x00a\x00d\x00>\x00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page := strings.ReplaceAll(test.page, "¦", "")
			want := strings.ReplaceAll(test.page, "¦", `<script type="module" src="tabstate/tabstate.min.js"></script>`)
			got, did := tag(t, "").Insert([]byte(page), "page.html")
			require.Equal(t, want, string(got))
			require.Equal(t, want != page, did)
			again, did := tag(t, "").Insert(got, "page.html")
			require.False(t, did)
			require.Equal(t, string(got), string(again))
		})
	}
}

func TestAddress(t *testing.T) {
	for _, test := range []struct{ name, base, want string }{
		{"index.html", "", "tabstate/"},
		{"guide/index.html", "", "../tabstate/"},
		{"a/b/c d.html", "", "../../tabstate/"},
		{"a/b/50%/d?.html", "", "../../../tabstate/"},
		{"a/b/c.html", `<base href="/">`, "tabstate/"},
		{"a/b/c.html", `<base href="../">`, "../tabstate/"},
		{"a/b/c.html", `<base href=" ../../../../ ">`, "tabstate/"},
		{"a/b/c.html", `<base href="d/e/">`, "../../../../tabstate/"},
		{"a/b/c.html", `<base href="/x/y/page.html?a=/b/#/c">`, "../../tabstate/"},
		{"a/b/c.html", `<base href="">`, "../../tabstate/"},
	} {
		got, did := tag(t, "").Insert([]byte("<head>"+test.base), test.name)
		require.True(t, did, test)
		require.Contains(t, string(got), `src="`+test.want+`tabstate.min.js"`, test)
	}
}

func TestSettings(t *testing.T) {
	got, _ := tag(t, ` enforce  keep=navigation limits={"entries":100} app=a&b `).Insert([]byte("<head>"), "a.html")
	require.Equal(t, `<head><script type="module" src="tabstate/tabstate.min.js" data-session-enforce data-session-keep="navigation" data-session-limits="{&#34;entries&#34;:100}" data-session-app="a&amp;b"></script>`, string(got))
	for _, settings := range []string{"strict", "enforce,keep", "=x", `"`} {
		_, err := markup.NewTag(script, settings)
		require.ErrorContains(t, err, "wipe-on-hide")
	}
}

// TestSettingsAreTheTags reads the facade's own list of attributes.
func TestSettingsAreTheTags(t *testing.T) {
	source, err := js.Files.Open("tag.js")
	require.NoError(t, err)
	defer source.Close()
	text := make([]byte, 64<<10)
	n, _ := source.Read(text)
	var names []string
	for _, found := range regexp.MustCompile(`(?m)^  session([A-Z]\w*): `).FindAllSubmatch(text[:n], -1) {
		name := regexp.MustCompile(`[A-Z]`).ReplaceAllStringFunc(string(found[1]), func(c string) string { return "-" + strings.ToLower(c) })
		names = append(names, name[1:])
	}
	slices.Sort(names)
	_, err = markup.NewTag(script, "none")
	require.ErrorContains(t, err, strings.Join(names, ", "))
}

func TestMove(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{"addresses", `<link href="a.css"><script src='b.js'></script><img src=c.png alt="a &amp; b">`,
			`<link href="../../a.css"><script src="../../b.js"></script><img src="../../c.png" alt="a &amp; b">`},
		{"others", `<form action=go><button formaction="x"><video poster=p><object data=o></object><div data=o></div>`,
			`<form action="../../go"><button formaction="../../x"><video poster="../../p"><object data="../../o"></object><div data=o></div>`},
		{"candidates", `<img srcset="a.png 1x, /b.png 2x,c.png 3x , https://x.example/d.png 4.5x">`,
			`<img srcset="../../a.png 1x, /b.png 2x,../../c.png 3x , https://x.example/d.png 4.5x">`},
		{"candidates with widths", `<img srcset="a.png 100w, data:image/png;base64,AA= 200w, b.png">`,
			`<img srcset="../../a.png 100w, data:image/png;base64,AA= 200w, ../../b.png">`},
		{"relative all the same", `<a href="./">s</a><a href="../x"><a href=" x y ">`, `<a href="../.././">s</a><a href="../../../x"><a href=" ../../x y ">`},
		{"nothing relative", `<a href=/x><a href='#main'><a href="?q"><a href=""><a href="mailto:a@b.example"><a href=//c.example>`, ``},
		{"text and scripts", `<!-- <a href=x> --><script>'<a href=x>'</script><title><a href=x></title><TEXTAREA><a href=x>`, ``},
		{"a base", `<a href=x><base href="/"><a href=y>`, ``},
		{"unfinished", `<p>text<a href=x`, ``},
		{"escapes", `<a href="x?a=1&amp;b=&quot;" TITLE='"'>`, `<a href="../../x?a=1&amp;b=&#34;" title="&#34;">`},
		{"an element of SVG", `<svg viewBox="0 0 1 1"><use xlink:href="i.svg#a"/><use href="#a"/></svg>`, `<svg viewBox="0 0 1 1"><use xlink:href="../../i.svg#a"/><use href="#a"/></svg>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := test.want
			if want == "" {
				want = test.page
			}
			require.Equal(t, want, string(markup.Move([]byte(test.page), "../../")))
			require.Equal(t, test.page, string(markup.Move([]byte(test.page), "")))
		})
	}
}

func seeds(f *testing.F) {
	for _, name := range []string{"404.html", "index.html", "todo.html"} {
		page, err := os.ReadFile("../../static/" + name)
		require.NoError(f, err)
		f.Add(string(page), "a/b.html")
	}
	for _, page := range []string{
		"<!doctype html><html><head><base href='../'><title></title>", "\ufeff<head >", "<!-- <head> --!><html>", "<title><head>", "<script><!--<script></script><head>",
		"<noscript><head></noscript><body>", "<svg><base href=x><title>", "<template><base href=x></template>", "<body>", "</head><head>", "<plaintext><head>", "<frameset><body>",
	} {
		f.Add(page, "index.html")
	}
}

// FuzzInsert: but for the tag nothing changes, a second time nothing does, and the page as a browser parses it has the tag as a script.
func FuzzInsert(f *testing.F) {
	seeds(f)
	made := tag(f, "enforce")
	f.Fuzz(func(t *testing.T, page, name string) {
		got, did := made.Insert([]byte(page), name)
		if !did {
			require.Equal(t, page, string(got))
			return
		}
		at := strings.Index(string(got), `<script type="module" src="`)
		end := strings.Index(string(got)[at:], "</script>") + at + len("</script>")
		for !strings.HasPrefix(page, string(got[:at])) || string(got[:at])+string(got[end:]) != page {
			next := strings.Index(string(got)[at+1:], `<script type="module" src="`)
			require.GreaterOrEqual(t, next, 0, "more changed than the tag")
			at += 1 + next
			end = strings.Index(string(got)[at:], "</script>") + at + len("</script>")
		}
		_, again := made.Insert(got, name)
		require.False(t, again)
		require.Equal(t, 1, scripts(t, string(got))-scripts(t, page), string(got))
	})
}

// scripts counts the runtime's tags that a browser would run.
func scripts(t *testing.T, page string) (count int) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Skip(err) // nested too deep for this parser
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "script" || n.Namespace != "" {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "src" && strings.HasSuffix(a.Val, "tabstate.min.js") {
				count++
			}
		}
	}
	return count
}

// FuzzMove: text and tags without addresses stay, and the page keeps its elements.
func FuzzMove(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, page, _ string) {
		moved := string(markup.Move([]byte(page), "../"))
		require.Equal(t, tokens(page), tokens(moved))
	})
}

// tokens returns the page's tokens without attributes.
func tokens(page string) (list []string) {
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		if token.Type != html.TextToken {
			list = append(list, token.Type.String()+token.Data)
		}
	}
	return list
}
