// @ts-check
// Values that JSON cannot represent, held here; the module holds their numbers, and says when nothing names one any more.

/** @typedef {import("./plain.js").Offence} Offence */

export function createReferences() {
  /** @type {Map<number, {value: unknown, offence: Offence}>} */
  const held = new Map();
  let last = 0;

  return {
    hold(/** @type {unknown} */ value, /** @type {Offence} */ offence) {
      held.set(++last, { value, offence });
      return last;
    },
    value: (/** @type {number} */ id) => held.get(id)?.value,
    offence: (/** @type {number} */ id) => held.get(id)?.offence,
    release: (/** @type {number} */ id) => void held.delete(id),
    get any() { return held.size > 0; },
    clear: () => held.clear(),
  };
}
