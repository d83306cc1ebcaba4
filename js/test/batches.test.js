// @ts-check
// Rule 23: batches; and what is atomic like them (rules 7, 8, 19).

import { equal, fail, same, throws } from "./harness.js";
import { reported, sessionTest, unchanged } from "./sessions.js";

/** Throws inside and sees it come out. */
function back(/** @type {any} */ session, /** @type {() => void} */ fn) {
  const error = new Error("back");
  same(throws(() => session.batch(() => { fn(); throw error; })), error, "what comes out of the batch");
}

sessionTest("rule 23: one delivery at the outermost end, one change for each key; the result comes out", (session) => {
  /** @type {any[]} */
  const heard = [];
  session.subscribe((/** @type {any[]} */ changes) => heard.push(changes.map((c) => [c.key, c.value ?? null, c.old ?? null])));
  session.set("a", 0);
  heard.length = 0;
  const result = session.batch(() => {
    session.set("a", 1);
    session.batch(() => { session.set("b", 1); session.set("a", 2); });
    same(heard.length, 0);
    session.state.c = [1];
    session.state.c.push(2);
    session.delete("a");
    session.set("a", 3);
    return { any: "thing" };
  });
  equal(result, { any: "thing" });
  equal(heard, [[["a", 3, 0], ["b", 1, null], ["c", [1, 2], null]]]);
  same(session.batch(() => undefined), undefined);
  const fn = () => 1;
  same(session.batch(() => fn), fn);
});

sessionTest("rule 23: a key that came in and was read, written again and subscribed to inside goes with the batch, and is told of afterwards", (session) => {
  /** @type {any[]} */
  const heard = [];
  back(session, () => {
    session.set("new", { x: 1 });
    const first = session.get("new");
    same(session.get("new"), first, "its identity");
    session.set("new", { x: 2 });
    session.set("other", 1);
    session.subscribe("new", (/** @type {any} */ value, /** @type {any} */ change) => heard.push([value, change.old ?? null]));
  });
  same(session.get("new"), undefined);
  same(session.has("other"), false);
  session.set("new", 3);
  session.set("other", 4);
  equal([...session.entries()], [["new", 3], ["other", 4]]);
  equal(heard, [[3, null]]);
});

sessionTest("rule 23: reads inside see its own writes, of every kind and through every door", (session) => {
  session.update({ a: 1, o: { x: [1] }, gone: true });
  session.batch(() => {
    session.set("a", 2);
    session.state.o.x.push(2);
    session.delete("gone");
    session.set("new", "n");
    session.set("fn", fail);
    same(session.get("a"), 2);
    same(session.state.a, 2);
    equal(session.get("o"), { x: [1, 2] });
    same(session.has("gone") || "gone" in session.state, false);
    equal([...session.keys()], ["a", "o", "new", "fn"]);
    same(session.size, 4);
    same(session.get("fn"), fail);
    same(session.snapshot({ references: "omit" }), '{"a":2,"o":{"x":[1,2]},"new":"n"}');
    equal(session.toJSON(), { a: 2, o: { x: [1, 2] }, new: "n" });
    session.restore('{"only":1}');
    equal([...session.entries()], [["only", 1]]);
    same(session.get("a"), undefined);
    session.clear();
    same(session.size, 0);
    session.init({ a: 5 });
    same(session.require("a"), 5);
  });
  equal([...session], [["a", 5]]);
});

sessionTest("rule 23: when fn throws, everything is as it was: values, order, identity, size, bytes; nobody is told", (session) => {
  session.update({ a: 1, o: { x: [1] }, s: "text", big: "x".repeat(1000), nil: null, yes: true, fn: fail });
  const acts = [
    () => session.set("a", 2), () => session.set("a", "other"), () => session.delete("o"), () => session.set("new", 1), () => session.clear(), () => session.reset(),
    () => session.restore('{"a":[1],"z":{}}'), () => { session.delete("a"); session.set("a", 1); }, () => session.state.o.x.push(2),
    () => session.mutate("o", (/** @type {any} */ d) => { d.y = 1; delete d.x; }), () => session.update({ a: 3, q: 1 }), () => session.init({ q: 1 }),
    () => session.set("fn", () => 1), () => session.set("big", 1), () => session.pop("s"),
    () => session.scope("x").set("a", 1), () => { for (let i = 0; i < 500; i++) session.set(`k${i}`, { i }); },
  ];
  for (const act of acts) {
    const o = session.get("o");
    const error = unchanged(session, () => session.batch(() => { act(); throw new Error("back"); }));
    same(error.message, "back", String(act));
    same(session.get("o"), o, String(act));
    equal([...session.keys()], ["a", "o", "s", "big", "nil", "yes", "fn"], String(act));
    same(session.get("fn"), fail);
  }
  for (let i = 0; i < 100; i++) unchanged(session, () => session.batch(() => { for (let j = 0; j < 5; j++) acts[(i * 7 + j * 11) % acts.length](); throw new Error("back"); }));
});

sessionTest("rule 23: an inner batch that throws and is caught is rolled back alone", (session) => {
  /** @type {any[]} */
  const heard = [];
  session.update({ a: 1, b: 1, o: { n: 1 } });
  const o = session.get("o");
  session.subscribe((/** @type {any[]} */ changes) => heard.push(changes.map((c) => [c.key, c.value, c.old])));
  session.batch(() => {
    session.set("a", 2);
    back(session, () => { session.set("a", 3); session.set("b", 3); session.set("c", 3); session.state.o.n = 3; session.clear(); });
    equal([session.get("a"), session.get("b"), session.has("c")], [2, 1, false]);
    same(session.get("o"), o);
    session.batch(() => { session.set("b", 4); back(session, () => session.delete("b")); same(session.get("b"), 4); });
  });
  equal(heard, [[["a", 2, 1], ["b", 4, 1]]]);
  equal([...session.keys()], ["a", "b", "o"]);
});

sessionTest("rule 23: an async function is refused before it runs, a thenable is rolled back", (session) => {
  let ran = false;
  const async = unchanged(session, () => session.batch(async () => { ran = true; session.set("a", 1); }));
  equal([async.name, async.code, ran], ["SessionUsageError", "async-batch", false]);
  for (const make of [() => Promise.resolve(1), () => ({ then() {} }), () => Object.assign(() => {}, { then() {} })]) {
    const error = unchanged(session, () => session.batch(() => { session.set("a", 1); return make(); }));
    same(error.code, "async-batch");
  }
  session.batch(() => ({ then: "no function" }));
  session.set("o", {});
  throws(() => session.mutate("o", async () => {}), { code: "async-mutate" });
  throws(() => session.mutate("o", (/** @type {any} */ d) => { d.x = 1; return Promise.resolve(); }), { code: "async-mutate" });
  equal(session.get("o"), {});
  throws(() => session.batch(5));
  session.set("after", 1);
  same(session.get("after"), 1);
});

sessionTest("rule 23, 25: undo inside a batch is refused; clear and restore are part of it", (session) => {
  session.set("a", 1);
  session.set("a", 2);
  throws(() => session.batch(() => session.undo()), { name: "SessionUsageError", code: "undo-in-batch" });
  throws(() => session.batch(() => session.redo()), { code: "undo-in-batch" });
  same(session.get("a"), 2);
  /** @type {any[]} */
  const heard = [];
  session.subscribe("a", (/** @type {any} */ value, /** @type {any} */ change) => heard.push([value ?? null, change.old ?? null]));
  session.batch(() => { session.clear(); session.restore('{"a":3}'); session.set("a", 2); });
  equal(heard, [], "it ended as it began");
  session.batch(() => { session.clear(); session.set("b", 1); });
  equal(heard, [[null, 2]]);
}, { history: true });

sessionTest("rule 22, 23: a batch inside a listener delivers after the round; one that throws there delivers nothing", (session) => {
  const errors = reported(session);
  /** @type {string[]} */
  const log = [];
  session.subscribe("a", () => { log.push("a"); session.batch(() => { session.set("b", 1); session.set("c", 1); }); log.push("a ends"); });
  session.subscribe("a", () => { back(session, () => session.set("d", 1)); });
  session.subscribe("d", () => log.push("d"));
  session.subscribe(["b", "c"], (/** @type {any[]} */ changes) => log.push(changes.map((c) => c.key).join()));
  session.set("a", 1);
  equal(log, ["a", "a ends", "b,c"]);
  equal(errors(), []);
});

sessionTest("rule 23: listeners subscribed and ended inside a batch", (session) => {
  /** @type {string[]} */
  const log = [];
  const early = session.subscribe("a", () => log.push("early"));
  session.batch(() => {
    session.set("a", 1);
    session.subscribe("a", (/** @type {any} */ value, /** @type {any} */ change) => log.push(`late ${value} ${change.old}`));
    early();
    session.set("a", 2);
  });
  equal(log, ["late 2 undefined"]);
  throws(() => session.batch(() => { session.subscribe("b", (/** @type {any} */ b) => log.push(`b ${b}`)); session.set("b", 1); throw new Error(); }));
  session.set("b", 2);
  equal(log, ["late 2 undefined", "b 2"], "listening is no state: a rollback does not end it");
});

sessionTest("rule 7: update and init set all or none, whatever stops them", (session) => {
  session.set("a", 1);
  for (const source of [{ b: 1, "$$c": 1 }, { b: 1, c: NaN }, [["b", 1], ["", 1]], [["b", 1], ["c", 10n]], [["b", 1], [Symbol(), 1]], [["b", 1], 5], [["b", 1], null],
    new Map([["b", 1], ["x".repeat(2000), 1]]), { b: 1, get c() { throw new Error("x"); } }, { b: 1, c: "\ud800" }]) {
    unchanged(session, () => session.update(source));
    unchanged(session, () => session.init(source));
  }
  for (const source of [null, undefined, 5, "ab", true, () => 1]) {
    throws(() => session.update(source), { name: "SessionUsageError", code: "argument-invalid" });
    throws(() => session.init(source), { name: "SessionUsageError", code: "argument-invalid" });
  }
  throws(() => session.update({ b: 1, [Symbol("key")]: 1 }), { name: "TypeError" });
  same(session.has("b"), false);
}, { enforce: true });

sessionTest("rule 7: update and init take objects, pairs, maps, iterables, other sessions and state; they return the session", (session) => {
  same(session.init({ a: 1, b: { n: 1 } }), session);
  same(session.update([["b", 2], [3, "three"]]), session);
  session.init(new Map(/** @type {any} */ ([["a", 9], ["c", 3]])));
  session.update((function* () { yield ["d", 4]; yield ["d", 5]; })());
  equal(session.toJSON(), { 3: "three", a: 1, b: 2, c: 3, d: 5 });
  session.scope("copy").update(session);
  equal(session.scope("copy").toJSON(), { 3: "three", a: 1, b: 2, c: 3, d: 5 });
  session.scope("state").init(session.scope("copy").state);
  same(session.scope("state").size, 5);
  let heard = 0;
  session.subscribe(() => { heard++; });
  session.update({ a: 2, b: 3 }).init({ a: 7, b: 7 });
  same(heard, 1);
  session.init(Object.create({ inherited: 1 }));
  same(session.has("inherited"), false);
});

sessionTest("rule 23: 200 nested batches, and 20,000 writes in one", (session) => {
  let heard = 0;
  session.subscribe(() => { heard++; });
  const nest = (/** @type {number} */ n) => session.batch(() => { session.set("n", n); if (n < 200) nest(n + 1); });
  nest(1);
  same(session.get("n"), 200);
  same(heard, 1);
  session.batch(() => { for (let i = 0; i < 20_000; i++) session.set(`k${i % 1000}`, i); });
  same(heard, 2);
  same(session.get("k999"), 19_999);
  const before = session.snapshot();
  back(session, () => { for (let i = 0; i < 20_000; i++) session.set(`k${i % 2000}`, { i }); });
  same(session.snapshot(), before);
});
