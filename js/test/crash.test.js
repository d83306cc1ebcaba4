// @ts-check
// Rules 17 and 47, decision 2: whatever comes out of the module that is not a result means one state, crashed; and near the
// end of the page's own stack nothing is torn.

import { equal, fail, same, test, throws } from "./harness.js";
import { openCaptured } from "./sessions.js";
import { open } from "../index.js";

/** @type {[name: string, spoil: (exports: Record<string, any>, go: any) => void, act: (session: any) => void][]} */
const CRASHES = [
  ["a trap in a write", (x) => { x.ts_write = x.ts_put = () => { throw new WebAssembly.RuntimeError("unreachable"); }; }, (s) => s.set("o", { a: 3 })],
  ["a trap in a hot write of a number", (x) => { x.ts_set_number = () => { throw new WebAssembly.RuntimeError("unreachable"); }; }, (s) => s.set("n", 2)],
  ["a trap in a hot write of a boolean", (x) => { x.ts_set_bool = () => { throw new WebAssembly.RuntimeError("unreachable"); }; }, (s) => s.set("b", false)],
  ["a trap in a hot write of a string", (x) => { x.ts_set_short = () => { throw new WebAssembly.RuntimeError("unreachable"); }; }, (s) => s.set("s", "y")],
  ["a stack overflow inside", (x) => { x.ts_snapshot = () => { throw new RangeError("Maximum call stack size exceeded"); }; }, (s) => s.snapshot()],
  ["a panic", (x) => { x.ts_restore = () => -3; }, (s) => s.restore("{}")],
  ["a trap in a read", (x) => { x.ts_read = () => { throw new WebAssembly.RuntimeError("memory access out of bounds"); }; }, (s) => s.get("cold")],
  ["a trap at the end of a batch", (x) => { x.ts_commit = () => { throw new WebAssembly.RuntimeError("unreachable"); }; }, (s) => s.batch(() => s.set("n", 5))],
  ["a trap in a rollback", (x) => { x.ts_rollback = () => -3; }, (s) => s.batch(() => { s.set("n", 5); throw new Error("back"); })],
  ["a trap while changes are read", (x) => { x.ts_changes = () => -3; }, (s) => s.batch(() => s.set("n", 5))],
  ["a trap in an undo", (x) => { x.ts_travel = () => -3; }, (s) => s.undo()],
];

for (const [name, spoil, act] of CRASHES) {
  test(`rule 47: ${name}: SessionCrashedError, one event, and nothing is called afterwards`, async () => {
    const { session, exports } = await openCaptured({ history: true });
    session.update({ n: 1, b: true, s: "x", o: { a: 1 }, cold: [1] });
    session.restore('{"n":1,"b":true,"s":"x","o":{"a":2},"cold":[2]}');
    session.set("n", 0).set("n", 1);
    for (const key of ["n", "b", "s", "o"]) session.get(key);
    let disposed = 0, heard = 0;
    session.onDispose(() => { disposed++; });
    session.subscribe(() => { heard++; });
    const events = /** @type {any[]} */ ([]);
    session.addEventListener("session-crashed", (/** @type {CustomEvent} */ event) => { event.preventDefault(); events.push(event.detail); });
    const view = session.state.o;
    spoil(exports, null);
    const error = throws(() => act(session), { name: "SessionCrashedError", code: "crashed" });
    let calls = 0;
    for (const [key, fn] of Object.entries(exports)) if (typeof fn === "function") exports[key] = () => { calls++; return 0; };
    same(session.status, "crashed");
    same(heard, 0);
    for (const use of [() => session.get("n"), () => session.set("n", 3), () => session.snapshot(), () => view.a, () => session.batch(() => 1), () => act(session)]) {
      same(throws(use, { name: "SessionCrashedError" }), error, String(use));
    }
    await new Promise((done) => setTimeout(done, 5));
    same(events[0]?.error, error);
    same(calls, 0, "calls of the module afterwards");
    equal([events.length, disposed], [1, 1]);
    session.destroy();
    same(session.status, "crashed");
  });
}

test("rule 47: a crash names the module whose traces have names, and debug loads it", async () => {
  const asked = /** @type {string[]} */ ([]);
  const { fetch } = globalThis;
  globalThis.fetch = (/** @type {any} */ url, /** @type {any} */ init) => (asked.push(String(url)), fetch(url, init));
  try {
    for (const debug of [false, true]) {
      const { session, exports } = await openCaptured({ debug });
      session.set("n", 1);
      equal([session.get("n"), session.stats().keys], [1, 1]);
      exports.ts_snapshot = () => -3;
      session.addEventListener("session-crashed", (/** @type {Event} */ event) => event.preventDefault());
      const error = /** @type {any} */ (throws(() => session.snapshot(), { name: "SessionCrashedError" }));
      if (debug) same(error.debug, null);
      else if (!error.debug.url.endsWith("/tabstate.debug.wasm") || !error.message.includes(error.debug.url)) fail(error.message);
    }
  } finally {
    globalThis.fetch = fetch;
  }
  same(asked.filter((url) => url.endsWith("/tabstate.debug.wasm")).length, 1);
});

test("rule 47: after a crash of the page's session open() starts a new one; the document is told once", async () => {
  const { session, exports } = await openCaptured({ separate: false });
  let told = 0;
  const count = (/** @type {Event} */ event) => { told++; event.preventDefault(); };
  document.addEventListener("session-crashed", count);
  same((await open()) === session, true);
  exports.ts_put = () => -3;
  throws(() => session.set("a", 1), { name: "SessionCrashedError" });
  throws(() => session.set("a", 1), { name: "SessionCrashedError" });
  const fresh = await open();
  same(told, 1);
  document.removeEventListener("session-crashed", count);
  same(/** @type {any} */ (fresh) === session, false);
  fresh.set("a", 1);
  same(fresh.get("a"), 1);
  fresh.destroy();
});

test("rule 47: a crash inside a batch, a listener and a mutate comes out, and no listener is told of anything more", async () => {
  for (const act of [
    (/** @type {any} */ s) => s.batch(() => { s.set("a", 1); s.set("bad", {}); }),
    (/** @type {any} */ s) => s.batch(() => s.batch(() => { s.set("bad", {}); })),
    (/** @type {any} */ s) => s.mutate("o", (/** @type {any} */ d) => { d.x = 1; s.set("bad", {}); }),
    (/** @type {any} */ s) => s.update([["a", 2], ["bad", {}]]),
  ]) {
    const { session, exports } = await openCaptured();
    session.update({ a: 0, o: {} });
    let heard = 0;
    session.subscribe(() => { heard++; });
    exports.ts_put = () => { throw new WebAssembly.RuntimeError("unreachable"); };
    throws(() => act(session), { name: "SessionCrashedError" });
    same(heard, 0, String(act));
    same(session.status, "crashed");
  }
  const { session, exports } = await openCaptured();
  /** @type {string[]} */
  const log = [];
  session.addEventListener("session-error", (/** @type {CustomEvent} */ event) => { event.preventDefault(); log.push(event.detail.error.name); });
  session.subscribe("a", () => { exports.ts_put = () => -3; session.set("bad", {}); });
  session.subscribe("a", () => log.push("told"));
  session.set("a", 1);
  equal(log, ["SessionCrashedError"]);
});

/** What the module holds, read anew, past what the facade knows. */
const truth = (/** @type {any} */ session) => JSON.parse(session.snapshot({ references: "omit" }));

// What happens near the end of the stack: a call that does not reach the module leaves everything as it was and throws the
// engine's RangeError; one that fails inside the module leaves the session crashed; one whose write was done is done, for
// the facade, the module and a later reader alike.
/** @type {[name: string, act: (session: any, i: number) => void][]} */
const NEAR_THE_END = [
  ["a number", (s, i) => s.set("n", i)], ["a boolean", (s, i) => s.set("b", i % 2 === 0)], ["a short string", (s, i) => s.set("s", `s${i}`)], ["a long string", (s, i) => s.set("l", `${"x".repeat(40)}${i}`)],
  ["an object", (s, i) => s.set("o", { i, list: [i] })], ["a new key", (s, i) => s.set(`new ${i}`, i)], ["a delete", (s, i) => { s.set(`d ${i}`, 1); s.delete(`d ${i}`); }],
  ["a view", (s, i) => { s.state.o.i = i; }], ["a batch", (s, i) => s.batch(() => { s.set("n", i); s.set("o", { i }); })], ["an update", (s, i) => s.update({ n: i, s: `s${i}` })],
  ["a mutate", (s, i) => s.mutate("o", (/** @type {any} */ d) => { d.i = i; })], ["a restore", (s, i) => s.restore(JSON.stringify({ n: i, b: true, s: "x", l: "y", o: { i } }))], ["a reference", (s, i) => s.set("r", () => i)],
];

for (const [name, act] of NEAR_THE_END) {
  test(`rule 14, 23, decision 2: ${name} near the end of the page's stack leaves nothing torn`, async () => {
    let crashes = 0, refused = 0, done = 0;
    for (let round = 0; round < 3; round++) {
      const { session } = await openCaptured();
      for (const type of ["session-error", "session-crashed"]) session.addEventListener(type, (/** @type {Event} */ event) => event.preventDefault());
      session.update({ n: -1, b: true, s: "start", l: "x".repeat(40), o: { i: -1, list: [-1] } });
      for (const key of session.keys()) session.get(key);
      if (round > 0) session.subscribe("n", () => {});
      if (round > 1) session.subscribe(() => {});
      let i = 0;
      // Tries at each depth on the way back from the end of the stack, a little further from it each time.
      const dive = () => {
        try {
          dive();
        } catch {
          // the end was here, or a bit further down
        }
        if (session.status !== "open" || i > 400) return;
        try {
          act(session, i++);
          done++;
        } catch (error) {
          refused++;
          const { name: type, message } = /** @type {any} */ (error);
          if (type === "SessionCrashedError") return;
          if (!/call stack|recursion/.test(message)) torn ??= `${type}: ${message}`;
        }
      };
      /** @type {string | undefined} */
      let torn;
      dive();
      if (torn) fail(torn);
      try {
        session.stats(); // ends a crash that there was no room to end
      } catch (error) {
        same(session.status, "crashed", `the status after ${error}`);
      }
      if (session.status === "crashed") {
        crashes++;
        throws(() => session.get("n"), { name: "SessionCrashedError" });
        continue;
      }
      const held = truth(session);
      for (const key of session.keys()) if (typeof session.get(key) !== "function") equal(session.get(key), held[key], `${key} after ${i} tries in round ${round}`);
      same(session.size, [...session.keys()].length);
      session.set("n", "after");
      same(truth(session).n, "after");
      session.destroy();
    }
    if (crashes === 0 && refused === 0) fail(`the end of the stack was not reached: ${done} went well`);
  });
}
