package scenario

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
	"github.com/tabstate/tabstate/host/site"
	"github.com/tabstate/tabstate/static"
)

// staticDemos uses every page whose HTML is bound to the session, by mouse and keyboard alone.
func staticDemos(t *testing.T, b *browsertest.Browser) {
	staticDemosAt(t, b, serve(t, "/", nil))
	t.Run("hugo", func(t *testing.T) { hugo(t, b.For(t)) })
}

func staticDemosAt(t *testing.T, b *browsertest.Browser, home string) {
	cases := map[string]func(t *testing.T, b *browsertest.Browser){
		"mortgage": mortgage, "sliders": sliders, "groups": groups, "form": guestBook, "todo": todo, "quiz": quiz, "filter": filter, "wizard": wizard,
	}
	b.Open(home)
	var linked []string
	b.EvalInto(&linked, `return [...document.querySelectorAll("#html a")].map((a) => a.getAttribute("href"))`)
	require.Len(t, linked, len(cases), "each demo of the index has a case")
	clean(b, home)
	for _, page := range linked {
		name := strings.TrimSuffix(page, ".html")
		t.Run(name, func(t *testing.T) {
			require.Contains(t, cases, name)
			b := b.For(t)
			b.NewWindow()
			b.Open(home)
			b.Click(`a[href="` + page + `"]`)
			b.WaitFor("#html code")
			bound(b)
			showsItself(t, b, page)
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the page says: %s", b.Text("#fault-text"))
				}
			})
			cases[name](t, b)
			require.Empty(t, b.Text("#fault-text"))
			clean(b, home)
			b.Close()
		})
	}
}

var (
	card   = regexp.MustCompile(`(?s)<div class="card">\n(.*?)\n    </div>\n`)
	script = regexp.MustCompile(`<script type="module" src="(\w+\.js)">`)
)

// showsItself: the code that a page shows is that which it is made of.
func showsItself(t *testing.T, b *browsertest.Browser, page string) {
	source, err := fs.ReadFile(static.Files, page)
	require.NoError(t, err)
	inside := card.FindStringSubmatch(string(source))
	require.NotNil(t, inside, page)
	require.Equal(t, strings.TrimSpace(strings.ReplaceAll("\n"+inside[1], "\n      ", "\n")), b.Text("#html"))
	for _, own := range script.FindAllStringSubmatch(string(source), -1) {
		if own[1] == "fault.js" {
			continue
		}
		text, err := fs.ReadFile(static.Files, own[1])
		require.NoError(t, err)
		require.Equal(t, strings.TrimSpace(string(text)), b.Text("#code"))
	}
}

// over writes a text over what is in a field, at the keyboard.
func over(b *browsertest.Browser, selector, text string) {
	b.Click(selector)
	b.Keys(browsertest.Control, "a")
	b.Keys(browsertest.Backspace)
	if text != "" {
		b.Keys(text)
	}
}

// texts returns the texts of all elements that the selector finds.
func texts(b *browsertest.Browser, selector string) (all []string) {
	b.EvalInto(&all, `return [...document.querySelectorAll(arguments[0])].map((el) => el.textContent.replace(/\s+/g, " ").trim())`, selector)
	return all
}

// waitTexts waits until they are as wanted.
func waitTexts(b *browsertest.Browser, selector string, want ...string) {
	b.Wait(selector+" to be "+strings.Join(want, ", "), `const [selector, want] = arguments;
const found = [...document.querySelectorAll(selector)].map((el) => el.textContent.replace(/\s+/g, " ").trim());
return JSON.stringify(found) === JSON.stringify(want) || JSON.stringify(found)`, selector, append([]string{}, want...))
}

// seen waits until what is hidden otherwise is to be seen, or is not.
func seen(b *browsertest.Browser, selector string, visible bool) {
	b.Wait(selector, `return document.querySelector(arguments[0]).checkVisibility() === arguments[1]`, selector, visible)
}

func mortgage(t *testing.T, b *browsertest.Browser) {
	b.WaitText("#monthly", "€1,602.00")
	b.WaitText("#interest", "€160,599")
	attribute := func(selector, name string) string {
		return b.Eval(`return document.querySelector(arguments[0]).getAttribute(arguments[1])`, selector, name).(string)
	}
	curve := attribute(".line", "d")
	require.Regexp(t, `^M0\.0 5\.0 L24\.0 .* L600\.0 195\.0$`, curve)
	require.Equal(t, curve+" L600 200 L0 200 Z", attribute(".area", "d"))
	require.Equal(t, "What is still owed over 25 years: half of it after 16", attribute("svg", "aria-label"))

	over(b, "#price", "480000")
	b.WaitText("#monthly", "€2,002.49")
	// Tab to the rate, and by its keys to nothing and back.
	b.Keys(browsertest.Tab, browsertest.Tab)
	require.Equal(t, "#rate", b.Focused())
	b.Keys(browsertest.Home)
	b.WaitText("#monthly", "€1,333.33")
	b.WaitText("#interest", "€0")
	b.Keys(browsertest.End, browsertest.Left)
	b.WaitText("label[for=rate] span", "9.9")
	b.Click("#years") // in its middle
	b.WaitText("label[for=years] span", "22")
	b.Keys(browsertest.Right)
	b.WaitText("label[for=years] span", "23")
	require.NotEqual(t, curve, attribute(".line", "d"))
	require.Equal(t, 23, strings.Count(attribute(".line", "d"), "L"))
	over(b, "#deposit", "500000")
	b.WaitText("#monthly", "€0.00")
	over(b, "#price", "")
	b.WaitText("#monthly", "€0.00")
}

func sliders(t *testing.T, b *browsertest.Browser) {
	values := func(want ...string) {
		b.Wait(strings.Join(want, " "), `const found = [...document.querySelectorAll("input")].map((el) => el.value);
return JSON.stringify(found) === JSON.stringify(arguments[0]) || JSON.stringify(found)`, want)
	}
	says := func(want string) {
		b.Wait(want, `return document.getElementById("said").innerText === arguments[0] || document.getElementById("said").innerText`, want)
	}
	says("20 °C are 68 °F")
	b.Click("#celsius")
	says("50 °C are 122 °F")
	b.Keys(browsertest.Right)
	says("51 °C are 123.8 °F")
	values("51", "51", "124", "123.8")
	b.Keys(browsertest.Home)
	says("-50 °C are -58 °F: water freezes")
	values("-50", "-50", "-58", "-58")
	over(b, "#fahrenheit-number", "212")
	values("100", "100", "212", "212")
	says("100 °C are 212 °F: water boils")
	// Too hot: back to the most there is, when the field is left.
	over(b, "#celsius-number", "999")
	b.Keys(browsertest.Tab)
	values("150", "150", "302", "302")
}

func groups(t *testing.T, b *browsertest.Browser) {
	order := func(want string, toppings ...string) {
		b.Wait(want, `const found = document.querySelector("#order p").innerText.replace(/\s+/g, " ").trim();
return found === arguments[0] || found`, want)
		waitTexts(b, "#order li", toppings...)
	}
	order("A medium pizza with", "capers")
	b.Click(`[value="chilli"]`)
	b.Click(`[value="olives"]`)
	order("A medium pizza with", "olives", "capers", "chilli")
	b.Click(`[value="medium"]`)
	b.Keys(browsertest.Down)
	order("A large pizza for two with", "olives", "capers", "chilli")
	b.Keys(browsertest.Tab, browsertest.Space, browsertest.Tab, browsertest.Space, browsertest.Tab, browsertest.Tab, browsertest.Space, browsertest.Tab, browsertest.Space)
	require.Equal(t, "#box", b.Focused())
	order("A large pizza for two in a box with nothing on it")
}

func guestBook(t *testing.T, b *browsertest.Browser) {
	b.WaitText("#count", "0")
	fields := func() any {
		return b.Eval(`return ["name", "mood", "text", "again"].map((id) => {
  const field = document.getElementById(id);
  return field.type === "checkbox" ? field.checked : field.value;
})`)
	}
	empty := []any{"", "glad", "", false}
	held := func() any {
		return b.Eval(`return ["name", "mood", "text", "again"].map((key) => tabstate.session.get(key))`)
	}
	b.Click("#name")
	b.Keys("Ada", browsertest.Enter)
	require.Equal(t, "#text", b.Focused(), "the browser asks for the message first")
	b.WaitText("#count", "0")
	b.Keys("A fine\npage & <b>more</b>")
	b.Keys(browsertest.Tab, browsertest.Space)
	require.Equal(t, []any{"Ada", "glad", "A fine\npage & <b>more</b>", true}, fields())
	require.Equal(t, empty, held(), "what is written waits")
	b.Keys(browsertest.Tab, browsertest.Enter)
	b.WaitText("#count", "1")
	waitTexts(b, ".entries li", "Ada, glad, who will come again: A fine page & <b>more</b>")
	require.Equal(t, []any{empty, empty}, []any{fields(), held()}, "the form and its keys are as they were")

	// Enter in a field, and Ctrl+Enter in the text.
	b.Click("#mood")
	b.Keys("curious", browsertest.Enter)
	b.Click("#text")
	b.Keys("Short")
	b.Click("#name")
	b.Keys("Grace", browsertest.Enter)
	b.WaitText("#count", "2")
	b.Click("#name")
	b.Keys("Alan", browsertest.Tab, browsertest.Tab, "Again")
	b.Keys(browsertest.Control, browsertest.Enter)
	b.WaitText("#count", "3")
	require.Equal(t, empty, fields())
	waitTexts(b, ".entries li q", "A fine page & <b>more</b>", "Short", "Again")
	require.Equal(t, "Grace, curious: Short", strings.Replace(texts(b, ".entries li")[1], ", who will come again", "", 1))
}

func todo(t *testing.T, b *browsertest.Browser) {
	b.WaitText("#left", "0 open of 0")
	b.Click("#title")
	for _, title := range []string{"one", "two", "three"} {
		b.Keys(title, browsertest.Enter)
		require.Equal(t, "#title", b.Focused())
	}
	waitTexts(b, ".todos li > span", "one", "two", "three")
	require.Equal(t, "", b.Eval(`return document.getElementById("title").value`))

	// Up twice with the same key: the focus goes with the row.
	b.Eval(`window.row = document.querySelector("li:nth-of-type(3)"); row.querySelector(".up").focus()`)
	b.Keys(browsertest.Enter)
	waitTexts(b, ".todos li > span", "one", "three", "two")
	b.Keys(browsertest.Enter)
	waitTexts(b, ".todos li > span", "three", "one", "two")
	require.Equal(t, true, b.Eval(`return document.activeElement === row.querySelector(".up") && row === document.querySelector("li:nth-of-type(1)")`))

	b.Keys(browsertest.Shift, browsertest.Tab)
	b.Eval(`window.touched = []; new MutationObserver((list) => touched.push(...list)).observe(document.querySelector(".todos"), { subtree: true, childList: true, attributes: true, characterData: true })`)
	b.Keys(browsertest.Space)
	b.WaitText("#left", "2 open of 3")
	b.WaitFor(`li:nth-of-type(1) [aria-checked="true"]`)
	require.Equal(t, []any{true, 2.0}, b.Eval(`return [touched.every(({ target }) => row.contains(target)), touched.length]`), "a tick and a line through, in its own row")

	b.Click(`[value="open"]`)
	waitTexts(b, ".todos li > span", "one", "two")
	b.Keys(browsertest.Right)
	waitTexts(b, ".todos li > span", "three")
	// And back: from the last one on to the first the keys go in some browsers alone.
	b.Keys(browsertest.Left, browsertest.Left)
	waitTexts(b, ".todos li > span", "three", "one", "two")
	b.Click("li:nth-of-type(2) .remove")
	waitTexts(b, ".todos li > span", "three", "two")
	require.Equal(t, "#title", b.Focused())
	b.WaitText("#left", "1 open of 2")
}

func quiz(t *testing.T, b *browsertest.Browser) {
	b.Click(`[value="disk"]`)
	b.Keys(browsertest.Down)
	b.Click("#mark")
	seen(b, "#score", false)
	b.Click(`[value="close"]`)
	b.Click(`[value="copy"]`)
	b.Click("#mark")
	b.WaitText("#score", "2")
	seen(b, "#score", true)
	visible := func() any {
		return b.Eval(`return [...document.querySelectorAll(".right, .wrong")].filter((el) => el.checkVisibility()).map((el) => el.textContent)`)
	}
	require.Equal(t, []any{"Right.", "Right.", "Not so."}, visible())
	b.Click(`[value="own"]`)
	require.Equal(t, []any{"Right.", "Right.", "Not so."}, visible(), "the form keeps the answer to itself")
	b.Keys(browsertest.Enter)
	b.WaitText("#score", "3")
	b.Click("#again")
	seen(b, "#score", false)
	require.Equal(t, []any{}, visible())
	require.Equal(t, 0.0, b.Eval(`return document.querySelectorAll(":checked").length`))
}

func filter(t *testing.T, b *browsertest.Browser) {
	address := func(search string) {
		b.Wait(search, `return location.search === arguments[0] || location.search`, search)
	}
	names := func(want ...string) { waitTexts(b, "tbody td:first-child", want...) }
	b.WaitText("#count", "15")
	address("")
	b.Click("#search")
	b.Keys("m")
	b.WaitText("#count", "5")
	address("?search=m")
	b.Click("#continent")
	b.Keys("europe", browsertest.Enter)
	names("Matterhorn", "Mont Blanc")
	address("?search=m&continent=Europe")
	b.Click("#by-height")
	names("Mont Blanc", "Matterhorn")
	address("?search=m&continent=Europe&sort=height")
	b.WaitFor(`[aria-sort="descending"] #by-height`)
	b.Reload()
	names("Mont Blanc", "Matterhorn")
	require.Equal(t, []any{"m", "Europe"}, b.Eval(`return ["search", "continent"].map((id) => document.getElementById(id).value)`))
	b.Click("#high")
	names()
	address("?search=m&continent=Europe&sort=height&high=true")
	b.Click("#clear")
	b.WaitText("#count", "15")
	address("")
	require.Equal(t, []any{"", "", false}, b.Eval(`return [document.getElementById("search").value, document.getElementById("continent").value, document.getElementById("high").checked]`))

	// An address by hand: what is no option is ignored and goes.
	b.Open(strings.Split(b.URL(), "?")[0] + "?continent=Nowhere&search=blanc&other=1")
	names("Mont Blanc")
	address("?search=blanc&other=1")
}

func wizard(t *testing.T, b *browsertest.Browser) {
	ready := func(page string) {
		b.Wait(page, `return location.pathname === arguments[0]`, "/"+page)
		bound(b)
	}
	b.Wait("the service worker", `return (await navigator.serviceWorker.getRegistrations()).some((r) => r.active)`)
	b.Click("#name")
	b.Keys("Ada", browsertest.Tab, "no address", browsertest.Enter)
	require.Equal(t, "#email", b.Focused(), "the browser checks the fields")
	over(b, "#email", "ada@example.org")
	b.Keys(browsertest.Enter)
	ready("wizard-2.html")
	showsItself(t, b, "wizard-2.html")
	require.NotContains(t, b.URL(), "Ada")
	b.WaitText("#hello", "Ada")
	b.Click("#to")
	b.Keys("Oslo", browsertest.Enter)
	if b.Click("#day"); b.Cannot(browsertest.Dates) == "" {
		b.Keys("02292028")
	} else {
		b.Keys(browsertest.Escape) // its calendar
		b.Eval(`const day = document.getElementById("day"); day.value = "2028-02-29"; for (const type of ["input", "change"]) day.dispatchEvent(new Event(type, { bubbles: true }))`)
	}
	over(b, "#seats", "3")
	b.Click("#next")
	ready("wizard-3.html")
	showsItself(t, b, "wizard-3.html")
	summary := func(want ...string) { waitTexts(b, "dd", want...) }
	summary("Ada", "ada@example.org", "Oslo", "February 29, 2028", "3")

	// A correction on the first page, and back by the browser's history.
	b.Click("#first")
	ready("wizard.html")
	b.Wait("the name", `return document.getElementById("name").value === "Ada"`)
	over(b, "#name", "Grace")
	b.Keys(browsertest.Enter)
	ready("wizard-2.html")
	b.WaitText("#hello", "Grace")
	b.Wait("the seats", `return document.getElementById("seats").value === "3" && document.getElementById("to").value === "Oslo"`)
	b.Reload()
	b.WaitText("#hello", "Grace")
	b.Click("#next")
	ready("wizard-3.html")
	summary("Grace", "ada@example.org", "Oslo", "February 29, 2028", "3")
	b.WaitFor("#book:enabled")
	b.Click("#book")
	seen(b, "#booked", true)
	b.WaitFor("#book:disabled")
	b.Back()
	b.WaitText("#hello", "Grace")
	b.Forward()
	summary("Grace", "ada@example.org", "Oslo", "February 29, 2028", "3")
	seen(b, "#booked", true)
	require.Equal(t, []any{[]any{}, []any{}}, b.Eval(`return [Object.keys(localStorage), Object.keys(sessionStorage)]`))

	// Another tab has nothing of it.
	address := b.URL()
	b.NewWindow()
	b.Open(address)
	b.Wait("the session", `return document.getElementById("book").disabled && document.querySelector("p.soft[data-session-hide]").checkVisibility()`)
	summary("–", "–", "–", "–", "–")
	b.Close()
}

// hugo: pages that Hugo makes, with the runtime in their layout; the source is in static/hugo-src.
func hugo(t *testing.T, b *browsertest.Browser) {
	program, err := exec.LookPath("hugo")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no hugo here")
		}
		t.Skip("no hugo here")
	}
	folder := t.TempDir()
	out, err := exec.Command(program, "--source", "static/hugo-src", "--destination", folder, "--noBuildLock", "--quiet").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, name := range []string{"style.css", "favicon.svg"} {
		content, err := fs.ReadFile(static.Files, name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), content, 0o644))
	}
	server := httptest.NewServer(http.StripPrefix("/sub", site.Handler(site.Options{Pages: os.DirFS(folder), Runtime: runtime(t).dist})))
	defer server.Close()

	b.NewWindow()
	// A page that is left while its session opens may say in the log that it could not.
	to := func(link, address string) {
		b.Click(link)
		b.Wait("/sub/"+address, `return location.pathname === arguments[0]`, "/sub/"+address)
		bound(b)
	}
	b.Open(server.URL + "/sub/")
	require.Equal(t, []string{"Bread", "Soup"}, texts(b, "a.page"))
	b.Wait("the service worker", `return (await navigator.serviceWorker.getRegistrations()).some((r) => r.active)`)
	to(`a.page[href*="bread"]`, "bread/")
	b.WaitText("#portions-here", "4")
	b.Click("#portions")
	b.Keys(browsertest.Up, browsertest.Up)
	b.WaitText("#portions-here", "6")
	b.Click(`[value="Water"]`)
	to(".brand", "")
	to(`a.page[href*="soup"]`, "soup/")
	b.WaitText("p [data-session-text=portions]", "6")
	b.Click(`[value="Leek"]`)
	to(".brand", "")
	b.WaitText("#portions-here", "6")
	to(`a.page[href*="bread"]`, "bread/")
	b.WaitText("#portions-here", "6")
	b.Wait("the checkboxes", `return [...document.querySelectorAll(":checked")].map((el) => el.value).join() === "Water"`)
	clean(b, server.URL)
	b.Close()
}
