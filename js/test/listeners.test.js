// @ts-check
// Rules 21 and 22: who is told what, when, in which order.

import { equal, fail, same, throws } from "./harness.js";
import { details, random, reported, sessionTest } from "./sessions.js";

sessionTest("rule 21: a listener of a key gets the value and the change; a refused or equal write tells nobody", (session) => {
  /** @type {any[]} */
  const heard = [];
  const end = session.subscribe("a", (/** @type {any[]} */ ...args) => heard.push(args));
  session.set("b", 1);
  session.set("a", 1);
  session.set("a", 1);
  session.set("a", [1]);
  session.state.a.push(2);
  session.delete("a");
  session.delete("a");
  throws(() => session.set("$$a", 1));
  equal(heard.map(([value, { key, value: v, old, origin }]) => [value ?? null, v ?? null, old ?? null, key, origin]), [
    [1, 1, null, "a", "code"], [[1], [1], 1, "a", "code"], [[1, 2], [1, 2], [1], "a", "code"], [null, null, [1, 2], "a", "code"],
  ]);
  same(heard.every((args) => args.length === 2), true);
  for (let i = 1; i < heard.length; i++) same(heard[i][1].version > heard[i - 1][1].version, true);
  same(heard.at(-1)[1].version, session.stats().version);
  end();
  end();
  session.set("a", 5);
  same(heard.length, 4);
});

sessionTest("rule 21: origins: code, restore, history", (session) => {
  /** @type {string[]} */
  const origins = [];
  session.subscribe("a", (/** @type {any} */ _, /** @type {any} */ change) => origins.push(change.origin));
  session.set("a", 1);
  session.state.a = 2;
  session.batch(() => session.set("a", 3));
  session.update({ a: 4 });
  session.undo();
  session.redo();
  session.restore('{"a":5}');
  session.clear();
  session.init({ a: 6 });
  session.reset();
  equal(origins, ["code", "code", "code", "code", "history", "history", "restore", "code", "code", "code"]);
}, { history: true });

sessionTest("rule 21: several keys or all: all changes of one delivery together", (session) => {
  /** @type {any[]} */
  const some = [], all = [];
  const show = (/** @type {any[]} */ changes) => changes.map((c) => [c.key, c.value ?? null, c.old ?? null]);
  session.subscribe(["a", "b", "a", 3], (/** @type {any[]} */ changes, /** @type {any} */ more) => { same(more, undefined); some.push(show(changes)); });
  session.subscribe((/** @type {any[]} */ changes) => all.push(show(changes)));
  session.set("a", 1);
  session.set("c", 1);
  session.batch(() => { session.set("b", 1); session.set("d", 1); session.set("a", 2); session.set("a", 3); });
  session.set(3, "x");
  session.delete("d");
  equal(some, [[["a", 1, null]], [["b", 1, null], ["a", 3, 1]], [["3", "x", null]]]);
  equal(all, [[["a", 1, null]], [["c", 1, null]], [["b", 1, null], ["d", 1, null], ["a", 3, 1]], [["3", "x", null]], [["d", null, 1]]]);
  same(session.stats().listeners, 2);
});

sessionTest("rule 21: immediate tells at once what there is", (session) => {
  session.set("a", 1).set("b", [2]);
  /** @type {any[]} */
  const heard = [];
  session.subscribe("a", (/** @type {any} */ value, /** @type {any} */ { key, old, version, origin }) => heard.push([value, key, old ?? null, version, origin]), { immediate: true });
  session.subscribe("none", (/** @type {any} */ value, /** @type {any} */ change) => heard.push([value ?? null, change.key]), { immediate: true });
  session.subscribe(["b", "none", "a"], (/** @type {any[]} */ changes) => heard.push(changes.map((c) => c.key)), { immediate: true });
  session.subscribe((/** @type {any[]} */ changes) => heard.push(changes.map((c) => [c.key, c.value])), { immediate: true });
  equal(heard, [[1, "a", null, 1, "code"], [null, "none"], ["b", "a"], [["a", 1], ["b", [2]]]]);
  heard.length = 0;
  session.subscribe("a", (/** @type {any} */ v) => heard.push(v), { immediate: false });
  session.subscribe("a", (/** @type {any} */ v) => heard.push(v), {});
  equal(heard, []);
});

sessionTest("rule 21, 24: immediate with a listener or a computed value that throws is reported, and the listener stays", (session) => {
  const errors = reported(session);
  let ok = false;
  session.set("a", 1);
  session.computed("bad", ["a", "ok"], () => { if (!ok) throw new Error("bad"); return 1; });
  let heard = 0;
  const end = session.subscribe("a", () => { heard++; throw new Error("listener"); }, { immediate: true });
  const end2 = session.subscribe("bad", () => { heard++; }, { immediate: true });
  equal(errors().map((e) => e.message), ["listener", "bad"]);
  same(session.stats().listeners, 2);
  ok = true;
  session.set("ok", 1);
  same(heard, 2);
  end();
  end2();
  same(session.stats().listeners, 0);
});

sessionTest("rule 21: old is right when nothing had been read: after a restore, after a delete, for primitives and objects", (session) => {
  for (const [key, old, next] of [["n", 1, 2], ["s", "é😀", "x"], ["long", "x".repeat(100), "y"], ["t", true, false], ["o", { a: [1] }, { a: 1 }], ["nil", null, 0], ["back", { a: 1 }, undefined]]) {
    session.restore(JSON.stringify({ n: 1, s: "é😀", long: "x".repeat(100), t: true, o: { a: [1] }, nil: null, back: { a: 1 } }));
    /** @type {any[]} */
    const heard = [];
    const end = session.subscribe(key, (/** @type {any} */ value, /** @type {any} */ change) => heard.push(value, change));
    if (next === undefined) session.delete(key);
    else session.set(key, next);
    equal(heard[0], next, String(key));
    equal(heard[1].old, old, String(key));
    session.set(key, "later");
    equal(heard[1].old, old, `${key}, asked later`);
    same(heard[1].old, heard[1].old, "the same each time");
    if (typeof old === "object" && old !== null) same(Object.isFrozen(heard[1].old), true);
    end();
    session.restore("{}");
    let all = [];
    session.restore(JSON.stringify({ [key]: old }));
    const endAll = session.subscribe((/** @type {any[]} */ changes) => { all = changes; });
    session.batch(() => { session.set(key, "between"); session.set(key, next ?? "x"); });
    equal(all.map((c) => c.old), [old], `${key}, in a batch`);
    session.clear();
    equal(all.map((c) => c.old), [next ?? "x"]);
    endAll();
  }
});

sessionTest("rule 22: what listeners write is told after the current round, in order", (session) => {
  /** @type {string[]} */
  const log = [];
  session.subscribe("a", (/** @type {number} */ value) => {
    log.push(`first a=${value}`);
    if (value === 1) { session.set("b", 10); session.set("a", 2); log.push(`reads b=${session.get("b")} a=${session.get("a")}`); }
  });
  session.subscribe("a", (/** @type {number} */ value, /** @type {any} */ change) => log.push(`second a=${value} was ${change.old}`));
  session.subscribe("b", (/** @type {number} */ value) => log.push(`b=${value}`));
  session.subscribe((/** @type {any[]} */ changes) => log.push(`all ${changes.map((c) => `${c.key}=${c.value}`)}`));
  session.set("a", 1);
  equal(log, [
    "first a=1", "reads b=10 a=2", "second a=1 was undefined", "all a=1",
    "b=10", "first a=2", "second a=2 was 1", "all b=10,a=2",
  ]);
});

sessionTest("rule 22: order: listeners of the key, then of several keys, then of all; each kind as subscribed", (session) => {
  /** @type {string[]} */
  const log = [];
  session.subscribe(() => log.push("all 1"));
  session.subscribe(["a", "b"], () => log.push("some 1"));
  session.subscribe("b", () => log.push("b 1"));
  session.subscribe("a", () => log.push("a 1"));
  session.subscribe(["b"], () => log.push("some 2"));
  session.subscribe("b", () => log.push("b 2"));
  session.subscribe(() => log.push("all 2"));
  session.batch(() => session.update({ a: 1, b: 1 }));
  equal(log, ["a 1", "b 1", "b 2", "some 1", "some 2", "all 1", "all 2"]);
});

sessionTest("rule 22: one listener's exception stops no other, and is reported once, after the flush", (session) => {
  /** @type {string[]} */
  const log = [];
  session.addEventListener("session-error", (/** @type {CustomEvent} */ event) => {
    event.preventDefault();
    log.push(`error ${event.detail.error?.message ?? event.detail.error}`);
  });
  session.subscribe("a", () => { log.push("one"); throw new Error("first"); });
  session.subscribe("a", (/** @type {number} */ a) => { log.push("two"); if (a === 1) session.set("b", 1); });
  session.subscribe("b", () => { log.push("b"); throw "a string"; });
  session.subscribe(() => { log.push("all"); throw null; });
  session.set("a", 1);
  equal(log, ["one", "two", "all", "b", "all", "error first", "error null", "error a string", "error null"]);
  log.length = 0;
  session.batch(() => session.set("a", 2));
  equal(log, ["one", "two", "all", "error first", "error null"]);
  same(session.get("a"), 2);
});

sessionTest("rule 22: an error that nobody prevents goes to the page's reportError, once", (session) => {
  const { reportError } = globalThis;
  /** @type {any[]} */
  const told = [];
  globalThis.reportError = (error) => void told.push(error);
  try {
    session.subscribe("a", () => { throw new Error("x"); });
    session.set("a", 1);
    equal(told.map((e) => e.message), ["x"]);
    details(session, "session-error");
    session.set("a", 2);
    same(told.length, 1);
  } finally {
    globalThis.reportError = reportError;
  }
});

sessionTest("rule 22: subscribing and unsubscribing during a delivery", (session) => {
  /** @type {string[]} */
  const log = [];
  /** @type {(() => void)[]} */
  const ends = [];
  session.subscribe("a", (/** @type {number} */ a) => {
    log.push(`one ${a}`);
    if (a === 1) {
      ends.push(session.subscribe("a", (/** @type {number} */ v) => log.push(`new ${v}`)));
      endThird();
    }
    if (a === 2) endSelf();
  });
  const endSelf = session.subscribe("a", (/** @type {number} */ a) => { log.push(`self ${a}`); endSelf(); });
  const endThird = session.subscribe("a", () => log.push("third"));
  const endAll = session.subscribe(() => { log.push("all"); endAll(); });
  session.set("a", 1);
  equal(log.splice(0), ["one 1", "self 1", "all"], "a new one is not told of the change it was subscribed in, an ended one never");
  session.set("a", 2);
  equal(log.splice(0), ["one 2", "new 2"]);
  same(session.stats().listeners, 2);
});

sessionTest("rule 22: a listener that deletes its own key, or clears, or restores", (session) => {
  /** @type {any[]} */
  const log = [];
  session.subscribe("a", (/** @type {any} */ value, /** @type {any} */ change) => {
    log.push([value ?? null, change.old ?? null]);
    if (value === 1) session.delete("a");
    if (value === 2) session.clear();
    if (value === 3) session.restore('{"a":4}');
  });
  session.set("a", 1);
  session.set("a", 2);
  session.set("a", 3);
  equal(log, [[1, null], [null, 1], [2, null], [null, 2], [3, null], [4, 3]]);
});

sessionTest("rule 22: batches and rollbacks inside a listener", (session) => {
  /** @type {any[]} */
  const log = [];
  session.subscribe("a", () => {
    session.batch(() => { session.set("b", 1); session.set("b", 2); session.set("c", 3); });
    try {
      session.batch(() => { session.set("b", 9); throw new Error(); });
    } catch {
      log.push(`b is ${session.get("b")}`);
    }
  });
  session.subscribe(["b", "c"], (/** @type {any[]} */ changes) => log.push(changes.map((c) => [c.key, c.value])));
  session.set("a", 1);
  equal(log, ["b is 2", [["b", 2]], [["c", 3]]].flatMap((x) => (Array.isArray(x) ? [] : [x])).concat([[["b", 2], ["c", 3]]]));
});

sessionTest("rule 22: a cycle that does not settle stops after 100 rounds with an error that names the key", (session) => {
  const errors = reported(session);
  let rounds = 0;
  session.subscribe("a", (/** @type {number} */ a) => { rounds++; session.set("a", a + 1); });
  session.set("a", 0);
  const [error, ...more] = errors();
  same(more.length, 0);
  equal([error.name, error.code, error.key], ["SessionUsageError", "listener-cycle", "a"]);
  same(rounds, 100);
  same(session.get("a"), 100);
  session.set("b", 1);
  same(session.get("b"), 1);
  /** @type {any[]} */
  const heard = [];
  session.subscribe("c", (/** @type {number} */ c) => { heard.push(c); if (c < 50) session.set("c", c + 1); });
  session.set("c", 1);
  same(heard.length, 50, "one that settles");
  equal(errors(), []);
});

sessionTest("rule 22: destroy during a delivery ends it", (session) => {
  /** @type {string[]} */
  const log = [];
  session.subscribe("a", () => { log.push("one"); session.set("b", 1); session.destroy(); });
  session.subscribe("a", () => log.push("two"));
  session.subscribe("b", () => log.push("b"));
  session.subscribe(["a"], () => log.push("some"));
  session.subscribe(() => log.push("all"));
  session.set("a", 1);
  equal(log, ["one"]);
  same(session.status, "destroyed");
  throws(() => session.get("a"), { name: "SessionDestroyedError" });
});

sessionTest("rule 22, 47: destroy during the delivery of a batch, a restore and an undo", async (session) => {
  for (const act of [
    (/** @type {any} */ s) => s.batch(() => { s.set("a", 1); s.set("b", 1); }), (/** @type {any} */ s) => s.restore('{"a":1,"b":1}'),
    (/** @type {any} */ s) => s.update({ a: 0, c: 1 }), (/** @type {any} */ s) => s.clear(), (/** @type {any} */ s) => s.reset(),
  ]) {
    const { open } = await import("../index.js");
    const own = /** @type {any} */ (await open({ separate: true, history: true }));
    own.set("a", 7);
    let heard = 0;
    own.subscribe("a", () => { heard++; own.destroy(); });
    own.subscribe(() => { heard++; });
    act(own);
    same(heard, 1, String(act));
    same(own.status, "destroyed");
  }
  same(session.status, "open");
});

sessionTest("rule 21: 10,000 listeners ended in any order leave none, and tell nobody", (session) => {
  const rng = random(7);
  let heard = 0;
  const ends = [];
  for (let i = 0; i < 10_000; i++) {
    const listener = () => { heard++; };
    const kind = rng.below(10);
    ends.push(kind < 6 ? session.subscribe(`k${rng.below(50)}`, listener) : kind < 9 ? session.subscribe([`k${rng.below(50)}`, `k${rng.below(50)}`, `m${rng.below(9)}`], listener) : session.subscribe(listener));
  }
  same(session.stats().listeners, 10_000);
  session.set("k0", 1);
  same(heard > 1000, true);
  while (ends.length > 0) {
    const [end] = ends.splice(rng.below(ends.length), 1);
    end();
    if (rng.below(20) === 0) end();
    if (ends.length % 1000 === 0) {
      heard = 0;
      session.batch(() => { for (let i = 0; i < 50; i++) session.set(`k${i}`, ends.length + 0.5); });
      if (heard > ends.length) fail(`${heard} were told, ${ends.length} listen`);
    }
  }
  same(session.stats().listeners, 0);
  heard = 0;
  session.batch(() => { for (let i = 0; i < 50; i++) session.set(`k${i}`, "last"); });
  session.clear();
  same(heard, 0);
  same(session.stats().keys, 0);
});

sessionTest("rule 21: listening to an absent key and letting go leaves the key writable, inside and outside of batches", (session) => {
  for (let i = 0; i < 300; i++) {
    const end = session.subscribe("absent", () => {});
    if (i % 3 === 0) end();
    else session.batch(() => { end(); session.set("absent", i); });
    session.set("absent", i + 0.5);
    same(session.get("absent"), i + 0.5);
    session.delete("absent");
    throws(() => session.batch(() => {
      const inner = session.subscribe("other", () => {});
      session.set("other", i);
      inner();
      session.delete("other");
      session.set("other", "again");
      same(session.get("other"), "again");
      throw new Error("back");
    }), { message: "back" });
    same(session.has("other"), false);
    session.set("other", i);
    session.delete("other");
  }
  same(session.stats().listeners, 0);
});

sessionTest("rule 4, 21: subscribe refuses what is no key and no function, and leaves nothing behind", (session) => {
  for (const bad of ["", "$$x", "\ud800", "x".repeat(2000), Symbol(), {}, null, undefined, ["a", "$$x"], ["a", null]]) {
    let refused = false;
    try {
      session.subscribe(bad, () => {});
    } catch {
      refused = true;
    }
    if (!refused) fail(`subscribe() took ${typeof bad === "symbol" ? "a symbol" : JSON.stringify(bad)}`);
  }
  for (const bad of [undefined, null, "fn", {}]) throws(() => session.subscribe("a", bad), { name: "SessionUsageError", code: "argument-invalid" });
  throws(() => session.subscribe());
  same(session.stats().listeners, 0);
  session.set("a", 1);
  same(session.get("a"), 1);
});

sessionTest("rule 11: writing runs nothing of its own accord; 10,000 writes under a listener tell 10,000 times", (session) => {
  let sum = 0, last = 0;
  session.subscribe("n", (/** @type {number} */ n, /** @type {any} */ change) => {
    sum++;
    if (change.old !== (n === 1 ? undefined : n - 1) || change.version <= last) fail(`${change.old} before ${n}`);
    last = change.version;
  });
  for (let i = 1; i <= 10_000; i++) session.set("n", i);
  same(sum, 10_000);
});
