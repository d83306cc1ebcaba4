import { configureStore, createSlice } from "@reduxjs/toolkit";

const slice = createSlice({
  name: "state",
  initialState: {},
  reducers: {
    set(state, { payload: { key, value } }) { state[key] = value; },
    fill(state, { payload }) { Object.assign(state, payload); },
    replace: (_, { payload }) => payload,
    tick(state, { payload: { key, index, done } }) { state[key][index].done = done; },
  },
});
const { set, fill, replace, tick } = slice.actions;

/** One store, and a listener with a selector for each key, as its bindings for frameworks have. */
export function create(serializableCheck = false) {
  const store = configureStore({
    reducer: slice.reducer,
    devTools: false,
    middleware: (defaults) => defaults({ immutableCheck: false, serializableCheck: serializableCheck && { warnAfter: Infinity } }),
  });
  return {
    get: (key) => store.getState()[key],
    set: (key, value) => { store.dispatch(set({ key, value })); },
    subscribe(key, listener) {
      let last = store.getState()[key];
      store.subscribe(() => {
        const value = store.getState()[key];
        if (value === last) return;
        last = value;
        listener(value);
      });
    },
    fill: (entries) => { store.dispatch(fill(entries)); },
    snapshot: () => JSON.stringify(store.getState()),
    restore: (text) => { store.dispatch(replace(JSON.parse(text))); },
    tick: (key, index, done) => { store.dispatch(tick({ key, index, done })); },
  };
}
