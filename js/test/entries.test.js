// @ts-check
// Rules 1 to 8, 12, 18, 19, 50 where data cannot express them.

import { equal, fail, same, test, throws } from "./harness.js";
import { sessionTest, unchanged } from "./sessions.js";
import { open } from "../index.js";

const ODD = ["__proto__", "constructor", "then", "toString", "valueOf", "hasOwnProperty", "prototype", "length", "keys", "set", "get", "state", "size", "toJSON", "0", "-1", "1e3", " ", "\n", "\u0000",
  "a.b", "a/b", "a:b", "~", "é", "😀", "\u2028", "$", "$a", "a$$", "null", "undefined", "x".repeat(1024)];

sessionTest("rule 4, 12: odd keys and names of the API are ordinary keys, at every door", (session) => {
  for (const key of ODD) {
    same(session.has(key), false, key);
    same(session.get(key), undefined, key);
    same(session.state[key], undefined, key);
    same(key in session.state, false, key);
    same(session.set(key, { of: key }), session, key);
    equal(session.get(key), { of: key }, key);
    session.state[key].more = 1;
    equal(session.get(key), { of: key, more: 1 }, key);
    session.mutate(key, (/** @type {any} */ draft) => { delete draft.more; });
    same(session.has(key) && key in session.state && Object.hasOwn(session.state, key), true, key);
  }
  equal([...session.keys()], ODD);
  equal(Object.keys(session.state), ODD);
  const text = session.snapshot();
  equal([...Object.keys(JSON.parse(text))].sort(), [...ODD].sort());
  session.clear();
  session.restore(text);
  equal([...session.keys()], ODD, "the order of the text, not of a JavaScript object");
  same(session.snapshot(), text);
  same(Object.hasOwn(session.toJSON(), "__proto__"), true);
  same(Object.getPrototypeOf(session.toJSON()), Object.prototype);
  for (const key of ODD) same(session.delete(key), true, key);
  same(session.size, 0);
  same(typeof session.set, "function");
  same(/** @type {any} */ ({}).of, undefined, "no prototype was touched");
});

sessionTest("rule 4: a number becomes its decimal string; anything else is a TypeError", (session) => {
  session.set(1, "a").set(-0, "b").set(1.5, "c").set(1e21, "d");
  equal([...session.keys()], ["1", "0", "1.5", "1e+21"]);
  same(session.get("1"), "a");
  same(session.state[1], "a");
  for (const key of [undefined, null, true, {}, [], Symbol("s"), 1n, () => 1, ["a"]]) {
    for (const use of [() => session.get(key), () => session.has(key), () => session.set(key, 1), () => session.delete(key), () => session.require(key), () => session.pop(key), () => session.mutate(key, () => 1), () => session.computed(key, [], () => 1), () => session.scope(key)]) {
      throws(use, { name: "TypeError" });
    }
  }
  same(session.size, 4);
});

sessionTest("rule 3, 4: keys that no session accepts are refused by set, get and delete alike; has answers false", (session) => {
  for (const [key, code, name] of [["", "key-empty", "SessionKeyError"], ["$$a", "key-reserved", "SessionKeyError"], ["\ud800", "key-not-text", "SessionKeyError"], ["a\udfff", "key-not-text", "SessionKeyError"],
    ["x".repeat(1025), "key-too-long", "SessionLimitError"], ["é".repeat(513), "key-too-long", "SessionLimitError"]]) {
    const uses = [() => session.set(key, 1), () => session.get(key), () => session.get(key, 1), () => session.delete(key), () => session.require(key), () => session.pop(key), () => session.pop(key, 1), () => { session.state[key] = 1; },
      () => session.update({ [key]: 1 }), () => session.set(key, [1]), () => session.set(key, () => 1), () => session.set(key, "text")];
    for (const use of uses) {
      const error = unchanged(session, use);
      equal([error.name, error.code], [name, code], `${JSON.stringify(key.slice(0, 5))}: ${use}`);
    }
    if (code !== "key-not-text") {
      same(session.has(key), false, key);
      same(key in session.state, false, key);
    }
  }
});

sessionTest("rule 2, 5: get with a default, require, pop", (session) => {
  session.set("nil", null).set("a", 1).set("zero", 0).set("empty", "");
  same(session.get("nil", 5), null);
  same(session.get("zero", 5), 0);
  same(session.get("empty", 5), "");
  same(session.get("none", 5), 5);
  const fallback = {};
  same(session.get("none", fallback), fallback, "a default is given as it is");
  same(Object.isFrozen(fallback), false);
  same(session.has("none"), false);
  for (const use of [() => session.require("none"), () => session.pop("none")]) {
    const error = throws(use, { name: "SessionKeyError", code: "key-missing", key: "none" });
    if (!error.message.includes('"none"') || !/initialised\?/.test(error.message)) fail(error.message);
  }
  same(session.pop("none", undefined), undefined);
  same(session.pop("a"), 1);
  same(session.pop("a", "gone"), "gone");
  same(session.delete("a"), false);
  same(session.delete("nil"), true);
  session.state.count ??= 0;
  session.state.count += 5;
  same(session.get("count"), 5);
});

sessionTest("rule 6: iteration is in insertion order, over the keys there were when it began", (session) => {
  const fill = () => { session.clear(); for (const key of ["b", "a", "2", "1"]) session.set(key, key); };
  fill();
  session.set("b", "again");
  equal([...session.keys()], ["b", "a", "2", "1"], "writing again moves nothing");
  session.delete("b");
  session.set("b", 1);
  equal([...session.keys()], ["a", "2", "1", "b"]);
  fill();
  const seen = [];
  for (const [key, value] of session) {
    seen.push([key, value]);
    session.delete(key);
    session.delete("2");
    session.set("new", 1);
  }
  equal(seen, [["b", "b"], ["a", "a"], ["1", "1"]]);
  equal([...session.keys()], ["new"]);
  fill();
  for (const key of session.keys()) session.delete(key);
  same(session.size, 0);
  fill();
  const iterator = session.values();
  session.clear();
  equal([...iterator], [], "values() began when it was called, and those are gone");
  fill();
  session.forEach((/** @type {any} */ value, /** @type {string} */ key, /** @type {any} */ self) => { same(self, session); same(value, key); session.clear(); });
  same(session.size, 0);
  fill();
  for (const key in session.state) delete session.state[key];
  same(session.size, 0);
  fill();
  equal([...session.entries()], [...session]);
  equal(Object.entries(session.state), [["b", "b"], ["a", "a"], ["2", "2"], ["1", "1"]]);
});

sessionTest("rule 8, 9: what toJSON gives is a deep copy that may be written, with odd names too", (session) => {
  session.set("v", { a: [{ b: 1 }], c: {} });
  const copy = session.toJSON().v;
  copy.a[0].b = 2;
  copy.a.push(1);
  copy.c.d = 1;
  equal(session.get("v"), { a: [{ b: 1 }], c: {} });
  equal(copy, { a: [{ b: 2 }, 1], c: { d: 1 } });
  for (const value of [null, 1, "x", true]) {
    session.set("v", value);
    same(session.toJSON().v, value);
  }
  const odd = JSON.parse('{"__proto__": {"polluted": [1]}, "constructor": 1, "toString": {"a": 1}, "hasOwnProperty": null, "then": 2}');
  session.set("v", odd);
  const thawed = session.toJSON().v;
  equal(thawed, odd);
  same(Object.getPrototypeOf(thawed), Object.prototype);
  thawed.__proto__.polluted.push(2);
  same(session.get("v").__proto__.polluted.length, 1);
});

sessionTest("rule 8: clear, reset, size, toJSON; a session as JSON", (session) => {
  session.update({ b: [1, { x: null }], a: "é" });
  same(session.size, 2);
  same(JSON.stringify(session), '{"b":[1,{"x":null}],"a":"é"}');
  same(JSON.stringify({ session }), '{"session":{"b":[1,{"x":null}],"a":"é"}}');
  same(JSON.stringify(session.state), '{"b":[1,{"x":null}],"a":"é"}');
  equal({ ...session.state }, { b: [1, { x: null }], a: "é" });
  equal(Object.assign({}, session.state), session.toJSON());
  const json = session.toJSON();
  json.b[1].x = 5;
  same(session.toJSON() === session.toJSON(), false);
  equal(session.get("b"), [1, { x: null }]);
  same(session.clear(), undefined);
  same(session.size, 0);
  session.set("a", 1);
  same(session.undo(), true);
  session.set("a", 2);
  session.reset();
  equal([session.size, session.undo(), session.redo()], [0, false, false]);
}, { history: true });

sessionTest("rule 19: restore replaces all or nothing, and says line, column and path of the first fault", (session) => {
  session.update({ a: 1, o: { x: 1 } });
  for (const [text, code, line, column, path] of [
    ["", "invalid-json", 1, 1, ""], ["{", "invalid-json", 1, 2, ""], ['{"a":1', "invalid-json", 1, 7, ""], ['{\n  "a": 1,\n  "b": [1, 2,, 3]\n}', "invalid-json", 3, 14, "/b/2"],
    ['{"a":1,"a":2}', "duplicate-key", 1, 8, "/a"], ['{"a":{"é":1,"\\u00e9":2}}', "duplicate-key", 1, 13, "/a/é"], ['{"a":1e999}', "number-range", 1, 6, "/a"],
    ['{"a":"\\ud800"}', "lone-surrogate", 1, 7, "/a"],
  ]) {
    const error = unchanged(session, () => session.restore(text));
    same(error.name, "SessionSyntaxError", String(text));
    equal([error.code, error.line, error.column, error.path ?? ""], [code, line, column, path], String(text));
    if (typeof error.message !== "string" || error.message.length < 10) fail(error.message);
  }
  for (const text of ["[]", "null", "1", '"x"', '{"":1}', '{"$$a":1}', "{} {}", "{'a':1}", "\ufeff{}", '{"a":undefined}', "{\"a\":\ud800}", '{"a":NaN}', `{"a":${"[".repeat(200)}${"]".repeat(200)}}`]) {
    unchanged(session, () => session.restore(text));
  }
  for (const text of [undefined, null, {}, 5, new String("{}")]) throws(() => session.restore(text), { name: "SessionUsageError", code: "argument-invalid" });
  session.restore(' {\t"z" : [ 1.0 , -0 , 1E2, "\\u0061\\/" ] ,\r\n "a" : null }');
  same(session.snapshot(), '{"z":[1,0,100,"a/"],"a":null}');
  session.restore('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  same(/** @type {any} */ ({}).polluted, undefined);
  equal(session.get("__proto__"), { polluted: 1 });
  session.restore("{}");
  same(session.size, 0);
});

sessionTest("rule 19: a snapshot restores to an equal session, and is the same text again", async (session) => {
  const odd = { n: [0, -1.5, 1e300, 5e-324, 123456789012345680000], s: "\u0000\u001f\"\\/\u2028é😀\u007f", deep: [[[[{ a: [{}] }]]]], t: true, nil: null, "": 1, "\u0000": [] };
  session.update({ odd, ...odd, "": undefined }.odd ? { odd } : {});
  for (let i = 0; i < 300; i++) session.set(`key ${i}`, [i, { [`m${i}`]: String(i).repeat(i) }]);
  const text = session.snapshot();
  const other = /** @type {any} */ (await open({ separate: true }));
  other.restore(text);
  same(other.snapshot(), text);
  equal([...other], [...session]);
  same(JSON.stringify(JSON.parse(text)), text, "what JSON.stringify prints");
  other.destroy();
});

sessionTest("rule 9, 10, 19, 21: a restore of the same keys reads as it should and keeps what is equal, whether or not anybody listens", (session) => {
  const turns = [0, 1].map((turn) => Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key ${i}${i % 7 ? "" : "é\"\n"}`, [
    i * 1.37 + turn, `text ${i} ${turn ? "日本".repeat(i % 40) : ""}`, { i, turn }, { same: i }, i % 4 === turn, turn ? null : "\n".repeat(i % 50), [[i / 3]],
  ][i % 7]])));
  session.restore(JSON.stringify(turns[0]));
  const version = () => session.stats().version;
  for (const prepare of [() => {}, () => session.subscribe("key 2", () => {}), () => session.subscribe(() => {})]) {
    const end = prepare();
    for (const turn of [1, 0]) {
      const before = Object.fromEntries(session), written = version();
      session.restore(session.snapshot());
      same(version(), written, "nothing changed");
      session.restore(JSON.stringify(turns[turn]));
      same(session.snapshot(), JSON.stringify(turns[turn]));
      let others = 0;
      for (const key in before) {
        const value = session.get(key);
        if (JSON.stringify(value) !== JSON.stringify(before[key])) others++;
        else if (!Object.is(value, before[key])) fail(`${key}: it did not change and is another value`);
      }
      same(version() >= written + others, true);
    }
    end?.();
  }
  unchanged(session, () => session.restore(`${session.snapshot().slice(0, -1)},"a":01}`));
});

sessionTest("rule 18: each limit has its own code, and over one of them nothing changes", (session) => {
  equal({ ...session.limits }, { keyBytes: 10, depth: 3, valueBytes: 100, entries: 3, totalBytes: 200 });
  same(Object.isFrozen(session.limits), true);
  session.set("a", 1);
  const cases = [
    [() => session.set("x".repeat(11), 1), "key-too-long"], [() => session.set("é".repeat(6), 1), "key-too-long"],
    [() => session.set("b", [[[[]]]]), "too-deep"], [() => session.set("b", "x".repeat(100)), "value-too-large"], [() => session.set("b", "é".repeat(50)), "value-too-large"],
    [() => session.set("b", { x: "x".repeat(100) }), "value-too-large"], [() => session.update({ b: 1, c: 1, d: 1 }), "too-many-entries"],
    [() => session.update({ b: "x".repeat(99), c: "x".repeat(99) }), "session-too-large"], [() => session.restore('{"a":1,"b":1,"c":1,"d":1}'), "too-many-entries"],
    [() => session.restore('{"a":[[[[1]]]]}'), "too-deep"], [() => session.restore(`{"a":"${"x".repeat(101)}"}`), "value-too-large"], [() => session.restore('{"12345678901":1}'), "key-too-long"],
    [() => session.state.a = [[[[]]]], "too-deep"], [() => session.subscribe("x".repeat(11), () => {}), "key-too-long"],
  ];
  for (const [act, code] of /** @type {[() => void, string][]} */ (cases)) {
    const error = unchanged(session, act);
    equal([error.name, error.code], ["SessionLimitError", code], String(act));
    if (typeof error.message !== "string" || error.message.length < 10) fail(error.message);
  }
  session.set("b", "x".repeat(99));
  session.set("c", 5);
  session.set("c", 6);
  session.delete("a");
  session.set("d", null);
}, { limits: { keyBytes: 10, depth: 3, valueBytes: 100, entries: 3, totalBytes: 200 } });

test("rule 18: limits that are none are refused when the session opens", async () => {
  for (const limits of [{ keyBytes: -1 }, { keyBytes: 65536 }, { entries: -5 }, { totalBytes: NaN }, { valueBytes: Infinity }]) {
    /** @type {any} */
    let error = null;
    try {
      (await open({ separate: true, limits })).destroy();
    } catch (e) {
      error = e;
    }
    if (!error) fail(`${JSON.stringify(limits)} was taken`);
    same(error.code, "limit-invalid");
  }
});

sessionTest("rule 18: stats: bytes are the key in UTF-8 and the value as its kind counts", (session) => {
  const cost = (/** @type {unknown} */ value) => { session.clear(); session.set("é", value); return session.stats().bytes - 2; };
  equal([1, null, true, "", "é😀", [1, "é"], { a: 1 }, () => 1].map(cost), [8, 1, 1, 0, 6, 8, 7, 16]);
});

sessionTest("rule 50: a scope is a view of the keys that begin with its name: own iteration, clear, snapshot, restore, state", (session) => {
  const cart = session.scope("cart");
  same(session.scope("cart"), cart);
  same(cart.set("total", 1), cart);
  same(cart.update({ items: [{ n: 1 }] }), cart);
  same(cart.init({ total: 9, note: "x" }), cart);
  session.set("total", "other");
  session.set("carton:x", 1);
  equal([...session.keys()], ["cart:total", "cart:items", "cart:note", "total", "carton:x"]);
  equal([...cart.keys()], ["total", "items", "note"]);
  equal([...cart], [["total", 1], ["items", [{ n: 1 }]], ["note", "x"]]);
  same(cart.size, 3);
  same(cart.has("total") && !cart.has("cart:total") && !cart.has("x"), true);
  same(cart.get("items"), session.get("cart:items"));
  cart.state.items[0].n = 2;
  equal(session.get("cart:items"), [{ n: 2 }]);
  same(cart.state.total, 1);
  equal(Object.keys(cart.state), ["total", "items", "note"]);
  same(cart.mutate("items", (/** @type {any} */ draft) => draft.push({ n: 3 })), 2);
  same(cart.snapshot(), '{"total":1,"items":[{"n":2},{"n":3}],"note":"x"}');
  equal(cart.toJSON(), JSON.parse(cart.snapshot()));
  same(cart.pop("note"), "x");
  throws(() => cart.require("note"), { name: "SessionKeyError", key: "cart:note" });
  cart.restore('{"b":1,"a":2}');
  equal([...cart], [["b", 1], ["a", 2]]);
  same(session.get("total"), "other");
  unchanged(session, () => cart.restore('{"c":1,"":2}'));
  cart.clear();
  equal([...session.keys()], ["total", "carton:x"]);
  same(cart.size, 0);
  cart.forEach(() => fail("it is empty"));
});

sessionTest("rule 50: scopes in scopes, listeners, batches, violations and limits of a scope", (session) => {
  const inner = session.scope("a").scope("b");
  same(session.scope("a:b"), inner);
  inner.set("x", 1);
  same(session.get("a:b:x"), 1);
  same(session.scope("a").get("b:x"), 1);
  /** @type {any[]} */
  const heard = [];
  const ends = [
    inner.subscribe("x", (/** @type {any} */ v, /** @type {any} */ c) => heard.push(["one", v, c.key, c.old])),
    inner.subscribe(["x", "y"], (/** @type {any[]} */ cs) => heard.push(["some", ...cs.map((c) => c.key)])),
    inner.subscribe((/** @type {any[]} */ cs) => heard.push(["all", ...cs.map((c) => [c.key, c.value, c.old])])),
  ];
  session.set("a:b:x", 2);
  session.set("a:c", 1);
  session.set("x", 1);
  inner.batch(() => { inner.set("y", 1); session.set("z", 1); });
  equal(heard, [["one", 2, "x", 1], ["some", "x"], ["all", ["x", 2, 1]], ["some", "y"], ["all", ["y", 1, undefined]]]);
  for (const end of ends) end();
  same(session.stats().listeners, 0);
  heard.length = 0;
  inner.subscribe((/** @type {any[]} */ cs) => heard.push(cs.map((c) => c.key)), { immediate: true });
  equal(heard, [["x", "y"]]);
  session.set("fn", () => 1);
  inner.set("fn", () => 1);
  equal(inner.validate().map((/** @type {any} */ v) => v.key), ["a:b:fn"]);
  throws(() => inner.snapshot(), { key: "a:b:fn" });
  same(inner.snapshot({ references: "omit" }), '{"x":2,"y":1}');
  session.enforcement = "enforce";
  throws(() => { inner.state.x = () => 1; }, { key: "a:b:x" });
  throws(() => inner.set("y".repeat(1024), 1), { code: "key-too-long" });
  throws(() => inner.set("", 1), { name: "SessionKeyError" });
});

sessionTest("rule 50: the same node in two scopes and the session has views of its own that write to one place", (session) => {
  session.set("s:o", { list: [] });
  session.state["s:o"].list.push(1);
  session.scope("s").state.o.list.push(2);
  session.state["s:o"].list.push(3);
  equal(session.get("s:o"), { list: [1, 2, 3] });
});

sessionTest("rule 1: 50 MB in one value, growth of the memory at any moment: views survive", (session) => {
  const text = "0123456789é".repeat(4_200_000);
  session.set("small", { a: [1, "é"] }).set("n", 1);
  const view = session.state.small;
  session.set("large", text);
  session.set("n", 2);
  view.a.push(2);
  equal(session.get("small"), { a: [1, "é", 2] });
  same(session.get("large") === text, true);
  session.batch(() => { session.set("large2", { text }); session.set("n", 3); });
  same(session.get("large2").text === text, true);
  session.delete("large");
  session.delete("large2");
  for (let i = 0; i < 1000; i++) session.set(`k${i}`, i);
  equal([session.get("n"), session.get("k999")], [3, 999]);
  same(session.snapshot().length < 20_000, true);
  same(session.status, "open");
});
