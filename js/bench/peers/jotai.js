import { atom, createStore } from "jotai/vanilla";

/** An atom for each key, in a Map. */
export function create() {
  const store = createStore();
  const all = new Map();
  const set = (key, value) => {
    const held = all.get(key);
    if (held) store.set(held, value);
    else all.set(key, atom(value));
  };
  return {
    get: (key) => store.get(all.get(key)),
    set: (key, value) => store.set(all.get(key), value),
    subscribe(key, listener) {
      const held = all.get(key);
      store.sub(held, () => listener(store.get(held)));
    },
    fill(entries) {
      for (const key in entries) set(key, entries[key]);
    },
    snapshot() {
      const entries = {};
      for (const [key, held] of all) entries[key] = store.get(held);
      return JSON.stringify(entries);
    },
    restore(text) {
      const entries = JSON.parse(text);
      for (const key of all.keys()) if (!(key in entries)) all.delete(key);
      for (const key in entries) set(key, entries[key]);
    },
  };
}
