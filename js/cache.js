// @ts-check
// What the page knows of the module's entries: the slot of each key it has met, and by place the key and the value read.
// All of it can be thrown away: the truth is in the module.

import { PLACE } from "./abi.js";

/** Not known here, or absent, or a reference: the module has to be asked. */
export const COLD = Symbol("cold");

/** @param {any[][]} byPlace lists of others that grow with the cache, so that every place has an element in them */
export function createCache(byPlace) {
  /** @type {Map<string, number>} */
  const slots = new Map();
  /** @type {string[]} */
  const names = [];
  /** @type {any[]} the value, or COLD */
  const values = [];
  // What open batches have overwritten: rolled back from here, and the old values of the changes at the end.
  /** @type {number[]} */
  let loggedPlaces = [];
  /** @type {any[]} */
  let loggedValues = [];

  const cache = {
    slots,
    names,
    values,

    remember(/** @type {string} */ key, /** @type {number} */ slot) {
      const place = slot & PLACE;
      slots.set(key, slot);
      while (values.length <= place) {
        values.push(COLD);
        names.push("");
        for (const list of byPlace) list.push(undefined);
      }
      names[place] = key;
      values[place] = COLD;
    },

    /** Says whether the slot is the one its place is known by. */
    knows: (/** @type {number} */ slot) => slots.get(names[slot & PLACE]) === slot,

    forget(/** @type {number} */ slot) {
      const place = slot & PLACE;
      if (cache.knows(slot)) slots.delete(names[place]);
      values[place] = COLD;
      names[place] = "";
    },

    log(/** @type {number} */ place, /** @type {any} */ value) {
      loggedPlaces.push(place);
      loggedValues.push(value);
    },

    get mark() { return loggedPlaces.length; },

    /** Puts back what was logged since the mark, and says for which places. */
    rollback(/** @type {number} */ mark) {
      const places = loggedPlaces.slice(mark);
      for (let i = loggedPlaces.length - 1; i >= mark; i--) values[loggedPlaces[i]] = loggedValues[i];
      loggedPlaces.length = mark;
      loggedValues.length = mark;
      return places;
    },

    /** Ends the log and gives, by place, what was there before. */
    takeLog() {
      /** @type {Map<number, any>} */
      const first = new Map();
      for (let i = 0; i < loggedPlaces.length; i++) if (!first.has(loggedPlaces[i])) first.set(loggedPlaces[i], loggedValues[i]);
      loggedPlaces = [];
      loggedValues = [];
      return first;
    },

    clear() {
      slots.clear();
      names.length = values.length = 0;
      loggedPlaces = [];
      loggedValues = [];
      for (const list of byPlace) list.length = 0;
    },
  };
  return cache;
}
