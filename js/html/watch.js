// @ts-check
// Who is to be told of a key that the page shows: the key is pinned once, whatever the number of elements.

import { PLACE } from "../abi.js";

/** @typedef {{slot: number, users: number, pinned: boolean}} Pin pinned: not before the widget that lends the slot has gone */

/** @param {any} core */
export function createWatch(core) {
  /** @type {Map<string, Pin>} */
  const pins = new Map();

  /** Calls the user now and after each change of the key; returns the function that ends it. A widget lends its slot until then. */
  return (/** @type {string} */ key, /** @type {(value: any) => void} */ user, lent = 0) => {
    let pin = pins.get(key);
    if (!pin) {
      pins.set(key, pin = { slot: lent || core.pin(key), users: 0, pinned: lent === 0 });
      core.computed.watch(key);
    }
    const { port } = core, own = pin;
    const end = core.listeners.add([own.slot & PLACE], user, false);
    own.users++;
    user(core.get(key));
    return () => {
      if (!end()) return;
      if (--own.users === 0) pins.delete(key);
      else if (lent === 0 || own.pinned) return;
      if (core.port !== port) return;
      if (own.pinned) core.unpin([own.slot]);
      else if (own.users > 0) own.pinned = core.pin(key) > 0;
    };
  };
}
