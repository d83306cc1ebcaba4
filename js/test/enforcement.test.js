// @ts-check
// Rule 16 as a table: what JSON cannot represent, at every door and in every mode.

import { equal, fail, same, test, throws } from "./harness.js";
import { details, image, sessionTest, unchanged, warnings } from "./sessions.js";
import { open } from "../index.js";

class Cart {
  items = [];
}

function cyclic() {
  /** @type {any} */
  const value = { a: { b: {} } };
  value.a.b.back = value.a;
  return value;
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const frame = document.createElement("iframe");

/**
 * What is refused: how it is made, the type it is named by, a part of the reason, a part of the hint, and where it lies
 * when it is not the value itself.
 * @type {[name: string, make: () => unknown, type: string, reason: RegExp, hint: RegExp, path?: string][]}
 */
const REFUSED = [
  ["undefined", () => undefined, "undefined", /undefined/, /null/],
  ["undefined as a member", () => ({ a: 1, b: undefined }), "undefined", /undefined/, /leave the member out/, "/b"],
  ["undefined in an array", () => [1, undefined], "undefined", /undefined/, /null/, "/1"],
  ["a hole", () => [1, , 3], "hole", /hole/, /null/, "/1"],
  ["a hole at the end", () => { const a = [1]; a.length = 3; return a; }, "undefined|hole", /hole|undefined/, /./, "/1"],
  ["an arrow function", () => () => 1, "function", /function/, /data/],
  ["a method", () => ({ go() {} }), "function", /function/, /data/, "/go"],
  ["an async function", () => async () => 1, "function", /function/, /./],
  ["a class", () => Cart, "function", /function/, /./],
  ["a symbol", () => Symbol("s"), "symbol", /symbol/, /string/],
  ["a member named by a symbol", () => ({ a: 1, [Symbol("s")]: 1 }), "symbol key", /symbol/, /string/],
  ["a bigint", () => 1n, "bigint", /bigint/, /String\(value\)/],
  ["NaN", () => NaN, "NaN", /number/, /null/],
  ["Infinity", () => [[Infinity]], "Infinity", /number/, /null/, "/0/0"],
  ["-Infinity", () => ({ x: -Infinity }), "-Infinity", /number/, /null/, "/x"],
  ["Date", () => new Date(0), "Date", /Date/, /toISOString/],
  ["RegExp", () => /a/g, "RegExp", /RegExp/, /source/],
  ["Map", () => new Map([["a", 1]]), "Map", /Map/, /fromEntries/],
  ["Set", () => new Set([1]), "Set", /Set/, /\[\.\.\.set\]/],
  ["WeakMap", () => new WeakMap(), "WeakMap", /WeakMap/, /id/],
  ["WeakSet", () => new WeakSet(), "WeakSet", /WeakSet/, /id/],
  ["WeakRef", () => new WeakRef({}), "WeakRef", /WeakRef/, /id/],
  ["Uint8Array", () => new Uint8Array(2), "Uint8Array", /binary/, /Array\.from/],
  ["Float64Array", () => new Float64Array(2), "Float64Array", /binary/, /Array\.from/],
  ["DataView", () => new DataView(new ArrayBuffer(1)), "DataView", /binary/, /Array\.from/],
  ["ArrayBuffer", () => new ArrayBuffer(2), "ArrayBuffer", /ArrayBuffer/, /base64/],
  ["Blob", () => new Blob(["x"]), "Blob", /Blob/, /[Rr]ead it first/],
  ["File", () => new File(["x"], "x"), "File", /File/, /[Rr]ead it first/],
  ["FileList", () => Object.assign(document.createElement("input"), { type: "file" }).files, "FileList", /FileList/, /./],
  ["an element", () => document.createElement("p"), "HTMLParagraphElement", /DOM node/, /id/],
  ["the document", () => document, "HTMLDocument", /DOM node/, /id/],
  ["a text node", () => ({ a: document.createTextNode("x") }), "Text", /DOM node/, /./, "/a"],
  ["the window", () => window, "Window", /Window/, /./],
  ["an element of another realm", () => frame.contentDocument?.createElement("p"), "HTMLParagraphElement", /DOM node/, /./],
  ["a Date of another realm", () => new (/** @type {any} */ (frame.contentWindow).Date)(0), "Date", /Date/, /./],
  ["Promise", () => Promise.resolve(1), "Promise", /Promise/, /[Aa]wait/],
  ["Error", () => new Error("x"), "Error", /Error/, /message/],
  ["TypeError", () => new TypeError("x"), "TypeError", /TypeError/, /message/],
  ["DOMException", () => new DOMException("x"), "DOMException", /DOMException/, /message/],
  ["a class instance", () => new Cart(), "class Cart", /class Cart/, /plain object/],
  ["an object that inherits", () => Object.create({ a: 1 }), "object with a prototype of its own|Object", /./, /plain object/],
  ["a subclassed array", () => new (class List extends Array {})(), "class List", /class List/, /Array\.from/],
  ["a boxed number", () => Object(1), "Number object", /boxed/, /valueOf/],
  ["a boxed string", () => Object("x"), "String object", /boxed/, /valueOf/],
  ["a boxed boolean", () => Object(true), "Boolean object", /boxed/, /valueOf/],
  ["a boxed bigint", () => Object(1n), "BigInt object", /boxed/, /String\(value\)/],
  ["a boxed symbol", () => Object(Symbol()), "Symbol object", /boxed/, /./],
  ["an object with toJSON", () => ({ a: { toJSON: () => 1 } }), "object with toJSON", /toJSON/, /toJSON/, "/a"],
  ["an array with toJSON", () => Object.assign([1], { toJSON: () => 1 }), "object with toJSON", /toJSON/, /toJSON/],
  ["a getter that throws", () => ({ a: { get b() { throw new Error("no"); } } }), "accessor", /getter throws/, /./, "/a/b"],
  ["a revoked Proxy", () => ({ a: revoked() }), "Proxy", /throws/, /plain copy/, "/a"],
  ["a Proxy that throws", () => new Proxy({ a: 1 }, { ownKeys() { throw new Error("no"); } }), "Proxy", /throws/, /plain copy/],
  ["a Proxy whose member throws", () => new Proxy({ a: 1 }, { get(_, name) { if (name === "a") throw new Error("no"); } }), "Proxy", /throws/, /plain copy/, "/a"],
  ["a cycle", cyclic, "cycle", /itself/, /id/, "/a/b/back"],
  ["a value that is its own member", () => { /** @type {any} */ const v = {}; v.v = v; return v; }, "cycle", /itself/, /id/, "/v"],
  ["an array in itself", () => { /** @type {any[]} */ const v = [0]; v.push([v]); return v; }, "cycle", /itself/, /id/, "/1/0"],
  ["an array with an extra property", () => Object.assign([1], { name: "x" }), "extra property", /no index/, /object/, "/name"],
  ["a lone surrogate", () => "a\ud800", "lone surrogate", /Unicode/, /cut in two/],
  ["a lone surrogate inside", () => ({ a: ["\udc00"] }), "lone surrogate", /Unicode/, /cut in two/, "/a/0"],
  ["a name with a lone surrogate", () => ({ "\ud800": 1 }), "lone surrogate", /Unicode/, /cut in two/, "/\ud800"],
  ["a path to escape", () => ({ "a/b": { "~": NaN } }), "NaN", /number/, /./, "/a~1b/~0"],
];

/** What is accepted, and what is stored for it. @type {[name: string, make: () => unknown, stored: string][]} */
const ACCEPTED = [
  ["null", () => null, "null"],
  ["booleans", () => [true, false], "[true,false]"],
  ["numbers", () => [0, -0, 1.5, -1e21, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER + 1], "[0,0,1.5,-1e+21,5e-324,1.7976931348623157e+308,9007199254740992]"],
  ["minus zero", () => -0, "0"],
  ["strings", () => ["", "é😀", "\u0000\u2028\"\\/"], '["","é😀","\\u0000\u2028\\"\\\\/"]'],
  ["an empty array and object", () => [[], {}], "[[],{}]"],
  ["an object without prototype", () => Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ["a member named __proto__", () => JSON.parse('{"__proto__":{"x":1},"constructor":2,"toString":3}'), '{"__proto__":{"x":1},"constructor":2,"toString":3}'],
  ["numbers as names", () => ({ b: 1, 2: 2, 1: 1 }), '{"1":1,"2":2,"b":1}'],
  ["shared parts", () => { const part = { x: 1 }; return [part, part, { part }]; }, '[{"x":1},{"x":1},{"part":{"x":1}}]'],
  ["frozen ones", () => Object.freeze([Object.freeze({ a: 1 })]), '[{"a":1}]'],
  ["a getter, read once", () => { let n = 0; return { get a() { return ++n; } }; }, '{"a":1}'],
  ["a Proxy that answers", () => new Proxy({ a: [1] }, {}), '{"a":[1]}'],
  ["no hidden or inherited members", () => Object.defineProperty({ a: 1 }, "hidden", { value: () => 1, enumerable: false }), '{"a":1}'],
  ["hidden symbols", () => Object.defineProperty({ a: 1 }, Symbol("s"), { value: 1, enumerable: false }), '{"a":1}'],
  ["objects of another realm", () => /** @type {any} */ (frame.contentWindow).JSON.parse('{"a":[{"b":1}]}'), '{"a":[{"b":1}]}'],
];

/** Every way to give a session a value whole. @type {[door: string, write: (session: any, key: string, value: unknown) => unknown][]} */
const DOORS = [
  ["set", (session, key, value) => session.set(key, value)],
  ["state", (session, key, value) => { session.state[key] = value; }],
  ["state by defineProperty", (session, key, value) => Object.defineProperty(session.state, key, { value, writable: true, enumerable: true, configurable: true })],
  ["update of an object", (session, key, value) => session.update({ first: 1, [key]: value })],
  ["update of pairs", (session, key, value) => session.update([["first", 1], [key, value]])],
  ["init", (session, key, value) => session.delete(key) && session.init({ first: 1, [key]: value })],
  ["batch", (session, key, value) => session.batch(() => { session.set("first", 1); session.set(key, value); })],
];

/** Every way to put a value into a stored one, at /in/0. @type {[door: string, write: (session: any, value: unknown) => unknown][]} */
const INSIDE = [
  ["a view's member", (session, value) => { session.state.box.in[0] = value; }],
  ["a view's push", (session, value) => session.state.box.in.push(value)],
  ["a view's unshift", (session, value) => session.state.box.in.unshift(value)],
  ["a view's splice", (session, value) => session.state.box.in.splice(0, 0, value)],
  ["a view's defineProperty", (session, value) => Object.defineProperty(session.state.box.in, 0, { value, writable: true, enumerable: true, configurable: true })],
  ["mutate", (session, value) => session.mutate("box", (/** @type {any} */ draft) => { draft.other = 1; draft.in[0] = value; })],
  ["mutate's push", (session, value) => session.mutate("box", (/** @type {any} */ draft) => { draft.other = 1; draft.in.push(value); })],
];

const oneOf = (/** @type {string} */ types) => new RegExp(`^(${types.replace(/[.*+?()[\]]/g, "\\$&")})$`);

test("rule 16: an iframe gives the values of another realm", () => {
  document.body.append(frame);
  same(frame.contentWindow !== null, true);
});

for (const [name, make, type, reason, hint, path = ""] of REFUSED) {
  sessionTest(`rule 14, 15, 16: ${name} is refused at every door under enforcement, and held as it is otherwise`, (session) => {
    session.enforcement = "enforce";
    for (const [door, write] of DOORS) {
      session.set("key", "previous");
      const before = [...session.keys()];
      const attempt = () => write(session, "key", make());
      // init() is tried on an absent key, so the delete before it stays.
      const error = door === "init" ? throws(attempt) : unchanged(session, attempt);
      same(error.name, "UnserializableSessionStateError", door);
      same(error.key, "key", door);
      same(error.path, path, door);
      if (!oneOf(type).test(error.type)) fail(`${door}: got type ${error.type}, want ${type}`);
      if (!reason.test(error.reason)) fail(`${door}: got reason ${error.reason}, want ${reason}`);
      if (!hint.test(error.hint)) fail(`${door}: got hint ${error.hint}, want ${hint}`);
      for (const part of ['"key"', error.reason, error.hint, path === "" ? "" : `at ${path}`]) {
        if (!error.message.includes(part)) fail(`${door}: the message ${error.message} does not say ${part}`);
      }
      if (door !== "init") equal([session.get("key"), [...session.keys()]], ["previous", before], door);
      same(session.has("first"), false, door);
    }
    session.set("box", { in: [] });
    for (const [door, write] of INSIDE) {
      const error = unchanged(session, () => write(session, make()));
      same(error.name, "UnserializableSessionStateError", door);
      same(error.key, "box", door);
      same(error.path, `/in/0${path}`, door);
      if (!oneOf(type).test(error.type)) fail(`${door}: got type ${error.type}, want ${type}`);
    }
    for (const mode of ["off", "report"]) {
      session.enforcement = mode;
      for (const [door, write] of DOORS) {
        session.clear();
        session.set("key", "previous");
        const events = details(session, "session-violation");
        const value = make();
        write(session, "key", value);
        if (!Object.is(session.get("key"), value)) fail(`${mode}, ${door}: it is held as another`);
        if (!Object.is(session.state.key, value)) fail(`${mode}, ${door}: state gives another`);
        if (!Object.is(session.require("key"), value) || !Object.is(session.get("key", 1), value)) fail(`${mode}, ${door}: a default went before it`);
        same(session.has("key") && "key" in session.state, true);
        const [violation, ...more] = session.validate();
        same(more.length, 0, `${mode}, ${door}: further violations`);
        equal([violation.key, violation.path], ["key", path], `${mode}, ${door}`);
        if (!oneOf(type).test(violation.type)) fail(`${mode}, ${door}: got type ${violation.type}, want ${type}`);
        equal(events.map((/** @type {any} */ v) => v), mode === "off" ? [] : [violation], `${mode}, ${door}: events`);
        throws(() => session.snapshot(), { name: "UnserializableSessionStateError", key: "key", path });
      }
    }
  });
}

sessionTest("rule 16: what JSON represents exactly is accepted in every mode, at every door", (session) => {
  for (const mode of ["off", "report", "enforce"]) {
    session.enforcement = mode;
    const events = details(session, "session-violation");
    for (const [name, make, stored] of ACCEPTED) {
      for (const [door, write] of DOORS) {
        session.clear();
        session.set("key", "previous");
        write(session, "key", make());
        same(JSON.stringify(session.get("key")), stored, `${name}, ${mode}, ${door}`);
        same(JSON.parse(session.snapshot()).key === undefined, false, `${name}, ${mode}, ${door}`);
        same(JSON.stringify(session.toJSON().key), stored, `${name}, ${mode}, ${door}`);
      }
      session.set("box", { in: [] });
      for (const [door, write] of INSIDE) {
        session.set("box", { in: [] });
        write(session, make());
        same(JSON.stringify(session.get("box").in[0]), stored, `${name}, ${mode}, ${door}`);
      }
    }
    equal(session.validate(), []);
    equal(events, []);
  }
});

sessionTest("rule 14: the seed case: the error names the key and why, and the previous value stays", (session) => {
  const { state } = session;
  state.unserializable = "before";
  const error = unchanged(session, () => { state.unserializable = () => (/** @type {any} */ x) => x; });
  same(error.name, "UnserializableSessionStateError");
  same(error instanceof Error, true);
  equal([error.code, error.key, error.path, error.type], ["unserializable", "unserializable", "", "function"]);
  if (!error.message.includes('"unserializable"') || !error.message.includes(error.reason)) fail(error.message);
  same(state.unserializable, "before");
  session.enforcement = "off";
  const fn = () => (/** @type {any} */ x) => x;
  state.unserializable = fn;
  same(state.unserializable, fn);
  same(state.unserializable()(42), 42);
}, { enforce: true });

sessionTest("rule 14: the first violation in document order is the one that is named", (session) => {
  const path = (/** @type {unknown} */ value) => throws(() => session.set("key", value), { name: "UnserializableSessionStateError" }).path;
  same(path({ a: [1, { b: NaN }], c: undefined }), "/a/1/b");
  same(path([[[() => 1]], NaN]), "/0/0/0");
  same(path({ z: 1n, a: 1n }), "/z", "the order of members, not of the alphabet");
  same(path({ b: 1n, 1: 1n }), "/1", "the order in which JSON prints them");
  const shared = { x: NaN };
  same(path({ first: shared, second: shared }), "/first/x");
  same(throws(() => session.update([["a", 1], ["b", NaN], ["c", 1n]])).key, "b");
}, { enforce: true });

sessionTest("rule 16: a getter is read once, and what was read is stored", (session) => {
  let reads = 0;
  const value = { get a() { return reads++ === 0 ? { b: 1 } : () => 1; } };
  session.set("key", value);
  same(reads, 1);
  equal(session.get("key"), { a: { b: 1 } });
  let lengths = 0;
  const list = new Proxy([1, 2], { get(target, name, receiver) { if (name === "length") lengths++; return Reflect.get(target, name, receiver); } });
  session.set("list", list);
  equal(session.get("list"), [1, 2]);
  if (lengths > 2) fail(`length was read ${lengths} times`);
}, { enforce: true });

sessionTest("rule 16: a value that writes to the session while it is read is stored as it was read", (session) => {
  session.set("n", 1);
  session.set("key", { get a() { session.set("n", 2); session.set("key", "inner"); return "outer"; } });
  equal(session.get("key"), { a: "outer" });
  same(session.get("n"), 2);
  session.set("key", { get a() { session.delete("key"); return 1; } });
  equal(session.get("key"), { a: 1 });
  equal(JSON.parse(session.snapshot()), { n: 2, key: { a: 1 } });
}, { enforce: true });

/** An array so many deep, 1 being []. */
function nested(/** @type {number} */ depth) {
  /** @type {any} */
  let value = [];
  for (let i = 1; i < depth; i++) value = i % 2 ? [value] : { a: value };
  return value;
}

sessionTest("rule 16, 18: 128 levels are accepted and 129 are not, in every mode", (session) => {
  for (const mode of ["off", "report", "enforce"]) {
    session.enforcement = mode;
    session.set("key", nested(128));
    const error = unchanged(session, () => session.set("key", nested(129)));
    equal([error.name, error.code, error.key], ["SessionLimitError", "too-deep", "key"]);
    same(error.path.split("/").length - 1, 128);
    session.set("key", { a: 1 });
    session.state.key = { in: [] };
    session.state.key.in.push(nested(126));
    unchanged(session, () => session.state.key.in.push(nested(127)));
    unchanged(session, () => session.mutate("key", (/** @type {any} */ draft) => draft.in.push(nested(127))));
  }
});

sessionTest("rule 16, 18: with the depth set to 1,000 so many levels are accepted, copied and read", (session) => {
  same(session.limits.depth, 1000);
  session.set("key", nested(1000));
  same(JSON.stringify(session.get("key")), JSON.stringify(nested(1000)));
  same(session.snapshot(), `{"key":${JSON.stringify(nested(1000))}}`);
  throws(() => session.set("key", nested(1001)), { name: "SessionLimitError", code: "too-deep" });
  session.restore(session.snapshot());
  same(JSON.stringify(session.get("key")), JSON.stringify(nested(1000)));
}, { limits: { depth: 1000 }, enforce: true });

test("rule 18: a depth outside 1 to 1,000 is refused when the session opens", async () => {
  for (const depth of [-1, 1001, 1.5, NaN, Infinity]) {
    let error = null;
    try {
      (await open({ separate: true, limits: { depth } })).destroy();
    } catch (e) {
      error = /** @type {any} */ (e);
    }
    if (error === null) fail(`depth ${depth} was accepted`);
    same(error.code, "limit-invalid", String(depth));
  }
});

sessionTest("rule 16, 18: 100,000 levels, lists and cycles of any size crash nothing", (session) => {
  for (const mode of ["off", "report", "enforce"]) {
    session.enforcement = mode;
    session.set("key", "previous");
    const error = unchanged(session, () => session.set("key", nested(100_000)));
    same(error.code, "too-deep");
    same(unchanged(session, () => session.restore("[".repeat(100_000))).name, "SessionLimitError|SessionSyntaxError".split("|").find((name) => name === throws(() => session.restore("[".repeat(100_000))).name));
    unchanged(session, () => session.restore(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`));
    same(session.get("key"), "previous");
  }
  session.enforcement = "off";
  /** @type {any} */
  let chain = {};
  const root = chain;
  for (let i = 0; i < 200; i++) chain = chain.next = {};
  chain.next = root;
  same(throws(() => session.set("key", root), { name: "SessionLimitError" }).code, "too-deep", "a cycle that is longer than the depth");
  session.set("key", cyclic());
  same(session.get("key").a.b.back.b.back === session.get("key").a, true);
  same(session.status, "open");
});

sessionTest("rule 13, 15, 22 of the decisions: switching the mode drops nothing and lists what is there", (session) => {
  const fn = () => 1;
  session.update({ ok: 1, fn, list: [1, new Date(0)], late: undefined });
  equal(session.validate().map((/** @type {any} */ v) => [v.key, v.path, v.type]), [["fn", "", "function"], ["list", "/1", "Date"], ["late", "", "undefined"]]);
  const version = session.stats().version;
  const events = details(session, "session-violation");
  session.enforcement = "enforce";
  same(session.enforcement, "enforce");
  equal(events.map((v) => v.key), ["fn", "list", "late"]);
  equal(events, session.validate());
  same(Object.isFrozen(events[0]), true);
  same(session.get("fn"), fn);
  same(session.stats().version, version);
  equal([...session.keys()], ["ok", "fn", "list", "late"]);
  unchanged(session, () => session.set("fn", () => 2));
  throws(() => session.set("fn", fn), { name: "UnserializableSessionStateError" });
  session.set("fn", 2);
  session.delete("late");
  equal(session.validate().map((/** @type {any} */ v) => v.key), ["list"]);
  session.enforcement = "off";
  session.set("fn", fn);
  same(session.get("fn"), fn);
  throws(() => { session.enforcement = "on"; }, { name: "SessionUsageError", code: "mode-invalid" });
  throws(() => { session.enforcement = true; }, { name: "SessionUsageError", code: "mode-invalid" });
  same(session.enforcement, "off");
});

sessionTest("rule 15: report: an event for each write, one console warning for each key", (session) => {
  /** @type {any[]} */
  const events = [];
  session.addEventListener("session-violation", (/** @type {CustomEvent} */ event) => events.push(event.detail));
  const said = warnings(() => {
    session.set("a", () => 1);
    session.set("a", () => 2);
    session.set("b", { x: NaN });
    session.state.a = () => 3;
    session.set("a", 1);
    session.set("a", () => 4);
  });
  equal(events.map((v) => v.key), ["a", "a", "b", "a", "a"]);
  same(said.length, 2, "console warnings");
  if (!said[0].includes('"a"') || !said[1].includes('"b"') || !said[1].includes("/x")) fail(said.join("; "));
  session.reset();
  same(warnings(() => session.set("a", () => 1)).length, 1, "after reset()");
}, { enforce: "report" });

sessionTest("rule 15: report: a listener that prevents the event's default keeps the console quiet, and hears of the written value", (session) => {
  const order = /** @type {string[]} */ ([]);
  session.subscribe("a", () => order.push("change"));
  session.addEventListener("session-violation", (/** @type {CustomEvent} */ event) => {
    event.preventDefault();
    order.push(`violation, ${typeof session.get("a")}`);
  });
  equal(warnings(() => session.set("a", () => 1)), []);
  equal(order, ["change", "violation, function"]);
}, { enforce: "report" });

test("rule 13: the mode is an option of open(): boolean or name", async () => {
  for (const [enforce, mode] of [[undefined, "off"], [false, "off"], [true, "enforce"], ["off", "off"], ["report", "report"], ["enforce", "enforce"]]) {
    const session = /** @type {any} */ (await open(/** @type {any} */ ({ separate: true, enforce })));
    same(session.enforcement, mode);
    session.destroy();
  }
});

sessionTest("rule 14, 16: deleting and reading are never refused", (session) => {
  session.set("fn", () => 1);
  session.enforcement = "enforce";
  same(session.get("fn")(), 1);
  same(session.pop("fn")(), 1);
  same(image(session).includes("fn"), false);
});
