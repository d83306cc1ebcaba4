// @ts-check
// Numbers for random tests.

/** Numbers that look random and are the same for the same seed (mulberry32): below() gives an integer from 0 on. */
export function random(/** @type {number} */ seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    next,
    below: (/** @type {number} */ n) => next() % n,
    pick: /** @type {<T>(list: readonly T[]) => T} */ ((list) => list[next() % list.length]),
  };
}
