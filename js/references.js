// @ts-check
// Values that JSON cannot represent, held here; the module holds their numbers, and says when nothing names one any more. A value
// has one number, so that the module sees by the number whether it is the same one.

/** @typedef {import("./plain.js").Offence} Offence */

export function createReferences() {
  /** @type {Map<unknown, number>} */
  const ids = new Map();
  /** @type {Map<number, {value: unknown, offence: Offence}>} */
  const held = new Map();
  let last = 0;

  return {
    knows: (/** @type {unknown} */ value) => ids.has(value),
    hold(/** @type {unknown} */ value, /** @type {Offence} */ offence) {
      const id = ids.get(value) ?? ++last;
      ids.set(value, id);
      held.set(id, { value, offence });
      return id;
    },
    value: (/** @type {number} */ id) => held.get(id)?.value,
    offence: (/** @type {number} */ id) => held.get(id)?.offence,
    release(/** @type {number} */ id) {
      if (held.has(id)) ids.delete(held.get(id)?.value);
      held.delete(id);
    },
    get any() { return held.size > 0; },
    clear() {
      ids.clear();
      held.clear();
    },
  };
}
