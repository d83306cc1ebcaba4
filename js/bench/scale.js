// @ts-check
// How a session's costs grow with its keys, and with listeners that do not fire. /bench/scale

const { open } = await import(/** @type {any} */ ("/tabstate/tabstate.min.js"));
/** @type {import("../index.d.ts").Session} */
const session = await open({ enforce: true, limits: { entries: 2_000_000 } });
const empty = session.stats().memory;
let sum = 0;
let heard = 0;
let keys = 0;
let silent = 0;

/** ns for one of n operations, the fastest of some runs. */
async function time(/** @type {number} */ n, /** @type {(n: number) => void} */ run) {
  const times = [];
  for (let i = 0; i < 15; i++) {
    await new Promise((done) => setTimeout(done, 5));
    const begun = performance.now();
    run(n);
    if (i >= 4) times.push((performance.now() - begun) / n * 1e6); // the first ones are for the compiler
  }
  return Math.min(...times);
}

session.set("one", 0);
session.subscribe("one", (value, change) => {
  heard++;
  sum += value + change.version;
});
let next = 1;

/** @type {any} */ (globalThis).bench = {
  /** Brings the session to n keys besides, and measures. */
  async keys(/** @type {number} */ n) {
    const begun = performance.now();
    const added = n - keys;
    const made = `k${keys}`;
    for (; keys < n; keys++) session.set(`k${keys}`, keys * 1.5);
    const insert = (performance.now() - begun) / added * 1e6;
    if (session.size !== n + 1 || session.get(made) !== Number(made.slice(1)) * 1.5) throw new Error("keys are missing");
    return { "make a key, ns": insert, ...await this.one(), "linear memory for each key, bytes": (session.stats().memory - empty) / n };
  },

  /** Adds listeners of other keys until there are n, and measures. */
  async listeners(/** @type {number} */ n) {
    for (; silent < n; silent++) session.subscribe(`silent${silent}`, () => { throw new Error("it should be silent"); });
    return this.one();
  },

  async one() {
    const before = heard;
    const first = next;
    const write = await time(200_000, (n) => {
      const end = next + n;
      for (let i = next; i < end; i++) session.set("one", i);
      next = end;
    });
    if (heard - before !== next - first || session.get("one") !== next - 1) throw new Error("writes are missing");
    const read = await time(500_000, (n) => {
      let found = 0;
      for (let i = 0; i < n; i++) found += session.get("one");
      sum += found;
    });
    if (Number.isNaN(sum)) throw new Error("no number was read");
    return { "write one key, ns": write, "read one key, ns": read };
  },
};
document.title = "ready";
