// @ts-check
// What is held by reference (rules 13, 15, 23, 25), and for how long.

import { equal, same, throws } from "./harness.js";
import { openCaptured, details, sessionTest } from "./sessions.js";
import { test } from "./harness.js";

sessionTest("rule 15: a reference is returned as it is, neither frozen nor wrapped, its own changes unseen", (session) => {
  const date = new Date(0);
  const list = [() => 1];
  let heard = 0;
  session.subscribe(["date", "list"], () => { heard++; });
  session.update({ date, list });
  same(heard, 1);
  date.setFullYear(2000);
  list.push(() => 2);
  same(session.get("date"), date);
  same(session.state.date, date);
  same(session.state.list, list);
  same(Object.isFrozen(session.get("list")), false);
  same(heard, 1, "changes of its own are not heard");
  session.set("date", date);
  session.state.list = list;
  same(heard, 1, "the same reference again is no change");
  session.set("date", new Date(0));
  same(heard, 2, "another of equal content is a change");
});

sessionTest("rule 15: a function that is held can be called, its this being the state", (session) => {
  const { state } = session;
  state.fn = function (/** @type {number} */ n) { return [this === state, n * 2]; };
  equal(state.fn(3), [true, 6]);
  session.set("make", () => (/** @type {any} */ x) => x);
  same(session.get("make")()(7), 7);
});

sessionTest("rule 10, 15: NaN over NaN is no change, undefined is there", (session) => {
  /** @type {any[]} */
  const heard = [];
  session.subscribe("n", (/** @type {any} */ value, /** @type {any} */ change) => heard.push([String(value), String(change.old)]));
  session.set("n", NaN);
  session.set("n", NaN);
  session.set("n", undefined);
  session.set("n", 1);
  session.set("n", 1n);
  session.set("n", 1n);
  session.delete("n");
  equal(heard, [["NaN", "undefined"], ["undefined", "NaN"], ["1", "undefined"], ["1", "1"], ["undefined", "1"]]);
  session.set("u", undefined);
  same(session.has("u"), true);
  same("u" in session.state, true);
  same(session.get("u", "default"), undefined);
  same(session.require("u"), undefined);
  equal([...session.entries()], [["u", undefined]]);
  same(session.pop("u", 1), undefined);
  same(session.has("u"), false);
});

sessionTest("rule 9, 15: a view refuses in every mode what its value could not hold, for only whole values are references", (session) => {
  for (const mode of ["off", "report", "enforce"]) {
    session.enforcement = mode;
    session.set("box", { a: [1] });
    throws(() => { session.state.box.a[0] = new Date(0); }, { name: "UnserializableSessionStateError", key: "box", path: "/a/0" });
    throws(() => session.mutate("box", (/** @type {any} */ draft) => { draft.fn = () => 1; }), { name: "UnserializableSessionStateError", path: "/fn" });
    equal(session.get("box"), { a: [1] });
  }
});

sessionTest("rule 5, 9: mutate refuses what is held by reference, and says why", (session) => {
  session.set("map", new Map());
  const error = throws(() => session.mutate("map", () => 1), { name: "SessionUsageError", code: "not-mutable", key: "map" });
  same(/Map held by reference/.test(error.message), true);
  throws(() => session.mutate("absent", () => 1), { name: "SessionUsageError", code: "not-mutable" });
  session.set("n", 1);
  throws(() => session.mutate("n", () => 1), { code: "not-mutable" });
});

sessionTest("rule 23: a reference that a rolled back batch overwrote is held again", (session) => {
  const first = () => 1, second = () => 2;
  session.set("fn", first);
  for (const spoil of [() => session.set("fn", second), () => session.set("fn", 1), () => session.delete("fn"), () => session.clear(), () => session.restore("{}")]) {
    throws(() => session.batch(() => {
      spoil();
      throw new Error("back");
    }), { message: "back" });
    same(session.get("fn"), first);
    same(session.state.fn(), 1);
  }
  session.batch(() => {
    throws(() => session.batch(() => { session.set("fn", second); throw new Error("back"); }), { message: "back" });
    same(session.get("fn"), first);
    session.set("other", session.get("fn"));
  });
  same(session.get("other"), first);
  session.delete("fn");
  same(session.get("other"), first, "one of two keys that held it");
});

sessionTest("rule 21: old is the reference that was", (session) => {
  const first = () => 1, second = new Date(0);
  /** @type {any[]} */
  const olds = [];
  session.subscribe("fn", (/** @type {any} */ _, /** @type {any} */ change) => olds.push(change.old));
  session.set("fn", first).set("fn", second).set("fn", 5).set("fn", first);
  session.batch(() => { session.set("fn", 1); session.set("fn", second); });
  session.restore("{}");
  equal(olds.length, 6);
  same(olds[1], first);
  same(olds[2], second);
  same(olds[3], 5);
  same(olds[4], first);
  same(olds[5], second);
});

sessionTest("rule 25: undo brings a reference back as the same one, and its history keeps it", (session) => {
  const fn = () => 1;
  session.set("fn", fn);
  session.set("fn", 1);
  session.delete("fn");
  session.undo();
  same(session.get("fn"), 1);
  session.undo();
  same(session.get("fn"), fn);
  session.redo();
  session.undo();
  same(session.get("fn"), fn);
  session.enforcement = "enforce";
  session.redo();
  const error = throws(() => session.undo(), { name: "UnserializableSessionStateError", key: "fn" });
  same(typeof error.hint, "string");
  same(session.get("fn"), 1);
}, { history: true });

sessionTest("rule 19: a snapshot names the entry that it cannot hold, or leaves it out when asked to", (session) => {
  session.update({ a: 1, list: [0, { when: new Date(0) }], b: { c: null } });
  for (const options of [undefined, {}, { references: "throw" }]) {
    throws(() => session.snapshot(options), { name: "UnserializableSessionStateError", key: "list", path: "/1/when", type: "Date" });
  }
  same(session.snapshot({ references: "omit" }), '{"a":1,"b":{"c":null}}');
  equal(session.toJSON(), { a: 1, b: { c: null } });
  throws(() => session.snapshot({ references: "keep" }), { name: "SessionUsageError", code: "argument-invalid" });
  session.delete("list");
  same(session.snapshot(), '{"a":1,"b":{"c":null}}');
});

sessionTest("rule 13: validate() lists in the order of the entries, in every mode, and changes nothing", (session) => {
  session.update({ z: () => 1, a: 1, m: [NaN] });
  const version = session.stats().version;
  for (const mode of ["off", "report", "enforce"]) {
    details(session, "session-violation");
    session.enforcement = mode;
    equal(session.validate().map((/** @type {any} */ v) => [v.code, v.key, v.path, v.type]), [["unserializable", "z", "", "function"], ["unserializable", "m", "/0", "NaN"]]);
  }
  same(session.stats().version, version);
});

sessionTest("rule 10, 15: a batch that ends with the reference it began with is no change", (session) => {
  const fn = () => 1, other = () => 2;
  let heard = 0;
  session.set("fn", fn);
  session.subscribe(() => { heard++; });
  for (const between of [() => session.set("fn", other), () => session.set("fn", 1), () => session.delete("fn"), () => session.clear()]) {
    session.batch(() => { between(); session.set("fn", fn); });
    same(session.get("fn"), fn);
  }
  session.batch(() => { session.set("n", undefined); session.delete("n"); session.set("fn", other); session.set("fn", fn); });
  same(heard, 0);
  session.update({ fn: other, n: NaN });
  same(heard, 1);
  session.update({ fn: other, n: NaN });
  same(heard, 1);
});

sessionTest("rule 12, 15: a refused write takes nothing away from what holds the same value", (session) => {
  const fn = () => 1;
  let stores = true;
  session.validator("guarded", { "~standard": { version: 1, vendor: "test", validate: () => {
    if (stores) session.set("meanwhile", fn);
    return { issues: [{ message: "no" }] };
  } } });
  throws(() => session.set("guarded", fn), { key: "guarded" });
  same(session.get("meanwhile"), fn);
  stores = false;
  throws(() => session.set("guarded", fn), { key: "guarded" });
  throws(() => session.set("another", fn), { code: "too-many-entries" });
  same(session.get("meanwhile"), fn);
}, { limits: { entries: 1 } });

test("rule 15, 23: a reference is let go when nothing names it any more", async () => {
  // What the facade held shows in what the collector may take; asking the collector is not deterministic, so the module is
  // asked instead: the numbers that ts_forget releases.
  const { session, exports } = await openCaptured({ history: { steps: 2 } });
  const words = () => new Uint32Array(exports.mem.buffer);
  const registers = exports.ts_abi_1() >>> 2;
  /** @type {number[]} */
  const released = [];
  const { ts_forget } = exports;
  exports.ts_forget = () => {
    const result = ts_forget();
    const slots = words()[registers], ids = words()[registers + 9];
    const at = words()[registers + 2] >>> 2;
    for (let i = 0; i < ids; i++) released.push(words()[at + slots + i]);
    return result;
  };
  session.set("a", () => 1);
  session.set("a", () => 2);
  session.set("a", () => 3);
  equal(released, [], "history still names the first two");
  session.set("a", () => 4);
  equal(released, [1]);
  session.batch(() => {
    session.set("a", () => 5);
    session.set("a", () => 6);
  });
  equal(released.sort(), [1, 2, 5], "what a batch wrote and overwrote is let go at its end");
  throws(() => session.batch(() => { session.set("b", () => 7); throw new Error("back"); }));
  equal(released.splice(0).sort(), [1, 2, 5, 7]);
  session.set("b", 1).set("b", 2).set("b", 3);
  session.delete("a");
  session.set("b", 4).set("b", 5);
  equal(released.sort(), [3, 4, 6]);
  session.destroy();
});
