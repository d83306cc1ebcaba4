import { effect, signal } from "@preact/signals-core";

/** A signal for each key, in a Map. */
export function create() {
  const all = new Map();
  const set = (key, value) => {
    const held = all.get(key);
    if (held) held.value = value;
    else all.set(key, signal(value));
  };
  const replace = (entries) => {
    for (const key of all.keys()) if (!(key in entries)) all.delete(key);
    for (const key in entries) set(key, entries[key]);
  };
  return {
    get: (key) => all.get(key).value,
    set: (key, value) => { all.get(key).value = value; },
    subscribe(key, listener) {
      const held = all.get(key);
      effect(() => listener(held.value));
    },
    fill(entries) {
      for (const key in entries) set(key, entries[key]);
    },
    snapshot() {
      const entries = {};
      for (const [key, held] of all) entries[key] = held.value;
      return JSON.stringify(entries);
    },
    restore: (text) => replace(JSON.parse(text)),
  };
}
