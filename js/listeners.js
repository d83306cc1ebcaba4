// @ts-check
// Who listens to which key, and the delivery of changes in rounds (rules 21 and 22).

import { ORIGINS } from "./abi.js";
import { SessionUsageError } from "./errors.js";

/** How often listeners may answer a delivery with writes before it ends with an error, as in wasm/session/listen.go. */
const MAX_ROUNDS = 100;

/**
 * @typedef {{key: string, value: any, old: any, version: number, origin: string}} Change
 * @typedef {{change: Change, place: number}} Told
 * @typedef {{fn: Function, several: boolean, ended: boolean, told: Change[] | null}} Listener
 * @typedef {object} Audience of a key: its listeners, and the computed values that follow from it
 * @property {Listener[]} list
 * @property {Function[]} calls what to call with a value and its change for each in the list: a loop over the functions alone takes 1 ns less for each
 * @property {number} ended how many in the list have ended
 * @property {Set<any> | null} followers
 */

/** @param {(error: unknown) => void} reportError called after the delivery, once for each exception */
export function createListeners(reportError) {
  /** @type {(Audience | undefined)[]} by place of the key; the index grows with the session's cache */
  const byPlace = [];
  /** The function of a listener of the key alone, when nobody else is concerned. @type {(Function | undefined)[]} by place */
  const alone = [];
  /** @type {Audience} */
  const everyone = { list: [], calls: [], ended: 0, followers: null };
  let live = 0;
  let delivering = false, batching = false;
  let calm = true; // neither of them, and nobody listens to every key
  /** Who makes the changes that deliverOne() tells of. @type {string} */
  let origin = ORIGINS[0];
  /** @type {Told[]} */
  let queue = [];

  /** @returns {Listener} */
  const listenerOf = (/** @type {Function} */ fn, /** @type {boolean} */ several) => ({ fn, several, ended: false, told: null });

  // Lists are appended to in place, since a delivery looks only at the length it began with, and replaced when half of
  // their listeners have ended: ending one of n costs O(1) on average.
  function sweep(/** @type {Audience} */ audience) {
    audience.ended++;
    if (audience.ended * 2 >= audience.list.length) purge(audience);
  }

  /** Leaves those that have not ended, but for one that leaves. */
  function purge(/** @type {Audience} */ audience, /** @type {Listener | null} */ leaving = null) {
    audience.list = audience.list.filter((l) => !l.ended && l !== leaving);
    audience.calls = audience.list.map(callOf);
    audience.ended = 0;
  }

  /** What to call with a value and its change. */
  const callOf = (/** @type {Listener} */ { fn, several }) => several ? (/** @type {any} */ _, /** @type {Change} */ change) => fn([change]) : fn;

  function see() {
    calm = !delivering && !batching && everyone.list.length === 0;
  }

  /** Changes who is concerned with the key at the place. */
  function concern(/** @type {number} */ place, /** @type {(audience: Audience) => void} */ change) {
    const audience = byPlace[place] ??= { list: [], calls: [], ended: 0, followers: null };
    change(audience);
    const { list, followers } = audience;
    alone[place] = followers === null && list.length === 1 && !list[0].several ? list[0].fn : undefined;
    if (followers === null && list.length === 0) byPlace[place] = undefined;
  }

  function enter(/** @type {number} */ place, /** @type {Listener} */ listener) {
    if (byPlace[place]) concern(place, ({ list, calls }) => {
      list.push(listener);
      calls.push(callOf(listener));
    });
    else { // most keys have one listener, and arrays of one element take a tenth of empty ones that grow
      byPlace[place] = { list: [listener], calls: [callOf(listener)], ended: 0, followers: null };
      if (!listener.several) alone[place] = listener.fn;
    }
  }

  const heardBy = (/** @type {number} */ place) => (byPlace[place]?.list.length ?? 0) > 0;

  function run(/** @type {Listener} */ listener, /** @type {any} */ a, /** @type {any} */ b, /** @type {unknown[]} */ errors) {
    if (listener.ended) return;
    try {
      listener.fn(a, b);
    } catch (error) {
      errors.push(error);
    }
  }

  function round(/** @type {Told[]} */ told, /** @type {unknown[]} */ errors) {
    /** @type {Listener[]} */
    const groups = [];
    for (const { change, place } of told) {
      const list = byPlace[place]?.list;
      if (list === undefined) continue;
      for (let i = 0, n = list.length; i < n; i++) {
        const listener = list[i];
        if (!listener.several) run(listener, change.value, change, errors);
        else if (listener.told) listener.told.push(change);
        else {
          listener.told = [change];
          groups.push(listener);
        }
      }
    }
    for (const listener of groups) {
      const changes = listener.told;
      listener.told = null;
      run(listener, changes, undefined, errors);
    }
    if (everyone.list.length > 0) {
      const changes = told.map((t) => t.change);
      for (let i = 0, list = everyone.list, n = list.length; i < n; i++) run(list[i], changes, undefined, errors);
    }
  }

  function settle(/** @type {unknown[]} */ errors) {
    for (let rounds = 1; queue.length > 0; rounds++) {
      if (rounds >= MAX_ROUNDS) {
        const key = queue[0].change.key;
        queue = [];
        errors.push(new SessionUsageError(
          `key ${JSON.stringify(key)}: listeners went on changing the session for ${MAX_ROUNDS} rounds. Let a listener write only when its value has to change`,
          { code: "listener-cycle", key, hint: "Let a listener write only when its value has to change" },
        ));
        break;
      }
      const told = queue;
      queue = [];
      round(told, errors);
    }
    delivering = false;
    see();
    for (const error of errors) reportError(error);
    return true;
  }

  /** Tells the listeners of the changes' keys; during a delivery, in its next round. */
  function deliver(/** @type {Told[]} */ told) {
    if (delivering) {
      for (const t of told) queue.push(t);
      return;
    }
    delivering = true;
    see();
    /** @type {unknown[]} */
    const errors = [];
    round(told, errors);
    settle(errors);
  }

  function deliverAll(/** @type {Audience} */ audience, /** @type {Change} */ change) {
    if (audience.followers !== null) return false;
    delivering = true;
    see();
    /** @type {unknown[]} */
    const errors = [];
    const { value } = change, { list, calls } = audience, n = list.length;
    for (let i = 0; i < n;) {
      try { // once for all, and again after one that throws
        while (i < n) {
          const at = i++;
          if ((audience.ended === 0 && audience.list === list) || !list[at].ended) calls[at](value, change);
        }
      } catch (error) {
        errors.push(error);
      }
    }
    return settle(errors);
  }

  return {
    byPlace, alone,
    get live() { return live; },
    get origin() { return origin; },
    set origin(next) { origin = next; },
    /** Says whether a change of the key at the place would be told to anybody. */
    heard: (/** @type {number} */ place) => everyone.list.length > 0 || heardBy(place),
    heardBy,
    /** The computed values that follow from the key at the place. @returns {Set<any> | null} */
    followers: (/** @type {number} */ place) => byPlace[place]?.followers ?? null,
    follow: (/** @type {number} */ place, /** @type {any} */ c) => concern(place, (audience) => void (audience.followers ??= new Set()).add(c)),
    unfollow: (/** @type {number} */ place, /** @type {any} */ c) => concern(place, (audience) => {
      audience.followers?.delete(c);
      if (audience.followers?.size === 0) audience.followers = null;
    }),
    /** While batches are open, nothing is told. */
    set batching(/** @type {boolean} */ open) {
      batching = open;
      see();
    },

    deliver,

    /** Tells of one change by code where no computed value follows from it and no batch is open: the hot path. Else it says false. */
    deliverOne(/** @type {number} */ place, /** @type {string} */ key, /** @type {any} */ value, /** @type {any} */ old, /** @type {number} */ version) {
      if (!calm) return false;
      const only = alone[place];
      if (only === undefined) {
        const audience = byPlace[place];
        return audience === undefined || deliverAll(audience, { key, value, old, version, origin });
      }
      delivering = true;
      calm = false;
      try {
        only(value, { key, value, old, version, origin });
      } catch (error) {
        return settle([error]);
      }
      if (queue.length + everyone.list.length > 0) return settle([]);
      delivering = false;
      return calm = true;
    },

    /** Adds a listener of the keys at the places, or of all keys; returns the function that ends it. */
    add(/** @type {number[] | null} */ places, /** @type {Function} */ fn, /** @type {boolean} */ several) {
      const listener = listenerOf(fn, several);
      live++;
      if (places === null) everyone.list.push(listener);
      else for (let i = 0; i < places.length; i++) enter(places[i], listener);
      see();
      return () => {
        if (listener.ended) return false;
        listener.ended = true;
        live--;
        if (places === null) sweep(everyone);
        for (const place of places ?? []) if (byPlace[place] !== undefined) concern(place, sweep);
        see();
        return true;
      };
    },

    /** One of a key alone, for any number of keys: it joins them one by one, and counts once for each. */
    listener: (/** @type {Function} */ fn) => listenerOf(fn, false),
    join(/** @type {number} */ place, /** @type {Listener} */ listener) {
      live++;
      enter(place, listener);
    },
    leave(/** @type {number} */ place, /** @type {Listener} */ listener) {
      if (!byPlace[place]?.list.includes(listener)) return;
      live--;
      concern(place, (audience) => purge(audience, listener));
    },

    clear() {
      for (const audience of [...byPlace, everyone]) {
        if (audience === undefined) continue;
        for (const listener of audience.list) listener.ended = true;
        audience.list = [];
        audience.calls = [];
      }
      byPlace.fill(undefined);
      alone.fill(undefined);
      batching = false;
      see();
      queue = [];
      live = 0;
    },
  };
}
