// @ts-check
/// <reference lib="webworker" />
// The service worker of keep: "navigation" (rule 46). What a page hands over as it leaves is held here, in memory alone, until
// the next page of its tab has got it. It stores nothing, fetches nothing and controls no page; js/keep.js speaks to it.
// When the browser stops the worker, what it held is gone, and the next page begins empty.
//
// Messages of a page:
//   {ticket, lineage, version, reached, snapshot}, a port for more   holds it, in place of what the lineage had
//   {claim: ticket, lineage, version, next}, and a port              gives what has the ticket, or what the lineage has that is
//                                                                    newer, or null; it is held on under the ticket `next`
//   {withdraw: ticket}                                               drops it: received, or the page did not leave

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** How long, in ms, something is held. The worker's address may say less, for tests: ?expires=500. */
const EXPIRES = Math.min(10_000, Number(new URL(location.href).searchParams.get("expires")) || 10_000);

/** @typedef {{ticket: string, lineage: string, version: number, reached: number, snapshot: string}} Handover */

/** @type {Map<string, Handover & {timer: number}>} by lineage */
const held = new Map();

function drop(/** @type {string} */ lineage) {
  clearTimeout(held.get(lineage)?.timer);
  held.delete(lineage);
}

function hold(/** @type {Handover} */ { ticket, lineage, version, reached, snapshot }) {
  // A page that leaves before it got what it had asked for has an older state than is here.
  const old = held.get(lineage);
  if (old && old.version > version) ({ version, reached, snapshot } = old);
  drop(lineage);
  held.set(lineage, { ticket, lineage, version, reached, snapshot, timer: setTimeout(drop, EXPIRES, lineage) });
}

function claim(/** @type {{claim: string | null, lineage: string, version: number, next: string}} */ { claim, lineage, version, next }) {
  const found = [...held.values()].find((h) => h.ticket === claim) ?? held.get(lineage);
  if (!found) return null;
  if (found.ticket !== claim && found.version <= version) {
    drop(lineage);
    return null;
  }
  found.ticket = next;
  return { lineage: found.lineage, version: found.version, reached: found.reached, snapshot: found.snapshot };
}

worker.addEventListener("install", () => void worker.skipWaiting());

worker.addEventListener("message", (event) => {
  const { data, ports: [port] } = event;
  if (typeof data !== "object" || data === null) return;
  if (typeof data.snapshot === "string") {
    hold(data);
    if (port) port.onmessage = (later) => hold(later.data);
    // The browser may stop a worker that has nothing to wait for.
    event.waitUntil(new Promise((done) => setTimeout(done, EXPIRES)));
  } else if ("claim" in data) port?.postMessage(claim(data));
  else if (data.withdraw) for (const { ticket, lineage } of held.values()) if (ticket === data.withdraw) drop(lineage);
});
