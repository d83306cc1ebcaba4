// @ts-check
import { equal, fail, same } from "./harness.js";
import { htmlTest, settled, touched } from "./html-page.js";
import { warnings } from "./sessions.js";

htmlTest("issue 4: text by key and path; without the key the HTML stays (flicker)", `
  <p data-session-text="user.name">somebody</p><p data-session-text="items.0.title"></p><p data-session-text="n">0</p>
  <p data-session-text data-session-key="a.b" data-session-path="c.0"></p><p data-session-text="items.length"></p><p data-session-text="user.constructor"></p>
`, ({ session, $$ }) => {
  const texts = () => $$("p").map((el) => el.textContent);
  equal(texts(), ["somebody", "", "0", "", "", ""]);
  session.update({ user: { name: "Ada" }, items: [{ title: "first" }], n: 1, "a.b": { c: ["deep"] } });
  equal(texts(), ["Ada", "first", "1", "deep", "1", ""]);
  session.delete("user");
  session.set("n", null);
  equal(texts().slice(0, 3), ["somebody", "first", ""]);
});

htmlTest("issue 4: simple tests", ["!a", "a", "a == 1", "a != 1", "a == one", "a > 2", "a <= 2", 'a == "x y"', "a == null"].map((t) => `<b data-session-show='${t}'></b>`).join(""), ({ session, $$ }) => {
  const shown = () => $$("b").map((el) => +!el.hidden).join("");
  const cases = /** @type {[unknown, string][]} */ ([
    [undefined, "100100001"], [1, "011000100"], [3, "010101000"], ["one", "010110000"], ["x y", "010100010"], [[], "100100100"], [null, "100100101"], [true, "010100100"],
  ]);
  for (const [value, want] of cases) {
    if (value === undefined) session.delete("a");
    else session.set("a", value);
    same(shown(), want, JSON.stringify(value));
  }
});

htmlTest("issue 4: attributes and classes", `<a data-session-attr-href="to" data-session-attr-title="t" data-session-attr-aria-current="on" data-session-attr-download="on" data-session-class-big="n > 5" class="own" title="html">x</a>`, ({ session, $ }) => {
  const a = $("a");
  equal([a.getAttribute("href"), a.title, a.className], [null, "html", "own"]);
  session.update({ to: "page.html?a=1", t: "T", on: true, n: 6 });
  equal([a.getAttribute("href"), a.title, a.getAttribute("aria-current"), a.getAttribute("download"), a.className], ["page.html?a=1", "T", "true", "", "own big"]);
  session.update({ t: null, on: false, n: 1 });
  equal([a.hasAttribute("title"), a.getAttribute("aria-current"), a.hasAttribute("download"), a.className], [false, "false", false, "own"]);
});

htmlTest("issue 4: addresses that run code are refused", `<a data-session-attr-href="u">x</a><form data-session-attr-action="u"></form><p data-session-attr-title="u"></p>`, ({ session, $ }) => {
  for (const bad of ["javascript:alert(1)", " \tJaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\u0001javascript:alert(1)"]) {
    const said = warnings(() => session.set("u", bad));
    same(said.length, 2);
    if (String(said).includes("alert")) fail(`the console got a value: ${said}`);
    equal([$("a").hasAttribute("href"), $("form").hasAttribute("action"), $("p").title], [false, false, bad]);
  }
  session.set("u", "mailto:a@b.example");
  same($("a").getAttribute("href"), "mailto:a@b.example");
});

htmlTest("issue 4: handlers, srcdoc and style are not for outputs", ``, ({ session, root }) => {
  for (const name of ["onclick", "srcdoc", "style"]) {
    const el = document.createElement("iframe");
    const said = warnings(() => session.bind(el, { [`attr-${name}`]: "x" }));
    session.set("x", "alert(1)");
    equal([said.length, el.hasAttribute(name)], [1, false]);
  }
});

htmlTest("issue 4: numbers and dates by Intl", `
  <p lang="de" data-session-text="n" data-session-format="number:style=currency,currency=EUR"></p>
  <p data-session-text="n" data-session-format="number:maximumFractionDigits=0" data-session-locale="en"></p>
  <p data-session-text="d" data-session-format="date:dateStyle=long" data-session-locale="en"></p>
  <p data-session-text="m" data-session-format="date:year=numeric,month=long" data-session-locale="en"></p>
  <p data-session-text="none" data-session-format="date" data-session-locale="en">–</p>
`, ({ session, $$ }) => {
  session.update({ n: 1234.5, d: "2024-02-29", m: "2024-02" });
  equal($$("p").map((el) => el.textContent.replace(/\s/g, " ")), ["1.234,50 €", "1,235", "February 29, 2024", "February 2024", "–"]);
  same(warnings(() => session.bind($$("p")[0], { format: "number:style=nonsense" })).length, 1);
});

htmlTest("issue 4: one change touches only its own element", Array.from({ length: 1000 }, (_, i) => `<input data-session-key="k${i}"><p data-session-text="k${i}"></p>`).join(""), async ({ session, root, $$ }) => {
  const records = await touched(root, () => session.set("k500", "new"));
  same(records.length, 1);
  same($$("p")[500].contains(records[0].target), true);
  same($$("input")[500].value, "new");
});

htmlTest("issue 4: a part that did not change is not touched", `<p data-session-text="user.name"></p><p data-session-text="user.age"></p>`, async ({ session, root }) => {
  session.set("user", { name: "Ada", age: 1 });
  same((await touched(root, () => session.set("user", { name: "Ada", age: 2 }))).length, 1);
});

// --- Lists ---------------------------------------------------------------------------------------------------------

const LIST = `<ul><template data-session-each="list" data-session-each-key="id"><li data-session-attr-id="item.id"><i data-session-text="index"></i> <b data-session-text="item.title"></b></li></template></ul>`;
const items = (/** @type {string} */ ids) => [...ids].map((id) => ({ id, title: id.toUpperCase() }));

htmlTest("issue 4: a list from a template, keyed: only what moved is moved", LIST, async ({ session, root, $, $$ }) => {
  const shown = () => $$("li").map((el) => el.textContent).join(" ");
  same(shown(), "");
  session.set("list", items("abc"));
  same(shown(), "0 A 1 B 2 C");
  const rows = Object.fromEntries($$("li").map((el) => [el.id, el]));
  /** @type {[string, number][]} the ids, and how many rows are put somewhere or taken away */
  const cases = [["cab", 1], ["abc", 1], ["bca", 1], ["acb", 2], ["ab", 1], ["xab", 1], ["xayb", 1], ["byax", 3], ["", 4], ["abc", 3]];
  for (const [ids, moves] of cases) {
    const records = await touched(root, () => session.set("list", items(ids)));
    same(shown(), [...ids].map((id, i) => `${i} ${id.toUpperCase()}`).join(" "));
    const moved = new Set(records.filter((r) => r.type === "childList" && r.target === $("ul")).flatMap((r) => [...r.addedNodes, ...r.removedNodes]));
    if (moved.size > moves) fail(`${ids}: ${moved.size} rows were moved, want at most ${moves}`);
  }
  session.set("list", items("abc"));
  session.mutate("list", (/** @type {any[]} */ list) => { list[1].title = "changed"; });
  same(shown(), "0 A 1 changed 2 C");
  same(rows.a === undefined, false);
});

htmlTest("issue 4: 10,000 rows: changing one touches one", LIST, async ({ session, root, $$ }) => {
  session.set("list", Array.from({ length: 10_000 }, (_, i) => ({ id: i, title: `t${i}` })));
  same($$("li").length, 10_000);
  const records = await touched(root, () => session.mutate("list", (/** @type {any[]} */ list) => { list[5000].title = "changed"; }));
  same(records.length, 1);
  same($$("li")[5000].textContent, "5000 changed");
  const removed = await touched(root, () => session.mutate("list", (/** @type {any[]} */ list) => { list.pop(); }));
  same(removed.length, 1);
});

htmlTest("issue 4: a list without a key for its items; items twice; what is no list", `<ul><template data-session-each="list"><li data-session-text="item"></li></template></ul>`, ({ session, $$ }) => {
  const shown = () => $$("li").map((el) => el.textContent);
  for (const list of [["a", "b"], ["a", "a", "b"], ["b"], [1, 1, 1], [], [null, false]]) {
    session.set("list", list);
    equal(shown(), list.map((item) => String(item ?? "")));
  }
  session.set("list", "text");
  equal(shown(), []);
});

htmlTest("issue 4: random lists come out as they are, whatever tells items apart", `
  <ul><template data-session-each="list" data-session-each-key><li data-session-text="item"></li></template></ul><ol><template data-session-each="list"><li data-session-text="item"></li></template></ol>
`, ({ session, $$ }) => {
  for (let round = 0; round < 300; round++) {
    const list = Array.from({ length: Math.floor(Math.random() * 9) }, () => Math.floor(Math.random() * 9));
    session.set("list", list);
    for (const name of ["ul", "ol"]) equal($$(`${name} li`).map((el) => +el.textContent), list, name);
  }
});

htmlTest("issue 4: focus and selection stay in a row that is moved", `<ul><template data-session-each="list" data-session-each-key="id"><li><input data-session-key="note-{item.id}"></li></template></ul>`, async ({ session, $$, type }) => {
  session.set("list", items("abc"));
  const [input] = $$("input");
  type(input, "typed");
  same(session.get("note-a"), "typed");
  input.focus();
  input.setSelectionRange(1, 3);
  session.set("list", items("bca"));
  same($$("input")[2], input);
  same(document.activeElement, input);
  equal([input.selectionStart, input.selectionEnd], [1, 3]);
  session.set("list", items("bc"));
  same(session.get("note-a"), "typed", "rule 34");
});

htmlTest("issue 4: lists in lists, keys and args from the row", `
  <div><template data-session-each="groups" data-session-each-key="id"><section><h3 data-session-text="item.id"></h3><ul><template data-session-each="item.tags" data-session-each-key><li data-session-text="item"></li></template></ul></section></template></div>
`, async ({ session, $$, root }) => {
  session.set("groups", [{ id: "a", tags: ["x", "y"] }, { id: "b", tags: [] }]);
  equal($$("section").map((el) => el.textContent), ["axy", "b"]);
  const records = await touched(root, () => session.mutate("groups", (/** @type {any[]} */ groups) => { groups[1].tags.push("z"); }));
  equal($$("section").map((el) => el.textContent), ["axy", "bz"]);
  same(records.length, 1);
});

htmlTest("issue 4: a row in a row sees the outer one as outer.item and outer.index, however deep, and follows it", `
  <div><template data-session-each="groups" data-session-each-key="id"><section><ul><template data-session-each="item.tags" data-session-each-key><li>
    <b data-session-text="outer.item.name" data-session-class-first="outer.index == 0"></b><i data-session-text="item"></i><u data-session-text="outer.name"></u>
    <input data-session-key="{outer.item.id}-{item}"><s><template data-session-each="outer.item.tags"><em data-session-text="outer.outer.item.id"></em></template></s>
  </li></template></ul></section></template></div>
`, ({ session, $$ }) => {
  const shown = () => $$("li").map((el) => ["b", "i", "u", "em"].map((name) => el.querySelector(name)?.textContent).join(" ") + (el.querySelector(".first") ? " first" : "") + ` ${el.querySelector("input").dataset.sessionKey}`);
  session.set("outer", { name: "key" });
  session.set("groups", [{ id: "a", name: "A", tags: ["x", "y"] }, { id: "b", name: "B", tags: ["z"] }]);
  equal(shown(), ["A x key a first a-x", "A y key a first a-y", "B z key b b-z"]);
  session.mutate("groups", (/** @type {any[]} */ groups) => { groups[1].name = "new"; });
  equal(shown(), ["A x key a first a-x", "A y key a first a-y", "new z key b b-z"]);
  session.mutate("groups", (/** @type {any[]} */ groups) => { groups.reverse(); });
  equal(shown(), ["new z key b first b-z", "A x key a a-x", "A y key a a-y"]);
});

htmlTest("issue 4: rows that another script reorders, takes away, or puts something between", LIST, ({ session, $, $$, errors }) => {
  const shown = () => $$("li").map((el) => el.id).join("");
  const orders = ["abcd", "dcba", "abd", "abcde", "", "ab", "cab", "abc"];
  /** @type {Record<string, (rows: any[]) => void>} */
  const others = {
    reverse: (rows) => rows.reverse().forEach((row) => $("ul").prepend(row)),
    "last first": (rows) => rows.at(-1) && $("ul").prepend(rows.at(-1)),
    "first last": (rows) => rows[0] && $("ul").append(rows[0]),
    "take away": (rows) => rows[1]?.remove(),
    "put elsewhere": (rows) => rows.forEach((row) => document.createElement("ul").append(row)),
    between: (rows) => rows.forEach((row) => row.after("text")),
  };
  for (const [name, other] of Object.entries(others)) {
    for (const from of orders) {
      for (const to of orders) {
        session.set("list", items(from));
        other($$("li"));
        session.set("list", items(to));
        session.set("list", items(`${to}z`));
        if (shown() !== `${to}z` && from !== "") fail(`${name}: ${from} to ${to}z shows ${shown()}`);
        session.set("list", []);
      }
    }
  }
  same(errors.length, 0);
});

htmlTest("issue 4: what an attribute cannot say is warned of once", ``, ({ session, put, root }) => {
  session.update({ a: 1, b: 2, "R&D": 1, list: [1, 2, 3] });
  const said = (/** @type {string} */ text) => warnings(() => {
    put(`<p data-session-text='${text}'></p><p data-session-text='${text}'></p><ul><template data-session-each="list"><li data-session-show='${text}'></li></template></ul>`);
    session.bind(root);
  }).length;
  for (const fine of ["a == 1", "a == c", 'a == "b"', "a != Q&A", "R&D", "!a", "none", "user.name"]) same(said(fine), 0, fine);
  for (const odd of ["a == b", "a < b.c", "c + 1", "a && b", "a == 1 && b == 2", "f(a)"]) same(said(odd) > 0, true, odd);
  same(warnings(() => {
    put(`<ul><template data-session-each="list"><li data-session-show="a == index"></li></template></ul>`);
    session.bind(root);
  }).length, 1);
});

htmlTest("issue 4: bind() again shows what another script has overwritten; bind(element) takes up attributes that changed", `<p data-session-text="a" data-session-class-on="a" data-session-show="none">html</p>`, ({ session, root, $ }) => {
  session.set("a", "text");
  $("p").textContent = "html";
  $("p").className = "";
  $("p").hidden = false;
  session.bind(root);
  equal([$("p").textContent, $("p").className, $("p").hidden], ["text", "on", true]);
  $("p").setAttribute("data-session-attr-title", "a");
  session.bind($("p"));
  equal([$("p").title, $("p").textContent], ["text", "text"]);
});

htmlTest("issue 4: a name that no session accepts is an error of its element alone", `<p data-session-text="$$x"></p><p data-session-text="a"></p><input data-session-key="$$y"><input data-session-key="a" value="1">`, ({ errors, $$ }) => {
  equal([$$("p").map((el) => el.textContent), errors.map(({ error, element }) => [error.code, element.localName])], [["", "1"], [["key-reserved", "input"], ["key-reserved", "p"]]]);
});

htmlTest("issue 4: options of a select from a list", `<select data-session-key="city"><template data-session-each="cities" data-session-each-key="id"><option data-session-attr-value="item.id" data-session-text="item.name"></option></template></select>`, async ({ session, $, type }) => {
  same(session.get("city"), "b", "the first option");
  session.set("cities", [{ id: "c", name: "C" }, { id: "b", name: "B" }]);
  await settled();
  equal([$("select").value, session.get("city")], ["b", "b"]);
  type($("select"), "c");
  same(session.get("city"), "c");
}, (session) => session.set("cities", [{ id: "b", name: "B" }]));

htmlTest("rule 35: a list that is taken out and put back, or copied as a page cache does, has its rows once", `<div><ul><template data-session-each="list"><li data-session-text="item"></li></template></ul></div>`, async ({ session, $, $$, root }) => {
  session.set("list", [1, 2]);
  const copy = $("div").cloneNode(true);
  const list = $("ul");
  list.remove();
  await settled();
  $("div").append(list);
  await settled();
  equal($$("li").map((el) => el.textContent), ["1", "2"]);
  $("div").replaceWith(copy);
  await settled();
  session.set("list", [1, 2, 3]);
  equal($$("li").map((el) => el.textContent), ["1", "2", "3"]);
});

htmlTest("rules 24, 26: a list of what is computed from widgets after it", `
  <ul><template data-session-each="shown"><li data-session-text="item"></li></template></ul><input data-session-key="search" value="b">
`, ({ $$, errors }) => {
  equal([$$("li").map((el) => el.textContent), errors.length], [["ab", "b"], 0]);
}, (session) => session.computed("shown", ["search"], (/** @type {string} */ search) => ["a", "ab", "b"].filter((item) => item.includes(search.toLowerCase()))));

htmlTest("rules 32, 35: an output goes on when the widget of its key is gone", `<input data-session-key="k" value="v"><b data-session-text="k"></b><i data-session-text="k"></i>`, async ({ session, $, errors }) => {
  same($("b").textContent, "v");
  $("input").remove();
  await settled();
  session.delete("k");
  for (let i = 0; i < 300; i++) session.set(`other${i}`, i); // would take the place of a key that nothing keeps
  equal([$("b").textContent, $("i").textContent], ["", ""]);
  session.set("k", "again");
  equal([$("b").textContent, $("i").textContent], ["again", "again"]);
  $("b").remove();
  await settled();
  session.set("k", "last");
  same($("i").textContent, "last");
  equal(errors, []);
});

htmlTest("rule 35: what never showed anything keeps its content when the binding ends", `<p data-session-text="$$refused">so <b>bold</b></p>`, ({ $, end, errors }) => {
  /** @type {any} */ (end)(true);
  same($("p").innerHTML, "so <b>bold</b>");
  same(errors.length, 1);
});

htmlTest("rules 32, 35: what code changes while a root is bound for the first time is taken up, and what the outputs change is no news", `
  <input data-session-key="name" value="Ada"><p data-session-text="name"></p><p data-session-text="title">a <b data-session-text="name"></b></p>
  <select data-session-key="pick"><option data-session-text="first">x</option><option selected>b</option></select><i data-session-text="count"></i>
`, async ({ session, $, type }) => {
  await settled();
  equal([$("p").textContent, $("#late")?.value, $("#computed")?.value, session.get("late"), session.get("more")], ["Ada", "1", "2", "1", "2"]);
  same(session.get("pick"), "b");
  type($("select"), "a");
  same(session.get("pick"), "a");
  session.set("title", "text"); // the element in the text has gone
  await settled();
  session.set("name", "Eve");
  equal([$("p").textContent, $("p + p").children.length], ["Eve", 0]);
  $("p").replaceChildren();
  session.set("name", "Max");
  same($("p").textContent, "Max");
}, (session, root) => {
  const add = (/** @type {string} */ id, /** @type {string} */ key, /** @type {string} */ value) => {
    const el = Object.assign(document.createElement("input"), { id, defaultValue: value });
    el.dataset.sessionKey = key;
    root.append(el);
  };
  session.set("first", "a");
  const stop = session.subscribe("name", () => {
    add("late", "late", "1");
    stop();
  });
  let added = false;
  session.computed("count", ["name"], () => {
    if (!added) add("computed", "more", "2");
    added = true;
    return 1;
  });
});
