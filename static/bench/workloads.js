// @ts-check
// What is measured: for each page of a store ("stage"), the rows, which are done one after another on a store made for the stage.
// Every row checks afterwards that the store holds what was written and that its listeners heard of each write.

import { keys, mixed, same, shapes, small, table, texts } from "./values.js";

/**
 * @typedef {import("./stores.js").Store} Store
 * @typedef {import("./measure.js").Workload} Workload
 */

/**
 * What listeners heard: enough work that it cannot be left out. The change's version is only taken down: a second sum would take as long
 * again as the listener, which is none of the store's time.
 */
export const heard = { count: 0, sum: 0, version: 0, last: /** @type {any} */ (undefined) };

/** A listener for one kind of values each, so that none becomes slow by what others are called with. */
const listeners = {
  number: () => (/** @type {number} */ value, /** @type {any} */ change) => {
    heard.count++;
    heard.sum += value;
    if (change !== undefined) heard.version = change.version;
    heard.last = value;
  },
  text: () => (/** @type {string} */ value, /** @type {any} */ change) => {
    heard.count++;
    heard.sum += value.length;
    if (change !== undefined) heard.version = change.version;
    heard.last = value;
  },
  small: () => (/** @type {any} */ value, /** @type {any} */ change) => {
    heard.count++;
    heard.sum += value.id;
    if (change !== undefined) heard.version = change.version;
    heard.last = value;
  },
  table: () => (/** @type {any} */ value, /** @type {any} */ change) => {
    heard.count++;
    heard.sum += value[7].id;
    if (change !== undefined) heard.version = change.version;
    heard.last = value;
  },
};

function expect(/** @type {any} */ found, /** @type {any} */ wanted, /** @type {string} */ what) {
  if (!same(found, wanted)) throw new Error(`${what}: ${JSON.stringify(found)?.slice(0, 200)} instead of ${JSON.stringify(wanted)?.slice(0, 200)}`);
}

/** Fills the store with one key each and gives each a listener. */
function begin(/** @type {Store} */ store, /** @type {string[]} */ names, /** @type {(i: number) => any} */ value, /** @type {(() => any) | null} */ listener) {
  /** @type {Record<string, any>} */
  const entries = {};
  names.forEach((name, i) => { entries[name] = value(i); });
  store.fill(entries);
  if (listener) for (const name of names) store.subscribe(name, listener());
  for (const name of names) store.get(name);
}

/** @returns {Workload} */
function readNumbers(/** @type {Store} */ store, /** @type {string[]} */ names) {
  let sum = 0;
  let wanted = 0;
  return {
    prepare(n) {
      const rest = n % names.length;
      wanted += (n - rest) / names.length * (names.length * (names.length - 1) / 2) + rest * (rest - 1) / 2;
    },
    run(n) {
      let found = 0;
      for (let i = 0, at = 0; i < n; i++) {
        found += store.get(names[at]);
        if (++at === names.length) at = 0;
      }
      sum += found;
    },
    check: () => expect(sum, wanted, "the sum of what was read"),
  };
}

/**
 * Writes to all names in turn: values[i], or else numbers that count up, so that each write is a change.
 * @param {Store} store
 * @param {string[]} names
 * @param {number} told listeners that each write tells
 * @param {any[]} [values]
 * @returns {Workload}
 */
function write(store, names, told, values) {
  let written = 0;
  const value = (/** @type {number} */ i) => values ? values[i % values.length] : i + 1;
  heard.count = 0;
  return {
    run(n) {
      let at = written % names.length;
      const end = written + n;
      if (values === undefined) {
        for (let i = written; i < end; i++) {
          store.set(names[at], i + 1);
          if (++at === names.length) at = 0;
        }
      } else {
        for (let i = written; i < end; i++) {
          store.set(names[at], values[i % values.length]);
          if (++at === names.length) at = 0;
        }
      }
      written = end;
    },
    check() {
      expect(heard.count, written * told, "calls of listeners");
      expect(heard.last, value(written - 1), "what the last listener heard");
      for (let i = Math.max(0, written - names.length); i < written; i++) expect(store.get(names[i % names.length]), value(i), names[i % names.length]);
    },
  };
}

/** Writes fresh values, made before the clock starts, to one key with one listener. @returns {Workload} */
function writeFresh(/** @type {Store} */ store, /** @type {string} */ key, /** @type {(i: number) => any} */ make, /** @type {number} */ most) {
  let written = 0;
  let last = 0;
  /** @type {any[]} */
  let fresh = [];
  heard.count = 0;
  return {
    most,
    prepare(n) {
      fresh = Array.from({ length: Math.min(n, most) }, (_, i) => make(written + i + 1));
    },
    run(n) {
      for (let i = 0, at = 0; i < n; i++) {
        last = at;
        store.set(key, fresh[at]);
        if (++at === fresh.length) at = 0;
      }
      written += n;
    },
    check() {
      expect(heard.count, written, "calls of listeners");
      expect(heard.last, fresh[last], "what the listener heard");
      expect(store.get(key), fresh[last], key);
    },
  };
}

/** @returns {Workload} */
function restore(/** @type {Store} */ store, /** @type {number} */ n) {
  const texts = [0, 1].map((turn) => JSON.stringify(mixed(n, turn)));
  let turn = 0;
  let sum = 0;
  return {
    run(times) {
      for (let i = 0; i < times; i++) {
        turn ^= 1;
        store.restore(texts[turn]);
        sum += store.get("key1");
      }
    },
    check() {
      const wanted = mixed(n, turn);
      for (const key in wanted) expect(store.get(key), wanted[key], key);
      if (sum === 0) throw new Error("nothing was read");
    },
  };
}

/**
 * Looks at one character, and so has the engine make one text of what a store joined from many: V8 only notes the parts until somebody
 * reads them (a rope), and a snapshot is there to be sent or stored. Without it half the work of such a store is not measured.
 */
const flat = (/** @type {string} */ text) => text.charCodeAt(text.length >> 1);

/** @returns {Workload} */
function snapshot(/** @type {Store} */ store, /** @type {any} */ wanted) {
  let text = "";
  let length = 0;
  return {
    run(n) {
      for (let i = 0; i < n; i++) {
        text = store.snapshot();
        length += flat(text);
      }
    },
    check() {
      if (length === 0) throw new Error("no snapshot");
      expect(JSON.parse(text), wanted, "the snapshot");
    },
  };
}

/** Each snapshot right after a restore, with no task between them; only the snapshot counts. @returns {Workload} */
function snapshotAfterRestore(/** @type {Store} */ store, /** @type {number} */ n) {
  const { run } = restore(store, n);
  let text = "";
  let read = 0;
  return {
    most: 6,
    run: () => {},
    timed(times) {
      let took = 0;
      for (let i = 0; i < times; i++) {
        run(1);
        const start = performance.now();
        text = store.snapshot();
        read += flat(text);
        took += performance.now() - start;
      }
      return took;
    },
    check() {
      if (read === 0) throw new Error("no snapshot");
      expect(Object.keys(JSON.parse(text)).length, n, "keys in the snapshot");
    },
  };
}

/**
 * By stage: a function that prepares a new store and returns its rows, each a function that begins one.
 * @type {Record<string, (store: Store) => Record<string, (() => Workload) | undefined>>}
 */
export const stages = {
  "100 keys"(store) {
    const names = keys("number", 100);
    begin(store, names, (i) => i, listeners.number);
    return { "read number, 100 keys": () => readNumbers(store, names), ...property(store), "write number, 100 keys": () => write(store, names, 1) };
  },

  "10,000 keys"(store) {
    const names = keys("number", 10_000);
    begin(store, names, (i) => i, listeners.number);
    return { "read number, 10,000 keys": () => readNumbers(store, names), "write number, 10,000 keys": () => write(store, names, 1) };
  },

  "strings"(store) {
    const names = keys("text", 100);
    begin(store, names, () => "nothing yet", listeners.text);
    // 64 texts for 100 keys: a key gets another one each time.
    return { "write short string": () => write(store, names, 1, texts) };
  },

  "values"(store) {
    begin(store, keys("number", 66), (i) => i, listeners.number);
    store.fill(shapes(32));
    begin(store, ["small"], small, listeners.small);
    begin(store, ["table"], table, listeners.table);
    return {
      "write small object": () => writeFresh(store, "small", small, 20_000),
      "read small object": () => readSmall(store),
      "write 10 KB": () => writeFresh(store, "table", table, 256),
      "change inside 10 KB": () => tick(store),
    };
  },

  "listeners"(store) {
    const names = keys("number", 1000);
    begin(store, names, (i) => i, listeners.number);
    return { "write, 1 of 1,000 keys with listeners": () => write(store, names, 1) };
  },

  "one key"(store) {
    begin(store, ["number"], (i) => i, null);
    for (let i = 0; i < 1000; i++) store.subscribe("number", listeners.number());
    return { "write, 1,000 listeners of the key": () => write(store, ["number"], 1000) };
  },

  "100 mixed keys": (store) => mixedRows(store, 100),
  "10,000 mixed keys"(store) {
    const rows = mixedRows(store, 10_000);
    return { ...rows, "snapshot 10,000 right after a restore": () => snapshotAfterRestore(store, 10_000) };
  },
};

function mixedRows(/** @type {Store} */ store, /** @type {number} */ n) {
  const name = n.toLocaleString("en");
  const entries = mixed(n);
  store.fill(entries);
  return { [`snapshot ${name}`]: () => snapshot(store, entries), [`restore ${name}`]: () => restore(store, n) };
}

/** The same read as a property, where the store has that. */
function property(/** @type {Store} */ store) {
  const { state } = store;
  if (!state) return {};
  let sum = 0;
  let wanted = 0;
  return {
    "read number as a property": () => ({
      prepare(/** @type {number} */ n) { wanted += 7 * n; },
      run(/** @type {number} */ n) {
        let found = 0;
        for (let i = 0; i < n; i++) found += state.number7;
        sum += found;
      },
      check: () => expect(sum, wanted, "the sum of what was read"),
    }),
  };
}

/** @returns {Workload} */
function readSmall(/** @type {Store} */ store) {
  let sum = 0;
  let wanted = 0;
  const { id } = store.get("small");
  return {
    prepare(n) { wanted += (id + 1) * n; },
    run(n) {
      let found = 0;
      for (let i = 0; i < n; i++) found += store.get("small").id + 1;
      sum += found;
    },
    check: () => expect(sum, wanted, "the sum of what was read"),
  };
}

/** table[i].done is set to what it was not: in place, or by a copy of the array where the store has no other way. @returns {Workload} */
function tick(/** @type {Store} */ store) {
  store.set("table", table(0));
  const set = store.tick ?? ((/** @type {string} */ key, /** @type {number} */ index, /** @type {boolean} */ done) => {
    const list = store.get(key);
    store.set(key, list.with(index, { ...list[index], done }));
  });
  const rows = 100;
  let written = 0;
  heard.count = 0;
  return {
    run(n) {
      for (const end = written + n; written < end; written++) set("table", written % rows, (written / rows + written & 1) === 1);
    },
    check() {
      const wanted = table(0);
      for (let i = Math.max(0, written - rows); i < written; i++) wanted[i % rows].done = (i / rows + i & 1) === 1;
      expect(store.get("table"), wanted, "table");
      expect(heard.count, written, "calls of listeners");
    },
  };
}
