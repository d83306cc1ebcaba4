import { subscribeWithSelector } from "zustand/middleware";
import { createStore } from "zustand/vanilla";

/** One store, and a listener with a selector for each key. */
export function create() {
  const store = createStore(subscribeWithSelector(() => ({})));
  return {
    get: (key) => store.getState()[key],
    set: (key, value) => store.setState({ [key]: value }),
    subscribe: (key, listener) => { store.subscribe((state) => state[key], (value) => listener(value)); },
    fill: (entries) => store.setState(entries),
    snapshot: () => JSON.stringify(store.getState()),
    restore: (text) => store.setState(JSON.parse(text), true),
  };
}
