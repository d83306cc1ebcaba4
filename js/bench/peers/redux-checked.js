import { create as createUnchecked } from "./redux.js";

/** With the check for values that cannot be serialised, which the library has in development builds only. */
export function create() {
  const store = createUnchecked(true);
  const { error } = console;
  let complained = false;
  console.error = () => { complained = true; };
  store.fill({ wrong: () => {} });
  console.error = error;
  if (!complained) throw new Error("the check is not there");
  store.restore("{}");
  return store;
}
