// @ts-check
// The Map-like methods of a session, and of a scope: the same over the keys that begin with its prefix (rules 1 to 9, 19, 21, 50).

import { ORIGINS, PLACE, REFUSED } from "./abi.js";
import { COLD } from "./cache.js";
import { createState } from "./state.js";
import { Offence, freezePlain, loneSurrogate, wellFormed } from "./plain.js";
import { brokenText, refusalError, unserializable } from "./refusal.js";
import { keyText, notAn, typeOf } from "./arguments.js";
import { SessionKeyError, SessionUsageError } from "./errors.js";

/** Stands for every key. */
const ALL = Symbol("all");

/**
 * @param {import("./core.js").Core} core
 * @param {string} prefix "" for the session itself
 * @param {(error: unknown) => void} reportError
 */
export function createEntries(core, prefix, reportError) {
  const { listeners } = core;
  const full = prefix === "" ? keyText : (/** @type {unknown} */ key) => {
    const own = keyText(key);
    return own === "" ? own : prefix + own; // so that an empty key is refused here, too
  };
  /** @type {(key: any, fallback?: any) => any} */
  const get = prefix === "" ? core.get : (key, fallback) => core.get(full(key), fallback);
  const has = prefix === "" ? core.has : (/** @type {any} */ key) => (typeof key !== "string" || wellFormed(key)) && core.has(full(key));
  const keys = () => {
    core.seeAll();
    return core.port.keys(prefix);
  };
  const { set: setFull } = core;
  /** @type {(key: any, value: any) => any} */
  const set = prefix === "" ? (key, value) => {
    setFull(key, value);
    return api;
  } : (key, value) => {
    setFull(full(key), value);
    return api;
  };

  /** @returns {never} */
  function missing(/** @type {any} */ key) {
    throw new SessionKeyError(`key ${JSON.stringify(full(key))}: there is no such key. Was it initialised? Set it first, or read it with a default`, {
      code: "key-missing", key: full(key), hint: "Set it first, or read it with a default",
    });
  }

  // Over the keys there are when it is called; those deleted meanwhile are passed over (rule 6).
  function each(/** @type {(key: string, value: any) => any} */ pick) {
    return walk(keys(), (key) => {
      const value = get(key, COLD);
      return value === COLD ? COLD : pick(key, value);
    });
  }

  /** Iterates as long as the session lives. */
  function* walk(/** @type {string[]} */ list, /** @type {(key: string) => any} */ pick, port = core.port) {
    for (const key of list) {
      if (core.port !== port) core.port.stats(); // throws what ended it
      const picked = pick(key);
      if (picked !== COLD) yield picked;
    }
  }

  const entries = () => each((key, value) => [key, value]);

  function pairs(/** @type {any} */ source, /** @type {string} */ method) {
    if (typeof source !== "object" || source === null) throw notAn(`${method}()`, "an object, or pairs of key and value", source);
    if (typeof source[Symbol.iterator] === "function") return [...source];
    // Refuses keys that are symbols: they must not be passed over without a word.
    for (const symbol of Object.getOwnPropertySymbols(source)) if (Object.prototype.propertyIsEnumerable.call(source, symbol)) keyText(symbol);
    return Object.entries(source);
  }

  /** The first entry held by reference, as the error that says why it cannot be in a snapshot. */
  function held() {
    const [first] = violations();
    return first ? unserializable(first.key, /** @type {any} */ (first), core.limits[1]) : refusalError(core.port.refusal());
  }

  function violations() {
    /** @type {{key: string, code: string, path: string, type: string, reason: string, hint: string}[]} */
    const found = [];
    const { program } = /** @type {any} */ (core);
    if (!core.references.any && core.validators.schemas.size === 0 && program === null) core.port.stats(); // throws what ended the session
    else for (const own of keys()) {
      const key = prefix + own;
      const offence = core.offence(key);
      if (offence) found.push({ key, ...offence });
      for (const { message, path } of [...core.validators.issues(key, core.get(key, undefined)), ...program?.issues(key) ?? []]) {
        found.push({ key, code: "invalid-value", path, type: typeOf(core.get(key, undefined)), reason: message, hint: "Write a value that the key's validator accepts" });
      }
    }
    return found;
  }

  function subscribe(/** @type {any} */ target, /** @type {any} */ listener, /** @type {any} */ options) {
    if (typeof target === "function") [target, listener, options] = [ALL, target, listener];
    if (typeof listener !== "function") throw notAn("subscribe()", "a function to call", listener);
    const several = target === ALL || Array.isArray(target);
    const wanted = target === ALL ? [] : several ? [...new Set(target.map(full))] : [full(target)];
    /** @type {number[]} */
    const pinned = [];
    try {
      for (const key of wanted) {
        pinned.push(core.pin(key));
        core.computed.watch(key);
      }
      if (target === ALL) core.port.stats();
    } catch (error) {
      core.unpin(pinned);
      throw error;
    }
    const fn = listenerOf(listener, several, target === ALL);
    const end = listeners.add(target === ALL ? null : pinned.map((slot) => slot & PLACE), fn, several);
    const { port } = core;
    if (options?.immediate) tellNow(target === ALL ? keys().map((key) => prefix + key) : wanted, fn, several);
    return () => {
      if (end() && core.port === port) core.unpin(pinned);
    };
  }

  /** The listener as the session calls it: in a scope, changes have keys without the prefix, and those of other keys are left out. */
  function listenerOf(/** @type {Function} */ listener, /** @type {boolean} */ several, /** @type {boolean} */ all) {
    if (prefix === "") return listener;
    const own = (/** @type {import("./listeners.js").Change} */ change) => ({
      key: change.key.slice(prefix.length), value: change.value, get old() { return change.old; }, version: change.version, origin: change.origin,
    });
    if (!several) return (/** @type {any} */ value, /** @type {any} */ change) => listener(value, own(change));
    return (/** @type {any[]} */ changes) => {
      const mine = (all ? changes.filter((c) => c.key.startsWith(prefix) && c.key.length > prefix.length) : changes).map(own);
      if (mine.length > 0) listener(mine);
    };
  }

  function tellNow(/** @type {string[]} */ wanted, /** @type {Function} */ fn, /** @type {boolean} */ several) {
    try {
      const changes = wanted.filter((key) => !several || core.has(key)).map((key) => {
        const value = core.get(key, undefined); // a computed value may throw
        core.port.read(core.find(key));
        return { key, value, old: undefined, version: core.port.version(), origin: ORIGINS[core.port.origin()] };
      });
      if (several) fn(changes);
      else fn(changes[0].value, changes[0]);
    } catch (error) {
      reportError(error);
    }
  }

  const { state, mutate } = createState({
    get,
    has,
    keys,
    set,
    delete: (key) => core.remove(full(key)),
    isPlain: (key) => core.isPlain(full(key)),
    replace: (key, node) => core.replace(full(key), node),
    freeze(value, key, depthUsed, path) {
      const plain = freezePlain(value, core.limits[1] - depthUsed);
      if (!(plain instanceof Offence)) return plain;
      plain.path = path + plain.path;
      throw unserializable(full(key), plain, core.limits[1]);
    },
  });

  const api = {
    state,
    mutate: /** @type {(key: any, fn: (draft: any) => any) => any} */ ((key, fn) => mutate(keyText(key), fn)),
    get size() {
      core.seeAll();
      return prefix === "" ? core.port.stats().keys : keys().length;
    },
    get,
    has,
    set,
    delete: (/** @type {any} */ key) => core.remove(full(key)),
    require(/** @type {any} */ key) {
      const value = get(key, COLD);
      return value === COLD ? missing(key) : value;
    },
    pop(/** @type {any} */ key, /** @type {any[]} */ ...fallback) {
      const value = get(key, COLD);
      if (value === COLD) return fallback.length > 0 ? fallback[0] : missing(key);
      core.remove(full(key));
      return value;
    },
    clear: () => core.sweep(() => core.port.clear(prefix)),

    keys: () => walk(keys(), (key) => key),
    values: () => each((_, value) => value),
    entries,
    [Symbol.iterator]: entries,
    forEach(/** @type {(value: any, key: string, session: any) => void} */ fn) {
      for (const [key, value] of entries()) fn(value, key, api);
    },
    toJSON: () => JSON.parse(api.snapshot({ references: "omit" })),

    init(/** @type {any} */ source) {
      const list = pairs(source, "init");
      core.batch(() => {
        for (const [key, value] of list) if (!has(key)) core.set(full(key), value);
      });
      return api;
    },
    update(/** @type {any} */ source) {
      const list = pairs(source, "update");
      core.batch(() => {
        for (const [key, value] of list) core.set(full(key), value);
      });
      return api;
    },
    batch: core.batch,
    subscribe,

    snapshot(/** @type {{references?: "throw" | "omit"} | undefined} */ options) {
      const { references = "throw" } = options ?? {};
      if (references !== "throw" && references !== "omit") throw new SessionUsageError(`references is "throw" or "omit", not ${JSON.stringify(references)}`, { code: "argument-invalid" });
      core.seeAll();
      const result = core.port.snapshot(references === "omit", prefix);
      core.scheduleIdle();
      if (result === REFUSED) throw held();
      return core.port.text();
    },
    restore(/** @type {any} */ text) {
      if (typeof text !== "string") throw notAn("restore()", "the text of a snapshot", text);
      core.restore((quiet) => {
        const broken = loneSurrogate(text);
        if (broken >= 0) throw brokenText(text, broken);
        return core.port.restore(text, prefix, quiet);
      });
    },
    validate: violations,
  };
  return api;
}

