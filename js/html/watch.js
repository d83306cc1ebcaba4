// @ts-check
// Who is to be told of a key that the page shows: the key is pinned once, whatever the number of elements.

import { PLACE } from "../abi.js";

/** @param {any} core */
export function createWatch(core) {
  /** @type {Map<string, {slot: number, users: number}>} */
  const pins = new Map();

  /** Calls the user now and after each change of the key; returns the function that ends it. */
  return (/** @type {string} */ key, /** @type {(value: any) => void} */ user) => {
    let pin = pins.get(key);
    if (!pin) {
      pins.set(key, pin = { slot: core.pin(key), users: 0 });
      core.computed.watch(key);
    }
    const { port } = core;
    const { slot } = pin;
    const end = core.listeners.add([slot & PLACE], user, false);
    pin.users++;
    user(core.get(key));
    return () => {
      if (!end() || --pin.users > 0) return;
      pins.delete(key);
      if (core.port === port) core.unpin([slot]);
    };
  };
}
