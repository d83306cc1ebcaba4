import { change, init, initializeWasm } from "@automerge/automerge/slim";
import { createListeners } from "../../../static/bench/stores.js";

/** One document, of which each change gives the next. Listeners are told by hand. */
export async function create() {
  await initializeWasm(new URL("automerge.wasm", import.meta.url));
  let doc = init();
  const { subscribe, tell } = createListeners();
  return {
    subscribe,
    get: (key) => doc[key],
    set(key, value) {
      doc = change(doc, (draft) => { draft[key] = value; });
      tell(key, doc[key]);
    },
    fill(entries) {
      doc = change(doc, (draft) => { Object.assign(draft, entries); });
    },
    snapshot: () => JSON.stringify(doc),
    restore(text) {
      const entries = JSON.parse(text);
      doc = change(doc, (draft) => {
        for (const key of Object.keys(draft)) if (!(key in entries)) delete draft[key];
        Object.assign(draft, entries);
      });
    },
    tick(key, index, done) {
      doc = change(doc, (draft) => { draft[key][index].done = done; });
      tell(key, doc[key]);
    },
  };
}
