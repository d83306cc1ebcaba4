import { configure, observable, reaction, toJS } from "mobx";

configure({ enforceActions: "never" });

/** A deep observable map, and a reaction for each key. */
export function create() {
  const all = observable.map();
  return {
    get: (key) => all.get(key),
    set: (key, value) => { all.set(key, value); },
    subscribe: (key, listener) => { reaction(() => all.get(key), (value) => listener(value)); },
    fill: (entries) => { all.merge(entries); },
    snapshot: () => JSON.stringify(Object.fromEntries(toJS(all))),
    restore: (text) => { all.replace(JSON.parse(text)); },
  };
}
