// @ts-check
// session.state, the views it gives, and the drafts of mutate (rule 9).
import { SessionUsageError, StaleViewError, UnserializableSessionStateError } from "./errors.js";
import { assign, equalPlain, EXTRA, HOLE, isPlainPrimitive, LONE_NAME, resolveViews, typeName } from "./plain.js";
import { Home, nodesTo, Place, pointerTo, Views } from "./place.js";

const { freeze, hasOwn } = Object;
const { isArray } = Array;

/** @typedef {import("./plain.js").Node} Node */
/** @typedef {import("./plain.js").Cause} Cause */

/**
 * What state needs of a session.
 * @typedef {object} Store
 * @property {(key: string) => unknown} get the frozen value, what is held by reference, or undefined when absent
 * @property {(key: string) => boolean} has
 * @property {() => Iterable<string>} keys
 * @property {(key: string, value: unknown) => void} set copies and checks; throws what refuses it
 * @property {(key: string) => boolean} delete
 * @property {(key: string) => boolean} isPlain whether the entry is an array or object that JSON represents
 * @property {(key: string, node: any) => void} replace takes exactly this node, frozen and checked, as the new value; throws with nothing changed
 * @property {(value: unknown, key: string, depthUsed: number, path: string) => unknown} freeze freezePlain with the depth that is left;
 *   throws what refuses it, naming the key and a path that begins with the given one
 */

/** @param {Store} store */
export function createState(store) {
  const tree = new LiveTree(store);
  return {
    state: new StateHandler(store, tree).proxy,
    mutate: (/** @type {string} */ key, /** @type {(draft: any) => unknown} */ fn) => mutate(tree, key, fn),
  };
}

/** The node that a view stands for (a stale one: was taken from); any other value as it is. */
export function unwrap(/** @type {any} */ value) {
  return nodeOf(value) ?? value;
}

/** @type {WeakMap<any, View>} */
const viewOf = new WeakMap();

function nodeOf(/** @type {any} */ value) {
  return viewOf.get(value)?.value();
}

// ---- session.state

class StateHandler {
  constructor(/** @type {Store} */ store, /** @type {LiveTree} */ tree) {
    this.store = store;
    this.tree = tree;
    /** @type {any} */
    // V8 looks into the target after each read, and Object.create(null) makes it a hash table: 5 % of a read.
    this.proxy = new Proxy(Object.setPrototypeOf({}, null), this);
  }

  get(/** @type {object} */ _, /** @type {string | symbol} */ key) {
    if (typeof key !== "string") return undefined;
    const value = this.store.get(key);
    return typeof value === "object" && value !== null ? this.tree.rootView(key, value) : value;
  }

  set(/** @type {object} */ _, /** @type {string | symbol} */ key, /** @type {unknown} */ value, /** @type {unknown} */ receiver) {
    if (receiver !== this.proxy) return addTo(receiver, key, value);
    this.assign(key, value);
    return true;
  }

  defineProperty(/** @type {object} */ _, /** @type {string | symbol} */ key, /** @type {PropertyDescriptor} */ descriptor) {
    checkDescriptor(key, descriptor);
    if ("value" in descriptor || !this.has(_, key)) this.assign(key, descriptor.value);
    return true;
  }

  assign(/** @type {string | symbol} */ key, /** @type {unknown} */ value) {
    if (typeof key !== "string") throw new TypeError("a key of the session is a string, not a symbol");
    const node = nodeOf(value);
    if (node === undefined) this.store.set(key, value);
    else if (node !== this.store.get(key)) this.store.set(key, node);
  }

  has(/** @type {object} */ _, /** @type {string | symbol} */ key) {
    return typeof key === "string" && this.store.has(key);
  }

  deleteProperty(/** @type {object} */ _, /** @type {string | symbol} */ key) {
    if (typeof key === "string") this.store.delete(key);
    return true;
  }

  ownKeys() {
    return [...this.store.keys()];
  }

  getOwnPropertyDescriptor(/** @type {object} */ _, /** @type {string | symbol} */ key) {
    return this.has(_, key) ? member(this.get(_, key)) : undefined;
  }

  /** @returns {never} */
  setPrototypeOf() {
    throw new TypeError("session.state keeps its prototype");
  }

  /** @returns {never} */
  preventExtensions() {
    throw new TypeError("session.state cannot be frozen");
  }
}

function member(/** @type {unknown} */ value) {
  return { value, writable: true, enumerable: true, configurable: true };
}

// An assignment to an object that inherits from a proxy of ours.
function addTo(/** @type {any} */ receiver, /** @type {string | symbol} */ name, /** @type {unknown} */ value) {
  return Reflect.defineProperty(receiver, name, member(value));
}

function checkDescriptor(/** @type {string | symbol} */ name, /** @type {PropertyDescriptor} */ { get, set, writable, enumerable, configurable }) {
  if (get || set || writable === false || enumerable === false || configurable === false) {
    throw new TypeError(`${String(name)} can only be a plain member, without accessors and attributes`);
  }
}

// ---- Trees: what views read and how they write

class LiveTree {
  views = new Views();
  constructor(/** @type {Store} */ store) {
    this.store = store;
  }

  root(/** @type {Home} */ home) {
    return this.store.get(home.key);
  }

  isPlain(/** @type {Home} */ home) {
    return this.store.isPlain(home.key);
  }

  rootView(/** @type {string} */ key, /** @type {object} */ value) {
    const known = this.views.find(value, null, key);
    if (known !== undefined) return known.proxy;
    return this.store.isPlain(key) ? newView(this, new Home(key, value), value) : value;
  }

  /** Has `change` write on a copy of the view's node, which then takes its place: one change. */
  edit(/** @type {View} */ view, /** @type {(node: any) => unknown} */ change) {
    const node = view.current();
    const work = shallow(node);
    const result = change(work);
    if (equalPlain(node, work)) return result;
    const { place } = view;
    const nodes = /** @type {Node[]} */ (nodesTo(place, place.home.root));
    /** @type {Move[]} */
    const moves = [];
    let fresh = freeze(work);
    for (let at = place; ; at = at.parent) {
      const old = nodes[at.depth - 1];
      moves.push({ place: at, from: old, to: fresh });
      if (at.parent === null) break;
      /** @type {any} */
      const parent = shallow(nodes[at.depth - 2]);
      parent[at.name] = fresh;
      fresh = freeze(parent);
    }
    this.commit(place.home.key, fresh, moves);
    return result;
  }

  /** Stores the new root; the views of the nodes on the written path move along before any listener runs. */
  commit(/** @type {string} */ key, /** @type {Node} */ root, /** @type {Move[]} */ moves) {
    const moved = [];
    for (const { place, from, to } of moves) {
      const view = this.views.find(from, place.parent, place.name);
      if (view !== undefined) {
        this.views.move(view, to);
        moved.push({ view, from });
      }
    }
    try {
      this.store.replace(key, root);
    } catch (error) {
      for (const { view, from } of moved) this.views.move(view, from);
      throw error;
    }
  }

  leave(/** @type {unknown} */ part) {
    return part;
  }
}

/** @typedef {{place: Place, from: Node, to: Node}} Move */

// The working copy of one mutate. Nodes in `open` are copies of its own, written in place; the others are frozen and shared with the session.
class DraftTree {
  views = new Views();
  closed = false;
  /** @type {Set<Node>} */
  open = new Set();
  /** @type {Map<Node, Node>} what each copy was made from */
  sources = new Map();

  constructor(/** @type {Store} */ store, /** @type {string} */ key, /** @type {Node} */ root) {
    this.store = store;
    this.home = new Home(key, root);
  }

  root(/** @type {Home} */ home) {
    if (this.closed) throw stale(home, "the draft was used after mutate() ended", "Work on the draft inside the function only");
    return home.root;
  }

  isPlain() {
    return true;
  }

  edit(/** @type {View} */ view, /** @type {(node: any) => unknown} */ change) {
    const node = view.current();
    const inPlace = this.open.has(node);
    const work = inPlace ? node : shallow(node);
    const result = change(work);
    if (!inPlace) {
      if (equalPlain(node, work)) return result;
      this.adopt(view.place, work);
    }
    this.home.epoch++;
    return result;
  }

  // Puts an own copy in its place, and own copies of the nodes above that are not yet own.
  adopt(/** @type {Place} */ place, /** @type {any} */ work) {
    const nodes = /** @type {Node[]} */ (nodesTo(place, this.home.root));
    for (let at = place; ; at = at.parent) {
      const old = nodes[at.depth - 1];
      this.open.add(work);
      this.sources.set(work, this.sources.get(old) ?? old);
      const view = this.views.find(old, at.parent, at.name);
      if (view !== undefined) this.views.move(view, work);
      if (at.parent === null) {
        this.home.root = work;
        return;
      }
      /** @type {any} */
      const above = nodes[at.depth - 2];
      const parent = this.open.has(above) ? above : shallow(above);
      parent[at.name] = work;
      if (parent === above) return;
      work = parent;
    }
  }

  /** Freezes what leaves the draft's hands. */
  leave(/** @type {any} */ part) {
    if (this.open.delete(part)) {
      eachNode(part, (node) => this.leave(node));
      freeze(part);
    }
    return part;
  }

  /** Freezes the copies; those that came out equal give way to what they were made from. */
  finish(/** @type {any} */ node) {
    const source = this.sources.get(node);
    if (source === undefined) return node;
    if (this.open.delete(node)) {
      eachNode(node, (part, name) => {
        if (this.sources.has(part)) node[name] = this.finish(part);
      });
      freeze(node);
    }
    return equalPlain(node, source) ? source : node;
  }

  /** Lists the nodes that stand in the place of their source. */
  moves(/** @type {Place} */ place, /** @type {any} */ from, /** @type {any} */ to, /** @type {Move[]} */ moves = []) {
    if (from === to || this.sources.get(to) !== from) return moves;
    moves.push({ place, from, to });
    eachNode(to, (part, name) => {
      if (this.sources.has(part) && hasOwn(from, name)) this.moves(new Place(place, String(name)), from[name], part, moves);
    });
    return moves;
  }
}

function shallow(/** @type {Node} */ node) {
  return isArray(node) ? [...node] : { ...node }; // slice() of a frozen array is 80 times slower in V8 11
}

// Calls fn for the arrays and objects right inside the node. (Object.keys of an array makes a string of each index.)
function eachNode(/** @type {any} */ node, /** @type {(part: Node, name: string | number) => void} */ fn) {
  const names = isArray(node) ? undefined : Object.keys(node);
  const { length } = names ?? node;
  for (let i = 0; i < length; i++) {
    const name = names === undefined ? i : names[i];
    const part = node[name];
    if (typeof part === "object" && part !== null) fn(part, name);
  }
}

// ---- mutate

function mutate(/** @type {LiveTree} */ live, /** @type {string} */ key, /** @type {(draft: any) => unknown} */ fn) {
  const { store } = live;
  const root = /** @type {Node} */ (store.get(key));
  if (!store.has(key) || !store.isPlain(key)) throw notMutable(key, root, store.has(key));
  if (Object.prototype.toString.call(fn) === "[object AsyncFunction]") throw asyncMutate(key);
  const draft = new DraftTree(store, key, root);
  let result;
  let returned;
  try {
    result = fn(newView(draft, draft.home, root));
    returned = viewOf.get(/** @type {any} */ (result));
    if (returned?.tree === draft) returned.current();
    else if (returned === undefined && isThenable(result)) throw asyncMutate(key);
  } finally {
    draft.closed = true;
  }
  const final = draft.finish(draft.home.root);
  if (final !== root) {
    if (store.get(key) !== root) throw stale(draft.home, "something else changed it while mutate() ran", "Write through the draft only");
    live.commit(key, final, draft.moves(draft.home, root, final));
  }
  return returned?.tree === draft ? nodesTo(returned.place, final)?.at(-1) : result;
}

function isThenable(/** @type {any} */ value) {
  return value !== null && (typeof value === "object" || typeof value === "function") && typeof value.then === "function";
}

function notMutable(/** @type {string} */ key, /** @type {unknown} */ value, /** @type {boolean} */ present) {
  const what = !present ? "is absent" : typeof value === "object" && value !== null ? `is a ${typeName(value)} held by reference` : `is ${value === null ? "null" : `a ${typeName(value)}`}`;
  const hint = present ? "Use set()" : "Give it a value first, with init() or set()";
  return new SessionUsageError(`key ${JSON.stringify(key)} ${what}, mutate() changes arrays and objects. ${hint}`, { code: "not-mutable", key, hint });
}

function asyncMutate(/** @type {string} */ key) {
  const hint = "Await first, then mutate";
  return new SessionUsageError(`key ${JSON.stringify(key)}: the function given to mutate() is asynchronous. ${hint}`, { code: "async-mutate", key, hint });
}

// ---- Views

// The targets of all views: proxies need one of the right kind, and no trap ever touches it.
const LIST = /** @type {any[]} */ ([]);
const OBJECT = {};

let resolving = false;

/** @returns {any} */
function newView(/** @type {LiveTree | DraftTree} */ tree, /** @type {Place} */ place, /** @type {Node} */ node) {
  if (!resolving) {
    resolving = true;
    resolveViews(nodeOf);
  }
  const view = isArray(node) ? new ListView(tree, place, node, LIST) : new ObjectView(tree, place, node, OBJECT);
  tree.views.add(view);
  viewOf.set(view.proxy, view);
  return view.proxy;
}

// The handler of a view's proxy, and what is known of the view.
class View {
  /** @type {WeakRef<View>[] | undefined} */
  others = undefined;

  constructor(/** @type {LiveTree | DraftTree} */ tree, /** @type {Place} */ place, /** @type {any} */ node, /** @type {Node} */ target) {
    this.tree = tree;
    this.place = place;
    this.node = node;
    this.epoch = -1;
    this.proxy = new Proxy(target, /** @type {any} */ (this));
  }

  /** The node, after making sure that it stands in its place. */
  current() {
    const { home } = this.place;
    const root = this.tree.root(home);
    if (root !== home.root) {
      home.root = root;
      home.epoch++;
    }
    if (this.epoch !== home.epoch) this.settle(home);
    return this.node;
  }

  settle(/** @type {Home} */ home) {
    const found = this.tree.isPlain(home) ? nodesTo(this.place, home.root) : undefined;
    if (found?.at(-1) !== this.node) throw stale(this.place, "something else stands there now", "Read it again from state");
    this.epoch = home.epoch;
  }

  value() {
    if (this.tree instanceof DraftTree) this.tree.root(this.place.home);
    return this.node;
  }

  child(/** @type {Node} */ node, /** @type {string} */ name) {
    const known = this.tree.views.find(node, this.place, name);
    return known === undefined ? newView(this.tree, new Place(this.place, name), node) : known.proxy;
  }

  /** What is stored for a value given as the member `name`. */
  part(/** @type {unknown} */ value, /** @type {string | number} */ name) {
    if (isPlainPrimitive(value)) return typeof value === "number" ? value + 0 : value;
    const { place } = this;
    return this.tree.store.freeze(unwrap(value), place.home.key, place.depth, pointerTo(place, name));
  }

  refuse(/** @type {Cause} */ { type, reason, hint, code = "unserializable" }, /** @type {string | number} */ name) {
    const { key } = this.place.home;
    const path = pointerTo(this.place, name);
    throw new UnserializableSessionStateError(`key ${JSON.stringify(key)}: ${reason}, at ${path}. ${hint}`, { code, key, path, type, reason, hint });
  }

  get(/** @type {Node} */ _, /** @type {string | symbol} */ name) {
    const node = this.current();
    const value = node[name];
    if (typeof value !== "object" || value === null) return value;
    if (hasOwn(node, name)) return this.child(value, /** @type {string} */ (name));
    return name === "__proto__" ? undefined : value;
  }

  set(/** @type {Node} */ _, /** @type {string | symbol} */ name, /** @type {unknown} */ value, /** @type {unknown} */ receiver) {
    if (receiver !== this.proxy) return addTo(receiver, name, value);
    this.assign(name, value);
    return true;
  }

  defineProperty(/** @type {Node} */ _, /** @type {string | symbol} */ name, /** @type {PropertyDescriptor} */ descriptor) {
    if (name !== "length" || !isArray(this.node)) checkDescriptor(name, descriptor);
    if ("value" in descriptor || !hasOwn(this.current(), name)) this.assign(name, descriptor.value);
    return true;
  }

  assign(/** @type {string | symbol} */ name, /** @type {unknown} */ value) {
    if (typeof name !== "string") throw new TypeError("a member of a stored value is named by a string, not a symbol");
    this.write(name, value);
  }

  /** @abstract */
  write(/** @type {string} */ _name, /** @type {unknown} */ _value) {}

  has(/** @type {Node} */ _, /** @type {string | symbol} */ name) {
    const node = this.current();
    return name === "__proto__" ? hasOwn(node, name) : name in node;
  }

  ownKeys() {
    return Reflect.ownKeys(this.current());
  }

  getOwnPropertyDescriptor(/** @type {Node} */ _, /** @type {string | symbol} */ name) {
    const node = this.current();
    if (!hasOwn(node, name)) return undefined;
    if (name === "length" && isArray(node)) return { value: node.length, writable: true, enumerable: false, configurable: false };
    return member(this.get(_, name));
  }

  /** @returns {never} */
  setPrototypeOf() {
    throw new TypeError("a stored value keeps its prototype");
  }

  /** @returns {never} */
  preventExtensions() {
    throw new TypeError("a view cannot be frozen; get() gives the frozen value");
  }
}

class ObjectView extends View {
  write(/** @type {string} */ name, /** @type {unknown} */ value) {
    if (!isPlainPrimitive(name)) this.refuse(LONE_NAME, name);
    const part = this.part(value, name);
    const node = this.current();
    if (hasOwn(node, name) && equalPlain(node[name], part)) return;
    this.tree.edit(this, (work) => assign(work, name, part));
  }

  deleteProperty(/** @type {Node} */ _, /** @type {string | symbol} */ name) {
    if (hasOwn(this.current(), name)) this.tree.edit(this, (work) => delete work[name]);
    return true;
  }
}

class ListView extends View {
  get(/** @type {Node} */ _, /** @type {string | symbol} */ name) {
    const node = this.current();
    const value = node[name];
    if (typeof value === "function") return listMethods[name] ?? value;
    if (typeof value !== "object" || value === null) return value;
    if (hasOwn(node, name)) return this.child(value, /** @type {string} */ (name));
    return name === "__proto__" ? undefined : value;
  }

  write(/** @type {string} */ name, /** @type {unknown} */ value) {
    if (name === "length") return this.resize(Number(value));
    const index = Number(name) >>> 0;
    if (String(index) !== name || index === 4294967295) this.refuse(EXTRA, name);
    this.refuseGap(index);
    const part = this.part(value, index);
    const node = this.current();
    this.refuseGap(index);
    if (index < node.length && equalPlain(node[index], part)) return;
    this.tree.edit(this, (work) => (work[index] = part));
  }

  resize(/** @type {number} */ length) {
    if (length >>> 0 !== length) throw new RangeError("invalid array length");
    this.refuseGap(length);
    if (length < this.node.length) this.tree.edit(this, (work) => (work.length = length));
  }

  refuseGap(/** @type {number} */ index) {
    const { length } = this.current();
    if (index > length) this.refuse(HOLE, length);
  }

  deleteProperty(/** @type {Node} */ _, /** @type {string | symbol} */ name) {
    if (name === "length") return false;
    if (hasOwn(this.current(), name)) this.refuse(HOLE, /** @type {string} */ (name));
    return true;
  }

  parts(/** @type {unknown[]} */ values, /** @type {number} */ from) {
    this.current();
    return values.map((value, i) => this.part(value, from + i));
  }
}

// ---- Array methods: each writes once, whatever it touches. All code of the page (getters, conversions, comparators) runs before the edit.

/** @type {Record<string, (list: ListView, args: any[]) => unknown>} */
const taken = {
  push: (list, items) => {
    const parts = list.parts(items, list.current().length);
    return list.tree.edit(list, (work) => insert(work, work.length, parts));
  },
  unshift: (list, items) => {
    const parts = list.parts(items, 0);
    return list.tree.edit(list, (work) => insert(work, 0, parts));
  },
  pop: (list) => list.tree.leave(list.tree.edit(list, (work) => work.pop())),
  shift: (list) => list.tree.leave(list.tree.edit(list, (work) => work.shift())),
  splice: (list, args) => {
    const start = integer(args[0]);
    const count = args.length === 1 ? Infinity : integer(args[1]);
    return splice(list, start, count, args.slice(2));
  },
  sort: (list, [compare]) => {
    const node = list.current();
    const { epoch } = list.place.home;
    const sorted = [...node];
    for (const part of sorted) list.tree.leave(part); // the comparator sees frozen values
    sorted.sort(compare);
    if (list.current() !== node || list.place.home.epoch !== epoch) throw stale(list.place, "it was changed while it was sorted", "Change nothing in a comparator");
    list.tree.edit(list, (work) => sorted.forEach((part, i) => (work[i] = part)));
    return list.proxy;
  },
  reverse: (list) => {
    list.tree.edit(list, (work) => work.reverse());
    return list.proxy;
  },
  fill: (list, [value, start, end]) => {
    const range = [integer(start), end === undefined ? Infinity : integer(end)];
    const first = list.part(value, within(range[0], list.current().length));
    const { length } = list.current();
    const [from, to] = range.map((bound) => within(bound, length));
    const parts = list.parts(new Array(Math.max(0, to - from)).fill(first), from);
    list.tree.edit(list, (work) => parts.forEach((part, i) => (work[from + i] = part)));
    return list.proxy;
  },
  copyWithin: (list, [target, start, end]) => {
    const args = [integer(target), integer(start), end === undefined ? Infinity : integer(end)];
    const before = list.current();
    const after = apart(list, before, [...before].copyWithin(args[0], args[1], args[2]));
    list.tree.edit(list, (work) => after.forEach((part, i) => (work[i] = part)));
    return list.proxy;
  },
  indexOf: (list, [item, ...from]) => list.current().indexOf(unwrap(item), ...from),
  lastIndexOf: (list, [item, ...from]) => list.current().lastIndexOf(unwrap(item), ...from),
  includes: (list, [item, ...from]) => list.current().includes(unwrap(item), ...from),
};

/** @type {any} */
const listMethods = Object.create(null);
for (const [name, run] of Object.entries(taken)) {
  const native = /** @type {any} */ (Array.prototype)[name];
  listMethods[name] = function (/** @type {any[]} */ ...args) {
    const view = viewOf.get(this);
    return view instanceof ListView ? run(view, args) : native.apply(this, args);
  };
}

// What is taken out has no place any more: it is given as a frozen value, not as a view.
function splice(/** @type {ListView} */ list, /** @type {number} */ start, /** @type {number} */ count, /** @type {unknown[]} */ items) {
  const parts = list.parts(items, within(start, list.current().length));
  const removed = /** @type {unknown[]} */ (list.tree.edit(list, (work) => work.splice(start, count, ...parts)));
  return removed.map((part) => list.tree.leave(part));
}

function insert(/** @type {any[]} */ work, /** @type {number} */ at, /** @type {unknown[]} */ parts) {
  work.splice(at, 0, ...parts);
  return work.length;
}

// A node stands in one place: where copyWithin has put it in two, the one that did not move keeps it.
function apart(/** @type {ListView} */ list, /** @type {any[]} */ before, /** @type {any[]} */ after) {
  const kept = new Set(after.filter((part, i) => part === before[i]));
  return after.map((part, i) => {
    if (typeof part !== "object" || part === null || part === before[i]) return part;
    if (kept.has(part)) return list.part(part, i);
    kept.add(part);
    return part;
  });
}

function integer(/** @type {unknown} */ value) {
  return Math.trunc(Number(value)) || 0;
}

// An index as array methods take it: negative ones count from the end.
function within(/** @type {number} */ index, /** @type {number} */ length) {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

function stale(/** @type {Place} */ place, /** @type {string} */ why, /** @type {string} */ hint) {
  const { key } = place.home;
  const path = pointerTo(place);
  const text = `key ${JSON.stringify(key)}: ${why}${path && `, at ${path}`}. ${hint}`;
  return new StaleViewError(text, { code: "stale-view", key, path, hint });
}
