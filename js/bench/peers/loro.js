import init, { LoroDoc } from "loro-crdt/web";
import { createListeners } from "../../../static/bench/stores.js";

/** One map of a document. Its own subscriptions tell in a microtask, so listeners are told by hand. */
export async function create() {
  await init();
  const doc = new LoroDoc();
  const all = doc.getMap("state");
  const { subscribe, tell, heard } = createListeners();
  const fill = (entries) => {
    for (const key in entries) all.set(key, entries[key]);
    doc.commit();
  };
  return {
    subscribe,
    fill,
    get: (key) => all.get(key),
    set(key, value) {
      all.set(key, value);
      doc.commit();
      if (heard(key)) tell(key, typeof value === "object" ? all.get(key) : value);
    },
    snapshot: () => JSON.stringify(all.toJSON()),
    restore(text) {
      const entries = JSON.parse(text);
      for (const key of all.keys()) if (!(key in entries)) all.delete(key);
      fill(entries);
    },
  };
}
