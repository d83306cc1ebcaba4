// @ts-check
// Runs stages of the benchmark on one store, in a page of its own: an engine makes code faster that has seen one kind of store only.

import { measure } from "./measure.js";
import { stores, tabstate } from "./stores.js";
import { heard, stages } from "./workloads.js";

/** What every browser has, and Tabstate. */
export async function create(/** @type {string} */ name) {
  if (name !== "tabstate") return stores[name]();
  const { open } = await import(/** @type {any} */ ("../tabstate/tabstate.min.js"));
  return tabstate(await open({ enforce: true }));
}

/**
 * Runs the rows of a stage: ns for one operation, by row.
 * @param {import("./stores.js").Store} store
 * @param {string} stage
 * @param {{ms: number, runs: number, skip?: readonly string[]}} options
 */
export async function runStage(store, stage, options) {
  /** @type {Record<string, number>} */
  const figures = {};
  for (const [row, begin] of Object.entries(stages[stage](store))) {
    if (!begin || options.skip?.includes(row)) continue;
    try {
      figures[row] = await measure(begin(), options);
    } catch (error) {
      throw new Error(`${row}: ${error}`, { cause: error });
    }
  }
  if (Number.isNaN(heard.sum)) throw new Error("what listeners heard is no number");
  return figures;
}

/** @type {any} */ (globalThis).run = async (/** @type {string} */ name, /** @type {string} */ stage, /** @type {any} */ options) => runStage(await create(name), stage, options);
