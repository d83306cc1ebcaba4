// @ts-check
import { equal, same, throws } from "./harness.js";
import { htmlTest, settled } from "./html-page.js";

const home = location.pathname + location.search;
const own = new URLSearchParams(location.search).toString();
const visit = (/** @type {string} */ query) => history.replaceState("state", "", `${location.pathname}?${own}${query}#hash`);
const later = () => new Promise((done) => setTimeout(done, 400));

/** Notes the origin of each change from now on, by key. */
function origins(/** @type {any} */ session) {
  /** @type {Record<string, string[]>} */
  const noted = {};
  session.subscribe((/** @type {any[]} */ changes) => changes.forEach(({ key, origin }) => (noted[key] ??= []).push(origin)));
  return noted;
}
const query = () => location.search.slice(1).replace(own, "").replace(/^&/, "");

/** A test that begins with a query in the address. */
function urlTest(/** @type {string} */ name, /** @type {string} */ first, /** @type {string} */ html, /** @type {any} */ fn, /** @type {any} */ before = () => {}) {
  htmlTest(name, html, async (page) => {
    try {
      await fn(page);
    } finally {
      history.replaceState(null, "", home);
    }
  }, (session, root) => {
    visit(first);
    before(session, root);
  });
}

urlTest("rule 49: at first load the address wins over code and HTML; defaults leave it", "&a=url&n=4&b=true&c=x&c=y&s=two&d=2024-02-29", `
  <input data-session-key="a" data-session-url value="html"><input type="number" data-session-key="n" data-session-url value="4"><input type="checkbox" data-session-key="b" data-session-url>
  <input type="checkbox" value="x" data-session-key="c" data-session-url><input type="checkbox" value="y" data-session-key="c" data-session-url>
  <select data-session-key="s" data-session-url><option>one</option><option>two</option></select><input hidden type="date" data-session-key="d" data-session-url><input data-session-key="other">
`, async ({ session, $ }) => {
  equal(["a", "n", "b", "c", "s", "d"].map((key) => session.get(key)), ["url", 4, true, ["x", "y"], "two", "2024-02-29"]);
  same($("input").value, "url");
  await later();
  equal(query(), "a=url&b=true&c=x&c=y&s=two&d=2024-02-29");
  equal([location.hash, history.state], ["#hash", "state"]);
  equal(noted, { a: ["url"], n: ["url"], b: ["url"], c: ["url"], s: ["url"], d: ["url"], other: ["widget"] });
}, (session) => {
  session.set("a", "code");
  noted = origins(session);
});
/** @type {any} */
let noted;

urlTest("rule 49: the address is written at once, when that was seldom; then not more often than browsers allow; and when the page goes", "", `<input data-session-key="a" data-session-url>`, async ({ session }) => {
  await later();
  const { replaceState } = history;
  let times = 0;
  history.replaceState = (...args) => {
    times++;
    replaceState.apply(history, args);
  };
  try {
    session.set("a", "first");
    await settled();
    await settled();
    same(query(), "a=first");
    const began = performance.now();
    for (let i = 0; i < 40; i++) {
      session.set("a", `n${i}`);
      await settled();
    }
    const took = performance.now() - began;
    same(times < 15 + took / 350, true, `${times} times in ${took} ms`);
    session.set("a", "leaving");
    same(query() === "a=leaving", false);
    dispatchEvent(new Event("beforeunload"));
    same(query(), "a=leaving");
    session.set("a", "last");
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    same(query(), "a=last");
  } finally {
    history.replaceState = replaceState;
  }
});

urlTest("rule 49: later code wins, the user always does, and the address follows; arrays repeat the parameter", "", `
  <input data-session-key="a" data-session-url value="html"><select multiple data-session-key="m" data-session-url><option>x</option><option selected>y</option><option>z</option></select>
`, async ({ session, $, type }) => {
  session.set("a", "code & more");
  type($("select"), ["x", "z"]);
  await later();
  same(query(), "a=code+%26+more&m=x&m=z");
  type($("input"), "");
  type($("select"), []);
  await later();
  same(query(), "a=&m=");
  type($("input"), "html");
  session.set("m", ["y"]);
  await later();
  same(query(), "");
});

urlTest("rule 49: what does not fit is ignored and removed; parameters of others stay", "&n=abc&s=none&b=1&other=%20x", `
  <input type="number" data-session-key="n" data-session-url value="1"><select data-session-key="s" data-session-url><option>one</option></select><input type="checkbox" data-session-key="b" data-session-url>
`, async ({ session }) => {
  equal(["n", "s", "b"].map((key) => session.get(key)), [1, "one", false]);
  await later();
  same(query(), "other=+x");
});

urlTest("rule 49: unbinding removes the parameter", "&a=x", `<input data-session-key="a" data-session-url>`, async ({ session, put }) => {
  await later();
  same(query(), "a=x");
  put("");
  await later();
  equal([query(), session.get("a")], ["", "x"]);
});

urlTest("rule 49: triggers cannot be in the address", "", `<button data-session-key="t" data-session-url>x</button>`, ({ errors, $ }) => {
  equal([errors.length, errors[0].error.code, errors[0].element === $("button")], [1, "url-kind", true]);
});

urlTest("rule 49: too many parameters are all ignored, and left alone", `&a=x${"&z=1".repeat(1000)}`, `<input data-session-key="a" data-session-url>`, async ({ session }) => {
  same(session.get("a"), "");
  session.set("a", "b");
  await later();
  same(new URLSearchParams(location.search).get("a"), "x");
});

urlTest("rule 49: going back through history counts as the user's change, also of a key without a widget", "&a=one&k=key", `<input data-session-key="a" data-session-url>`, async ({ session, $ }) => {
  session.bindUrl("k", { default: "" });
  same(session.get("k"), "key");
  await later();
  const noted = origins(session);
  history.pushState(null, "", `${location.pathname}?${own}&a=one&k=key#next`);
  session.set("a", "two");
  session.set("k", "other");
  await later();
  same(query(), "a=two&k=other");
  const back = new Promise((done) => addEventListener("popstate", done, { once: true }));
  history.back();
  await back;
  equal([session.get("a"), $("input").value], ["one", "one"]);
  equal(noted, { a: ["code", "url"], k: ["code", "url"] });
});

urlTest("rule 49: bindUrl, for a key without a widget", "&page=3&tags=a&tags=b", ``, async ({ session }) => {
  session.init({ page: 1 });
  const noted = origins(session);
  const end = session.bindUrl("page");
  session.bindUrl("tags", { default: [] });
  equal([session.get("page"), session.get("tags")], [3, ["a", "b"]]);
  equal(noted, { page: ["url"], tags: ["url"] });
  session.set("page", 4);
  await later();
  same(query(), "page=4&tags=a&tags=b");
  end();
  await settled();
  await later();
  same(query(), "tags=a&tags=b");
  throws(() => session.bindUrl("o", { default: {} }), { name: "SessionUsageError", code: "url-kind" });
});
