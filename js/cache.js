// @ts-check
// What the page knows of the module's entries: the slot of each key it has met, and by place the key and the value read.
// All of it can be thrown away: the truth is in the module.

import { PLACE } from "./abi.js";

/** Not known here, or absent, or a reference: the module has to be asked. */
export const COLD = Symbol("cold");

/** @param {any[][]} others lists of others that grow with the cache, so that every place has an element in them */
export function createCache(...others) {
  /** @type {Map<string, number>} */
  const slots = new Map();
  /** @type {string[]} */
  const names = [];
  /** @type {any[]} the value, or COLD */
  const values = [];
  // What open batches have overwritten: rolled back from here, and the old values of the changes at the end. A batch logs a
  // place once: it carries the batch's serial then.
  /** @type {number[]} */
  let loggedPlaces = [];
  /** @type {any[]} */
  let loggedValues = [];
  /** @type {number[]} */
  const stamps = [];
  let serial = 0, lastSerial = 0;

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
        stamps.push(0);
        for (let i = 0; i < others.length; i++) others[i].push(undefined); // an iterator makes an object of each
      }
      names[place] = key;
      values[place] = COLD;
    },

    /** Says whether the slot is the one its place is known by. */
    knows: (/** @type {number} */ slot) => slots.get(names[slot & PLACE]) === slot,

    forget(/** @type {number} */ slot) {
      if (!cache.knows(slot)) return;
      const place = slot & PLACE;
      slots.delete(names[place]);
      values[place] = COLD;
      names[place] = "";
    },

    /** Begins a batch; rollback() or end() takes what it returns. */
    begin() {
      const outer = { mark: loggedPlaces.length, serial };
      serial = ++lastSerial;
      return outer;
    },

    end(/** @type {{serial: number}} */ outer) {
      serial = outer.serial;
    },

    log(/** @type {number} */ place, /** @type {any} */ value) {
      if (serial !== 0) {
        if (stamps[place] === serial) return;
        if (place < stamps.length) stamps[place] = serial; // a place that is not known here has no stamp, and may be logged twice
      }
      loggedPlaces.push(place);
      loggedValues.push(value);
    },

    get logged() { return loggedPlaces.length > 0; },

    /** Puts back what was logged since the batch began, and says for which places. */
    rollback(/** @type {{mark: number, serial: number}} */ outer) {
      const { mark } = outer;
      serial = outer.serial;
      const places = loggedPlaces.slice(mark);
      for (let i = loggedPlaces.length - 1; i >= mark; i--) {
        if (loggedPlaces[i] >= values.length) continue;
        values[loggedPlaces[i]] = loggedValues[i];
        stamps[loggedPlaces[i]] = 0;
      }
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
      names.length = values.length = stamps.length = 0;
      serial = 0;
      loggedPlaces = [];
      loggedValues = [];
      for (const other of others) other.length = 0;
    },
  };
  return cache;
}
