// @ts-check
import { equal, same, throws } from "./harness.js";
import { image, reported, sessionTest } from "./sessions.js";
import { coreOf } from "../session.js";

/** @typedef {any} Session */

const tick = () => new Promise((done) => setTimeout(done));

/** What listeners are told, as [key, value, origin]. */
function heard(/** @type {Session} */ session) {
  /** @type {any[]} */
  const list = [];
  session.subscribe((/** @type {any[]} */ changes) => list.push(changes.map(({ key, value, origin }) => [key, value, origin])));
  return () => list.splice(0);
}

sessionTest("rule 36, 39: a turn by code is one batch, then reruns whose reads changed, then one delivery", (session) => {
  const order = /** @type {string[]} */ ([]);
  session.rerun(() => { order.push("double"); session.set("double", (session.get("n") ?? 0) * 2); });
  session.rerun(() => { order.push("other"); session.get("other"); });
  equal(order.splice(0), ["double", "other"], "each runs once now");
  const told = heard(session);
  same(session.turn(() => { session.set("n", 4); order.push("code"); return 7; }), 7);
  equal(order.splice(0), ["code", "double"]);
  equal(told(), [[["n", 4, "code"], ["double", 8, "code"]]]);
  session.set("n", 5);
  equal(order, [], "a lone write reruns nothing (rule 11)");
  session.turn(() => { session.set("n", 6); session.set("n", 5); });
  equal(order, [], "what ended as it was changed nothing");
});

sessionTest("rule 39: what reruns write starts no rerun in the same turn", (session) => {
  let runs = 0;
  session.rerun(() => { runs++; session.set("b", session.get("a") ?? 0); });
  session.rerun(() => { runs += 10; session.set("a", (session.get("b") ?? 0) + 1); });
  runs = 0;
  session.turn(() => session.set("b", 5));
  same(runs, 10);
  same(session.get("a"), 6);
  same(session.get("b"), 5);
});

sessionTest("rule 39: get, has, keys, size, snapshot, views and computed values are reads; so are absent keys", (session) => {
  session.update({ a: 1, list: [{ x: 1 }], one: 1 });
  session.computed("sum", ["one", "two"], (/** @type {number} */ one, two = 0) => one + two);
  session.computed("more", ["sum"], (/** @type {number} */ sum) => sum + 1);
  /** @type {Record<string, [read: () => unknown, write: () => unknown]>} */
  const cases = {
    "get": [() => session.get("a"), () => session.set("a", session.get("a") + 1)],
    "an absent key": [() => session.get("later"), () => session.set("later", 1)],
    "has": [() => session.has("z"), () => session.set("z", 1)],
    "require": [() => session.require("a"), () => session.set("a", 50)],
    "a key that is deleted": [() => session.get("z"), () => session.delete("z")],
    "a number as key": [() => session.get(5), () => session.set("5", 1)],
    "keys": [() => [...session.keys()], () => session.set("new", 1)],
    "size": [() => session.size, () => session.set("newer", 1)],
    "entries": [() => [...session], () => session.set("a", 60)],
    "snapshot": [() => session.snapshot(), () => session.set("a", 70)],
    "state": [() => session.state.a, () => session.set("a", 80)],
    "a view": [() => session.state.list[0].x, () => { session.state.list[0].x = 9; }],
    "in state": [() => "y" in session.state, () => session.set("y", 1)],
    "a computed value": [() => session.get("sum"), () => session.set("two", 5)],
    "a computed value of one that is cached": [() => session.get("more"), () => session.set("two", 6)],
    "a scope": [() => session.scope("s").get("k"), () => session.set("s:k", 1)],
  };
  for (const [name, [read, write]] of Object.entries(cases)) {
    session.get("more");
    let runs = 0;
    const end = session.rerun(() => { runs++; read(); });
    session.turn(() => session.set("unrelated", Math.random()));
    const every = ["keys", "size", "entries", "snapshot"].includes(name) ? 1 : 0;
    same(runs, 1 + every, `${name}, unrelated`);
    session.turn(write);
    same(runs, 2 + every, name);
    end();
    session.turn(write);
    session.turn(() => session.set("a", Math.random()));
    same(runs, 2 + every, `${name}, ended`);
  }
});

sessionTest("rule 39: only the last run's reads count, and what a failed run read", (session) => {
  session.update({ which: "a", a: 1, b: 1 });
  const errors = reported(session);
  let runs = 0;
  session.rerun(() => {
    runs++;
    if (session.get(session.get("which")) === 3) throw new Error("three");
  });
  session.turn(() => session.set("b", 2));
  same(runs, 1);
  session.turn(() => session.set("which", "b"));
  session.turn(() => session.set("a", 2));
  same(runs, 2);
  session.turn(() => session.set("b", 3));
  equal(errors().map((e) => e.message), ["three"]);
  same(session.get("b"), 3, "what was applied stays");
  session.turn(() => session.set("b", 4));
  same(runs, 4, "it is still registered");
});

sessionTest("rule 39: a rerun that throws at first is not registered, and what it wrote is rolled back", (session) => {
  throws(() => session.rerun(() => { session.set("x", 1); throw new Error("no"); }), { message: "no" });
  same(session.has("x"), false);
  session.turn(() => session.set("x", 2));
});

sessionTest("rule 39: requestRerun gives one more pass of all, outside of turns in a microtask; at most 100", async (session) => {
  const order = /** @type {string[]} */ ([]);
  session.rerun(() => { order.push("a"); });
  session.rerun(() => { order.push("b"); session.get("n"); });
  order.length = 0;
  session.requestRerun();
  session.requestRerun();
  equal(order, [], "not at once");
  await null;
  await null;
  equal(order.splice(0), ["a", "b"]);
  session.turn(() => { session.set("n", 1); session.requestRerun(); session.requestRerun(); });
  equal(order.splice(0), ["b", "a", "b"], "the due ones, then exactly one more pass");
  const errors = reported(session);
  let runs = 0;
  const end = session.rerun(() => { runs++; session.get("m"); if (runs > 1) session.requestRerun(); });
  session.turn(() => session.set("m", 1));
  same(runs, 102, "once now, once in the turn, 100 more passes");
  equal(errors().map((e) => [e.name, e.code]), [["SessionUsageError", "rerun-cycle"]]);
  same(session.get("m"), 1);
  end();
});

sessionTest("rule 37, 39: stop() skips what did not run yet, and commits", (session) => {
  let runs = 0;
  session.rerun(() => { runs++; session.get("n"); });
  session.turn(() => { session.set("n", 1); session.stop(); });
  same(runs, 1);
  same(session.get("n"), 1);
  session.turn(() => session.set("n", 2));
  same(runs, 2);
  session.stop();
  session.rerun(() => { session.get("n"); session.stop(); });
  session.rerun(() => { runs += 100; session.get("n"); });
  runs = 0;
  session.turn(() => session.set("n", 3));
  same(runs, 1, "the rerun after the one that stopped is skipped");
});

sessionTest("rule 38: a turn whose code throws keeps what was applied, rolls back with transaction, and throws to its caller", (session) => {
  session.set("n", 0);
  let runs = 0;
  session.rerun(() => { runs++; session.get("n"); });
  const errors = reported(session);
  const told = heard(session);
  throws(() => session.turn(() => { session.set("n", 1); throw new Error("one"); }), { message: "one" });
  same(session.get("n"), 1);
  equal(told(), [[["n", 1, "code"]]]);
  const before = image(session);
  throws(() => session.turn(() => { session.set("n", 2); session.set("m", 2); throw new Error("two"); }, { transaction: true }), { message: "two" });
  same(session.get("n"), 1);
  same(session.has("m"), false);
  same(image(session), before);
  equal(told(), []);
  same(runs, 1, "reruns are skipped");
  equal(errors(), []);
  throws(() => session.turn(async () => {}), { code: "async-turn" });
  throws(() => session.turn(() => Promise.resolve()), { code: "async-turn" });
  throws(() => session.turn(5), { code: "argument-invalid" });
});

sessionTest("rule 36: a turn inside a turn or a batch joins it", (session) => {
  let runs = 0;
  session.rerun(() => { runs++; session.get("n"); });
  const told = heard(session);
  session.turn(() => {
    session.set("a", 1);
    session.turn(() => session.set("n", 1));
    same(runs, 1, "reruns wait for the outer turn");
    throws(() => session.turn(() => { throw new Error("inner"); }), { message: "inner" });
  });
  same(runs, 2);
  equal(told().length, 1);
  session.batch(() => {
    session.turn(() => session.set("n", 2));
    same(runs, 3, "a batch has no reruns of its own");
    equal(told(), []);
  });
  equal(told(), [[["n", 2, "code"]]]);
});

sessionTest("rule 37: callbacks by name, called by code: origin, event, result, errors to the caller", async (session) => {
  const told = heard(session);
  const errors = reported(session);
  /** @type {any} */
  let event;
  const end = session.callback("add", (/** @type {any} */ e) => { event = e; session.set("sum", e.args[0] + e.args[1]); });
  session.call("add", 1, 2);
  equal(told(), [[["sum", 3, "callback"]]]);
  same(event.session, session);
  same(event.key, undefined);
  throws(() => session.callback("add", () => {}), { code: "callback-taken", name: "SessionUsageError" });
  end();
  throws(() => session.call("add"), { code: "callback-unknown", name: "SessionUsageError" });
  session.set("sum", 4);
  equal(told(), [[["sum", 4, "code"]]], "the origin afterwards");
  session.callback("bad", () => { session.set("x", 1); throw new Error("bad"); });
  throws(() => session.call("bad"), { message: "bad" });
  same(session.get("x"), 1);
  session.callback("late", async () => { session.set("x", 2); await tick(); session.set("x", 3); throw new Error("late"); });
  told();
  session.call("late");
  equal(told(), [[["x", 2, "callback"]]]);
  await tick();
  await tick();
  equal(told(), [[["x", 3, "code"]]], "what follows an await is ordinary code");
  equal(errors().map((e) => e.message), ["late"]);
  throws(() => session.callback(5, () => {}), { code: "argument-invalid" });
});

sessionTest("rule 22, 36: listeners run after the turn; a turn that one of them begins is another", (session) => {
  const order = /** @type {string[]} */ ([]);
  session.rerun(() => { order.push(`rerun ${session.get("n")} ${session.get("m")}`); });
  order.length = 0;
  const end = session.subscribe("n", () => { end(); order.push("listener"); session.turn(() => session.set("m", 1)); });
  session.turn(() => session.set("n", 1));
  equal(order, ["rerun 1 undefined", "listener", "rerun 1 1"]);
});

sessionTest("rule 25: a turn with its reruns is one step", (session) => {
  session.rerun(() => session.set("double", (session.get("n") ?? 0) * 2));
  session.turn(() => session.set("n", 1));
  session.turn(() => { session.set("n", 2); session.set("m", 2); });
  same(session.undo(), true);
  equal(session.toJSON(), { double: 2, n: 1 });
  same(session.redo(), true);
  equal(session.toJSON(), { double: 4, n: 2, m: 2 });
}, { history: true });

sessionTest("rule 47: a turn whose code destroys the session ends quietly; afterwards every call throws", async (session) => {
  let runs = 0;
  session.rerun(() => { runs++; session.get("n"); });
  session.callback("x", () => {});
  session.requestRerun();
  session.turn(() => { session.set("n", 1); session.destroy(); });
  same(runs, 1);
  await tick();
  same(runs, 1);
  const dead = { name: "SessionDestroyedError" };
  throws(() => session.turn(() => {}), dead);
  throws(() => session.rerun(() => {}), dead);
  throws(() => session.requestRerun(), dead);
  throws(() => session.stop(), dead);
  throws(() => session.call("x"), dead);
  throws(() => session.callback("y", () => {}), dead);
});

sessionTest("rule 39: 1,000 reruns and callbacks leave nothing behind", (session) => {
  const before = image(session);
  for (let i = 0; i < 1000; i++) {
    session.callback("c", () => {})();
    session.rerun(() => session.get(`key${i}`))();
  }
  same(image(session), before);
  same(coreOf(session).cache.byKey.size, 0, "no slot stays known");
});
