// @ts-check
// Rules 44, 47 and 48: one session for the page, and its end.

import { equal, fail, rejects, same, test, throws } from "./harness.js";
import { details, openCaptured, sessionTest } from "./sessions.js";
import { open } from "../index.js";

/** @type {any} */
let pageSession;

test("rule 44: open() twice, before and after it resolved, gives the page's one session", async () => {
  const [a, b] = await Promise.all([open({ enforce: true }), open()]);
  pageSession = a;
  same(a === b, true);
  same((await open()) === a, true);
  same((await open({})) === a, true);
  same((await open({ enforce: "enforce" })) === a, true, "the same options, said otherwise");
  same(a.enforcement, "enforce");
});

test("rule 44: other options than the first are an error, and change nothing", async () => {
  for (const options of [{ enforce: false }, { limits: { depth: 5 } }, { history: true }]) {
    const error = await rejects(open(/** @type {any} */ (options)), { name: "SessionOpenError", code: "session-open" });
    if (!error.message.includes("separate")) fail(error.message);
  }
  for (const options of [null, 1, { enforced: true }, { enforce: "yes" }, { limits: { deep: 1 } }, { history: { size: 1 } }, { history: "all" }]) {
    await rejects(open(/** @type {any} */ (options)), { name: "SessionOpenError", code: "option-invalid" });
  }
  same((await open()) === pageSession, true);
});

test("rule 44: separate gives one of its own each time", async () => {
  pageSession.set("a", "page");
  const [x, y] = await Promise.all([open({ separate: true }), open({ separate: true, history: true })]);
  same(x === y || /** @type {any} */ (x) === pageSession, false);
  x.set("a", "x");
  same(y.has("a"), false);
  same(pageSession.get("a"), "page");
  y.destroy();
  same(x.get("a"), "x");
  x.destroy();
  same(pageSession.status, "open");
});

test("rule 44: two copies of the runtime share the page's session", async () => {
  const copy = await import(/* the same files under another address */ new URL("../open.js?copy", import.meta.url).href);
  same(copy.open === open, false);
  same((await copy.open()) === pageSession, true);
  await rejects(copy.open({ history: true }), { code: "session-open" });
  const own = await copy.open({ separate: true });
  same(own === pageSession, false);
  own.destroy();
});

test("rule 15, 22: events of the page's session reach the document too, and either may prevent them", async () => {
  /** @type {string[]} */
  const log = [];
  const onDocument = (/** @type {Event} */ event) => { log.push(`document ${event.type}`); event.preventDefault(); };
  document.addEventListener("session-error", onDocument);
  document.addEventListener("session-violation", onDocument);
  pageSession.addEventListener("session-error", (/** @type {Event} */ event) => log.push(`session ${event.type}`));
  const end = pageSession.subscribe("a", () => { throw new Error("x"); });
  pageSession.set("a", 2);
  end();
  pageSession.enforcement = "report";
  pageSession.set("fn", () => 1);
  equal(log, ["session session-error", "document session-error", "document session-violation"]);
  document.removeEventListener("session-error", onDocument);
  document.removeEventListener("session-violation", onDocument);
  const own = /** @type {any} */ (await open({ separate: true, enforce: "report" }));
  document.addEventListener("session-violation", onDocument);
  details(own, "session-violation");
  own.set("fn", () => 1);
  document.removeEventListener("session-violation", onDocument);
  same(log.length, 3, "a separate session keeps to itself");
  own.destroy();
});

test("rule 47: after destroy() open() gives a fresh session", async () => {
  pageSession.destroy();
  pageSession.destroy();
  same(pageSession.status, "destroyed");
  const fresh = await open({ history: true });
  same(/** @type {any} */ (fresh) === pageSession, false);
  equal([...fresh.keys()], []);
  same(fresh.enforcement, "off");
  same((await open()) === fresh, true);
  fresh.destroy();
});

test("rule 44, 47: destroyed while a second open() waits", async () => {
  const first = open();
  const second = open();
  (await first).destroy();
  same((await second).status, "destroyed");
  const third = await open();
  same(third.status, "open");
  third.destroy();
});

/** How each member of a session, or of a scope, is used. Members that are no functions are read. */
/** @type {Record<string, (target: any) => unknown>} */
const USES = {
  state: (t) => t.state.a,
  mutate: (t) => t.mutate("o", () => 1),
  size: (t) => t.size,
  get: (t) => t.get("a"),
  has: (t) => t.has("a"),
  set: (t) => t.set("a", 1),
  delete: (t) => t.delete("a"),
  require: (t) => t.require("a"),
  pop: (t) => t.pop("a", 1),
  clear: (t) => t.clear(),
  keys: (t) => t.keys(),
  values: (t) => t.values(),
  entries: (t) => t.entries(),
  [Symbol.iterator]: (t) => t[Symbol.iterator](),
  forEach: (t) => t.forEach(() => {}),
  toJSON: (t) => t.toJSON(),
  init: (t) => t.init({ a: 1 }),
  update: (t) => t.update({}),
  batch: (t) => t.batch(() => 1),
  subscribe: (t) => t.subscribe("a", () => {}),
  snapshot: (t) => t.snapshot(),
  restore: (t) => t.restore("{}"),
  validate: (t) => t.validate(),
  computed: (t) => t.computed("c", [], () => 1),
  validator: (t) => t.validator("a", { "~standard": { validate: () => ({}) } }),
  scope: (t) => t.scope("x"),
  undo: (t) => t.undo(),
  redo: (t) => t.redo(),
  reset: (t) => t.reset(),
  stats: (t) => t.stats(),
  onDispose: (t) => t.onDispose(() => {}),
  turn: (t) => t.turn(() => 1),
  rerun: (t) => t.rerun(() => {}),
  requestRerun: (t) => t.requestRerun(),
  stop: (t) => t.stop(),
  callback: (t) => t.callback("c", () => {}),
  call: (t) => t.call("c"),
  limits: (t) => t.limits,
  enforcement: (t) => t.enforcement,
};
const OTHER_USES = [
  (/** @type {any} */ t) => t.get("b", 1), (/** @type {any} */ t) => t.get("o"), (/** @type {any} */ t) => t.subscribe(() => {}), (/** @type {any} */ t) => t.subscribe(["a"], () => {}),
  (/** @type {any} */ t) => t.subscribe("a", () => {}, { immediate: true }), (/** @type {any} */ t) => t.snapshot({ references: "omit" }), (/** @type {any} */ t) => t.set("a", () => 1),
  (/** @type {any} */ t) => t.set("a", [1]), (/** @type {any} */ t) => { t.state.a = 1; }, (/** @type {any} */ t) => "a" in t.state, (/** @type {any} */ t) => delete t.state.a,
  (/** @type {any} */ t) => Object.keys(t.state), (/** @type {any} */ t) => ({ ...t.state }), (/** @type {any} */ t) => [...t], (/** @type {any} */ t) => JSON.stringify(t), (/** @type {any} */ t) => t.update([]),
  (/** @type {any} */ t) => t.init([]),
];
// These say what they always say, so that who cleans up late meets no error.
const HARMLESS = ["status", "destroy", "addEventListener", "removeEventListener", "submit"]; // what submit() returns rejects: see submit.test.js

for (const how of ["destroyed", "crashed"]) {
  test(`rule 47: once ${how}, every member throws, views, iterators, scopes and drafts too`, async () => {
    const { session, exports } = await openCaptured({ history: true });
    session.update({ a: 1, o: { list: [1, { x: 1 }] }, b: 2, "cart:a": 1, "cart:o": {} });
    session.get("o");
    const scope = session.scope("cart");
    const { state } = session;
    const view = state.o.list, inner = view[1];
    const held = [session.keys(), session.values(), session.entries(), session[Symbol.iterator](), scope.keys(), scope.entries()];
    for (const iterator of held) same(iterator.next().done, false);
    const untouched = [session.keys(), session.values(), session.entries()];
    const end = session.subscribe("a", () => fail("a listener was told of the end"));
    const endAll = session.subscribe(() => fail("a listener was told of the end"));
    const endComputed = session.computed("c", ["a"], (/** @type {any} */ a) => a);
    session.get("c");
    const endValidator = session.validator("v", { "~standard": { validate: () => ({}) } });
    const cancel = session.onDispose(() => {});
    const name = how === "destroyed" ? "SessionDestroyedError" : "SessionCrashedError";
    if (how === "destroyed") session.destroy();
    else {
      exports.ts_stats = () => { throw new WebAssembly.RuntimeError("unreachable"); };
      throws(() => session.stats(), { name });
    }
    same(session.status, how);
    const members = Reflect.ownKeys(session).filter((member) => !HARMLESS.includes(/** @type {string} */ (member)));
    for (const target of [session, scope]) {
      for (const member of target === session ? members : Reflect.ownKeys(scope)) {
        const use = USES[/** @type {string} */ (member)];
        if (!use) fail(`${String(member)} is not in this test's table`);
        const error = throws(() => { use(target); fail(`${String(member)} of ${target === scope ? "a scope" : "the session"} did not throw`); });
        same(error.name, name, `${String(member)}: ${error}`);
        if (error.message === "" || typeof error.hint !== "string") fail(`${String(member)} says ${error.message}`);
      }
      for (const use of OTHER_USES) same(throws(() => { use(target); fail(`${use} did not throw`); }).name, name, String(use));
    }
    equal(Object.keys(USES).filter((member) => !members.includes(member)), [], "members that a session does not have");
    throws(() => { session.enforcement = "off"; }, { name });
    for (const use of [() => view[0], () => view.length, () => view.push(1), () => inner.x, () => { inner.x = 2; }, () => JSON.stringify(view), () => state.a]) throws(use, { name });
    for (const iterator of [...held, ...untouched]) throws(() => iterator.next(), { name });
    for (const stop of [end, endAll, endComputed, endValidator, cancel]) stop();
    session.destroy();
    same(session.status, how);
    session.removeEventListener("session-error", () => {});
  });
}

sessionTest("rule 48: onDispose runs once, in order, at destroy; a disposer that throws stops no other", (session) => {
  /** @type {string[]} */
  const log = [];
  const errors = details(session, "session-error");
  session.onDispose(() => { log.push(`one, ${session.status}`); throws(() => session.get("a"), { name: "SessionDestroyedError" }); session.destroy(); });
  session.onDispose(() => { throw new Error("two"); });
  session.onDispose(() => log.push("three"))();
  session.onDispose(() => log.push("four"));
  session.destroy();
  session.destroy();
  equal(log, ["one, destroyed", "four"]);
  equal(errors.map(({ error }) => error.message), ["two"]);
});

sessionTest("rule 47: an empty session throws all the same once it ended", (session) => {
  const scope = session.scope("x");
  session.destroy();
  for (const target of [session, scope]) {
    for (const use of [() => target.validate(), () => target.keys(), () => target.entries(), () => target.forEach(() => {}), () => target.clear(), () => target.size]) throws(use, { name: "SessionDestroyedError" });
  }
});

test("rule 47: destroy overwrites the memory: a marker that was there is nowhere any more", async () => {
  const { session, memory } = await openCaptured();
  const marks = ["mark-in-a-value-7f3a", "mark-in-a-key-91bc", "mark-in-json-55d2", "mark-restored-c0de"];
  const found = (/** @type {string} */ mark) => {
    const bytes = new TextDecoder("latin1").decode(memory.buffer);
    return bytes.includes(mark);
  };
  session.set("v", `${marks[0]}${"x".repeat(40)}`).set(marks[1], 1).set("o", { [marks[2]]: [1] });
  session.restore(JSON.stringify({ ...session.toJSON(), r: marks[3] }));
  for (const mark of marks) same(found(mark), true, `${mark} before`);
  session.destroy();
  for (const mark of marks) same(found(mark), false, `${mark} after`);
  same(new Uint8Array(memory.buffer).every((byte) => byte === 0), true, "all of it");
});

test("rule 47: destroyed inside a batch, a listener, a validator, a computed value and a mutate: nothing is written afterwards", async () => {
  const places = [
    (/** @type {any} */ s) => s.batch(() => { s.set("a", 1); s.destroy(); }),
    (/** @type {any} */ s) => s.batch(() => s.batch(() => { s.destroy(); throw new Error("x"); })),
    (/** @type {any} */ s) => { s.subscribe("a", () => s.destroy()); s.set("a", 2); },
    (/** @type {any} */ s) => { s.validator("a", { "~standard": { validate: () => { s.destroy(); return {}; } } }); s.set("a", 3); },
    (/** @type {any} */ s) => { s.computed("c", ["a"], () => { s.destroy(); return 1; }); s.get("c"); },
    (/** @type {any} */ s) => s.mutate("o", (/** @type {any} */ draft) => { draft.x = 1; s.destroy(); }),
    (/** @type {any} */ s) => s.set("o", { get x() { s.destroy(); return 1; } }),
    (/** @type {any} */ s) => s.forEach(() => s.destroy()),
    (/** @type {any} */ s) => s.state.list.sort(() => { s.destroy(); return 0; }),
  ];
  for (const place of places) {
    const { session, memory } = await openCaptured();
    session.update({ a: 0, o: { x: 0 }, list: [2, 1] });
    try {
      place(session);
    } catch (error) {
      const { name, message } = /** @type {any} */ (error);
      if (name !== "SessionDestroyedError" && message !== "x") fail(`${place}: ${error}`);
    }
    same(session.status, "destroyed", String(place));
    await new Promise((done) => setTimeout(done, 5));
    if (!new Uint8Array(memory.buffer).every((byte) => byte === 0)) fail(`${place}: something ran afterwards`);
    throws(() => session.get("a"), { name: "SessionDestroyedError" });
  }
});

test("rule 47: destroy disarms the timers: nothing of the dead program runs again", async () => {
  const { session, exports, memory } = await openCaptured();
  let calls = 0;
  for (const [name, fn] of Object.entries(exports)) if (typeof fn === "function") exports[name] = (/** @type {any[]} */ ...args) => { calls++; return fn(...args); };
  for (let i = 0; i < 2000; i++) session.set(`k${i}`, { i });
  session.destroy();
  calls = 0;
  await new Promise((done) => setTimeout(done, 50));
  same(calls, 0);
  same(new Uint8Array(memory.buffer).every((byte) => byte === 0), true);
});
