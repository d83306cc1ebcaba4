// @ts-check
// Where a node stands: a key, then member names down into its value. And which views there are, by node and place.
import { pointer } from "./plain.js";

/** @typedef {import("./plain.js").Node} Node */
/** @typedef {{node: Node, place: Place, epoch: number, others: WeakRef<any>[] | undefined}} Placed */

/** The place of a member of the node at `parent`; a Home when there is no parent. Indexes are names, too. */
export class Place {
  constructor(/** @type {Place | null} */ parent, /** @type {string} */ name) {
    this.parent = parent;
    this.name = name;
    /** How many arrays and objects one passes on the way, the node here included. @type {number} */
    this.depth = parent === null ? 1 : parent.depth + 1;
    /** @type {Home} */
    this.home = parent === null ? /** @type {any} */ (this) : parent.home;
  }
}

/**
 * The place of a key's whole value. A new root begins a new epoch; a view that was found in its place need not be looked for
 * again in the same epoch. (It must not hold the root instead: each view would keep a version of the value alive.)
 */
export class Home extends Place {
  epoch = 0;
  constructor(/** @type {string} */ key, /** @type {any} */ root) {
    super(null, key);
    this.key = key;
    /** The value when it was last looked at. */
    this.root = root;
  }
}

function samePlace(/** @type {Place | null} */ a, /** @type {Place | null} */ b) {
  for (; a !== b; a = a.parent, b = b.parent) {
    if (a === null || b === null || a.name !== b.name) return false;
  }
  return true;
}

/** The nodes from the root to the place, or undefined where the value has no such place. */
export function nodesTo(/** @type {Place} */ place, /** @type {any} */ root) {
  const nodes = new Array(place.depth);
  /** @type {string[]} */
  const names = namesTo(place);
  let node = root;
  for (let i = 0; ; i++) {
    if (typeof node !== "object" || node === null) return undefined;
    nodes[i] = node;
    if (i === names.length) return nodes;
    node = Object.hasOwn(node, names[i]) ? node[names[i]] : undefined;
  }
}

function namesTo(/** @type {Place} */ place) {
  const names = new Array(place.depth - 1);
  for (let at = place; at.parent !== null; at = at.parent) names[at.depth - 2] = at.name;
  return names;
}

/** The JSON Pointer of the place, or of a member there. */
export function pointerTo(/** @type {Place} */ place, /** @type {string | number | undefined} */ name = undefined) {
  return pointer([...namesTo(place), name]);
}

/**
 * The views of one tree. A node stands in one place at a time and mostly has one view; after it was moved, the views of
 * its former places are kept weakly, for a rollback may put it back there.
 */
export class Views {
  /** @type {WeakMap<Node, any>} */
  #newest = new WeakMap();

  /** The view of the node as it stands at the member `name` of `parent`. */
  find(/** @type {Node} */ node, /** @type {Place | null} */ parent, /** @type {string} */ name) {
    const newest = this.#newest.get(node);
    if (newest === undefined || isAt(newest, parent, name)) return newest;
    return newest.others?.map((/** @type {WeakRef<any>} */ ref) => ref.deref()).find((/** @type {any} */ view) => view !== undefined && isAt(view, parent, name));
  }

  add(/** @type {Placed} */ view) {
    const former = this.#newest.get(view.node);
    if (former !== undefined) {
      view.others = [...(former.others ?? []).filter((/** @type {WeakRef<any>} */ ref) => ref.deref() !== undefined), new WeakRef(former)];
      former.others = undefined;
    }
    this.#newest.set(view.node, view);
  }

  /** Has the view stand for another node from now on. */
  move(/** @type {Placed} */ view, /** @type {Node} */ node) {
    this.#remove(view);
    view.node = node;
    view.epoch = -1;
    this.add(view);
  }

  #remove(/** @type {Placed} */ view) {
    const newest = this.#newest.get(view.node);
    const rest = (newest.others ?? []).filter((/** @type {WeakRef<any>} */ ref) => ref.deref() !== undefined && ref.deref() !== view);
    if (newest === view) {
      view.others = undefined;
      const next = rest.pop()?.deref();
      if (next === undefined) return void this.#newest.delete(view.node);
      next.others = rest;
      this.#newest.set(view.node, next);
    } else {
      newest.others = rest;
    }
  }
}

function isAt(/** @type {Placed} */ view, /** @type {Place | null} */ parent, /** @type {string} */ name) {
  return view.place.name === name && samePlace(view.place.parent, parent);
}
