import { atom } from "nanostores";

/** An atom for each key, in a Map. */
export function create() {
  const all = new Map();
  const set = (key, value) => {
    const held = all.get(key);
    if (held) held.set(value);
    else all.set(key, atom(value));
  };
  return {
    get: (key) => all.get(key).get(),
    set: (key, value) => { all.get(key).set(value); },
    subscribe: (key, listener) => { all.get(key).listen((value) => listener(value)); },
    fill(entries) {
      for (const key in entries) set(key, entries[key]);
    },
    snapshot() {
      const entries = {};
      for (const [key, held] of all) entries[key] = held.get();
      return JSON.stringify(entries);
    },
    restore(text) {
      const entries = JSON.parse(text);
      for (const key of all.keys()) if (!(key in entries)) all.delete(key);
      for (const key in entries) set(key, entries[key]);
    },
  };
}
