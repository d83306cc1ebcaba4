// @ts-check
// Rule 24: computed values.

import { equal, fail, same, throws } from "./harness.js";
import { reported, sessionTest, unchanged } from "./sessions.js";

sessionTest("rule 24: lazy: fn runs at the first read, and again only after a dependency changed", (session) => {
  let runs = 0;
  session.set("a", 1);
  session.computed("twice", ["a"], (/** @type {number} */ a) => { runs++; return a * 2; });
  same(runs, 0);
  same(session.get("twice"), 2);
  same(session.get("twice"), 2);
  same(session.state.twice, 2);
  same(runs, 1);
  session.set("a", 1);
  session.set("b", 5);
  same(session.get("twice"), 2);
  same(runs, 1, "nothing that it depends on changed");
  session.set("a", 2).set("a", 3);
  same(runs, 1, "a write runs nothing");
  same(session.get("twice"), 6);
  same(runs, 2);
});

sessionTest("rule 24: get, has, state and subscribe know the name; keys, size, iteration and snapshot do not", (session) => {
  session.set("a", 1);
  session.computed("c", ["a"], (/** @type {number} */ a) => a);
  same(session.has("c"), true);
  same("c" in session.state, true);
  same(session.require("c"), 1);
  same(session.get("c", 9), 1);
  same(session.size, 1);
  same(session.stats().keys, 1);
  equal([...session.keys()], ["a"]);
  equal([...session.entries()], [["a", 1]]);
  equal(Object.keys(session.state), ["a"]);
  equal({ ...session.state }, { a: 1 });
  same(session.snapshot(), '{"a":1}');
  equal(session.toJSON(), { a: 1 });
});

sessionTest("rule 24: every door refuses to write, delete or restore it", (session) => {
  session.set("a", { x: 1 });
  session.computed("c", ["a"], (/** @type {any} */ a) => ({ of: a.x, list: [1] }));
  const doors = [
    () => session.set("c", 1), () => { session.state.c = 1; }, () => session.update({ a: 2, c: 1 }), () => session.delete("c"),
    () => delete session.state.c, () => session.pop("c"), () => session.restore('{"a":2,"c":1}'),
    () => session.batch(() => { session.set("a", 2); session.set("c", 1); }), () => session.set("c", () => 1), () => session.set("c", undefined),
    () => session.set("c", session.get("c")), () => session.set("c", "s"), () => session.set("c", true), () => session.set("c", null),
    () => session.mutate("c", (/** @type {any} */ draft) => { draft.of = 2; }), () => { session.state.c.of = 2; }, () => session.state.c.list.push(2),
  ];
  for (const read of [false, true]) {
    if (read) session.get("c");
    for (const door of doors) {
      const error = unchanged(session, door);
      equal([error.name, error.code, error.key], ["SessionKeyError", "key-computed", "c"], String(door));
      same(typeof error.hint, "string");
      equal(session.get("c"), { of: 1, list: [1] }, String(door));
    }
  }
  session.init({ c: 1, b: 1 });
  same(session.get("b"), 1, "init() takes it for present");
  session.clear();
  same(session.has("c"), true);
});

sessionTest("rule 24: defining it over an entry or another one throws, and leaves everything as it was", (session) => {
  session.set("a", 1);
  throws(() => session.computed("a", [], () => 1), { name: "SessionKeyError", code: "key-taken", key: "a" });
  const end = session.computed("c", ["a"], (/** @type {number} */ a) => a);
  throws(() => session.computed("c", ["a"], () => 2), { name: "SessionKeyError" });
  same(session.get("c"), 1);
  for (const name of ["", "$$c", "\ud800", "x".repeat(2000)]) throws(() => session.computed(name, [], () => 1));
  throws(() => session.computed("d", ["$$x"], () => 1), { name: "SessionKeyError" });
  same(session.has("d"), false);
  session.set("d", 1);
  throws(() => session.computed("e", "a", () => 1), { name: "SessionUsageError", code: "argument-invalid" });
  throws(() => session.computed("e", ["a"], 1), { name: "SessionUsageError", code: "argument-invalid" });
  throws(() => session.computed("e", ["a"], async () => 1), { name: "SessionUsageError", code: "async-computed" });
  session.set("e", 1);
  end();
  end();
  same(session.has("c"), false);
  same(session.get("c"), undefined);
  session.set("c", "an entry");
  same(session.get("c"), "an entry");
  end();
  same(session.get("c"), "an entry");
});

sessionTest("rule 24: a diamond is computed once, and never from old and new together", (session) => {
  session.set("n", 1);
  /** @type {string[]} */
  const runs = [];
  session.computed("left", ["n"], (/** @type {number} */ n) => { runs.push("left"); return n + 1; });
  session.computed("right", ["n"], (/** @type {number} */ n) => { runs.push("right"); return n * 10; });
  session.computed("both", ["left", "right", "n"], (/** @type {number} */ l, /** @type {number} */ r, /** @type {number} */ n) => {
    runs.push("both");
    if (l !== n + 1 || r !== n * 10) fail(`glitch: ${l}, ${r}, ${n}`);
    return `${l}/${r}`;
  });
  /** @type {any[]} */
  const heard = [];
  session.subscribe("both", (/** @type {any} */ value, /** @type {any} */ change) => heard.push([value, change.old, change.key, change.origin]));
  runs.length = 0;
  session.set("n", 2);
  equal(heard, [["3/20", "2/10", "both", "code"]]);
  equal([...runs].sort(), ["both", "left", "right"]);
  session.batch(() => { session.set("n", 3); session.set("n", 4); });
  equal(heard.length, 2);
  equal(heard[1].slice(0, 2), ["5/40", "3/20"]);
  session.set("n", 4);
  session.batch(() => { session.set("n", 5); session.set("n", 4); });
  same(heard.length, 2);
});

sessionTest("rule 24: listeners are told when the result changed, with old, version and origin", (session) => {
  session.set("n", 1);
  session.computed("odd", ["n"], (/** @type {number} */ n) => n % 2 === 1);
  session.computed("list", ["odd"], (/** @type {boolean} */ odd) => [odd]);
  /** @type {any[]} */
  const heard = [];
  let version = 0;
  session.subscribe("n", (/** @type {any} */ _, /** @type {any} */ change) => { version = change.version; });
  session.subscribe("odd", (/** @type {any} */ value, /** @type {any} */ { old, version: v, origin }) => heard.push([value, old, v === version, origin]));
  session.subscribe(["list", "n"], (/** @type {any[]} */ changes) => heard.push(changes.map((c) => [c.key, c.value, c.old])));
  session.subscribe((/** @type {any[]} */ changes) => heard.push(changes.map((c) => c.key)));
  session.set("n", 3);
  equal(heard.splice(0), [[["n", 3, 1]], ["n"]], "the result is the same");
  session.set("n", 4);
  equal(heard.splice(0), [[false, true, true, "code"], [["n", 4, 3], ["list", [false], [true]]], ["n", "odd", "list"]]);
  session.restore('{"n":5}');
  equal(heard.splice(0)[0].slice(0, 2), [true, false]);
  session.delete("n");
  equal(heard.splice(0)[0].slice(0, 2), [false, true]);
});

sessionTest("rule 24: what fn throws is kept and thrown at each read, until a dependency changes", (session) => {
  let runs = 0;
  session.set("n", 0);
  session.computed("inverse", ["n"], (/** @type {number} */ n) => { runs++; if (n === 0) throw new Error("zero"); return 1 / n; });
  session.computed("shown", ["inverse"], (/** @type {number} */ i) => `= ${i}`);
  const error = throws(() => session.get("inverse"), { message: "zero" });
  same(throws(() => session.get("inverse")), error);
  same(throws(() => session.state.inverse), error);
  same(throws(() => session.get("shown")), error);
  same(session.has("inverse"), true);
  same(runs, 1);
  session.set("n", 2);
  same(session.get("shown"), "= 0.5");
  same(runs, 2);
  const errors = reported(session);
  /** @type {any[]} */
  const heard = [];
  session.subscribe("shown", (/** @type {any} */ value) => heard.push(value));
  session.set("n", 0);
  same(errors().length > 0, true, "somebody listens, so it is reported");
  throws(() => session.get("shown"), { message: "zero" });
  session.set("n", 4);
  same(session.get("shown"), "= 0.25");
  equal(heard, ["= 0.25"]);
});

sessionTest("rule 24: a cycle is an error that names the key; redefined without it, all is well", (session) => {
  const endA = session.computed("a", ["b"], (/** @type {any} */ b) => b);
  const endB = session.computed("b", ["a"], (/** @type {any} */ a) => a);
  throws(() => session.get("a"), { name: "SessionUsageError", code: "computed-cycle" });
  throws(() => session.get("b"), { name: "SessionUsageError", code: "computed-cycle" });
  endB();
  same(session.get("a"), undefined);
  session.set("b", 3);
  same(session.get("a"), 3);
  endA();
  session.computed("self", ["self"], (/** @type {any} */ self) => self);
  throws(() => session.get("self"), { code: "computed-cycle", key: "self" });
  throws(() => session.get("self"), { code: "computed-cycle", key: "self" });
});

sessionTest("rule 24: over absent keys, ones that come later, and ones that go", (session) => {
  session.computed("c", ["x", "y"], (/** @type {any} */ x, /** @type {any} */ y) => `${x},${y}`);
  same(session.get("c"), "undefined,undefined");
  session.set("x", 1);
  same(session.get("c"), "1,undefined");
  session.update({ x: 2, y: 3 });
  same(session.get("c"), "2,3");
  session.delete("x");
  same(session.get("c"), "undefined,3");
  session.clear();
  same(session.get("c"), "undefined,undefined");
  session.restore('{"y":1,"x":null}');
  same(session.get("c"), "null,1");
  session.set("x", undefined);
  same(session.get("c"), "undefined,1");
});

sessionTest("rule 23, 24: inside a batch it follows the batch's own writes, and the rollback", (session) => {
  session.update({ a: 1, b: 1 });
  session.computed("sum", ["a", "b"], (/** @type {number} */ a, /** @type {number} */ b) => (a ?? 0) + (b ?? 0));
  same(session.get("sum"), 2);
  session.batch(() => {
    session.set("a", 10);
    same(session.get("sum"), 11);
    throws(() => session.batch(() => { session.set("b", 100); same(session.get("sum"), 110); throw new Error("back"); }), { message: "back" });
    same(session.get("sum"), 11);
    session.delete("a");
    same(session.get("sum"), 1);
    session.clear();
    same(session.get("sum"), 0);
    session.set("a", 20);
    session.set("b", 0);
  });
  same(session.get("sum"), 20);
  throws(() => session.batch(() => { session.clear(); same(session.get("sum"), 0); throw new Error("back"); }), { message: "back" });
  same(session.get("sum"), 20);
  session.undo();
  same(session.get("sum"), 2);
  session.redo();
  same(session.get("sum"), 20);
}, { history: true });

sessionTest("rule 9, 24: an object that fn returns is copied and frozen, and read by state as a view that writes nothing", (session) => {
  const own = { list: [1, { deep: true }] };
  session.set("n", 1);
  session.computed("c", ["n"], () => own);
  const value = session.get("c");
  same(value === own, false);
  same(Object.isFrozen(value.list[1]), true);
  same(session.get("c"), value);
  own.list.push(2);
  equal(session.get("c"), { list: [1, { deep: true }] });
  equal(session.state.c, { list: [1, { deep: true }] });
  throws(() => session.state.c.list.push(1));
  equal(session.get("c"), { list: [1, { deep: true }] });
  session.computed("d", ["c"], (/** @type {any} */ c) => c.list);
  equal(session.get("d"), value.list);
});

sessionTest("rule 15, 24: what JSON does not represent is given as it is, and refused under enforcement", (session) => {
  const date = new Date(0), fn = () => 1;
  session.set("n", 1);
  const ends = [session.computed("date", ["n"], () => date), session.computed("fn", ["n"], () => fn), session.computed("none", ["n"], () => undefined)];
  for (const mode of ["off", "report"]) {
    session.enforcement = mode;
    session.set("n", session.get("n") + 1);
    same(session.get("date"), date, mode);
    same(session.state.date, date, mode);
    same(session.state.date.getTime(), 0, mode);
    same(session.state.fn(), 1, mode);
    same(session.get("none", 1), undefined, mode);
    same(session.has("none"), true, mode);
  }
  same(session.snapshot(), `{"n":${session.get("n")}}`);
  equal(session.validate(), []);
  session.enforcement = "enforce";
  session.set("n", 0);
  throws(() => session.get("date"), { name: "UnserializableSessionStateError", key: "date", type: "Date" });
  throws(() => session.get("fn"), { name: "UnserializableSessionStateError", key: "fn" });
  same(session.get("none"), undefined);
  for (const end of ends) end();
  throws(() => { session.computed("p", ["n"], () => Promise.resolve(1)); session.get("p"); }, { code: "async-computed" });
});

sessionTest("rule 24, 50: in a scope, names and keys are the scope's", (session) => {
  const cart = session.scope("cart");
  cart.update({ price: 3, count: 2 });
  const end = cart.computed("total", ["price", "count"], (/** @type {number} */ p, /** @type {number} */ c) => p * c);
  same(cart.get("total"), 6);
  same(session.get("cart:total"), 6);
  same(session.has("total"), false);
  equal([...cart.keys()], ["price", "count"]);
  /** @type {any[]} */
  const heard = [];
  cart.subscribe("total", (/** @type {any} */ value, /** @type {any} */ change) => heard.push([value, change.key]));
  session.set("cart:count", 3);
  equal(heard, [[9, "total"]]);
  throws(() => cart.set("total", 1), { code: "key-computed", key: "cart:total" });
  end();
  same(cart.has("total"), false);
});

sessionTest("rule 24: a listener that was there before, and one that stays after it ended", (session) => {
  /** @type {any[]} */
  const heard = [];
  const stop = session.subscribe("c", (/** @type {any} */ value) => heard.push(value));
  session.set("n", 1);
  const end = session.computed("c", ["n"], (/** @type {number} */ n) => n * 2);
  session.set("n", 2);
  same(session.get("c"), 4);
  session.set("n", 3);
  same(heard.at(-1), 6);
  end();
  heard.length = 0;
  session.set("n", 4);
  equal(heard, []);
  session.set("c", "entry");
  equal(heard, ["entry"]);
  stop();
  session.set("c", 1);
  equal(heard, ["entry"]);
  same(session.stats().listeners, 0);
});

sessionTest("rule 24: a chain of 500, and 500 of one key", (session) => {
  session.set("c0", 0);
  for (let i = 1; i <= 500; i++) session.computed(`c${i}`, [`c${i - 1}`], (/** @type {number} */ n) => n + 1);
  same(session.get("c500"), 500);
  session.set("c0", 1);
  same(session.get("c500"), 501);
  for (let i = 0; i < 500; i++) session.computed(`w${i}`, ["c0"], (/** @type {number} */ n) => n * i);
  session.computed("all", Array.from({ length: 500 }, (_, i) => `w${i}`), (/** @type {number[]} */ ...values) => values.reduce((a, b) => a + b));
  let heard = 0;
  session.subscribe("all", () => { heard++; });
  session.set("c0", 2);
  same(heard, 1);
  same(session.get("all"), 249500);
});
