// @ts-check
// What was made of a text is kept for the next time: pages repeat a few texts often. A page that goes on making up new ones, such
// as keys with a number, must not fill the memory.

const MOST = 2000;

/** @template T @param {(text: string) => T} make not undefined @returns {(text: string) => T} */
export function remember(make) {
  /** @type {Map<string, T>} */
  const known = new Map();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      if (known.size === MOST) known.clear();
      known.set(text, found = make(text));
    }
    return found;
  };
}
