// @ts-check
// What the page knows of the module's entries: a record for each key it has met, found by key and by place.
// All of it can be thrown away: the truth is in the module.

import { PLACE } from "./abi.js";

/** Not known here, or absent, or a reference: the module has to be asked. */
export const COLD = Symbol("cold");

/** @typedef {{key: string, slot: number, value: any, stamp: number}} Known value: or COLD; stamp: the serial of the batch that logged it */

/** @param {any[][]} others lists of others that grow with the cache, so that every place has an element in them */
export function createCache(...others) {
  /** @type {Map<string, Known>} */
  const byKey = new Map();
  /** @type {(Known | undefined)[]} */
  const byPlace = [];
  // What open batches have overwritten: rolled back from here, and the old values of the changes at the end. A batch logs a
  // place once: it carries the batch's serial then.
  /** @type {number[]} */
  let loggedPlaces = [];
  /** @type {any[]} */
  let loggedValues = [];
  let serial = 0, lastSerial = 0;

  const cache = {
    byKey,
    byPlace,

    /** @returns {Known} */
    remember(/** @type {string} */ key, /** @type {number} */ slot) {
      const place = slot & PLACE;
      while (byPlace.length <= place) {
        byPlace.push(undefined);
        for (let i = 0; i < others.length; i++) others[i].push(undefined); // an iterator makes an object of each
      }
      const known = { key, slot, value: COLD, stamp: 0 };
      byKey.set(key, known);
      return byPlace[place] = known;
    },

    /** Remembers the key unless it is known by this very slot. */
    meet(/** @type {string} */ key, /** @type {number} */ slot) {
      if (byKey.get(key)?.slot !== slot) cache.remember(key, slot);
    },

    /** The record of the slot, if its place is known by it. */
    knows(/** @type {number} */ slot) {
      const known = byPlace[slot & PLACE];
      return known !== undefined && known.slot === slot && byKey.get(known.key) === known ? known : undefined;
    },

    forget(/** @type {number} */ slot) {
      const known = cache.knows(slot);
      if (known === undefined) return;
      byKey.delete(known.key);
      byPlace[slot & PLACE] = undefined;
    },

    /** The value at the place is not known any more. */
    lose(/** @type {number} */ place) {
      const known = byPlace[place];
      if (known !== undefined) known.value = COLD;
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
      const known = byPlace[place];
      if (serial !== 0 && known !== undefined) { // a place that is not known here has no stamp, and may be logged twice
        if (known.stamp === serial) return;
        known.stamp = serial;
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
        const known = byPlace[loggedPlaces[i]];
        if (known === undefined) continue;
        known.value = loggedValues[i];
        known.stamp = 0;
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
      byKey.clear();
      byPlace.length = 0;
      serial = 0;
      loggedPlaces = [];
      loggedValues = [];
      for (const other of others) other.length = 0;
    },
  };
  return cache;
}
