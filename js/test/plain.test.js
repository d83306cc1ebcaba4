// @ts-check
import { test, equal, same, throws } from "./harness.js";
import { freezePlain, Offence, isPlainPrimitive, pointer, resolveViews, typeName } from "../plain.js";
import { SessionDestroyedError } from "../errors.js";

const DEPTH = 128;

function accepted(/** @type {unknown} */ value, depth = DEPTH) {
  const copy = freezePlain(value, depth);
  if (copy instanceof Offence) throw new Error(`refused: ${copy.type} at "${copy.path}"`);
  return /** @type {any} */ (copy);
}

function refused(/** @type {unknown} */ value, path = "", type = "", depth = DEPTH) {
  const offence = /** @type {any} */ (freezePlain(value, depth));
  if (!(offence instanceof Offence)) throw new Error(`accepted, want ${type} at "${path}"`);
  same(offence.path, path, "path");
  if (type) same(offence.type, type, "type");
  same(typeof offence.reason === "string" && offence.reason.length > 0, true, "reason");
  same(typeof offence.hint === "string" && offence.hint.length > 0, true, "hint");
  return offence;
}

function frozenThroughout(/** @type {any} */ value) {
  if (typeof value !== "object" || value === null) return;
  same(Object.isFrozen(value), true, "frozen");
  for (const name of Object.keys(value)) frozenThroughout(value[name]);
}

class Foo {
  a = 1;
}

test("rule 16: what JSON represents is accepted and copied deeply frozen", () => {
  for (const value of [null, true, false, 0, 1.5, -1e300, 5e-324, "", "x", "é 漢 😀", "long 😀 ".repeat(9)]) same(accepted(value), value);
  const value = { a: [1, "b", null, { c: [] }], d: {}, e: false };
  const copy = accepted(value);
  equal(copy, value);
  frozenThroughout(copy);
  same(copy === value || copy.a === value.a || copy.a[3] === value.a[3], false, "shares a part");
  value.a.push(7);
  same(copy.a.length, 4);
});

test("rule 16: -0 becomes 0", () => {
  same(accepted(-0), 0);
  same(accepted([-0])[0], 0);
  same(accepted({ a: -0 }).a, 0);
});

test("rule 16: null-prototype objects become ordinary ones, shared parts are duplicated", () => {
  const copy = accepted(Object.assign(Object.create(null), { a: 1 }));
  equal(copy, { a: 1 });
  same(Object.getPrototypeOf(copy), Object.prototype);
  const part = { x: 1 };
  const twice = accepted([part, part, { part }]);
  equal(twice, [part, part, { part }]);
  same(twice[0] === twice[1], false);
});

test("rule 16: primitives that JSON does not have are refused, wherever they stand", () => {
  const cases = /** @type {[unknown, string][]} */ ([
    [undefined, "undefined"], [() => 1, "function"], [class {}, "function"], [Symbol("s"), "symbol"], [10n, "bigint"],
    [NaN, "NaN"], [Infinity, "Infinity"], [-Infinity, "-Infinity"], ["\ud800", "lone surrogate"], ["a\udc00b", "lone surrogate"],
    ["long ".repeat(20) + "\udbff", "lone surrogate"],
  ]);
  for (const [value, type] of cases) {
    refused(value, "", type);
    refused([1, value], "/1", type);
    refused({ a: { b: value } }, "/a/b", type);
    same(isPlainPrimitive(value), false);
  }
});

test("rule 16: objects that are more than data are refused by a name people know", () => {
  const cases = /** @type {[unknown, string][]} */ ([
    [new Date(0), "Date"], [/x/, "RegExp"], [new Map(), "Map"], [new Set(), "Set"], [new WeakMap(), "WeakMap"], [new WeakSet(), "WeakSet"],
    [new WeakRef({}), "WeakRef"], [new Uint8Array(2), "Uint8Array"], [new Float64Array(1), "Float64Array"], [new ArrayBuffer(1), "ArrayBuffer"],
    [new DataView(new ArrayBuffer(1)), "DataView"], [Promise.resolve(1), "Promise"], [new Error("x"), "Error"], [new TypeError("x"), "TypeError"],
    [new Foo(), "class Foo"], [new (class extends Array {})(), "class (anonymous)"], [new (class List extends Array {})(), "class List"],
    [new (class Late extends Promise {})(() => {}), "class Late"], [new (class { then() {} })(), "class (anonymous)"],
    [Object(1), "Number object"], [Object("s"), "String object"], [Object(true), "Boolean object"], [Object(1n), "BigInt object"],
    [Object(Symbol()), "Symbol object"], [Object.create({ a: 1 }), "object with a prototype of its own"],
    [Object.create(Object.create(null)), "object with a prototype of its own"], [Object.setPrototypeOf([], null), "object with a prototype of its own"],
    [new (/** @type {any} */ (Object.setPrototypeOf(class Bare {}, null)))(), "class Bare"], [new URL("https://x.test/"), ""],
    [new EventTarget(), ""], [(function* () {})(), ""], [new AbortController().signal, ""],
  ]);
  if (typeof Blob !== "undefined") cases.push([new Blob(["x"]), "Blob"]);
  if (typeof File !== "undefined") cases.push([new File(["x"], "n"), "File"]);
  if (typeof document !== "undefined") cases.push([document.createElement("div"), "HTMLDivElement"], [document.createTextNode("x"), "Text"], [document, ""], [globalThis, ""]);
  for (const [value, type] of cases) {
    refused(value, "", type);
    refused({ list: [0, value] }, "/list/1", type);
    if (type) same(typeName(value), type);
  }
});

test("rule 16: hints say what to do instead", () => {
  same(refused(new Date(0)).hint.includes("toISOString"), true);
  same(refused(new Map()).hint.includes("fromEntries"), true);
  same(refused(new (class MyMap extends Map {})(), "", "class MyMap").hint.includes("fromEntries"), true);
  same(refused(5n).hint.includes("String"), true);
  same(refused(Promise.resolve()).hint.includes("wait"), true);
});

test("rule 16: callable toJSON is refused, own, hidden or inherited", () => {
  refused({ a: { toJSON() {} } }, "/a", "object with toJSON");
  refused(Object.assign([1], { toJSON() {} }), "", "object with toJSON");
  refused(Object.defineProperty({}, "toJSON", { value: () => 1 }), "", "object with toJSON");
  equal(accepted({ toJSON: 1 }), { toJSON: 1 });
  const prototype = /** @type {any} */ (Object.prototype);
  Object.defineProperty(prototype, "toJSON", { value: () => 1, configurable: true });
  try {
    refused({ a: 1 }, "", "object with toJSON");
  } finally {
    delete prototype.toJSON;
  }
});

test("rule 16: symbol keys are refused, hidden ones are not seen", () => {
  refused({ a: 1, [Symbol("s")]: 1 }, "", "symbol key");
  refused({ a: [{ [Symbol("s")]: 1 }] }, "/a/0", "symbol key");
  refused([Object.assign([1], { [Symbol("s")]: 1 })], "/0", "symbol key");
  equal(accepted(Object.defineProperty({ a: 1 }, Symbol("s"), { value: 1 })), { a: 1 });
});

test("rule 16: holes and extra properties of arrays are refused", () => {
  refused([1, , 3], "/1", "hole");
  refused([1, undefined, 3], "/1", "undefined");
  refused(new Array(3), "/0", "hole");
  refused({ a: Object.assign([1, 2], { name: "x" }) }, "/a/name", "extra property");
  refused(/b/.exec("abc"), "/index", "extra property");
  equal(accepted(Object.defineProperty([1], "hidden", { value: 1 })), [1]);
  const prototype = /** @type {any} */ (Array.prototype);
  prototype[1] = "inherited";
  try {
    refused(Object.assign(new Array(3), { 0: 1, 2: 3 }), "/1", "hole");
  } finally {
    delete prototype[1];
  }
});

test("rule 16: accessors are read once, inherited and hidden members are not seen", () => {
  let reads = 0;
  const value = { get a() { return ++reads; }, b: { get c() { return ++reads; } } };
  equal(accepted(value), { a: 1, b: { c: 2 } });
  same(reads, 2);
  equal(accepted(Object.defineProperty({ a: 1 }, "b", { get() { throw new Error("read"); }, enumerable: false })), { a: 1 });
  same(Object.getOwnPropertyDescriptor(accepted(value), "a")?.get, undefined);
  const prototype = /** @type {any} */ (Object.prototype);
  prototype.inherited = () => 1;
  try {
    same(Object.keys(accepted({ a: 1 })).join(), "a");
  } finally {
    delete prototype.inherited;
  }
});

test("rule 16: accessors and Proxies that throw are violations", () => {
  refused({ a: [{ get b() { throw new Error("x"); } }] }, "/a/0/b", "accessor");
  refused({ get b() { throw null; } }, "/b", "accessor");
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  refused({ a: revoked.proxy }, "/a", "Proxy");
  refused({ get a() { throw revoked.proxy; } }, "/a", "accessor");
  refused([new Proxy({ x: 1 }, { get(target, name) { if (name === "x") throw new Error("x"); } })], "/0/x", "Proxy");
  refused([new Proxy({ x: 1 }, { ownKeys() { throw new Error("x"); } })], "/0", "Proxy");
  refused([new Proxy({ x: 1 }, { getPrototypeOf() { throw new Error("x"); } })], "/0", "Proxy");
  equal(accepted(new Proxy({ x: [1] }, {})), { x: [1] });
  equal(accepted(new Proxy([1, 2], {})), [1, 2]);
  same(typeName(revoked.proxy), "Proxy");
});

test("rule 16, 47: a SessionError thrown while reading comes through", () => {
  throws(() => freezePlain({ get a() { throw new SessionDestroyedError("gone", { code: "session-destroyed" }); } }, DEPTH), { name: "SessionDestroyedError" });
});

test("rule 16: a cycle is named by its closing edge, whatever the depth", () => {
  const a = /** @type {any} */ ({ list: [{ n: 1 }] });
  a.list.push({ back: a });
  refused(a, "/list/1/back", "cycle");
  refused({ x: 1, a }, "/a/list/1/back", "cycle");
  const self = /** @type {any[]} */ ([]);
  self.push(self);
  refused(self, "/0", "cycle");
  refused(self, "/0", "cycle", 1000);
  const two = /** @type {any} */ ({});
  two.one = two;
  two.fn = () => 1;
  refused(two, "/one", "cycle");
  refused({ fn: () => 1, two }, "/fn", "function");
  same(refused(self, "/0").code, "unserializable");
});

test("rule 16, 18: depth counts arrays and objects, one over the limit is too deep", () => {
  const nested = (/** @type {number} */ depth) => {
    let value = /** @type {any} */ (1);
    for (let i = 0; i < depth; i++) value = i % 2 ? { a: value } : [value];
    return value;
  };
  for (const limit of [1, 2, 128, 1000]) {
    equal(accepted(nested(limit), limit), nested(limit));
    same(refused(nested(limit + 1), pathOf(nested(limit + 1), limit), "too deep", limit).code, "too-deep");
  }
  accepted(5, 1);
  let endless = 0;
  const bottomless = () => ({ get deeper() { endless++; return bottomless(); } });
  same(refused(bottomless(), "/deeper".repeat(10), "too deep", 10).code, "too-deep");
  same(endless, 10);
  function pathOf(/** @type {any} */ value, /** @type {number} */ levels) {
    let path = "";
    for (let i = 0; i < levels; i++) {
      path += Array.isArray(value) ? "/0" : "/a";
      value = Array.isArray(value) ? value[0] : value.a;
    }
    return path;
  }
});

test("rule 14, 16: the first offence in document order is named, by its JSON Pointer", () => {
  refused({ a: 1, b: [{ c: NaN }, undefined], d: 1n }, "/b/0/c", "NaN");
  refused({ "a/b": { "c~d": { "": undefined } } }, "/a~1b/c~0d/", "undefined");
  refused({ 2: NaN, 1: undefined }, "/1", "undefined");
  refused({ "\ud800": 1 }, "/\ud800", "lone surrogate");
  same(pointer(["a/b", 0, "~"]), "/a~1b/0/~0");
});

test("rule 4, 16: __proto__, constructor and toString are ordinary names, no prototype is touched", () => {
  const value = JSON.parse('{"__proto__": {"polluted": [1]}, "constructor": 1, "toString": {"a": 1}, "hasOwnProperty": null, "then": 2}');
  const copy = accepted(value);
  equal(copy, value);
  same(Object.getPrototypeOf(copy), Object.prototype);
  same(Object.hasOwn(copy, "__proto__"), true);
  same(/** @type {any} */ ({}).polluted, undefined);
  frozenThroughout(copy);
});

test("rule 6, 16: integer-like names stand where JavaScript puts them", () => {
  equal(Object.keys(accepted({ b: 1, 2: 1, a: 1, 1: 1 })), ["1", "2", "b", "a"]);
});

test("rule 16: typeName names plain values too", () => {
  for (const [value, name] of /** @type {[unknown, string][]} */ ([[null, "null"], [1, "number"], ["x", "string"], [true, "boolean"], [[], "array"], [{}, "object"], [undefined, "undefined"]])) same(typeName(value), name);
});

test("rule 9: views are taken as their nodes, at any depth", () => {
  const node = Object.freeze({ a: 1 });
  const view = new Proxy({}, { get() { throw new Error("read through the view"); }, getPrototypeOf() { throw new Error("asked"); } });
  resolveViews((value) => (value === view ? node : undefined));
  equal(accepted([view, { x: view }]), [{ a: 1 }, { x: { a: 1 } }]);
  same(accepted(view) === node, false);
  resolveViews(/** @type {any} */ (null));
});

test("rule 16: plain values of another realm are accepted", async () => {
  const other = typeof document !== "undefined" ? frameRealm() : (await import(/** @type {any} */ ("node:vm"))).runInNewContext("({Object, Array, JSON, Date, Map})");
  equal(accepted(other.JSON.parse('{"a": [1, {"b": null}]}')), { a: [1, { b: null }] });
  same(Object.getPrototypeOf(accepted(other.JSON.parse("[]"))), Array.prototype);
  refused([new other.Date(0)], "/0", "Date");
  refused([new other.Map()], "/0", "Map");
  refused([other.Object.prototype.toString], "/0", "function");
  function frameRealm() {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    return /** @type {any} */ (frame.contentWindow);
  }
});
