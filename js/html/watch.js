// @ts-check
// Who is to be told of a key that the page shows: the key is pinned once and listened to once, whatever the number of elements.

import { PLACE } from "../abi.js";

/**
 * @typedef {object} Watcher
 * @property {(watcher: any, value: any) => void} tell
 * @property {Pin | null} pin of the key, while it watches one
 * @property {boolean} [lends] its slot is good until it goes
 *
 * @typedef {object} Pin
 * @property {string} key
 * @property {number} slot
 * @property {Watcher[]} watchers in their order
 * @property {number} gone how many of them have ended
 * @property {boolean} pinned not before the widget that lends the slot has gone
 * @property {any} port
 */

/** What no value is. */
export const NEVER = {};

/** @param {any} core */
export function createWatch(core) {
  /** @type {Map<string, Pin>} */
  const pins = new Map();

  /** The one listener of all keys here: with one for each, a page's first binding makes thousands of functions. */
  const listener = core.listeners.listener((/** @type {any} */ value, /** @type {{key: string}} */ { key }) => {
    const watchers = pins.get(key)?.watchers ?? [];
    for (let i = 0, n = watchers.length; i < n; i++) {
      const watcher = watchers[i];
      try {
        if (watcher.pin) watcher.tell(watcher, value);
      } catch (error) {
        core.events.reportError(error);
      }
    }
  });

  function create(/** @type {string} */ key, /** @type {Watcher} */ watcher, /** @type {number} */ lent) {
    const slot = lent || core.pin(key);
    core.computed.watch(key);
    /** @type {Pin} */
    const pin = { key, slot, watchers: [watcher], gone: 0, pinned: lent === 0, port: core.port };
    core.listeners.join(slot & PLACE, listener);
    pins.set(key, pin);
    return pin;
  }

  return {
    /** Tells the watcher of the key now, but for a value that it shows already, and after each change, until unwatch(). A widget lends its slot. */
    watch(/** @type {string} */ key, /** @type {Watcher} */ watcher, lent = 0, /** @type {any} */ shown = NEVER) {
      const known = pins.get(key);
      known?.watchers.push(watcher);
      watcher.pin = known ?? create(key, watcher, lent);
      watcher.lends = lent !== 0;
      const value = core.get(key);
      if (value !== shown) watcher.tell(watcher, value);
    },

    unwatch(/** @type {Watcher} */ watcher) {
      const { pin, lends } = watcher;
      if (!pin) return;
      watcher.pin = null;
      if (++pin.gone * 2 >= pin.watchers.length) {
        pin.watchers = pin.watchers.filter((other) => other.pin);
        pin.gone = 0;
      }
      const last = pin.watchers.length === 0;
      if (last) {
        if (pins.get(pin.key) === pin) pins.delete(pin.key);
        core.listeners.leave(pin.slot & PLACE, listener);
      } else if (!lends || pin.pinned) return;
      if (core.port !== pin.port) return;
      if (pin.pinned) core.unpin([pin.slot]);
      else if (!last) pin.pinned = core.pin(pin.key) > 0;
    },
  };
}
