// @ts-check
import { test, equal, same, throws } from "./harness.js";
import { SessionLimitError, UnserializableSessionStateError } from "../errors.js";
import { freezePlain, Offence } from "../plain.js";
import { createState, unwrap } from "../state.js";

const STALE = { name: "StaleViewError", code: "stale-view" };

// A session as far as state sees one: a Map of frozen values and references.
function fakeStore(entries = {}, depth = 128) {
  const map = new Map();
  const freeze = (/** @type {unknown} */ value, /** @type {string} */ key, depthUsed = 0, path = "") => {
    const copy = freezePlain(value, depth - depthUsed);
    if (!(copy instanceof Offence)) return copy;
    const { type, reason, hint, code } = copy;
    const fields = { code, key, path: path + copy.path, type, reason, hint };
    throw code === "too-deep" ? new SessionLimitError(reason, fields) : new UnserializableSessionStateError(reason, fields);
  };
  const store = {
    map,
    depth,
    references: new Set(),
    replaced: 0,
    sets: 0,
    /** @type {null | ((key: string) => void)} */
    listener: null,
    /** @type {unknown} */
    refusal: null,
    get: (/** @type {string} */ key) => map.get(key),
    has: (/** @type {string} */ key) => map.has(key),
    keys: () => map.keys(),
    set(/** @type {string} */ key, /** @type {unknown} */ value) {
      store.sets++;
      store.references.delete(key);
      map.set(key, freeze(value, key));
    },
    reference(/** @type {string} */ key, /** @type {unknown} */ value) {
      store.references.add(key);
      map.set(key, value);
    },
    delete: (/** @type {string} */ key) => map.delete(key),
    isPlain: (/** @type {string} */ key) => !store.references.has(key) && typeof map.get(key) === "object" && map.get(key) !== null,
    replace(/** @type {string} */ key, /** @type {unknown} */ node) {
      if (store.refusal) throw store.refusal;
      frozenThroughout(node);
      store.replaced++;
      map.set(key, node);
      store.listener?.(key);
    },
    freeze,
    batch: (/** @type {() => unknown} */ fn) => fn(),
  };
  for (const [key, value] of Object.entries(entries)) store.set(key, value);
  store.sets = 0;
  return store;
}

/** @param {Record<string, unknown>} entries */
function open(entries = {}, depth = 128) {
  const store = fakeStore(entries, depth);
  const { state, mutate } = createState(store);
  return { store, state: /** @type {any} */ (state), mutate };
}

function frozenThroughout(/** @type {any} */ value) {
  if (typeof value !== "object" || value === null) return;
  same(Object.isFrozen(value), true, "frozen");
  for (const part of Object.values(value)) frozenThroughout(part);
}

// Runs fn and holds it to a number of changes.
function changes(/** @type {any} */ store, /** @type {number} */ count, /** @type {() => unknown} */ fn) {
  const before = store.replaced;
  const result = fn();
  same(store.replaced - before, count, "changes");
  return result;
}

const todos = () => [{ title: "a", done: false, tags: ["x"] }, { title: "b", done: false, tags: [] }, { title: "c", done: true, tags: [] }];

test("rule 2, 5: state reads, writes, tells and deletes entries", () => {
  const { store, state } = open({ n: 1, s: "x", nothing: null });
  same(state.n, 1);
  same(state.nothing, null);
  same(state.missing, undefined);
  same("nothing" in state, true);
  same("missing" in state, false);
  state.count ??= 0;
  state.count++;
  same(store.get("count"), 1);
  same(delete state.n, true);
  same(delete state.n, true);
  same(store.has("n"), false);
  equal(Object.keys(state), ["s", "nothing", "count"]);
  equal({ ...state }, { s: "x", nothing: null, count: 1 });
  equal(state, { s: "x", nothing: null, count: 1 });
  same(JSON.stringify(open({ a: [{ b: 1 }] }).state), '{"a":[{"b":1}]}');
});

test("rule 4, 12: names of methods and of Object.prototype are ordinary keys of state", () => {
  const { state, store } = open();
  for (const key of ["then", "toString", "constructor", "__proto__", "keys", "set", "hasOwnProperty"]) {
    same(state[key], undefined);
    same(key in state, false);
    state[key] = { of: key };
    equal(store.get(key), { of: key });
    same(state[key].of, key);
  }
  same(Object.getPrototypeOf(state), null);
  state[3] = "three";
  same(store.get("3"), "three");
});

test("rule 4: state refuses symbols, accessors, freezing and a prototype", () => {
  const { state } = open({ a: 1 });
  same(state[Symbol.iterator], undefined);
  same(Symbol.iterator in state, false);
  throws(() => (state[Symbol.iterator] = 1), { name: "TypeError" });
  same(delete state[Symbol.iterator], true);
  throws(() => Object.defineProperty(state, "a", { get: () => 1 }), { name: "TypeError" });
  throws(() => Object.defineProperty(state, "a", { value: 1, writable: false }), { name: "TypeError" });
  throws(() => Object.freeze(state), { name: "TypeError" });
  throws(() => Object.setPrototypeOf(state, {}), { name: "TypeError" });
  Object.defineProperty(state, "b", { value: 2 });
  same(state.b, 2);
  equal(Object.getOwnPropertyDescriptor(state, "b"), { value: 2, writable: true, enumerable: true, configurable: true });
  same(Object.getOwnPropertyDescriptor(state, "missing"), undefined);
  const heir = Object.create(state);
  heir.own = 1;
  same(state.own, undefined);
});

test("rule 15: references are given as they are", () => {
  const { store, state } = open();
  const date = new Date(0);
  const fn = (/** @type {number} */ n) => n + 1;
  store.reference("date", date);
  store.reference("fn", fn);
  same(state.date, date);
  same(state.fn(3), 4);
});

test("rule 9: views behave as the arrays and objects they stand for", () => {
  const { state } = open({ todos: todos(), o: { a: { b: 1 }, c: [1, 2] } });
  same(state.todos === state.todos, true);
  same(state.todos[0] === state.todos[0], true);
  same(state.o.a === state.o.a, true);
  same(Array.isArray(state.todos), true);
  same(Array.isArray(state.o), false);
  same(state.todos instanceof Array, true);
  equal(state.todos, todos());
  equal([...state.todos], todos());
  equal({ ...state.o }, { a: { b: 1 }, c: [1, 2] });
  equal(Object.keys(state.o), ["a", "c"]);
  equal(Object.keys(state.todos), ["0", "1", "2"]);
  equal(Reflect.ownKeys(state.o.c), ["0", "1", "length"]);
  equal(Object.entries(state.o.c), [["0", 1], ["1", 2]]);
  same("a" in state.o, true);
  same("z" in state.o, false);
  same("toString" in state.o, true);
  same(1 in state.todos, true);
  same(3 in state.todos, false);
  same(state.todos.length, 3);
  same(state.todos.missing, undefined);
  same(String(state.o), "[object Object]");
  same(state.o.hasOwnProperty("a"), true);
  same(Object.hasOwn(state.o, "b"), false);
  same(`${state.o.c}`, "1,2");
  const [first, ...rest] = state.todos;
  same(first, state.todos[0]);
  same(rest.length, 2);
  const { a: { b } } = state.o;
  same(b, 1);
  const names = [];
  for (const name in state.o) names.push(name);
  equal(names, ["a", "c"]);
  equal(Object.getOwnPropertyDescriptor(state.o.c, "length"), { value: 2, writable: true, enumerable: false, configurable: false });
  equal(Object.getOwnPropertyDescriptor(state.o, "c"), { value: [1, 2], writable: true, enumerable: true, configurable: true });
  same(Object.getOwnPropertyDescriptor(state.o, "z"), undefined);
  same(Object.isFrozen(state.o), false);
});

test("rule 9: reading array methods work with views and with nodes", () => {
  const { store, state } = open({ todos: todos(), n: [[1, [2]], [3]] });
  const view = state.todos;
  const [, second] = view;
  same(view.indexOf(second), 1);
  same(view.indexOf(store.get("todos")[1]), 1);
  same(view.includes(second), true);
  same(view.includes({}), false);
  same(view.lastIndexOf(second), 1);
  same(view.lastIndexOf(second, 0), -1);
  same(view.indexOf(second, 2), -1);
  same(view.find((/** @type {any} */ t) => t.title === "b"), second);
  same(view.filter((/** @type {any} */ t) => !t.done)[1], second);
  equal(view.map((/** @type {any} */ t) => t.title), ["a", "b", "c"]);
  same(view.at(-1), view[2]);
  equal(view.slice(1).length, 2);
  equal(view.concat([1]).length, 4);
  equal(state.n.flat(2), [1, 2, 3]);
  same(view.some((/** @type {any} */ t) => t.done), true);
  same(view.reduce((/** @type {string} */ all, /** @type {any} */ t) => all + t.title, ""), "abc");
  equal([...view.entries()].length, 3);
  equal(Array.from(view, (/** @type {any} */ t) => t.title), ["a", "b", "c"]);
  same(view.push === view.push, true);
  equal(/** @type {any} */ (view.push).call([1], 2), 2);
});

test("rule 9: each assignment and deletion is one change, other parts keep their identity", () => {
  const { store, state } = open({ todos: todos(), o: { a: { x: 1 }, b: { y: 1 } } });
  const before = store.get("todos");
  changes(store, 1, () => (state.todos[1].done = true));
  const after = store.get("todos");
  same(after[1].done, true);
  same(after === before, false);
  same(after[0] === before[0] && after[2] === before[2] && after[1].tags === before[1].tags, true, "identity of untouched parts");
  same(before[1].done, false);
  changes(store, 1, () => delete state.o.a);
  equal(store.get("o"), { b: { y: 1 } });
  changes(store, 0, () => delete state.o.a);
  changes(store, 1, () => (state.o.c = [1, { z: 1 }]));
  changes(store, 1, () => (state.todos[3] = "appended"));
  same(store.get("todos").length, 4);
  changes(store, 1, () => Object.defineProperty(state.o, "d", { value: 1 }));
  same(store.get("o").d, 1);
  changes(store, 2, () => Object.assign(state.o, { e: 1, f: 2 }));
});

test("rule 10: an equal value is no change", () => {
  const { store, state } = open({ o: { n: 1, zero: 0, list: [1, { a: 1, b: 2 }] }, l: [1, 2] });
  const before = store.get("o");
  changes(store, 0, () => {
    state.o.n = 1;
    state.o.zero = -0;
    state.o.list = [1, { a: 1, b: 2 }];
    state.o.list[1] = { a: 1, b: 2 };
    state.o.list = state.o.list;
    state.o = state.o;
    state.l.sort();
    state.l.push();
    state.l.splice(0, 1, 1);
    state.l.fill(2, 1);
    state.l.length = 2;
    state.l.copyWithin(0, 0);
  });
  same(store.sets, 0);
  same(store.get("o"), before);
  changes(store, 1, () => (state.o.list[1] = { b: 2, a: 1 }));
});

test("rule 9: views stay good through their own writes and those of their parts", () => {
  const { store, state } = open({ todos: todos() });
  const list = state.todos;
  const [first] = list;
  first.done = true;
  first.tags.push("y");
  first.title = "A";
  list.push({ title: "d", done: false, tags: [] });
  list[3].done = true;
  same(list.length, 4);
  same(state.todos, list);
  same(state.todos[0], first);
  equal(first, { title: "A", done: true, tags: ["x", "y"] });
  equal(store.get("todos")[3], { title: "d", done: true, tags: [] });
});

test("rule 9: a view whose node was moved throws and changes nothing", () => {
  const { store, state } = open({ todos: todos() });
  const [first, second] = state.todos;
  changes(store, 1, () => state.todos.shift());
  const value = store.get("todos");
  throws(() => (first.done = true), { ...STALE, key: "todos", path: "/0", message: /todos/ });
  throws(() => second.title, { ...STALE, path: "/1" });
  throws(() => delete second.title, STALE);
  throws(() => Object.keys(first), STALE);
  throws(() => "a" in first, STALE);
  throws(() => first.tags, STALE);
  same(store.get("todos"), value);
  same(state.todos[0].title, "b");
  state.todos[0].title = "B";
  same(store.get("todos")[0].title, "B");
});

test("rule 9: set, delete and in-place assignment above make views stale; an unchanged part stays good", () => {
  const { store, state } = open({ o: { a: { b: { c: 1 } }, z: {} } });
  const { a, z } = state.o;
  const { b } = a;
  state.o.a = { b: { c: 2 } };
  throws(() => a.b, STALE);
  throws(() => b.c, STALE);
  equal(z, {});
  const root = state.o;
  state.o = { a: {} };
  throws(() => root.a, STALE);
  throws(() => z.x, STALE);
  const again = state.o;
  delete state.o;
  throws(() => again.a, STALE);
  state.o = 5;
  throws(() => again.a, STALE);
  store.reference("o", new Proxy({}, { get() { throw new Error("read a reference"); } }));
  throws(() => again.a, STALE);
});

test("rule 9, 23: when a rollback puts nodes back their views are good again, those of the rolled-back nodes stale", () => {
  const { store, state } = open({ todos: todos() });
  const list = state.todos;
  const [first, second] = list;
  const saved = store.get("todos");
  state.todos = [{ title: "new" }];
  const rolledBack = state.todos[0];
  throws(() => first.title, STALE);
  store.map.set("todos", saved);
  same(first.title, "a");
  same(state.todos, list);
  same(state.todos[1], second);
  throws(() => rolledBack.title, STALE);
  second.done = true;
  store.map.set("todos", saved);
  throws(() => second.done, STALE);
  same(first.title, "a");
  same(state.todos[1].done, false);
  state.todos.shift();
  const moved = state.todos[0];
  same(moved.title, "b");
  store.map.set("todos", saved);
  throws(() => moved.title, STALE);
  same(first.title, "a");
  same(state.todos[0], first);
  first.done = true;
  same(state.todos[0], first);
});

test("rule 9: swapping moves the values, as on a plain array", () => {
  const { store, state, mutate } = open({ l: [{ n: 0 }, { n: 1 }, { n: 2 }] });
  [state.l[0], state.l[2]] = [state.l[2], state.l[0]];
  equal(store.get("l"), [{ n: 2 }, { n: 1 }, { n: 0 }]);
  mutate("l", (l) => {
    [l[0], l[1]] = [l[1], l[0]];
    l[0].n = 7;
  });
  equal(store.get("l"), [{ n: 7 }, { n: 2 }, { n: 0 }]);
});

test("rule 9: views given as values are taken as plain copies, deep in new objects too", () => {
  const { store, state } = open({ todos: todos(), o: {} });
  state.copy = state.todos;
  equal(store.get("copy"), todos());
  same(store.get("copy") === store.get("todos"), false);
  state.o.a = state.todos[0];
  state.o.list = [{ deep: state.todos[1] }, state.todos[2].tags];
  equal(store.get("o").list, [{ deep: todos()[1] }, []]);
  same(store.get("o").a === store.get("todos")[0], false);
  state.o.a.title = "changed";
  same(store.get("todos")[0].title, "a");
  state.todos = state.todos.filter((/** @type {any} */ t) => !t.done);
  equal(store.get("todos"), todos().slice(0, 2));
  state.todos.push(state.todos[0], ...state.todos);
  same(store.get("todos").length, 5);
  same(new Set(store.get("todos")).size, 5, "distinct nodes");
  state.todos.push(state.todos.shift());
  same(store.get("todos").length, 5);
  same(unwrap(state.todos), store.get("todos"));
  same(unwrap(5), 5);
  const plain = {};
  same(unwrap(plain), plain);
});

test("rule 9: each mutating array method is one change and gives what the native one gives", () => {
  const cases = /** @type {[string, unknown[], unknown[]][]} */ ([
    ["push", [4], [1, 2, 3]], ["push", [4, 5, 6], [1]], ["push", [], [1]], ["pop", [], [1, 2]], ["pop", [], []], ["shift", [], [1, 2]], ["shift", [], []],
    ["unshift", [0], [1]], ["unshift", [8, 9], [1, 2]], ["unshift", [], [1]],
    ["splice", [], [1, 2]], ["splice", [1], [1, 2, 3]], ["splice", [1, 1], [1, 2, 3]], ["splice", [1, 0, "a", "b"], [1, 2, 3]], ["splice", [-1, 5, "z"], [1, 2, 3]],
    ["splice", [undefined], [1, 2]], ["splice", [0, undefined], [1, 2]], ["splice", ["1", "1"], [1, 2, 3]], ["splice", [9, 9, 9], [1]], ["splice", [-9, 1], [1, 2]], ["splice", [NaN, Infinity], [1, 2]],
    ["sort", [], [3, 10, 1, "b"]], ["sort", [(/** @type {number} */ a, /** @type {number} */ b) => b - a], [1, 3, 2]], ["reverse", [], [1, 2, 3]], ["reverse", [], []],
    ["fill", [0], [1, 2, 3]], ["fill", ["x", 1], [1, 2, 3]], ["fill", [7, -2, -1], [1, 2, 3]], ["fill", [7, 2, 1], [1, 2, 3]], ["fill", [7, -9, 9], [1, 2]],
    ["copyWithin", [0, 1], [1, 2, 3]], ["copyWithin", [1, 0, 2], [1, 2, 3, 4]], ["copyWithin", [-1, 0], [1, 2, 3]], ["copyWithin", [0, -1, undefined], [1, 2, 3]],
  ]);
  for (const [name, args, start] of cases) {
    const want = /** @type {any} */ (start.slice());
    const wanted = want[name](...args);
    const { store, state, mutate } = open({ l: start });
    const view = state.l;
    const got = changes(store, JSON.stringify(want) === JSON.stringify(start) ? 0 : 1, () => view[name](...args));
    equal(store.get("l"), want, `${name}(${args})`);
    if (wanted === want) same(got, view, `${name} returns the array`);
    else equal(got, wanted, `result of ${name}(${args})`);
    same(state.l, view);
    state.l = start;
    const returned = mutate("l", (draft) => {
      draft.push("touched");
      draft.pop();
      return draft[name](...args);
    });
    equal(store.get("l"), want, `draft.${name}(${args})`);
    equal(returned, wanted, `result of draft.${name}(${args})`);
  }
});

test("rule 9: nodes that stay in an array keep their identity, those put in twice are copied", () => {
  const { store, state } = open({ l: [{ n: 3 }, { n: 1 }, { n: 2 }] });
  const [three, one, two] = store.get("l");
  const check = (/** @type {unknown[]} */ ...nodes) => nodes.forEach((node, i) => same(store.get("l")[i], node, `node ${i}`));
  state.l.sort((/** @type {any} */ a, /** @type {any} */ b) => a.n - b.n);
  check(one, two, three);
  state.l.reverse();
  check(three, two, one);
  state.l.splice(1, 0, { n: 9 });
  same(store.get("l")[0] === three && store.get("l")[2] === two && store.get("l")[3] === one, true);
  const removed = state.l.splice(1, 1);
  equal(removed, [{ n: 9 }]);
  check(three, two, one);
  same(state.l.pop(), one);
  same(state.l.shift(), three);
  state.l.unshift({ n: 0 });
  state.l.copyWithin(0, 1);
  equal(store.get("l"), [{ n: 2 }, { n: 2 }]);
  same(store.get("l")[1], two);
  same(store.get("l")[0] === two, false);
  const value = { v: 1 };
  state.l.fill(value);
  same(store.get("l")[0] === store.get("l")[1] || store.get("l")[0] === value, false);
  equal(store.get("l"), [{ v: 1 }, { v: 1 }]);
});

test("rule 9, 16: holes are refused: gaps, growing, deleting an index", () => {
  const { store, state } = open({ l: [1, 2, 3] });
  const hole = { name: "UnserializableSessionStateError", code: "unserializable", type: "hole", key: "l" };
  changes(store, 0, () => {
    throws(() => (state.l[5] = 1), { ...hole, path: "/3" });
    throws(() => (state.l.length = 4), { ...hole, path: "/3" });
    throws(() => delete state.l[1], { ...hole, path: "/1" });
    throws(() => (state.l.name = "x"), { type: "extra property", path: "/name" });
    throws(() => (state.l["01"] = "x"), { type: "extra property", path: "/01" });
    throws(() => (state.l.length = -1), { name: "RangeError" });
    throws(() => (state.l.length = 1.5), { name: "RangeError" });
    same(Reflect.deleteProperty(state.l, "length"), false);
    same(delete state.l[7], true);
  });
  changes(store, 1, () => (state.l.length = 1));
  equal(store.get("l"), [1]);
  changes(store, 1, () => (state.l.length = 0));
  changes(store, 1, () => (state.l[0] = "again"));
});

test("rule 14, 18: what cannot be stored is refused with its whole path, nothing changes", () => {
  const { store, state } = open({ o: { a: [{}] } }, 4);
  const before = store.get("o");
  throws(() => (state.o.a[0].fn = () => 1), { name: "UnserializableSessionStateError", key: "o", path: "/a/0/fn", type: "function" });
  throws(() => (state.o.a[0]["x/y"] = [1, new Date(0)]), { path: "/a/0/x~1y/1", type: "Date" });
  throws(() => (state.o.b = undefined), { path: "/b", type: "undefined" });
  throws(() => state.o.a.push(1, NaN), { path: "/a/2", type: "NaN" });
  throws(() => state.o.a.splice(-1, 0, 1n), { path: "/a/0", type: "bigint" });
  throws(() => state.o.a.fill(Symbol()), { path: "/a/0", type: "symbol" });
  throws(() => (state.o["\ud800"] = 1), { type: "lone surrogate" });
  throws(() => (state.o.a[0].deep = [[]]), { name: "SessionLimitError", path: "/a/0/deep/0" });
  throws(() => (state.o[Symbol("s")] = 1), { name: "TypeError" });
  throws(() => Object.defineProperty(state.o, "x", { get: () => 1 }), { name: "TypeError" });
  throws(() => Object.defineProperty(state.o, "x", { value: 1, enumerable: false }), { name: "TypeError" });
  throws(() => Object.freeze(state.o), { name: "TypeError" });
  throws(() => Object.freeze(state.o.a), { name: "TypeError" });
  throws(() => Object.setPrototypeOf(state.o, null), { name: "TypeError" });
  same(store.get("o"), before);
  state.o.a[0].deep = [];
});

test("rule 9: when the session refuses the new value the views stand where they stood", () => {
  const { store, state, mutate } = open({ o: { a: { n: 1 } } });
  const { a } = state.o;
  store.refusal = new SessionLimitError("too large", { code: "value-too-large" });
  throws(() => (a.n = 2), { code: "value-too-large" });
  throws(() => mutate("o", (o) => (o.a.n = 2)), { code: "value-too-large" });
  store.refusal = null;
  same(a.n, 1);
  same(state.o.a, a);
  a.n = 3;
  same(store.get("o").a.n, 3);
});

test("rule 9, 22: listeners that run inside a write read and write through the same views", () => {
  const { store, state } = open({ o: { n: 0, list: [] } });
  const view = state.o;
  store.listener = () => {
    if (view.n < 3) view.n++;
  };
  view.list.push("x");
  equal(store.get("o"), { n: 3, list: ["x"] });
  equal(view, { n: 3, list: ["x"] });
});

test("rule 9: page code that runs during a write cannot be overwritten by it", () => {
  const { store, state } = open({ o: {}, l: [3, 2, 1] });
  state.o.a = { get b() { state.o.c = 1; return 2; } };
  equal(store.get("o"), { c: 1, a: { b: 2 } });
  throws(() => state.l.sort((/** @type {number} */ a, /** @type {number} */ b) => { state.l[0] = 9; return a - b; }), STALE);
  equal(store.get("l"), [9, 2, 1]);
  state.l.splice({ valueOf() { state.l.push(0); return 0; } }, 1);
  equal(store.get("l"), [2, 1, 0]);
  state.l.push({ get grown() { state.l.length = 0; return 1; } });
  equal(store.get("l"), [{ grown: 1 }]);
});

test("rule 4, 19: __proto__ and its like are ordinary members through a view", () => {
  const { store, state, mutate } = open({ o: {}, p: JSON.parse('{"__proto__": {"a": 1}, "constructor": {"b": 1}}') });
  same(state.o.__proto__, undefined);
  same("__proto__" in state.o, false);
  state.o.__proto__ = { polluted: [1] };
  same(state.o.__proto__.polluted[0], 1);
  same(Object.hasOwn(store.get("o"), "__proto__"), true);
  same("__proto__" in state.o, true);
  state.o.__proto__.polluted.push(2);
  equal(store.get("o"), JSON.parse('{"__proto__": {"polluted": [1, 2]}}'));
  same(Object.getPrototypeOf(store.get("o")), Object.prototype);
  same(/** @type {any} */ ({}).polluted, undefined);
  state.p.__proto__.a = 2;
  state.p.constructor.b = 2;
  mutate("p", (p) => {
    p.__proto__.c = 3;
    p.toString = "x";
  });
  equal(store.get("p"), JSON.parse('{"__proto__": {"a": 2, "c": 3}, "constructor": {"b": 2}, "toString": "x"}'));
  delete state.o.__proto__;
  equal(Object.keys(store.get("o")), []);
  same(state.p.valueOf === Object.prototype.valueOf, true);
});

test("rule 9: nested arrays", () => {
  const { store, state } = open({ grid: [[1, 2], [3, 4]] });
  const rows = [...state.grid];
  changes(store, 1, () => (state.grid[1][0] = 9));
  equal(store.get("grid"), [[1, 2], [9, 4]]);
  rows[0].push(5);
  state.grid.push([6]);
  state.grid[2].unshift([7]);
  state.grid[2][0][0]++;
  equal(store.get("grid"), [[1, 2, 5], [9, 4], [[8], 6]]);
  equal(rows[1], [9, 4]);
});

test("rule 9: native methods called on a view from outside write one by one, and cannot leave a hole", () => {
  const { store, state } = open({ l: [3, 2] });
  Array.prototype.push.call(state.l, 0);
  Array.prototype.sort.call(state.l);
  equal(store.get("l"), [0, 2, 3]);
  throws(() => Array.prototype.shift.call(state.l), { type: "hole" });
  state.l = [0, 2, 3];
  const heir = Object.create(state.l);
  heir.x = 1;
  equal(store.get("l"), [0, 2, 3]);
});

test("rule 9: mutate is one change, returns what the function returns, and keeps untouched parts", () => {
  const { store, state, mutate } = open({ todos: todos(), o: { a: 1 } });
  const before = store.get("todos");
  const result = changes(store, 1, () => mutate("todos", (d) => {
    d[0].done = true;
    d[0].tags.push("y", "z");
    d.push({ title: "d" });
    d[3].title += "!";
    same(d.length, 4);
    same(store.get("todos"), before);
    return d.length;
  }));
  same(result, 4);
  equal(store.get("todos"), [{ title: "a", done: true, tags: ["x", "y", "z"] }, ...todos().slice(1), { title: "d!" }]);
  same(store.get("todos")[1], before[1]);
  same(before[0].done, false);
  changes(store, 0, () => mutate("todos", (d) => void d.length));
  changes(store, 0, () => mutate("o", (d) => { d.a = 2; d.a = 1; }));
  same(state.o.a, 1);
});

test("rule 9: in a draft, parts that end as they began keep their identity", () => {
  const { store, mutate } = open({ o: { a: { n: 1, deep: [1] }, b: 1 } });
  const before = store.get("o");
  mutate("o", (d) => {
    d.a.n = 2;
    d.a.deep.push(2);
    d.a.deep.pop();
    d.a.n = 1;
    d.b = 2;
  });
  same(store.get("o").a, before.a);
  same(store.get("o").b, 2);
});

test("rule 9: after mutate the views of written places stay good, those of moved nodes do not", () => {
  const { state, mutate } = open({ todos: todos(), o: { a: { n: 1 } } });
  const list = state.todos;
  const [first, second] = list;
  const { a } = state.o;
  mutate("todos", (d) => {
    d[0].done = true;
    d.push(1);
  });
  same(list.length, 4);
  same(first.done, true);
  same(state.todos, list);
  same(state.todos[0], first);
  mutate("todos", (d) => {
    d.shift();
    d[0].done = true;
  });
  same(list.length, 3);
  throws(() => first.done, STALE);
  throws(() => second.done, STALE);
  mutate("o", (d) => (d.a = { n: 2 }));
  throws(() => a.n, STALE);
});

test("rule 9: a draft that throws or is asynchronous changes nothing; it is dead afterwards", () => {
  const { store, mutate } = open({ o: { a: { n: 1 } } });
  const before = store.get("o");
  let kept = /** @type {any} */ (null);
  let part = /** @type {any} */ (null);
  throws(() => mutate("o", (d) => {
    kept = d;
    part = d.a;
    d.a.n = 2;
    throw new RangeError("mine");
  }), { name: "RangeError", message: "mine" });
  throws(() => kept.a, STALE);
  throws(() => (part.n = 3), STALE);
  throws(() => unwrap(part), STALE);
  let ran = false;
  throws(() => mutate("o", async (d) => { ran = true; d.a.n = 3; }), { name: "SessionUsageError", code: "async-mutate", key: "o" });
  same(ran, false);
  throws(() => mutate("o", (d) => { d.a.n = 3; return { then() {} }; }), { code: "async-mutate" });
  throws(() => mutate("o", (d) => { d.a.n = 3; return Promise.resolve(); }), { code: "async-mutate" });
  same(store.get("o"), before);
});

test("rule 9: mutate refuses what is no array or object", () => {
  const { store, mutate } = open({ n: 1, nothing: null });
  store.reference("date", new Date(0));
  for (const key of ["n", "nothing", "missing", "date"]) {
    const error = throws(() => mutate(key, () => 1), { name: "SessionUsageError", code: "not-mutable", key });
    same(typeof error.hint, "string");
  }
});

test("rule 9: a draft returned is given as its frozen value; what leaves it is frozen", () => {
  const { store, mutate } = open({ o: { a: { n: 1 }, l: [{ n: 1 }, { n: 2 }] } });
  same(mutate("o", (d) => { d.a.n = 2; return d.a; }), store.get("o").a);
  same(store.get("o").a.n, 2);
  same(mutate("o", (d) => d), store.get("o"));
  const removed = /** @type {any} */ (mutate("o", (d) => {
    d.l[0].n = 5;
    return d.l.splice(0, 1);
  }));
  equal(removed, [{ n: 5 }]);
  frozenThroughout(removed[0]);
  equal(store.get("o").l, [{ n: 2 }]);
  mutate("o", (d) => {
    d.l.push({ n: 1 });
    d.l[0].n = 3;
    d.l[1].n = 0;
    const [first] = d.l;
    d.l.sort((/** @type {any} */ x, /** @type {any} */ y) => {
      throws(() => (x.n = 9), { name: "TypeError" });
      return x.n - y.n;
    });
    throws(() => first.n, STALE);
    d.l[1].n = 4;
    d.l.push(d.l.shift());
  });
  equal(store.get("o").l, [{ n: 4 }, { n: 0 }]);
  throws(() => mutate("o", (d) => { const [x] = d.l; d.l.reverse(); return x; }), STALE);
});

test("rule 9: writes by other means while mutate runs are not overwritten", () => {
  const { store, state, mutate } = open({ o: { n: 1 } });
  throws(() => mutate("o", (d) => {
    state.o.other = 1;
    d.n = 2;
  }), STALE);
  equal(store.get("o"), { n: 1, other: 1 });
  mutate("o", (d) => {
    same(d.n, 1);
    mutate("o", (inner) => { inner.n = 5; });
  });
  equal(store.get("o"), { n: 5, other: 1 });
});

test("rule 9: drafts take views and drafts as values", () => {
  const { store, state, mutate } = open({ o: { a: { n: 1 }, l: [] }, other: { z: [1] } });
  mutate("o", (d) => {
    d.a.n = 2;
    d.b = d.a;
    d.l.push(d.a, { in: d.a }, state.other);
    d.a.n = 3;
    state.outside = d.a;
    d.a.n = 4;
  });
  equal(store.get("o"), { a: { n: 4 }, l: [{ n: 2 }, { in: { n: 2 } }, { z: [1] }], b: { n: 2 } });
  equal(store.get("outside"), { n: 3 });
  state.outside.n = 9;
  same(store.get("o").a.n, 4);
});

test("rule 18: a value 1,000 deep is read and written", () => {
  let value = /** @type {any} */ ({ n: 1 });
  for (let i = 1; i < 1000; i++) value = { in: value };
  const { store, state, mutate } = open({ deep: value }, 1000);
  const at = (/** @type {any} */ from) => {
    let view = from;
    while (view.in) view = view.in;
    return view;
  };
  at(state.deep).n = 2;
  same(at(store.get("deep")).n, 2);
  mutate("deep", (d) => { at(d).n = 3; });
  same(at(store.get("deep")).n, 3);
  throws(() => (at(state.deep).in = {}), { name: "SessionLimitError" });
});

// A seeded model test: the same random operations on views (or in drafts) and on a plain object.
function random(/** @type {number} */ seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function modelTest(/** @type {number} */ seed, /** @type {number} */ steps, /** @type {boolean} */ drafts) {
  const next = random(seed);
  const pick = (/** @type {number} */ n) => Math.floor(next() * n);
  const { store, state, mutate } = open({ root: { list: [1, [2], { n: 3 }], o: {} } });
  let model = JSON.parse(JSON.stringify(store.get("root")));

  /** @returns {any} */
  const fresh = (depth = 0) => {
    const kind = pick(depth > 1 ? 4 : 7);
    if (kind < 2) return pick(5);
    if (kind === 2) return "s" + pick(4);
    if (kind === 3) return [null, true, false][pick(3)];
    if (kind < 6) return Object.fromEntries(Array.from({ length: pick(3) }, () => [["a", "b", "__proto__", "7"][pick(4)], fresh(depth + 1)]));
    return Array.from({ length: pick(4) }, () => /** @type {unknown} */ (fresh(depth + 1)));
  };
  const copy = (/** @type {any} */ value) => JSON.parse(JSON.stringify(value));
  const own = (/** @type {any} */ target, /** @type {string} */ name, /** @type {unknown} */ value) => Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });

  // Walks to a random container; gives its path.
  const somewhere = () => {
    const path = [];
    for (let node = model; ; ) {
      const inside = Object.keys(node).filter((name) => typeof node[name] === "object" && node[name] !== null);
      if (inside.length === 0 || path.length > 5 || pick(4) === 0) return path;
      path.push(inside[pick(inside.length)]);
      node = node[/** @type {string} */ (path.at(-1))];
    }
  };
  const follow = (/** @type {any} */ from, /** @type {string[]} */ path) => path.reduce((node, name) => node[name], from);

  function step(/** @type {any} */ live) {
    const path = somewhere();
    const target = follow(model, path);
    const view = follow(live, path);
    if (Array.isArray(target)) {
      const value = fresh();
      const n = pick(target.length + 1);
      const m = pick(3);
      const by = (/** @type {any} */ x, /** @type {any} */ y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : JSON.stringify(x) > JSON.stringify(y) ? 1 : 0);
      const run = [
        (/** @type {any} */ l) => l.push(copy(value), m), (/** @type {any} */ l) => l.pop(), (/** @type {any} */ l) => l.shift(), (/** @type {any} */ l) => l.unshift(copy(value)),
        (/** @type {any} */ l) => l.splice(n, m, ...(m ? [copy(value)] : [])), (/** @type {any} */ l) => void l.sort(by), (/** @type {any} */ l) => void l.reverse(),
        (/** @type {any} */ l) => void l.fill(m, n, n + 2), (/** @type {any} */ l) => void (l[n] = copy(value)), (/** @type {any} */ l) => void (l.length = Math.min(n, l.length)),
      ][pick(10)];
      equal(run(view), run(target));
      if (target.length > 12) {
        target.length = 6;
        view.length = 6;
      }
      return;
    }
    const name = ["a", "b", "c", "__proto__", "10"][pick(5)];
    if (pick(3) === 0) {
      delete target[name];
      delete view[name];
    } else {
      const value = fresh();
      own(target, name, copy(value));
      view[name] = value;
    }
  }

  // Every part that is equal at its place before and after must be the same node.
  function identity(/** @type {any} */ before, /** @type {any} */ after) {
    if (typeof before !== "object" || typeof after !== "object" || before === null || after === null || before === after) return;
    same(JSON.stringify(before) === JSON.stringify(after), false, "an equal part is the same node");
    if (Array.isArray(before)) return; // nodes move in arrays
    for (const name of Object.keys(after)) if (Object.hasOwn(before, name)) identity(before[name], after[name]);
  }

  for (let i = 0; i < steps; i++) {
    const before = store.get("root");
    if (drafts) mutate("root", (d) => { for (let j = pick(6); j >= 0; j--) step(d); });
    else step(state.root);
    if (i % 20 === 0 || i === steps - 1) {
      equal(store.get("root"), model, `seed ${seed} step ${i}`);
      equal(state.root, model, "through the view");
      identity(before, store.get("root"));
      if (JSON.stringify(model).length > 4000) {
        model = { list: [], o: {} };
        state.root = model;
      }
    }
  }
}

test("rule 9: 20,000 random operations through views end as on a plain object", () => modelTest(7, 20000, false));
test("rule 9: 5,000 random drafts end as on a plain object", () => modelTest(11, 5000, true));

// Views that are kept while everything changes: each either reads its own place or throws, and never writes elsewhere.
test("rule 9: views kept through 20,000 random writes are right or stale", () => {
  const next = random(3);
  const pick = (/** @type {number} */ n) => Math.floor(next() * n);
  const { store, state, mutate } = open({ l: [] });
  let id = 0;
  const row = () => ({ id: id++, n: 0 });
  /** @type {{view: any, id: number}[]} */
  const kept = [];
  let good = 0;
  for (let i = 0; i < 20000; i++) {
    const list = state.l;
    if (list.length < 5) list.push(row(), row(), row());
    if (pick(3) === 0) {
      const view = list[pick(list.length)];
      kept.push({ view, id: view.id });
      if (kept.length > 30) kept.splice(pick(30), 1);
    }
    [() => list.shift(), () => list.push(row()), () => list.reverse(), () => list.sort((/** @type {any} */ a, /** @type {any} */ b) => a.id - b.id), () => (list[pick(list.length)].n = i),
      () => (list[pick(list.length)] = row()), () => mutate("l", (d) => void (d[pick(d.length)].n = -i)), () => { const saved = store.get("l"); list.shift(); list[0].n = i; store.map.set("l", saved); }][pick(8)]();
    if (kept.length === 0) continue;
    const { view, id: own } = kept[pick(kept.length)];
    const before = store.get("l");
    try {
      view.n = 1000000 + i;
    } catch (error) {
      same(/** @type {any} */ (error).code, "stale-view");
      same(store.get("l"), before, "a stale write changes nothing");
      continue;
    }
    good++;
    const changed = store.get("l").filter((/** @type {any} */ node, /** @type {number} */ at) => node !== before[at]);
    equal(changed.map((/** @type {any} */ node) => node.id), [own], "the row that was written");
  }
  same(good > 500, true, `good writes: ${good}`);
});
