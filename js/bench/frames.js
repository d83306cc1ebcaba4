// @ts-check
// 1,000 writes a second into a session that holds 100 MB, while frames are counted. /bench/frames

/** The longest call of an export since it was last asked, in ms. */
const longest = { export: 0, name: "" };

// Each export is wrapped before the facade sees it: what it is called by then also measures it.
const instantiate = WebAssembly.instantiate;
/** @type {any} */ (WebAssembly).instantiate = async (/** @type {any} */ module, /** @type {any} */ imports) => {
  const instance = await /** @type {any} */ (instantiate)(module, imports);
  /** @type {Record<string, any>} */
  const exports = {};
  for (const [name, value] of Object.entries(instance.exports)) {
    exports[name] = typeof value !== "function" ? value : (/** @type {any[]} */ ...args) => {
      const begun = performance.now();
      try {
        return value(...args);
      } finally {
        const took = performance.now() - begun;
        if (took > longest.export) Object.assign(longest, { export: took, name });
      }
    };
  }
  return Object.create(WebAssembly.Instance.prototype, { exports: { value: exports } });
};

const { open } = await import(/** @type {any} */ ("/tabstate/tabstate.min.js"));
/** @type {import("../index.d.ts").Session} */
const session = await open({ enforce: true });

let heard = 0;
const KEYS = 100;
for (let i = 0; i < KEYS; i++) {
  session.set(`n${i}`, 0);
  session.subscribe(`n${i}`, () => { heard++; });
}

/** @type {any} */ (globalThis).bench = {
  /** Fills the session with objects and texts until it holds so many bytes. */
  fill(/** @type {number} */ bytes) {
    const text = "0123456789".repeat(500);
    for (let i = 0; session.stats().bytes < bytes; i++) {
      session.set(`text${i}`, i + text);
      session.set(`list${i}`, Array.from({ length: 100 }, (_, row) => ({ row, title: `Row number ${row} of ${i}`, done: row % 2 === 0 })));
    }
    return session.stats().bytes;
  },

  /**
   * Writes for so many seconds at 1,000 a second, every tenth a small object and every hundredth a text of 5 KB when `objects`, else
   * numbers alone; with `rate` 0 nothing is written, which says how long frames are here by themselves.
   */
  async run(/** @type {number} */ seconds, /** @type {number} */ rate, /** @type {boolean} */ objects) {
    await new Promise((done) => setTimeout(done, 500));
    Object.assign(longest, { export: 0, name: "" });
    const before = heard;
    let written = 0;
    let numbers = 0;
    let call = 0;
    /** @type {number[]} */
    const gaps = [];
    let frame = performance.now();
    const begun = frame;
    let over = false;
    let task = 0;
    const tasks = new PerformanceObserver((list) => { for (const entry of list.getEntries()) task = Math.max(task, entry.duration); });
    tasks.observe({ type: "longtask" }); // those over 50 ms
    const tick = (/** @type {number} */ _) => {
      const now = performance.now();
      gaps.push(now - frame);
      frame = now;
      if (!over) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    await new Promise((done) => {
      const step = () => {
        const due = Math.floor((performance.now() - begun) / 1000 * rate);
        while (written < due) {
          written++;
          const start = performance.now();
          if (objects && written % 100 === 0) session.set(`text${written % 5000}`, written + "9876543210".repeat(500));
          else if (objects && written % 10 === 0) session.set(`small${written % 1000}`, { id: written, name: "Ada Lovelace", tags: ["a", "b"], done: false });
          else {
            numbers++;
            session.set(`n${numbers % KEYS}`, written);
          }
          call = Math.max(call, performance.now() - start);
        }
        if (performance.now() - begun < seconds * 1000) setTimeout(step, 1);
        else done(undefined);
      };
      step();
    });
    over = true;
    tasks.disconnect();
    if (heard - before !== numbers) throw new Error(`${heard - before} of ${numbers} writes were heard`);
    gaps.shift();
    return {
      writes: written,
      "longest frame, ms": Math.max(...gaps),
      "frames over 33 ms": gaps.filter((gap) => gap > 33.4).length,
      "longest task over 50 ms, ms": task,
      "longest call of set, ms": call,
      "longest export, ms": longest.export,
      "which export": longest.name,
      "linear memory, MB": session.stats().memory / 1e6,
      "state, MB": session.stats().bytes / 1e6,
    };
  },
};
document.title = "ready";
