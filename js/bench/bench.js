// @ts-check
// Runs the workloads on every peer in interleaved rounds and keeps the median of each. bench.run(rounds) gives
// {workload: {peer: nanoseconds}}.

import { heard, peers } from "./peers.js";

const KEYS = 100;
const numbers = Array.from({ length: KEYS }, (_, i) => `number${i}`);
const strings = Array.from({ length: KEYS }, (_, i) => `string${i}`);
const texts = Array.from({ length: 64 }, (_, i) => `value ${i}`);
const small = (/** @type {number} */ i) => ({ id: i, name: "Ada Lovelace", tags: ["a", "b"], done: false });
const table = (/** @type {number} */ i) => Array.from({ length: 90 }, (_, row) => ({ id: row + i, title: `Row number ${row}`, amount: row * 1.5, tags: ["red", "blue"], open: row % 2 === 0 }));

/** @type {Record<string, {n: number, run: (p: any, n: number) => void}>} */
const workloads = {
  "read a number": { n: 500_000, run: (p, n) => { for (let i = 0; i < n; i++) heard.sum += p.get(numbers[i % KEYS]); } },
  "write a number, one listener": { n: 500_000, run: (p, n) => { for (let i = 0; i < n; i++) p.set(numbers[i % KEYS], i + heard.sum % 2); } },
  "write a short string, one listener": { n: 300_000, run: (p, n) => { for (let i = 0; i < n; i++) p.set(strings[i % KEYS], texts[(i + (i / KEYS | 0)) & 63]); } },
  "write a small object, one listener": { n: 10_000, run: (p, n) => { for (let i = 0; i < n; i++) p.set("small", small(i)); } },
  "write an object of 10 KB, one listener": { n: 200, run: (p, n) => { for (let i = 0; i < n; i++) p.set("table", table(i)); } },
  "read session.state.x": { n: 300_000, run: (p, n) => { if (p.state) for (let i = 0; i < n; i++) heard.sum += p.state.number7; } },
};

function median(/** @type {number[]} */ list) {
  return list.sort((a, b) => a - b)[list.length >> 1];
}

async function run(rounds = 7) {
  /** @type {Record<string, any>} */
  const stores = {};
  for (const [name, create] of Object.entries(peers)) {
    const p = stores[name] = await create();
    numbers.forEach((key, i) => p.key(key, i));
    strings.forEach((key, i) => p.key(key, texts[i % 64]));
    p.key("small", small(0));
    p.key("table", table(0));
  }
  /** @type {Record<string, Record<string, number[]>>} */
  const times = {};
  for (let round = -1; round < rounds; round++) {
    for (const [workload, { n, run }] of Object.entries(workloads)) {
      for (const [name, store] of Object.entries(stores)) {
        if (workload.includes("state") && !store.state) continue;
        const count = round < 0 ? n / 10 : n;
        const start = performance.now();
        run(store, count);
        const ns = (performance.now() - start) / count * 1e6;
        if (round >= 0) ((times[workload] ??= {})[name] ??= []).push(ns);
        // A task in between, so that what the workload left (collections, idle work) does not fall to the next one.
        await new Promise((done) => setTimeout(done, 5));
      }
    }
  }
  return Object.fromEntries(Object.entries(times).map(([workload, byPeer]) =>
    [workload, Object.fromEntries(Object.entries(byPeer).map(([name, list]) => [name, median(list)]))]));
}

/** @type {any} */ (globalThis).bench = { run };
