// @ts-check
// Rules 9 and 10: what was given and what is read are the session's own, and keep their identity.

import { equal, fail, same, throws } from "./harness.js";
import { sessionTest } from "./sessions.js";

const rows = () => Array.from({ length: 50 }, (_, id) => ({ id, tags: ["x", { deep: id }], done: false }));

function frozen(/** @type {any} */ value, path = "") {
  if (typeof value !== "object" || value === null) return;
  if (!Object.isFrozen(value)) fail(`not frozen at ${path}`);
  for (const [name, part] of Object.entries(value)) frozen(part, `${path}/${name}`);
}

sessionTest("rule 9: changing what was passed to set changes nothing", (session) => {
  const given = { list: [1, { a: 1 }], o: { p: 1 } };
  session.set("key", given);
  given.list.push(2);
  /** @type {any} */ (given.list[1]).a = 2;
  given.o.p = 2;
  equal(session.get("key"), { list: [1, { a: 1 }], o: { p: 1 } });
  same(session.get("key") === given, false);
  const pairs = /** @type {any[]} */ ([["pair", { a: 1 }]]);
  session.update(pairs);
  pairs[0][1].a = 2;
  equal(session.get("pair"), { a: 1 });
  const read = session.toJSON();
  read.pair.a = 3;
  equal(session.get("pair"), { a: 1 });
});

sessionTest("rule 9: what is read is frozen throughout, however it came in", (session) => {
  const ways = {
    set: () => session.set("key", rows()),
    restore: () => session.restore(JSON.stringify({ key: rows() })),
    undo: () => { session.set("key", rows()); session.set("key", 1); session.undo(); },
    view: () => { session.set("key", []); session.state.key.push(...rows()); },
    mutate: () => { session.set("key", [[]]); session.mutate("key", (/** @type {any} */ draft) => { draft[0].push({ a: [1] }); draft.push({ b: {} }); }); },
  };
  for (const [name, way] of Object.entries(ways)) {
    way();
    for (const value of [session.get("key"), session.require("key"), [...session.values()].at(-1), [...session][0][1]]) frozen(value, name);
    throws(() => { session.get("key")[0] = 1; }, { name: "TypeError" });
  }
  let told;
  session.subscribe("key", (/** @type {any} */ value, /** @type {any} */ change) => { told = [value, change.value, change.old]; });
  session.set("key", { other: [1] });
  frozen(told?.[0]);
  frozen(told?.[2]);
  same(told?.[0], session.get("key"));
}, { history: true });

sessionTest("rule 9: a value keeps its identity until it changes", (session) => {
  session.set("key", rows());
  const first = session.get("key");
  for (let i = 0; i < 3; i++) same(session.get("key"), first);
  session.set("other", 1);
  session.delete("other");
  session.enforcement = "enforce";
  same(session.get("key"), first);
  session.set("key", rows());
  same(session.get("key"), first, "an equal value is no change");
  session.snapshot();
  session.validate();
  same(session.get("key"), first);
  throws(() => session.set("key", [NaN]));
  same(session.get("key"), first);
  session.set("key", 1).set("key", rows());
  same(session.get("key") === first, false);
});

sessionTest("rule 9, 23: after a rollback the value is the same one again", (session) => {
  session.set("key", rows());
  session.set("n", { a: 1 });
  const [first, n] = [session.get("key"), session.get("n")];
  const spoils = [
    () => session.set("key", 1), () => session.delete("key"), () => session.clear(), () => session.restore('{"key":[1],"x":1}'),
    () => session.state.key.pop(), () => session.mutate("key", (/** @type {any} */ d) => { d[3].done = true; }),
    () => { session.delete("key"); session.set("key", [1]); session.get("key"); },
    () => session.batch(() => { session.set("key", 1); session.batch(() => session.set("key", 2)); }),
    () => session.pop("key"), () => session.update({ key: 1, n: 1 }),
  ];
  for (const [i, spoil] of spoils.entries()) {
    throws(() => session.batch(() => {
      spoil();
      session.get("key");
      throw new Error("back");
    }), { message: "back" });
    same(session.get("key"), first, `identity after ${spoils[i]}`);
    same(session.get("n"), n, `identity after ${spoils[i]}`);
    equal([...session.keys()], ["key", "n"], "order");
  }
});

sessionTest("rule 10, 23: a batch that ends where it began keeps the identity and tells nobody", (session) => {
  session.update({ key: rows(), n: 1, s: "x" });
  const first = session.get("key");
  let heard = 0;
  session.subscribe(() => { heard++; });
  session.batch(() => { session.set("key", 1); session.set("key", rows()); });
  session.batch(() => { session.set("n", 2); session.set("n", 1); session.set("s", "longer than sixteen characters"); session.set("s", "x"); });
  session.batch(() => { session.state.key[0].done = true; session.state.key[0].done = false; });
  session.batch(() => { session.set("new", 1); session.delete("new"); });
  same(heard, 0);
  same(session.get("key"), first);
});

sessionTest("rule 10: -0 is 0, equal texts are equal, the order of members is not", (session) => {
  let heard = 0;
  session.subscribe(() => { heard++; });
  const change = (/** @type {number} */ by, /** @type {() => unknown} */ fn) => {
    const before = heard;
    fn();
    same(heard - before, by, String(fn));
  };
  change(1, () => session.set("n", 0));
  change(0, () => session.set("n", -0));
  same(Object.is(session.get("n"), 0), true);
  change(1, () => session.set("o", { a: 1, b: [-0] }));
  change(0, () => session.set("o", { a: 1, b: [0] }));
  change(1, () => session.set("o", { b: [0], a: 1 }));
  change(0, () => session.set("o", session.get("o")));
  change(0, () => session.set("o", session.state.o));
  change(0, () => { session.state.o = session.state.o; });
  change(0, () => session.restore(' { "n" : -0.0, "o" : {"b":[0e5], "a":1.0} } '));
  change(1, () => session.set("s", "é"));
  change(0, () => session.set("s", "\u00e9"));
  change(1, () => session.set("s", "e\u0301"));
  change(1, () => session.set("n", "0"));
  change(1, () => session.set("n", false));
  change(1, () => session.set("n", null));
  change(1, () => session.set("n", []));
  change(1, () => session.set("n", {}));
  change(0, () => session.set("n", Object.create(null)));
});

sessionTest("rule 10: a version once given is never given again, not after a rollback, an undo or a restore", (session) => {
  const seen = new Set();
  session.subscribe(["a", "b"], (/** @type {any[]} */ changes) => {
    for (const { version } of changes) {
      if (seen.has(version)) fail(`version ${version} was given twice`);
      if (seen.size > 0 && version <= Math.max(...seen)) fail(`version ${version} is not newer`);
      seen.add(version);
    }
  });
  for (let i = 0; i < 20; i++) {
    session.set("a", i);
    throws(() => session.batch(() => { session.set("a", "x"); session.set("b", i); throw new Error(); }));
    session.batch(() => session.update({ a: i + 0.5, b: [i] }));
    session.undo();
    session.redo();
    session.restore(`{"a":${i},"b":${i}}`);
    session.delete("b");
  }
  if (seen.size < 100) fail(`only ${seen.size} versions`);
}, { history: true });

sessionTest("rule 9: a write in place leaves every part that it did not touch the same", (session) => {
  session.set("key", rows());
  const before = session.get("key");
  session.state.key[7].tags[1].deep = "new";
  const after = session.get("key");
  same(after === before, false);
  same(after[7] === before[7], false);
  same(after[7].tags === before[7].tags, false);
  for (let i = 0; i < 50; i++) if (i !== 7) same(after[i], before[i], `row ${i}`);
  session.mutate("key", (/** @type {any} */ draft) => { draft[3].done = true; draft.push({ id: 50 }); });
  for (let i = 0; i < 50; i++) if (i !== 3) same(session.get("key")[i], after[i], `row ${i}`);
  same(session.get("key")[3].tags, before[3].tags);
  equal(JSON.parse(session.snapshot()).key, session.get("key"));
  session.state.key.sort((/** @type {any} */ a, /** @type {any} */ b) => b.id - a.id);
  same(session.get("key")[50], before[0]);
  equal(JSON.parse(session.snapshot()).key, session.get("key"));
});

sessionTest("rule 9: views of the real session: one change each, equal while the node is the same, stale once another stands there", (session) => {
  const { state } = session;
  state.todos = [{ t: "a" }, { t: "b" }];
  let heard = 0;
  session.subscribe("todos", () => { heard++; });
  const one = (/** @type {() => unknown} */ fn) => { const before = heard; fn(); same(heard - before, 1, String(fn)); };
  const first = state.todos[0];
  one(() => { first.done = true; });
  one(() => state.todos.push({ t: "c" }, { t: "d" }));
  one(() => state.todos.reverse());
  one(() => state.todos.splice(1, 2));
  one(() => { delete state.todos[0].t; });
  same(state.todos === state.todos, true);
  equal(session.get("todos"), [{}, { t: "a", done: true }]);
  const held = state.todos[1];
  one(() => state.todos.shift());
  throws(() => held.t, { name: "StaleViewError", key: "todos" });
  throws(() => { held.t = "z"; }, { name: "StaleViewError" });
  equal(session.get("todos"), [{ t: "a", done: true }]);
  const other = state.todos[0];
  session.set("todos", [{ t: "a", done: true }]);
  same(other.t, "a", "an equal value was no change");
  session.restore('{"todos":[{"t":"z"}]}');
  throws(() => other.t, { name: "StaleViewError" });
  session.delete("todos");
  throws(() => state.todos.push(1), { name: "TypeError" });
});

sessionTest("rule 9: structuredClone and postMessage take what get gives", async (session) => {
  session.set("key", { list: [1, { a: "é" }], none: null });
  equal(structuredClone(session.get("key")), session.get("key"));
  same(Object.isFrozen(structuredClone(session.get("key"))), false);
  throws(() => structuredClone(session.state.key), { name: "DataCloneError" });
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise((done) => { port2.onmessage = (event) => done(event.data); });
  port1.postMessage(session.get("key"));
  equal(await arrived, session.get("key"));
  port1.close();
});

sessionTest("rule 9: a value travels from key to key, from session to view and back, and is nobody's but its own", (session) => {
  session.set("a", { list: [{ n: 1 }] });
  session.set("b", session.get("a"));
  session.state.c = session.state.a;
  session.state.d = { of: session.state.a.list, twice: [session.state.a.list, session.state.a.list] };
  session.state.a.list[0].n = 2;
  equal([session.get("b"), session.get("c")], [{ list: [{ n: 1 }] }, { list: [{ n: 1 }] }]);
  equal(session.get("d"), { of: [{ n: 1 }], twice: [[{ n: 1 }], [{ n: 1 }]] });
  session.state.d.twice[0][0].n = 3;
  equal(session.get("d").twice, [[{ n: 3 }], [{ n: 1 }]]);
  session.set("e", { fromView: session.state.a });
  equal(session.get("e"), { fromView: { list: [{ n: 2 }] } });
  same(JSON.stringify(JSON.parse(session.snapshot())), session.snapshot());
});
