// @ts-check
// What the workloads store.

/** Names of n keys. */
export const keys = (/** @type {string} */ name, /** @type {number} */ n) => Array.from({ length: n }, (_, i) => `${name}${i}`);

/** Short strings, as many as a workload needs to write another one each time. */
export const texts = Array.from({ length: 64 }, (_, i) => `value ${i}`);

export const small = (/** @type {number} */ i) => ({ id: i, name: "Ada Lovelace", tags: ["a", "b"], done: false });

/** An array of objects whose JSON text has about 10 KB. */
export const table = (/** @type {number} */ i) => Array.from({ length: 132 }, (_, row) => ({
  id: i + row, title: `Row number ${row}`, amount: row * 1.5, tags: ["red", "blue"], done: row % 2 === 0,
}));

/** Objects of n different shapes, as a page's values are: code that has seen one shape only would be faster than it ever is in a page. */
export const shapes = (/** @type {number} */ n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`shape${i}`, {
  [`a${i}`]: i, [`b${i % 7}`]: [{ [`c${i}`]: "text" }, { [`d${i % 5}`]: null, e: i % 2 === 0 }], name: `shape ${i}`, ...(i % 3 ? { more: { [`f${i}`]: i / 4 } } : {}),
}]));

/** n entries of every kind: four numbers of ten, three strings, one boolean, two objects. `turn` makes them differ. */
export function mixed(/** @type {number} */ n, turn = 0) {
  /** @type {Record<string, any>} */
  const entries = {};
  for (let i = 0; i < n; i++) entries[`key${i}`] = mixedValue(i, i + turn);
  return entries;
}

function mixedValue(/** @type {number} */ i, /** @type {number} */ n) {
  switch (i % 10) {
    case 0: case 1: return n;
    case 2: case 3: return n * 1.37;
    case 4: case 5: case 6: return `some text, number ${n}`;
    case 7: return n % 2 === 0;
    default: return small(n);
  }
}

/** Whether two JSON values are the same. */
export function same(/** @type {any} */ a, /** @type {any} */ b) {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [names, others] = [Object.keys(a), Object.keys(b)];
  /** @type {boolean} */
  let all = names.length === others.length;
  for (let i = 0; all && i < names.length; i++) all = Object.hasOwn(b, names[i]) && same(a[names[i]], b[names[i]]);
  return all;
}
