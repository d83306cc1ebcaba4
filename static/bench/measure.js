// @ts-check
// Times one workload on one store.

/**
 * @typedef {object} Workload
 * @property {(n: number) => void} run does the operation n times; only this is timed
 * @property {(n: number) => void} [prepare] makes what run needs for n operations
 * @property {(n: number) => number} [timed] in place of run, where part of the work must not count: returns the ms
 * @property {() => void} check throws when the operations did not do what they should
 * @property {number} [most] operations that can be prepared for one run
 */

/**
 * The fastest of some runs in ns per operation, after others that let the engine compile what is hot: what else the machine does
 * can make a run slower, but not faster. Before each run there is a task, so that a collection that was begun can end, and work
 * for idle time is not charged to the run.
 * @param {Workload} workload
 * @param {{ms: number, runs: number}} options ms is how long a run takes
 */
export async function measure({ run, prepare, timed, check, most = Infinity }, { ms, runs }) {
  /** What a run of n operations takes, in ms: those that count, and all. */
  const once = (/** @type {number} */ n) => {
    const begun = performance.now();
    prepare?.(n);
    const start = performance.now();
    const took = timed?.(n) ?? (run(n), performance.now() - start);
    return { took, all: performance.now() - begun };
  };
  /** How many operations make a run, after n of them took so long. What was prepared may serve again where it is only kept. */
  const enough = (/** @type {number} */ n, /** @type {number} */ took) => {
    const limit = n >= 64 && took / n < 0.001 ? Infinity : most;
    return Math.max(1, Math.min(limit, took < ms / 16 ? n * 16 : Math.ceil(n * ms / took)));
  };

  let n = 1;
  let last = once(n);
  check();
  for (let spent = last.all; spent < 3 * ms; spent += Math.max(last.all, 0.5)) {
    n = enough(n, last.took);
    last = once(n);
  }
  n = enough(n, last.took);

  const times = [];
  while (times.length < runs) {
    await new Promise((done) => setTimeout(done, 5));
    last = once(n);
    if (last.took < ms / 2 && enough(n, last.took) > n) n = enough(n, last.took); // the last one was held up by something else
    else times.push(last.took / n * 1e6);
    if (last.all > 10 * ms && times.length > 0) break; // too slow to be done often
  }
  check();
  return Math.min(...times);
}
