// @ts-check
import { equal, same, test, throws } from "./harness.js";
import { open } from "../index.js";
import { details, image, reported, sessionTest } from "./sessions.js";
import { coreOf } from "../session.js";

/** @typedef {any} Session */
/** @type {(session: Session) => any} */
const widgetsOf = (session) => {
  const { widgets } = coreOf(session);
  return {
    ...widgets,
    connect(/** @type {any} */ spec) {
      const [id, , error] = widgets.connect([{ ...spec }]);
      if (id === 0) throw error;
      return { id, value: spec.key === undefined ? false : session.get(spec.key) };
    },
  };
};

/** What listeners are told, as [key, value, origin] lists. */
function heard(/** @type {Session} */ session) {
  /** @type {any[]} */
  const list = [];
  session.subscribe((/** @type {any[]} */ changes) => list.push(changes.map(({ key, value, origin }) => [key, value, origin])));
  return () => list.splice(0);
}

const OPTIONS = ["a", "b", "c \" \\ é"];

/** One of each kind: a value that fits, what the widget begins with when nothing is said, and a value it cannot show. */
const KINDS = [
  { kind: "text", fits: "hé", empty: "", refused: [5, null, true, ["a"], { a: 1 }] },
  { kind: "number", fits: 5.5, empty: null, refused: ["5", true, [1]] },
  { kind: "boolean", fits: true, empty: false, refused: [0, "true", null] },
  { kind: "choice", options: OPTIONS, fits: OPTIONS[2], empty: null, refused: ["d", 5, ["a"], ""] },
  { kind: "choices", options: OPTIONS, fits: ["a", OPTIONS[2]], empty: [], refused: [["d"], ["a", 1], ["a", ["b"]], [null], "a", null, { a: 1 }, [["a"]]] },
  { kind: "date", fits: "2026-11-23", empty: null, refused: ["", 5, false] },
];

for (const { kind, options, fits, empty, refused } of KINDS) {
  sessionTest(`rule 26, 29: ${kind}: the first of first, entry and default is the value`, (session) => {
    const widgets = widgetsOf(session);
    const told = heard(session);
    const errors = reported(session);
    const at = (/** @type {object} */ spec) => widgets.connect({ kind, options, ...spec }).value;
    equal(at({ key: "nothing" }), empty);
    equal(told(), [[["nothing", empty, "widget"]]]);
    equal(at({ key: "default", default: fits }), fits);
    session.set("there", fits);
    told();
    equal(at({ key: "there", default: empty }), fits);
    equal(told(), [], "the value that is there stays");
    equal(at({ key: "given", first: fits, default: empty }), fits);
    session.set("both", empty);
    equal(at({ key: "both", first: fits }), fits);
    equal(errors(), []);
    for (const [i, bad] of refused.entries()) {
      session.set(`bad${i}`, bad);
      equal(at({ key: `bad${i}`, default: fits }), fits, JSON.stringify(bad));
      equal(errors().map((e) => [e.name, e.code, e.key]), [["SessionWidgetError", "widget-value", `bad${i}`]]);
      equal(at({ key: `first${i}`, first: bad, default: fits }), fits);
      same(errors().length, bad === null ? 1 : 1);
      equal(at({ key: `worse${i}`, default: bad }), empty, "a default that does not fit is none");
    }
  });

  sessionTest(`rule 29: ${kind}: what the widget cannot show is refused at every door, and changes nothing`, (session) => {
    const widgets = widgetsOf(session);
    const { id } = widgets.connect({ key: "k", kind, options, default: fits });
    const errors = reported(session);
    for (const bad of refused) {
      const error = { name: "SessionWidgetError", code: "widget-value", key: "k" };
      const before = image(session);
      throws(() => session.set("k", bad), error);
      throws(() => session.update({ other: 1, k: bad }), error);
      throws(() => { session.state.k = bad; }, error);
      throws(() => session.restore(JSON.stringify({ k: bad })), error);
      throws(() => session.turn(() => session.set("k", bad)), error);
      same(image(session), before);
      widgets.input(id, bad);
      equal(errors().map((e) => [e.name, e.code, e.key]), [["SessionWidgetError", "widget-value", "k"]]);
      same(image(session), before);
    }
    throws(() => session.set("k", () => {}), { code: "widget-value" });
    session.set("k", empty);
    equal(session.get("k"), empty);
    session.set("k", fits);
    equal(session.get("k"), fits);
    session.restore(session.snapshot());
    equal(session.get("k"), fits);
  });

  sessionTest(`rule 28: ${kind}: deleting the key puts it back to the default, as one change`, (session) => {
    const widgets = widgetsOf(session);
    widgets.connect({ key: "k", kind, options, default: fits });
    session.set("other", 1);
    const told = heard(session);
    session.set("k", empty);
    same(session.delete("k"), true);
    equal(told(), [[["k", empty, "code"]], [["k", fits, "code"]]]);
    same(session.delete("k"), true);
    equal(told(), [], "it is at its default already");
    session.set("k", empty);
    session.clear();
    equal(session.get("k"), fits);
    equal([...session.keys()], ["k"]);
    session.set("k", empty);
    session.reset();
    equal(session.get("k"), fits);
    session.set("k", empty);
    session.restore("{}");
    equal(session.get("k"), fits);
    told();
    session.batch(() => { session.delete("k"); session.set("k", empty); });
    equal(told().length, 1);
  });
}

sessionTest("rule 29, 32: numbers and dates are clamped, at every door and when the range changes", (session) => {
  const widgets = widgetsOf(session);
  const { id, value } = widgets.connect({ key: "n", kind: "number", default: 50, min: 1, max: 10 });
  same(value, 10);
  const told = heard(session);
  session.set("n", 5);
  session.set("n", 20);
  same(session.get("n"), 10);
  session.set("n", 30);
  equal(told(), [[["n", 5, "code"]], [["n", 10, "code"]]], "no change the second time");
  session.batch(() => { session.set("n", -5); same(session.get("n"), 1); session.set("n", 3); });
  equal(told(), [[["n", 3, "code"]]]);
  session.set("n", null);
  same(session.get("n"), null);
  session.update({ n: 99 });
  same(session.get("n"), 10);
  session.restore('{"n":0}');
  same(session.get("n"), 1);
  told();
  widgets.input(id, 77);
  equal(told(), [[["n", 10, "widget"]]]);
  widgets.change(id, { kind: "number", default: 50, min: 1, max: 4 });
  equal(told(), [[["n", 4, "widget"]]]);
  widgets.change(id, { kind: "number", min: 9, max: 2 });
  session.set("n", 1000);
  same(session.get("n"), 1000, "a range that ends before it begins is none");
  session.set("old", 40);
  same(widgets.connect({ key: "old", kind: "number", max: 30 }).value, 30);
  const date = widgets.connect({ key: "d", kind: "date", min: "2026-02-01", max: "2026-03-01", default: "2026-01-01" });
  same(date.value, "2026-02-01");
  session.set("d", "2027-01-01");
  same(session.get("d"), "2026-03-01");
  let seen = 0;
  session.computed("twice", ["n"], (/** @type {number} */ n) => n * 2);
  session.subscribe("twice", (/** @type {number} */ v) => { seen = v; });
  widgets.change(id, { kind: "number", max: 7 });
  session.set("n", 50);
  same(seen, 14, "computed values follow what was stored");
});

sessionTest("rule 32: an option that there is no more is taken out; choices are in the order of the options", (session) => {
  const widgets = widgetsOf(session);
  const one = widgets.connect({ key: "one", kind: "choice", options: ["a", "b"], default: "b" });
  const many = widgets.connect({ key: "many", kind: "choices", options: ["a", "b", "c"], default: [] });
  session.set("many", ["c", "a"]);
  equal(session.get("many"), ["a", "c"]);
  session.state.many.push("b");
  equal(session.get("many"), ["a", "b", "c"]);
  throws(() => session.mutate("many", (/** @type {any} */ draft) => { draft.push("z"); }), { code: "widget-value" });
  widgets.change(one.id, { kind: "choice", options: ["a"] });
  same(session.get("one"), null);
  widgets.change(many.id, { kind: "choices", options: ["c", "b"] });
  equal(session.get("many"), ["c", "b"]);
});

sessionTest("rule 31: widgets of one key show one value; of another kind none is connected", (session) => {
  const widgets = widgetsOf(session);
  const a = widgets.connect({ key: "k", kind: "number", default: 5, max: 50 });
  const b = widgets.connect({ key: "k", kind: "number", default: 7, max: 8 });
  same(b.value, 5);
  throws(() => widgets.connect({ key: "k", kind: "text" }), { name: "SessionWidgetError", code: "widget-mismatch", key: "k" });
  throws(() => widgets.change(a.id, { kind: "text" }), { code: "widget-mismatch" });
  widgets.input(a.id, 30);
  same(session.get("k"), 8, "all of them can show it");
  widgets.end(b.id);
  widgets.input(a.id, 30);
  same(session.get("k"), 30);
  throws(() => widgets.connect({ key: "$$k", kind: "text" }), { code: "key-reserved" });
  throws(() => widgets.connect({ key: "", kind: "text" }), { code: "key-empty" });
  throws(() => widgets.connect({ key: "z", kind: "wheel" }), { code: "widget-invalid" });
  session.computed("c", [], () => 1);
  throws(() => widgets.connect({ key: "c", kind: "text" }), { code: "key-computed" });
  throws(() => session.computed("k", [], () => 1), { code: "key-taken" });
});

sessionTest("rule 34: the value stays when the widget goes, or goes with the last of the key when it is to drop it", (session) => {
  const widgets = widgetsOf(session);
  const before = image(session);
  const a = widgets.connect({ key: "a", kind: "text", default: "x" });
  widgets.end(a.id);
  same(session.get("a"), "x");
  session.set("a", 5);
  same(session.get("a"), 5, "any value again");
  session.delete("a");
  same(session.has("a"), false);
  const one = widgets.connect({ key: "b", kind: "text", drop: true }), two = widgets.connect({ key: "b", kind: "text", drop: true });
  widgets.end(one.id);
  same(session.has("b"), true);
  const told = heard(session);
  widgets.end(two.id);
  same(session.has("b"), false);
  equal(told(), [[["b", undefined, "widget"]]]);
  for (let i = 0; i < 1000; i++) {
    const { id } = widgets.connect({ key: `k${i}`, kind: "choice", options: ["a"], drop: true, default: "a" });
    widgets.end(id);
    widgets.end(id);
  }
  same(coreOf(session).cache.byKey.size, 0);
  same(image(session), before.replace('"listeners":0', '"listeners":1').replace(/,0,0,0\]/, ",1,0,0]"));
});

sessionTest("rule 30, 36, 37: a button is true for its turn, and read-only", (session) => {
  const widgets = widgetsOf(session);
  const told = heard(session);
  const { id, value } = widgets.connect({ key: "go", kind: "trigger", callback: { name: "go", args: [1] }, element: "el" });
  same(value, false);
  told();
  /** @type {any[]} */
  const events = [];
  session.callback("go", (/** @type {any} */ { key, value, args, element }) => {
    events.push([key, value, args, element, session.get("go")]);
    session.set("n", 1);
    throws(() => session.set("go", false), { name: "SessionKeyError", code: "key-readonly", key: "go" });
  });
  let reruns = 0;
  session.rerun(() => { if (session.get("go")) reruns++; });
  widgets.press(id);
  equal(events, [["go", true, [1], "el", true]]);
  same(reruns, 1);
  same(session.get("go"), false);
  equal(told(), [[["go", true, "widget"], ["n", 1, "callback"]], [["go", false, "widget"]]]);
  throws(() => session.set("go", true), { code: "key-readonly" });
  throws(() => session.update({ go: true }), { code: "key-readonly" });
  session.restore(session.snapshot());
  same(session.get("go"), false);
  widgets.press(id);
  same(events.length, 2, "each press runs it");
});

sessionTest("rule 37: a button without a key runs its callback; an unknown callback is reported", (session) => {
  const widgets = widgetsOf(session);
  const { id } = widgets.connect({ kind: "trigger", callback: { name: "add" } });
  const errors = reported(session);
  widgets.press(id);
  equal(errors().map((e) => e.code), ["callback-unknown"]);
  session.callback("add", (/** @type {any} */ { key, value }) => { equal([key, value], [undefined, undefined]); session.set("n", (session.get("n") ?? 0) + 1); });
  widgets.press(id);
  widgets.press(id);
  same(session.get("n"), 2);
  equal([...session.keys()], ["n"]);
  equal(errors(), []);
});

sessionTest("rule 37: a callback runs iff the value differs from before; all values of the interaction are there", (session) => {
  const widgets = widgetsOf(session);
  const at = (/** @type {string} */ key, /** @type {any} */ extra = {}) => widgets.connect({ key, kind: "number", default: 0, max: 10, callback: { name: "note", args: key }, ...extra }).id;
  const [a, b, c] = [at("a"), at("b"), at("c")];
  /** @type {any[]} */
  const runs = [];
  session.callback("note", (/** @type {any} */ { args }) => {
    runs.push([args, session.get("a"), session.get("b"), session.get("c")]);
    if (args === "b") session.set("a", 0);
  });
  session.set("a", 3);
  equal(runs, [], "a write by code fires none");
  widgets.inputs([[b, 1], [a, 4], [b, 2], [c, 0]]);
  equal(runs.splice(0), [["b", 4, 2, 0], ["a", 0, 2, 0]], "in event order, each once, as it was before callbacks");
  widgets.input(a, 0);
  equal(runs.splice(0), []);
  session.set("b", 10);
  widgets.input(b, 11);
  equal(runs, [], "clamped to what it was");
  const told = heard(session);
  session.callback("later", (/** @type {any} */ { session: s }) => { widgets.input(a, 9); same(s.get("a"), 9); });
  const d = at("d", { callback: { name: "later" } });
  told();
  widgets.input(d, 1);
  equal(runs, [["a", 9, 10, 0]], "an input inside a turn joins it, and its callback follows");
  equal(told(), [[["d", 1, "widget"], ["a", 9, "widget"]]]);
});

sessionTest("rule 38: a callback's exception skips the rest, keeps the values, is reported once; a transaction rolls back", (session) => {
  const widgets = widgetsOf(session);
  const errors = reported(session);
  let later = 0;
  session.callback("bad", () => { session.set("x", session.get("a")); throw new Error("bad"); });
  session.callback("later", () => { later++; });
  const a = widgets.connect({ key: "a", kind: "number", default: 0, callback: { name: "bad" } }).id;
  const b = widgets.connect({ key: "b", kind: "number", default: 0, callback: { name: "later" } }).id;
  let reruns = 0;
  session.rerun(() => { reruns++; session.get("a"); });
  const told = heard(session);
  widgets.inputs([[a, 1], [b, 1]]);
  equal(told(), [[["a", 1, "widget"], ["b", 1, "widget"], ["x", 1, "callback"]]]);
  same(later, 0);
  same(reruns, 1);
  equal(errors().map((e) => e.message), ["bad"]);
  const t = widgets.connect({ key: "a", kind: "number", callback: { name: "bad" }, transaction: true }).id;
  widgets.input(t, 2);
  same(session.get("a"), 1);
  same(session.get("x"), 1);
  equal(told(), []);
  equal(errors().map((e) => e.message), ["bad"]);
  const go = widgets.connect({ key: "go", kind: "trigger", callback: { name: "bad" }, transaction: true }).id;
  told();
  widgets.press(go);
  equal(told(), []);
  same(session.get("go"), false);
});

sessionTest("rule 23, 26: widgets connect, change and end inside a batch, which reads what they wrote", (session) => {
  const widgets = widgetsOf(session);
  const told = heard(session);
  session.set("b", 50);
  session.subscribe("a", () => {});
  told();
  session.batch(() => {
    const a = widgets.connect({ key: "a", kind: "number", default: 7 });
    const b = widgets.connect({ key: "b", kind: "number", max: 9, drop: true });
    equal([a.value, b.value, session.get("a"), session.get("b")], [7, 9, 7, 9]);
    widgets.change(a.id, { kind: "number", max: 3 });
    same(session.get("a"), 3);
    widgets.end(b.id);
    same(session.has("b"), false);
    equal(told(), []);
  });
  equal(told(), [[["a", 3, "widget"], ["b", undefined, "widget"]]]);
  throws(() => session.batch(() => { widgets.change(1, { kind: "number", max: 1 }); throw new Error("back"); }), { message: "back" });
  same(session.get("a"), 3);
});

sessionTest("rule 33: a disabled widget ignores the user; code may still write", (session) => {
  const widgets = widgetsOf(session);
  const spec = { key: "a", kind: "text", default: "x" };
  const { id } = widgets.connect({ ...spec, disabled: true });
  const { id: button } = widgets.connect({ key: "go", kind: "trigger", disabled: true });
  widgets.input(id, "y");
  widgets.press(button);
  same(session.get("a"), "x");
  session.set("a", "z");
  same(session.get("a"), "z");
  widgets.change(id, spec);
  widgets.input(id, "y");
  same(session.get("a"), "y");
});

sessionTest("rule 30: a file is held by reference, and read-only", (session) => {
  const widgets = widgetsOf(session);
  const { id, value } = widgets.connect({ key: "f", kind: "file" });
  same(value, null);
  const file = { name: "a.txt" };
  widgets.input(id, file);
  same(session.get("f"), file);
  throws(() => session.set("f", null), { code: "key-readonly" });
  same(coreOf(session).references.any, true);
  session.delete("f");
  same(session.get("f"), null);
  widgets.input(id, file);
  session.reset();
  same(session.get("f"), null);
  const errors = reported(session);
  session.enforcement = "enforce";
  widgets.input(id, file);
  equal(errors().map((e) => [e.name, e.key, /Read it first/.test(e.message)]), [["UnserializableSessionStateError", "f", true]]);
  same(session.get("f"), null);
  session.enforcement = "report";
  const violations = details(session, "session-violation");
  widgets.input(id, file);
  equal(violations.map(({ key, type }) => [key, type]), [["f", "File"]]);
});

sessionTest("rule 40, 41: values in a form are pending until submit, one turn, the pressed button alone is true", (session) => {
  const widgets = widgetsOf(session);
  const form = widgets.form("f");
  throws(() => widgets.form("f"), { name: "SessionWidgetError", code: "form-duplicate" });
  const a = widgets.connect({ key: "a", kind: "text", default: "", form }).id;
  const b = widgets.connect({ key: "b", kind: "number", default: 0, max: 9, form }).id;
  const send = widgets.connect({ key: "send", kind: "trigger", form, callback: { name: "send" } }).id;
  const other = widgets.connect({ key: "other", kind: "trigger", form, callback: { name: "other" } }).id;
  throws(() => widgets.connect({ key: "c", kind: "text", form, callback: { name: "send" } }), { name: "SessionWidgetError", code: "form-callback" });
  same(session.has("c"), false);
  /** @type {any[]} */
  const runs = [];
  session.callback("send", () => runs.push(["send", session.get("a"), session.get("b"), session.get("send"), session.get("other")]));
  session.callback("other", () => runs.push(["other"]));
  const told = heard(session);
  widgets.input(b, 4);
  widgets.input(a, "x");
  widgets.input(b, 50);
  session.set("a", "by code");
  same(session.get("b"), 0);
  same(widgets.pending(a), "x", "an outside change neither sends nor loses it");
  same(widgets.pending(b), 9);
  equal(told(), [[["a", "by code", "code"]]]);
  widgets.submit(form, send);
  equal(runs, [["send", "x", 9, true, false]]);
  equal(told(), [[["a", "x", "widget"], ["b", 9, "widget"], ["send", true, "widget"]], [["send", false, "widget"]]]);
  same(widgets.pending(a), undefined);
  widgets.submit(form);
  equal(told(), []);
  widgets.submit(form, other);
  equal(runs.slice(1), [["other"]], "with nothing pending the button still is pressed");
});

sessionTest("rule 38, 40, 42: clear-on-submit, transactions, disabled buttons, forms that go", (session) => {
  const widgets = widgetsOf(session);
  const errors = reported(session);
  const form = widgets.form("f");
  const a = widgets.connect({ key: "a", kind: "text", default: "-", form }).id;
  const n = widgets.connect({ key: "n", kind: "number", max: 100, form }).id;
  const send = widgets.connect({ key: "send", kind: "trigger", form, callback: { name: "send" } }).id;
  /** @type {any[]} */
  const got = [];
  let fails = true;
  session.callback("send", () => { got.push(session.get("a")); if (fails) throw new Error("no"); });
  const told = heard(session);
  widgets.input(a, "x");
  widgets.submit(form, send, { transaction: true, clear: true });
  equal(told(), []);
  same(widgets.pending(a), "x", "what a transaction rolled back is not lost");
  equal(errors().map((e) => e.message), ["no"]);
  fails = false;
  widgets.submit(form, send, { clear: true });
  equal(got, ["x", "x"]);
  equal(told(), [[["a", "x", "widget"], ["send", true, "widget"]], [["send", false, "widget"]], [["a", "-", "widget"]]]);
  widgets.change(send, { kind: "trigger", form, disabled: true, callback: { name: "send" } });
  widgets.input(a, "y");
  widgets.submit(form, send);
  same(got.length, 2);
  widgets.input(n, 50);
  widgets.change(n, { kind: "number", max: 10, form });
  same(widgets.pending(n), 10, "what is pending is clamped, too");
  session.reset();
  same(widgets.pending(a), undefined, "reset() drops it");
  widgets.input(a, "z");
  widgets.formEnd(form);
  same(widgets.pending(a), undefined, "and so does the form's end");
  same(session.get("a"), "-");
  widgets.input(a, "now");
  same(session.get("a"), "now");
  same(typeof widgets.form("f"), "number", "the name is free again");
});

sessionTest("rule 20: validators guard what the user enters", (session) => {
  const widgets = widgetsOf(session);
  const errors = reported(session);
  const schema = { "~standard": { validate: (/** @type {any} */ v) => (String(v).includes("!") ? { issues: [{ message: "no !" }] } : {}) } };
  for (const key of ["a", "b", "c"]) session.validator(key, schema);
  const form = widgets.form("f");
  const a = widgets.connect({ key: "a", kind: "text", default: "-", first: "!" });
  same(a.value, "-");
  const b = widgets.connect({ key: "b", kind: "text", default: "-", form }).id;
  const c = widgets.connect({ key: "c", kind: "text", default: "-", form }).id;
  errors();
  widgets.input(a.id, "no!");
  equal(errors().map((e) => [e.code, e.key]), [["invalid-value", "a"]]);
  same(session.get("a"), "-");
  widgets.input(b, "fine");
  widgets.input(c, "not!");
  equal(errors(), []);
  widgets.submit(form);
  equal(errors().map((e) => [e.code, e.key]), [["invalid-value", "c"]]);
  same(session.get("b"), "-");
  same(widgets.pending(b), "fine");
  widgets.input(c, "good");
  widgets.submit(form);
  equal([session.get("b"), session.get("c")], ["fine", "good"]);
});

sessionTest("rule 25: one turn is one step; what comes from the page's structure and buttons is none", (session) => {
  const widgets = widgetsOf(session);
  const form = widgets.form("f");
  const a = widgets.connect({ key: "a", kind: "number", default: 0, callback: { name: "double" } }).id;
  const b = widgets.connect({ key: "b", kind: "text", default: "", form }).id;
  const go = widgets.connect({ key: "go", kind: "trigger" }).id;
  const send = widgets.connect({ key: "send", kind: "trigger", form, callback: { name: "add" } }).id;
  session.callback("double", () => session.set("double", session.get("a") * 2));
  session.callback("add", () => session.set("list", [...session.get("list") ?? [], session.get("b")]));
  same(session.stats().undo, 0);
  widgets.input(a, 1);
  same(session.stats().undo, 1);
  widgets.press(go);
  same(session.stats().undo, 1);
  widgets.input(b, "x");
  widgets.submit(form, send, { clear: true });
  same(session.stats().undo, 2);
  same(session.undo(), true);
  equal(session.toJSON(), { a: 1, b: "", go: false, send: false, double: 2 });
  session.undo();
  equal(session.toJSON(), { a: 0, b: "", go: false, send: false });
  same(session.undo(), false);
  session.redo();
  equal(session.get("double"), 2);
  widgets.change(a, { kind: "number", max: 0 });
  session.undo();
  session.redo();
  same(session.get("a"), 0, "clamped to what the widget takes now");
  const c = widgets.connect({ key: "c", kind: "choice", options: ["x", "y"], default: "x" }).id;
  session.set("c", "y");
  session.set("c", "x");
  widgets.change(c, { kind: "choice", options: ["x"] });
  throws(() => session.undo(), { code: "widget-value", key: "c" });
  same(session.get("c"), "x");
}, { history: true });

sessionTest("rule 49, 36: what comes from the address has the origin url", (session) => {
  const widgets = widgetsOf(session);
  const a = widgets.connect({ key: "a", kind: "text", callback: { name: "c" } }).id;
  session.callback("c", () => session.set("b", 1));
  const told = heard(session);
  widgets.inputs([[a, "x"]], "url");
  equal(told(), [[["a", "x", "url"], ["b", 1, "callback"]]]);
  session.set("b", 2);
  equal(told(), [[["b", 2, "code"]]]);
});

sessionTest("rule 30, 47: a callback that destroys the session ends all of it", (session) => {
  const widgets = widgetsOf(session);
  const go = widgets.connect({ key: "go", kind: "trigger", callback: { name: "end" } }).id;
  session.callback("end", () => session.destroy());
  widgets.press(go);
  same(session.status, "destroyed");
});

/** What connect() says of each widget. */
const triples = (/** @type {any[]} */ told) => Array.from({ length: told.length / 3 }, (_, i) => told.slice(i * 3, i * 3 + 3));

sessionTest("rule 26: many widgets at once, some that cannot be; what no text describes or is too large takes none of the others along", (session) => {
  const { widgets } = coreOf(session);
  /** @type {any} */
  const cyclic = {};
  cyclic.self = cyclic;
  const specs = Array.from({ length: 3000 }, (_, i) => ({ key: `k${i}`, kind: "text", default: `value ${i} é` }));
  specs[7] = /** @type {any} */ ({ key: "k7", kind: "text", default: cyclic });
  specs[8] = { key: "$$k", kind: "text", default: "" };
  const told = heard(session);
  const connected = triples(widgets.connect(specs));
  equal(connected.filter((/** @type {any} */ [id]) => id === 0).map((/** @type {any} */ [, , error]) => error.code ?? error.name), ["TypeError", "key-reserved"]);
  same(session.size, 2998);
  same(session.get("k2999"), "value 2999 é");
  told();
  const errors = reported(session);
  same(widgets.connect([{ key: "a", kind: "text", default: "1" }, { key: "a", kind: "text", default: "2" }, { key: "b", kind: "number", first: "x" }])[3] > 0, true);
  equal(told(), [[["a", "1", "widget"], ["b", null, "widget"]]], "one batch; the first is the value");
  equal(errors().map((e) => e.code), ["widget-value"]);
});

test("rule 18, 26: widgets up to a limit of the session", async () => {
  const session = /** @type {any} */ (await open({ separate: true, limits: { totalBytes: 10_000 } }));
  const connected = triples(coreOf(session).widgets.connect(Array.from({ length: 2000 }, (_, i) => ({ key: `k${i}`, kind: "text", default: "0123456789".repeat(10) }))));
  const refused = connected.filter((/** @type {any} */ [id]) => id === 0);
  same(refused.length > 1900 && refused.length < 2000, true, `${refused.length} refused`);
  equal([...new Set(refused.map((/** @type {any} */ [, , error]) => error.code))], ["session-too-large"]);
  same(session.size, 2000 - refused.length);
  session.destroy();
});

sessionTest("rule 26: what is known of a key after its widgets were connected is what the session holds", (session) => {
  const { widgets } = coreOf(session);
  const check = (/** @type {any[]} */ ...specs) => {
    widgets.connect(specs);
    const held = JSON.parse(session.snapshot());
    for (const { key } of specs) if (key) equal(session.get(key), held[key], key);
  };
  const text = (/** @type {string} */ key, /** @type {any} */ said) => ({ key, kind: "text", ...said });
  const number = (/** @type {string} */ key, /** @type {any} */ said) => ({ key, kind: "number", ...said });
  session.set("there", "entry");
  session.set("seen", 5);
  session.set("array", ["a"]);
  const array = session.get("array");
  check(text("a", { default: "é\u0000\n\"" }), number("zero", { default: -0 }), { key: "no", kind: "boolean", default: true, first: false }, number("null", { default: null }));
  same(Object.is(session.get("zero"), 0), true);
  check(
    text("there", { default: "d" }), text("two", { default: "d" }), text("two", { default: "e", first: "f", url: true }), number("range", { default: 70 }), number("range", { max: 60 }),
    number("nan", { default: NaN }), text("object", { default: { toJSON: () => "text" } }), text("none", {}), number("seen", { max: 4 }),
    { key: "array", kind: "choices", options: ["a"] }, { kind: "trigger", callback: { name: "none" } },
  );
  same(session.get("two"), "f");
  same(session.get("range"), 60);
  same(session.get("array"), array, "an array that did not change is the same");
  throws(() => session.batch(() => {
    check(text("gone", { default: "x" }), text("a", { default: "y", first: "z", url: true }));
    same(session.get("a"), "z");
    throw new Error("back");
  }), { message: "back" });
  equal([session.get("gone"), session.get("a")], [undefined, "é\u0000\n\""]);
});
