import { proxy, snapshot } from "valtio/vanilla";
import { subscribeKey } from "valtio/vanilla/utils";

/** One proxy; listeners are told at once, as everywhere here. */
export function create() {
  const state = proxy({});
  return {
    state,
    get: (key) => state[key],
    set: (key, value) => { state[key] = value; },
    subscribe: (key, listener) => { subscribeKey(state, key, (value) => listener(value), true); },
    fill: (entries) => { Object.assign(state, entries); },
    snapshot: () => JSON.stringify(snapshot(state)),
    restore(text) {
      const entries = JSON.parse(text);
      for (const key of Object.keys(state)) if (!(key in entries)) delete state[key];
      Object.assign(state, entries);
    },
  };
}
