// @ts-check
// What a page can hold its state in without loading anything, and Tabstate, behind the same few calls. js/bench/peers has the
// libraries. A library is used as its documentation says, one listener a key; where it has none of its own, listeners are told here.

/**
 * @typedef {(value: any, change?: {version: number}) => void} Listener
 * @typedef {object} Store
 * @property {(key: string) => any} get
 * @property {(key: string, value: any) => void} set
 * @property {(key: string, listener: Listener) => void} subscribe the key is there already
 * @property {(entries: Record<string, any>) => void} fill makes these keys; nobody listens yet
 * @property {() => string} snapshot all entries as the JSON text of one object
 * @property {(text: string) => void} restore replaces all entries
 * @property {(key: string, index: number, done: boolean) => void} [tick] sets `done` of one element of an array, in place
 * @property {() => number} [held] bytes that it uses of a linear memory that does not grow with it
 * @property {Record<string, any>} [state] the entries as properties
 */

/** Listeners by key, for stores that know none. */
export function createListeners() {
  /** @type {Map<string, Listener[]>} */
  const all = new Map();
  return {
    subscribe(/** @type {string} */ key, /** @type {Listener} */ listener) {
      const list = all.get(key);
      if (list) list.push(listener);
      else all.set(key, [listener]);
    },
    tell(/** @type {string} */ key, /** @type {any} */ value) {
      const list = all.get(key);
      if (list !== undefined) for (let i = 0; i < list.length; i++) list[i](value);
    },
    heard: (/** @type {string} */ key) => all.has(key),
  };
}

/**
 * A Map that holds each value as `into` makes it and gives it out as `from` makes it.
 * @param {(value: any) => any} into
 * @param {(held: any) => any} from
 * @returns {Store}
 */
function mapOf(into, from) {
  /** @type {Map<string, any>} */
  const all = new Map();
  const { subscribe, tell } = createListeners();
  return {
    subscribe,
    get: (key) => from(all.get(key)),
    set(key, value) {
      const held = into(value);
      all.set(key, held);
      tell(key, from(held));
    },
    fill(entries) {
      for (const key in entries) all.set(key, into(entries[key]));
    },
    snapshot: () => JSON.stringify(Object.fromEntries(all)),
    restore(text) {
      all.clear();
      const entries = JSON.parse(text);
      for (const key in entries) all.set(key, into(entries[key]));
    },
  };
}

const itself = (/** @type {any} */ value) => value;

/**
 * A copy, frozen through and through, of what is JSON: the fastest that a page can write by hand. Nothing is checked.
 * @returns {any}
 */
function frozenCopy(/** @type {any} */ value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  /** @type {Record<string, any>} */
  const copy = {};
  for (const name of Object.keys(value)) copy[name] = frozenCopy(value[name]);
  return Object.freeze(copy);
}

/** @returns {any} */
function freeze(/** @type {any} */ value) {
  if (typeof value === "object" && value !== null) {
    for (const name of Object.keys(value)) freeze(value[name]);
    Object.freeze(value);
  }
  return value;
}

const clone = (/** @type {any} */ value) => typeof value === "object" && value !== null ? structuredClone(value) : value;

/** @type {Record<string, () => Store>} */
export const stores = {
  map: () => mapOf(itself, itself),
  /** What a page writes to have values isolated, of what the platform has. */
  frozen: () => mapOf((value) => freeze(clone(value)), itself),
  copied: () => mapOf(frozenCopy, itself),
  cloned: () => mapOf(clone, clone),

  object() {
    /** @type {Record<string, any>} */
    let all = Object.create(null);
    const { subscribe, tell } = createListeners();
    return {
      subscribe,
      get: (key) => all[key],
      set(key, value) {
        all[key] = value;
        tell(key, value);
      },
      fill: (entries) => { Object.assign(all, entries); },
      snapshot: () => JSON.stringify(all),
      restore: (text) => { all = JSON.parse(text); },
    };
  },

  /** A Map of JSON text: isolated like a frozen clone, cheap to write, dear to read. */
  text() {
    /** @type {Map<string, string>} */
    const all = new Map();
    const { subscribe, tell, heard } = createListeners();
    return {
      subscribe,
      get: (key) => JSON.parse(/** @type {string} */ (all.get(key))),
      set(key, value) {
        const text = JSON.stringify(value);
        all.set(key, text);
        if (heard(key)) tell(key, typeof value === "object" ? JSON.parse(text) : value);
      },
      fill(entries) {
        for (const key in entries) all.set(key, JSON.stringify(entries[key]));
      },
      snapshot() {
        let text = "";
        for (const [key, value] of all) text += `${text && ","}${JSON.stringify(key)}:${value}`;
        return `{${text}}`;
      },
      restore(text) {
        all.clear();
        const entries = JSON.parse(text);
        for (const key in entries) all.set(key, JSON.stringify(entries[key]));
      },
    };
  },

  storage() {
    sessionStorage.clear();
    const { subscribe, tell, heard } = createListeners();
    return {
      subscribe,
      get: (key) => JSON.parse(/** @type {string} */ (sessionStorage.getItem(key))),
      set(key, value) {
        const text = JSON.stringify(value);
        sessionStorage.setItem(key, text);
        if (heard(key)) tell(key, typeof value === "object" ? JSON.parse(text) : value);
      },
      fill(entries) {
        for (const key in entries) sessionStorage.setItem(key, JSON.stringify(entries[key]));
      },
      snapshot() {
        let text = "";
        for (let i = 0; i < sessionStorage.length; i++) {
          const key = /** @type {string} */ (sessionStorage.key(i));
          text += `${text && ","}${JSON.stringify(key)}:${sessionStorage.getItem(key)}`;
        }
        return `{${text}}`;
      },
      restore(text) {
        sessionStorage.clear();
        const entries = JSON.parse(text);
        for (const key in entries) sessionStorage.setItem(key, JSON.stringify(entries[key]));
      },
    };
  },
};

/**
 * A session as a store. It begins empty.
 * @returns {Store}
 */
export function tabstate(/** @type {import("../../js/index.d.ts").Session} */ session) {
  session.reset();
  const { state } = session;
  return {
    state,
    get: session.get,
    set: session.set,
    subscribe: session.subscribe,
    fill: session.update,
    snapshot: session.snapshot,
    restore: session.restore,
    tick: (key, index, done) => { state[key][index].done = done; },
  };
}
