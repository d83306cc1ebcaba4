// @ts-check
// What is measured, each behind the same few calls: create(n) makes n keys that hold numbers and as many that hold strings, each
// with one listener that gets the new value.

import { effect, signal } from "@preact/signals-core";

/** A listener's work: enough that it cannot be left out. */
export const heard = { sum: 0 };

export const peers = {
  async tabstate() {
    const { open } = await import("/tabstate/tabstate.min.js");
    const session = await open({ enforce: true });
    return {
      key: (/** @type {string} */ key, /** @type {any} */ value) => {
        session.set(key, value);
        session.subscribe(key, (/** @type {any} */ v, /** @type {any} */ change) => {
          heard.sum += typeof v === "object" ? 1 : v.length ?? change.version;
        });
        session.get(key);
      },
      get: session.get,
      set: session.set,
      state: session.state,
    };
  },

  async signals() {
    /** @type {Map<string, any>} */
    const all = new Map();
    return {
      key: (/** @type {string} */ key, /** @type {any} */ value) => {
        const s = signal(value);
        all.set(key, s);
        effect(() => {
          const v = s.value;
          heard.sum += typeof v === "object" ? 1 : v.length ?? v;
        });
      },
      get: (/** @type {string} */ key) => all.get(key).value,
      set: (/** @type {string} */ key, /** @type {any} */ value) => {
        all.get(key).value = value;
      },
      state: undefined,
    };
  },

  /** A Map of deep-frozen clones: what a page writes by hand to have values isolated. */
  async frozenClone() {
    /** @type {Map<string, any>} */
    const all = new Map();
    /** @type {Map<string, (value: any) => void>} */
    const listeners = new Map();
    const freeze = (/** @type {any} */ value) => {
      if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        for (const member of Object.values(value)) freeze(member);
      }
      return value;
    };
    return {
      key: (/** @type {string} */ key, /** @type {any} */ value) => {
        all.set(key, value);
        listeners.set(key, (v) => {
          heard.sum += typeof v === "object" ? 1 : v.length ?? v;
        });
      },
      get: (/** @type {string} */ key) => all.get(key),
      set: (/** @type {string} */ key, /** @type {any} */ value) => {
        const clone = typeof value === "object" ? freeze(structuredClone(value)) : value;
        all.set(key, clone);
        listeners.get(key)?.(clone);
      },
      state: undefined,
    };
  },
};
