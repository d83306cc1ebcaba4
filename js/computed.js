// @ts-check
// Computed values (rule 24): lazy, cached, and never a mix of old and new. Their names are reserved in the module; their values
// are kept in the cache as those of entries are.

import { PLACE } from "./abi.js";
import { COLD } from "./cache.js";
import { Offence, freezePlain } from "./plain.js";
import { unwrap } from "./state.js";
import { asyncRefused, isAsyncFunction, isThenable, keyText } from "./arguments.js";
import { unserializable } from "./refusal.js";
import { SessionUsageError } from "./errors.js";

/**
 * @typedef {{name: string, slot: number, keys: string[], pinned: number[], fn: Function, running: boolean, plain: boolean, failed: boolean, error: unknown,
 *   told: any}} Computed plain: JSON represents the value; told is the value that listeners know
 * @param {any} core
 * @param {ReturnType<typeof import("./events.js").createEvents>} events
 */
export function createComputed(core, events) {
  /** @type {Map<string, Computed>} */
  const byName = new Map();
  const { cache, listeners } = core;

  /** What depends on the place is not known any more, directly or through others. */
  function invalidate(/** @type {number} */ place) {
    if (listeners.followers(place) === null) return;
    const open = [place];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const c of listeners.followers(at) ?? []) {
        const own = c.slot & PLACE;
        if (cache.byPlace[own]?.value === COLD && !c.failed && c.told === COLD) continue;
        cache.lose(own);
        c.failed = false;
        open.push(own);
      }
    }
  }

  function value(/** @type {string} */ name, /** @type {import("./cache.js").Known} */ known) {
    const c = /** @type {Computed} */ (byName.get(name));
    if (c.failed) throw c.error;
    if (c.running) {
      throw new SessionUsageError(`key ${JSON.stringify(name)}: the computed value depends on itself. Take its own key out of what it reads`, {
        code: "computed-cycle", key: name, hint: "Take its own key out of what it reads",
      });
    }
    c.running = true;
    try {
      return known.value = plain(c, c.fn(...c.keys.map((key) => core.get(key))));
    } catch (error) {
      c.failed = true;
      c.error = error;
      throw error;
    } finally {
      c.running = false;
    }
  }

  function plain(/** @type {Computed} */ c, /** @type {unknown} */ result) {
    if (isThenable(result)) throw asyncRefused("computed");
    if (result === undefined) return result;
    const frozen = freezePlain(unwrap(result), core.limits[1]);
    c.plain = !(frozen instanceof Offence);
    if (!(frozen instanceof Offence)) return frozen;
    if (core.mode === 2) throw unserializable(c.name, frozen, core.limits[1]);
    return result;
  }

  /** Adds to the changes those of the computed values that followed, where anybody listens to them. */
  function withChanged(/** @type {import("./listeners.js").Told[]} */ told) {
    const all = [...told];
    /** @type {Set<Computed>} */
    const seen = new Set();
    for (let i = 0; i < all.length; i++) {
      const { place, change } = all[i];
      const open = [place];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        for (const c of listeners.followers(at) ?? []) {
          if (seen.has(c)) continue;
          seen.add(c);
          open.push(c.slot & PLACE);
          if (!listeners.heardBy(c.slot & PLACE)) continue;
          const changed = compare(c);
          if (changed) all.push({ place: c.slot & PLACE, change: { key: c.name, ...changed, version: change.version, origin: change.origin } });
        }
      }
    }
    return all;
  }

  /** Computes anew; gives the new and the old value if they differ. An error is reported, and told at the next read. */
  function compare(/** @type {Computed} */ c) {
    let value;
    try {
      value = core.get(c.name);
    } catch (error) {
      events.reportError(error);
      return undefined;
    }
    const old = c.told;
    if (Object.is(old, value) || typeof value === "object" && value !== null && typeof old === "object" && JSON.stringify(old) === JSON.stringify(value)) return undefined;
    c.told = value;
    return { value, old: old === COLD ? undefined : old };
  }

  return {
    get any() { return byName.size > 0; },
    has: (/** @type {string} */ name) => byName.has(name),
    /** The keys it is computed from. */
    keys: (/** @type {string} */ name) => byName.get(name)?.keys ?? [],
    isPlain: (/** @type {string} */ name) => byName.get(name)?.plain === true,
    invalidate,
    value,
    withChanged,

    /** Before somebody listens: the value from which changes are told. */
    watch(/** @type {string} */ name) {
      const c = byName.get(name);
      if (!c || listeners.heardBy(c.slot & PLACE)) return;
      try {
        c.told = core.get(name);
      } catch {
        c.told = COLD;
      }
    },

    define(/** @type {any} */ rawName, /** @type {any} */ rawKeys, /** @type {any} */ fn) {
      const name = keyText(rawName);
      if (!Array.isArray(rawKeys) || typeof fn !== "function") {
        throw new SessionUsageError("computed() takes a name, a list of keys, and a function of their values", { code: "argument-invalid" });
      }
      if (isAsyncFunction(fn)) throw asyncRefused("computed");
      const keys = rawKeys.map(keyText);
      const slot = core.checked(core.port.reserveKey(name), name);
      cache.meet(name, slot);
      /** @type {number[]} */
      const pinned = [];
      try {
        for (const key of keys) pinned.push(core.pin(key));
      } catch (error) {
        core.port.unreserveKey(slot);
        core.unpin(pinned);
        throw error;
      }
      /** @type {Computed} */
      const c = { name, slot, keys, pinned, fn, running: false, plain: false, failed: false, error: undefined, told: COLD };
      byName.set(name, c);
      for (const p of pinned) listeners.follow(p & PLACE, c);
      invalidate(slot & PLACE);
      return () => {
        if (byName.get(name) !== c) return;
        byName.delete(name);
        cache.lose(slot & PLACE);
        invalidate(slot & PLACE);
        for (const p of pinned) listeners.unfollow(p & PLACE, c);
        core.port.unreserveKey(slot);
        core.unpin(pinned);
      };
    },
    clear: () => byName.clear(),
  };
}
