// @ts-check
// A module with a program in Go (host/scenario/testdata/gokit): what is named there is called, told and reported as what is named
// in JavaScript. Run by host/scenario/gokit.go.

import { open } from "../index.js";
import { coreOf } from "../session.js";
import { equal, fail, rejects, same, test, throws } from "./harness.js";
import { reported, sessionTest } from "./sessions.js";

/** @typedef {any} Session */

/** Waits until fn gives true. */
async function until(/** @type {() => boolean} */ fn, what = "it") {
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    if (fn()) return;
    await new Promise((done) => setTimeout(done, 2));
  }
  fail(`${what} did not happen`);
}

/** A button with a callback, as an element would be. */
function button(/** @type {Session} */ session, /** @type {string} */ name, /** @type {any} */ args = undefined) {
  const { widgets } = coreOf(session);
  const [id] = widgets.connect([{ kind: "trigger", callback: { name, args } }]);
  return () => widgets.press(id);
}

/** What the console was told of as an error meanwhile. */
function printed(/** @type {() => void} */ fn) {
  const { error } = console;
  /** @type {string[]} */
  const lines = [];
  console.error = (/** @type {any[]} */ ...args) => void lines.push(args.join(" "));
  try {
    fn();
  } finally {
    console.error = error;
  }
  return lines.join("\n");
}

sessionTest("the program's setup ran: its values, computed values and reruns are there, and no undo takes them back", (session) => {
  same(session.get("go:count"), 0);
  same(session.get("go:double"), 0);
  same(session.get("go:follows"), 1);
  equal([...session.keys()], ["go:count", "go:follows"]);
  same(session.undo(), false);
}, { history: true });

sessionTest("session.call runs a callback in Go and gives its result; one in JavaScript alike", (session) => {
  equal(session.call("sum", 1, 2.5), { sum: 3.5 });
  same(session.call("add"), undefined);
  same(session.get("go:count"), 1);
  session.callback("own", (/** @type {any} */ { args }) => args[0] * 2);
  same(session.call("own", 4), 8);
  throws(() => session.call("sum", "x", 1), { name: "SessionUsageError", code: "type-mismatch" });
  throws(() => session.call("sum"), { name: "SessionUsageError", code: "args-missing" });
  throws(() => session.call("sum", () => 1), { name: "UnserializableSessionStateError", code: "unserializable", path: "/0" });
  throws(() => session.call("none"), { name: "SessionUsageError", code: "callback-unknown" });
  throws(() => session.callback("sum", () => {}), { name: "SessionUsageError", code: "callback-taken" });
  equal(session.call("sum", 2, 2), { sum: 4 });
});

sessionTest("rules 36, 37: a button calls Go in a turn; computed values, reruns and listeners of both languages follow", (session) => {
  /** @type {any[]} */
  const told = [];
  session.subscribe("go:double", (/** @type {any} */ value, /** @type {any} */ change) => told.push([value, change.old, change.origin]));
  session.subscribe((/** @type {any[]} */ changes) => told.push(changes.map(({ key }) => key)));
  button(session, "add")();
  equal(told, [[2, 0, "callback"], ["go:count", "go:follows", "go:double"]]);
  same(session.get("go:follows"), 2);
  button(session, "move")();
  equal(session.get("go:where"), { X: 1, Y: 0, tags: ["moved by "] });
  equal(session.get("go:moved"), [0, 1, "callback", false], "the listener in Go was told of it");
  session.set("go:where", { X: 7, Y: 0 });
  equal(session.get("go:moved"), [1, 7, "code", false]);
  session.delete("go:where");
  equal(session.get("go:moved"), [7, 0, "code", true]);
  session.set("go:where", () => 1);
  equal(session.get("go:moved"), [0, 0, "code", true], "what JSON does not represent");
});

sessionTest("rule 9: what was written in Go is read frozen, and what did not change is the same object", (session) => {
  button(session, "move")();
  const before = session.get("go:where");
  same(Object.isFrozen(before.tags), true);
  button(session, "add")();
  same(session.get("go:where") === before, true);
});

sessionTest("rule 23: a batch in Go that fails is undone, in a batch of JavaScript too", (session) => {
  button(session, "batch")();
  same(session.get("go:count"), 0);
  equal(session.get("go:log"), ["undone"]);
  session.batch(() => {
    session.set("go:count", 5);
    session.call("batch");
    same(session.get("go:count"), 5);
    session.call("add");
    same(session.get("go:count"), 6);
  });
  throws(() => session.batch(() => {
    session.call("add");
    same(session.get("go:count"), 7);
    throw new Error("on purpose");
  }), { message: "on purpose" });
  same(session.get("go:count"), 6);
  same(session.get("go:double"), 12);
});

sessionTest("rule 38: what fails is a session-error, what was written stays, and the session goes on", (session) => {
  const errors = reported(session);
  button(session, "fails")();
  equal(errors().map(({ name, code, message }) => [name, code, message]), [["SessionCallbackError", "callback-failed", 'the callback "fails" failed: on purpose']]);
  same(session.get("go:text"), "written before");
  const lines = printed(button(session, "panics"));
  const [panicked] = errors();
  equal([panicked.name, panicked.code], ["SessionCallbackError", "callback-panicked"]);
  if (!panicked.message.includes("index out of range")) fail(panicked.message);
  if (!lines.includes('tabstate: the callback "panics" panicked: runtime error: index out of range') || !lines.includes("goroutine ")) fail(`the console got ${lines}`);
  same(session.get("go:text"), "written before the panic");
  button(session, "goexit")();
  equal(errors().map(({ code }) => code), ["callback-failed"]);
  throws(() => session.call("fails"), { code: "callback-failed" });
  equal(errors(), [], "the caller of call() has it");
  button(session, "add")();
  same(session.get("go:count"), 1);
  same(session.status, "open");
});

sessionTest("a callback that waits is reported as callback-blocked; the turn ends, values stay, and it goes on by itself", async (session) => {
  const errors = reported(session);
  /** @type {any[]} */
  const told = [];
  session.subscribe("go:text", (/** @type {any} */ value) => told.push(value));
  button(session, "sleeps")();
  equal(errors().map(({ name, code }) => [name, code]), [["SessionCallbackError", "callback-blocked"]]);
  equal(told, ["asleep"]);
  button(session, "add")();
  await until(() => told.length > 1, "waking up");
  equal(told, ["asleep", "awake"]);
  for (let i = 0; i < 50; i++) button(session, "waits")();
  same(errors().length, 50);
  button(session, "lets others run")();
  equal(errors(), []);
  same(session.get("go:count"), 4950);
});

sessionTest("rule 24: a computed value in Go is read, heard and refused as one of JavaScript", (session) => {
  const errors = reported(session);
  session.set("go:count", 21);
  same(session.get("go:double"), 42);
  same(session.has("go:double"), true);
  throws(() => session.set("go:double", 1), { name: "SessionKeyError", code: "key-computed" });
  throws(() => session.computed("go:double", [], () => 1), { name: "SessionKeyError", code: "key-taken" });
  session.computed("quadruple", ["go:double"], (/** @type {number} */ n) => 2 * n);
  same(session.get("quadruple"), 84);
  session.set("go:count", 13);
  throws(() => session.get("go:double"), { name: "SessionCallbackError", message: /unlucky/ });
  session.set("go:count", 1);
  same(session.get("quadruple"), 4);
  equal(errors(), []);
});

sessionTest("rule 20: a validator in Go guards every door of JavaScript", (session) => {
  const errors = reported(session);
  session.set("go:guarded", 5);
  const refused = { name: "SessionValidationError", code: "invalid-value", key: "go:guarded" };
  const error = throws(() => session.set("go:guarded", 11), { ...refused, path: "", reason: "more than ten" });
  equal(error.issues, [{ message: "more than ten", path: "" }]);
  throws(() => session.set("go:guarded", "text"), refused);
  throws(() => session.update({ other: 1, "go:guarded": 12 }), refused);
  same(session.has("other"), false);
  throws(() => session.restore('{"go:guarded":12}'), refused);
  throws(() => { session.state["go:guarded"] = 12; }, refused);
  const text = printed(() => throws(() => session.set("go:guarded", 66), refused));
  if (!text.includes("panicked")) fail(text);
  throws(() => session.set("go:guarded", 77), refused);
  const { widgets } = coreOf(session);
  const [id] = widgets.connect([{ kind: "number", key: "go:guarded" }]);
  widgets.input(id, 13);
  equal(errors().map(({ code }) => code), ["invalid-value"]);
  same(session.get("go:guarded"), 5);
  widgets.input(id, 6);
  same(session.get("go:guarded"), 6);
  session.set("go:guarded", 7);
  same(session.undo(), true);
  same(session.get("go:guarded"), 6);
  session.delete("go:guarded");
  equal(session.validate(), []);
}, { history: true });

sessionTest("rule 24: what a goroutine writes while a value is computed from it is taken in when that has ended", async (session) => {
  const errors = reported(session);
  /** @type {number[]} */
  const told = [];
  session.subscribe("go:top", (/** @type {number} */ value) => told.push(value));
  session.set("go:climbs", 1);
  await until(() => session.get("go:climbs") === 10, "the climb");
  same(session.get("go:top"), 10);
  await until(() => told.at(-1) === 10, "the last change");
  equal(told, [...new Set(told)].sort((a, b) => a - b));
  session.set("go:climbs", 11);
  same(session.get("go:top") >= 11, true);
  await until(() => session.get("go:top") === 20, "another climb");
  equal(errors(), []);
});

sessionTest("goroutines: what they change by themselves is told, once, in a microtask", async (session) => {
  const errors = reported(session);
  /** @type {number[]} */
  const told = [];
  session.subscribe("go:count", (/** @type {number} */ value) => told.push(value));
  button(session, "ticks")();
  await until(() => session.get("go:log")?.[0] === "ticked", "ticking");
  same(told.at(-1), 104);
  same(session.get("go:count"), 104);
  session.set("go:count", 0);
  button(session, "many goroutines")();
  await until(() => session.get("go:count") === 200, "counting");
  printed(button(session, "goroutine panics"));
  /** @type {any[]} */
  const seen = [];
  await until(() => seen.push(...errors()) >= 2, "both errors");
  equal(seen.map(({ code }) => code).sort(), ["callback-failed", "callback-panicked"]);
  button(session, "batch sleeps")();
  await until(() => {
    session.set("poke", performance.now()); // whoever needs the session does not wait for the batch
    return session.get("go:log").length > 1;
  }, "the end of the batch");
  equal(session.get("go:log")[1], "batch-blocked");
  same(session.get("go:count"), 200);
});
sessionTest("garbage in a callback: the collector runs, nothing is lost", (session) => {
  for (let i = 0; i < 3; i++) {
    button(session, "garbage")();
    same(session.get("go:count"), 19000);
    for (let j = 0; j < 1000; j++) session.set(`key ${j}`, { j });
    same(session.size, 1002);
  }
});

sessionTest("JavaScript values by reference: read, called, stored; what they throw is an error in Go", (session) => {
  const errors = reported(session);
  session.set("js:fn", (/** @type {string} */ text) => `${text}!`);
  button(session, "calls JavaScript")();
  equal(session.get("go:log"), ["returned: from Go!"]);
  session.set("js:fn", () => { throw new TypeError("on purpose"); });
  button(session, "calls JavaScript")();
  if (!/^thrown: .*on purpose/.test(session.get("go:log")[1])) fail(session.get("go:log")[1]);
  session.set("js:fn", { call: 1, self: null, at: new Date() });
  same(session.call("ref", "js:fn"), "object");
  throws(() => session.call("ref", "none"), { name: "SessionKeyError", code: "key-missing" });
  throws(() => session.call("ref", "go:count"), { name: "SessionUsageError", code: "not-held" });
  button(session, "set ref")();
  same(session.get("go:ref"), parseInt);
  session.delete("go:ref");
  session.enforcement = "enforce";
  throws(() => session.call("set ref"), { name: "UnserializableSessionStateError", code: "unserializable", key: "go:ref", type: "function" });
  same(session.has("go:ref"), false);
  equal(errors().length, 0);
  same("tabstate:references" in globalThis, false);
});

sessionTest("from Go to JavaScript and back into Go: callbacks inside callbacks, as deep as one likes", (session) => {
  const errors = reported(session);
  session.set("js:call", (/** @type {string} */ name) => {
    session.set("seen", (session.get("seen") ?? 0) + 1);
    return ` → ${JSON.stringify(name === "sum" ? session.call(name, 1, 2) : session.call(name)) ?? ""}`;
  });
  equal(session.call("runs a callback", "sum"), undefined);
  equal(session.get("go:log"), ['called sum → {"sum":3}']);
  session.call("runs a callback", "add");
  same(session.get("go:count"), 1);
  session.call("runs a callback", "fails");
  if (!/^refused: .*on purpose/.test(session.get("go:log")[2])) fail(session.get("go:log")[2]);
  printed(() => session.call("runs a callback", "panics"));
  session.call("runs a callback", "sleeps");
  if (!/waits/.test(session.get("go:log")[4])) fail(session.get("go:log")[4]);
  session.call("runs a callback", "garbage");
  same(session.get("go:count"), 19000);
  same(session.get("seen"), 6);
  equal(errors(), []);
});

sessionTest("a goroutine fetches, and says what went wrong", async (session) => {
  session.call("fetches", new URL("harness.js", import.meta.url).href);
  await until(() => (session.get("go:text") ?? "").includes("//"), "the answer");
  session.call("fetches", "http://[");
  await until(() => session.get("go:log")?.length === 1, "the failure");
  equal(session.get("go:log"), ["a promise was rejected"]);
});

test("rule 47: destroy() while Go is at work: later writes are errors, the memory is overwritten when it has returned", async () => {
  const session = /** @type {Session} */ (await open({ separate: true }));
  const errors = reported(session);
  button(session, "sleeps")();
  button(session, "ticks")();
  session.set("js:destroy", () => session.destroy());
  const lines = printed(button(session, "destroy"));
  equal(lines, "");
  same(session.status, "destroyed");
  throws(() => session.get("go:count"), { name: "SessionDestroyedError" });
  equal(errors().map(({ code }) => code), ["callback-blocked"]);
  await new Promise((done) => setTimeout(done, 60));
});

test("open() takes a module and its glue; what does not fit together is one clear error", async () => {
  const { runtime } = await import("../runtime.js");
  const glue = await import("../runtime.js");
  for (const session of [
    await open(/** @type {any} */ ({ separate: true, wasm: runtime.url, glue })),
    await open(/** @type {any} */ ({ separate: true, wasm: new URL(runtime.url), glue: new URL("../runtime.js", import.meta.url).href, integrity: runtime.integrity })),
  ]) {
    equal(/** @type {Session} */ (session).call("sum", 1, 2), { sum: 3 });
    session.destroy();
  }
  const separate = true;
  await rejects(open(/** @type {any} */ ({ separate, wasm: "x.wasm" })), { code: "option-invalid" });
  await rejects(open(/** @type {any} */ ({ separate, wasm: 5, glue: "x" })), { code: "option-invalid" });
  await rejects(open(/** @type {any} */ ({ separate, wasm: "x", glue: "x", integrity: "md5-1" })), { code: "option-invalid" });
  await rejects(open(/** @type {any} */ ({ separate, wasm: runtime.url, glue: "/none.js" })), { code: "glue-unreachable" });
  await rejects(open(/** @type {any} */ ({ separate, wasm: runtime.url, glue: new URL("harness.js", import.meta.url) })), { code: "glue-unreachable" });
  await rejects(open(/** @type {any} */ ({ separate, wasm: "/none.wasm", glue })), { code: "module-missing" });
  await rejects(open(/** @type {any} */ ({ separate, wasm: runtime.url, glue, integrity: `sha256-${"A".repeat(43)}=` })), { code: "module-mismatch" });
  const older = { go: "go1.24.1", createGo: glue.createGo };
  const error = await rejects(open(/** @type {any} */ ({ separate, wasm: runtime.url, glue: older })), { name: "SessionOpenError", code: "glue-mismatch" });
  for (const part of [runtime.go, "go1.24.1", "-build DIR -out DIR"]) if (!error.message.includes(part)) fail(error.message);
  const poorer = { go: "", createGo: (/** @type {any} */ o) => {
    const go = glue.createGo(o);
    delete go.importObject.gojs["syscall/js.valueGet"];
    return go;
  } };
  const second = await rejects(open(/** @type {any} */ ({ separate, wasm: runtime.url, glue: poorer })), { code: "glue-mismatch" });
  for (const part of ["gojs.syscall/js.valueGet", runtime.go, "-build DIR -out DIR"]) if (!second.message.includes(part)) fail(second.message);
});
