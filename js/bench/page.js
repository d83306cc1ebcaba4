// @ts-check
// The page of the benchmark, for one peer: /bench/?peer=NAME. What it can do is called by name, as in "bench.rows".

import { create as createBuiltIn, runStage } from "../../static/bench/run.js";
import { stores } from "../../static/bench/stores.js";
import { keys, small } from "../../static/bench/values.js";

const name = /** @type {string} */ (new URL(location.href).searchParams.get("peer"));

/** @returns {Promise<import("../../static/bench/stores.js").Store>} */
const create = async () => name === "tabstate" || stores[name] ? createBuiltIn(name) : (await import(`/peers/${name}.js`)).create();

/** Bytes of every linear memory there is. @type {WebAssembly.Memory[]} */
const memories = [];

/** From now on each module that is instantiated shows its memory. */
function seeMemories() {
  const see = (/** @type {any} */ result) => {
    for (const value of Object.values((result.instance ?? result).exports)) if (value instanceof WebAssembly.Memory) memories.push(value);
    return result;
  };
  const imported = (/** @type {any} */ imports) => {
    for (const part of Object.values(imports ?? {})) {
      for (const value of Object.values(part)) if (value instanceof WebAssembly.Memory) memories.push(value);
    }
  };
  for (const way of /** @type {const} */ (["instantiate", "instantiateStreaming"])) {
    const instantiate = /** @type {any} */ (WebAssembly[way]);
    /** @type {any} */ (WebAssembly)[way] = async (/** @type {any} */ source, /** @type {any} */ imports) => {
      imported(imports);
      return see(await instantiate(source, imports));
    };
  }
}

/** @type {import("../../static/bench/stores.js").Store} */
let store;

/** @type {any} */ (globalThis).bench = {
  /** Runs the rows of a stage: ns for one operation, by row. */
  async stage(/** @type {string} */ stage, /** @type {any} */ options) {
    return runStage(await create(), stage, options);
  },

  /** Opens an empty store, and says how large the linear memory is. */
  async empty() {
    seeMemories();
    store = await create();
    return this.memory();
  },
  /** Bytes in linear memory: all there is of it, or what the store says that it uses. */
  memory: () => store.held?.() ?? memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),

  /** Makes n keys, none of them read. */
  fill(/** @type {"number" | "small object"} */ kind, /** @type {number} */ n) {
    // A text for each key that only the store has.
    const chunk = 1000;
    for (let from = 0; from < n; from += chunk) {
      /** @type {Record<string, any>} */
      const entries = {};
      for (let i = from; i < from + chunk; i++) entries[`key${i}`] = kind === "number" ? i * 1.5 : small(i);
      store.fill(entries);
    }
    return this.memory();
  },
  /** Whether the keys are there. */
  filled: (/** @type {number} */ n) => [0, n - 1].every((i) => store.get(keys("key", n)[i]) !== undefined),
};
document.title = "ready";
