// @ts-check
// A session: the keys' slots, the cache of values read, and the calls that write. The truth is in the module; what stands
// here is thrown away as soon as the module says that it changed. Public documentation is in index.d.ts.

import { ABSENT, BOOL, DRAIN, JSON_TEXT, NULL, NUMBER, ORIGINS, PLACE, REFERENCE, REFUSED, STRING } from "./abi.js";
import { createListeners } from "./listeners.js";
import { createState, unwrap } from "./state.js";
import { Offence, freezePlain, isPlainPrimitive } from "./plain.js";
import { refusalError, unserializable } from "./refusal.js";
import { keyText, isThenable, isAsyncFunction } from "./arguments.js";
import { SessionDestroyedError, SessionKeyError, SessionUsageError } from "./errors.js";

/** In the cache: not known here, or absent, or a reference; the module has to be asked. */
const COLD = Symbol("cold");
const CODE = ORIGINS[0];
export const MODES = /** @type {const} */ (["off", "report", "enforce"]);

/**
 * @param {import("./abi.js").Port} livePort of a module whose session is open
 * @param {ReturnType<typeof import("./events.js").createEvents>} events
 * @param {{onEnd: (status: "destroyed" | "crashed") => void}} host
 */
export function createSession(livePort, events, host) {
  let port = livePort;
  /** @type {"open" | "destroyed" | "crashed"} */
  let status = "open";
  /** @type {Map<string, number>} */
  const slots = new Map();
  /** @type {string[]} by place */
  const names = [];
  /** @type {any[]} by place: the value, or COLD */
  const cache = [];
  const listeners = createListeners(events.reportError);
  const heardBy = listeners.byPlace;

  // What open batches have overwritten in the cache: rolled back from here, and the old values of the changes at the end.
  let depth = 0;
  /** @type {number[]} */
  let loggedPlaces = [];
  /** @type {any[]} */
  let loggedValues = [];

  /** @type {Map<number, {value: unknown, offence: Offence}>} by number of the reference */
  const references = new Map();
  let lastReference = 0;
  let mode = port.stats().mode;
  let maxDepth = port.stats().limits[1];
  /** @type {Set<string>} keys whose violation the console was told of */
  const warned = new Set();
  /** @type {Set<() => void>} */
  const disposers = new Set();
  let idling = false;

  // --- Slots -----------------------------------------------------------------------------------------------------

  function remember(/** @type {string} */ key, /** @type {number} */ slot) {
    const place = slot & PLACE;
    slots.set(key, slot);
    while (cache.length <= place) {
      cache.push(COLD);
      heardBy.push(undefined);
      names.push("");
    }
    names[place] = key;
    cache[place] = COLD;
  }

  /** The slot of a key that is present or subscribed, 0 for any other. */
  function find(/** @type {string} */ key) {
    const known = slots.get(key);
    if (known !== undefined) return known;
    const slot = checked(port.find(key), key);
    if (slot > 0) remember(key, slot);
    return slot;
  }

  function forgetSlot(/** @type {number} */ slot) {
    const place = slot & PLACE;
    if (slots.get(names[place]) === slot) slots.delete(names[place]);
    cache[place] = COLD;
    names[place] = "";
  }

  /** Passes a result on, and throws what the module refused. */
  function checked(/** @type {number} */ result, key = "") {
    if (result === REFUSED) throw refusalError(port.refusal(), key);
    return result;
  }

  /** Throws when the session has ended. */
  function alive() {
    if (status !== "open") port.stats();
  }

  // --- Reading ---------------------------------------------------------------------------------------------------

  function get(/** @type {any} */ key, /** @type {any} */ fallback) {
    const slot = slots.get(key);
    if (slot !== undefined) {
      const value = cache[slot & PLACE];
      if (value !== COLD) return value;
    }
    return readCold(keyText(key), fallback);
  }

  function readCold(/** @type {string} */ key, /** @type {any} */ fallback) {
    const slot = find(key);
    if (slot === 0) return fallback;
    const place = slot & PLACE;
    if (cache[place] !== COLD) return cache[place];
    const kind = port.read(slot);
    if (kind === ABSENT) return fallback;
    if (kind === REFERENCE) return references.get(port.number())?.value;
    return (cache[place] = decode(kind));
  }

  /** What the last call of the port read; a fresh value of an array or object. */
  function decode(/** @type {number} */ kind) {
    switch (kind) {
      case NULL: return null;
      case BOOL: return port.number() !== 0;
      case NUMBER: return port.number();
      case STRING: return port.text();
      default: return freezeParsed(JSON.parse(port.text()));
    }
  }

  function has(/** @type {any} */ key) {
    const known = slots.get(key);
    if (known !== undefined && cache[known & PLACE] !== COLD) return true;
    try {
      const slot = find(keyText(key));
      return slot > 0 && port.read(slot) !== ABSENT;
    } catch (error) {
      if (error instanceof SessionKeyError || isKeyLimit(error)) return false;
      throw error;
    }
  }

  // --- Writing ---------------------------------------------------------------------------------------------------

  function set(/** @type {any} */ key, /** @type {any} */ value) {
    const slot = slots.get(key);
    if (slot !== undefined) {
      const place = slot & PLACE;
      const old = cache[place];
      if (old !== COLD) {
        let result = DRAIN;
        if (typeof value === "number") result = port.setNumber(slot, (value += 0)); // -0 + 0 is 0
        else if (typeof value === "string") {
          if (value.length <= 16) result = port.setShort(slot, value);
        } else if (typeof value === "boolean") result = port.setBool(slot, value ? 1 : 0);
        if (result > 0) {
          wrote(place, key, value, old, result);
          return session;
        }
        if (result === 0) return session;
      }
    }
    setCold(keyText(key), value);
    return session;
  }

  /** After a write of exactly one key outside of batches, or of any inside. */
  function wrote(/** @type {number} */ place, /** @type {string} */ key, /** @type {any} */ value, /** @type {any} */ old, /** @type {number} */ version) {
    cache[place] = value;
    if (depth > 0) log(place, old);
    else if (listeners.heard(place)) {
      listeners.deliverOne(place, { key, value, old: old === COLD ? undefined : old, version, origin: CODE });
    }
  }

  function log(/** @type {number} */ place, /** @type {any} */ old) {
    loggedPlaces.push(place);
    loggedValues.push(old);
  }

  function setCold(/** @type {string} */ key, /** @type {any} */ value) {
    if (typeof value === "object" && value !== null || !isPlainPrimitive(value)) {
      const plain = freezePlain(unwrap(value), maxDepth);
      if (plain instanceof Offence) return setReference(key, value, plain);
      value = plain;
    }
    switch (typeof value) {
      case "number": return store(key, NUMBER, value + 0, "", value + 0);
      case "string": return store(key, STRING, 0, value, value);
      case "boolean": return store(key, BOOL, value ? 1 : 0, "", value);
      default:
        if (value === null) return store(key, NULL, 0, "", null);
        return store(key, JSON_TEXT, 0, JSON.stringify(value), value);
    }
  }

  /** Writes to the module, then to the cache; cached is COLD for a reference. */
  function store(/** @type {string} */ key, /** @type {number} */ kind, /** @type {number} */ number, /** @type {string} */ text, /** @type {any} */ cached) {
    let slot = find(key);
    let old = slot === 0 ? COLD : cache[slot & PLACE];
    // The last moment to read the old value for whoever will be told.
    if (slot !== 0 && old === COLD && depth === 0 && listeners.heard(slot & PLACE)) old = readCold(key, COLD);
    const result = checked(slot === 0 ? port.put(key, kind, number, text) : port.write(slot, kind, number, text), key);
    scheduleIdle();
    if (slot === 0) {
      slot = port.slot();
      remember(key, slot);
    }
    const place = slot & PLACE;
    if (result > 0) wrote(place, key, cached, old, result);
    else if (result === DRAIN) {
      log(place, old);
      cache[place] = cached;
      drain();
    }
  }

  // --- References: what JSON cannot represent (rules 13 to 15) -----------------------------------------------------

  function setReference(/** @type {string} */ key, /** @type {unknown} */ value, /** @type {Offence} */ offence) {
    const error = unserializable(key, offence);
    if (mode === 2 || offence.code !== "unserializable") {
      port.find(key); // a key that no session accepts is refused first
      throw error;
    }
    const slot = find(key);
    if (slot !== 0 && port.read(slot) === REFERENCE && Object.is(references.get(port.number())?.value, value)) return;
    const id = ++lastReference;
    references.set(id, { value, offence });
    try {
      store(key, REFERENCE, id, "", COLD);
    } catch (refused) {
      references.delete(id);
      throw refused;
    }
    if (mode === 1) reportViolation(key, offence);
  }

  function reportViolation(/** @type {string} */ key, /** @type {Offence} */ offence) {
    const violation = Object.freeze({ key, code: offence.code, path: offence.path, type: offence.type, reason: offence.reason, hint: offence.hint });
    if (!events.dispatch("session-violation", violation) || warned.has(key)) return;
    warned.add(key);
    console.warn(`tabstate: ${unserializable(key, offence).message}`);
  }

  function violations() {
    const found = [];
    if (references.size > 0) {
      for (const key of port.keys()) {
        if (port.read(find(key)) !== REFERENCE) continue;
        const held = references.get(port.number());
        if (held) found.push({ key, offence: held.offence });
      }
    }
    return found;
  }

  // --- Changes -----------------------------------------------------------------------------------------------------

  /** Reads the module's changes, brings the cache up to date and tells the listeners. The log has what the cache was. */
  function drain() {
    /** @type {Map<number, any>} */
    const olds = new Map();
    for (let i = 0; i < loggedPlaces.length; i++) if (!olds.has(loggedPlaces[i])) olds.set(loggedPlaces[i], loggedValues[i]);
    loggedPlaces = [];
    loggedValues = [];
    /** @type {{place: number, slot: number, version: number, origin: string, old: () => any}[]} */
    const heard = [];
    port.changes((slot, version, origin, oldKind, index) => {
      const place = slot & PLACE;
      const cached = olds.get(place);
      if (olds.has(place)) olds.delete(place);
      else if (place < cache.length) cache[place] = COLD;
      if (!listeners.heard(place)) return;
      if (slots.get(names[place]) !== slot) remember(port.key(slot), slot);
      heard.push({ place, slot, version, origin: ORIGINS[origin], old: oldValue(cached, oldKind, index) });
    });
    // What was written and ended as it had been is no change, and keeps its identity.
    for (const [place, value] of olds) cache[place] = value;
    const told = heard.map(({ place, version, origin, old }) => ({ place, change: lateChange(names[place], readCold(names[place], undefined), old, version, origin) }));
    port.forget(forgetSlot, (id) => references.delete(id));
    if (told.length > 0) listeners.deliver(told);
  }

  /** The old value, if it was cached; else what gives it when asked, from the text that the module holds only now. */
  function oldValue(/** @type {any} */ cached, /** @type {number} */ kind, /** @type {number} */ index) {
    if (kind === ABSENT) return () => undefined;
    if (cached !== undefined && cached !== COLD) return () => cached;
    port.old(index);
    if (kind === REFERENCE) {
      const held = references.get(port.number());
      return () => held?.value;
    }
    if (kind !== JSON_TEXT) {
      const value = decode(kind);
      return () => value;
    }
    const text = port.text();
    /** @type {any} */
    let value;
    return () => (value ??= freezeParsed(JSON.parse(text)));
  }

  function lateChange(/** @type {string} */ key, /** @type {any} */ value, /** @type {() => any} */ old, /** @type {number} */ version, /** @type {string} */ origin) {
    return { key, value, get old() { return old(); }, version, origin };
  }

  // --- Batches -----------------------------------------------------------------------------------------------------

  /** @template R @param {() => R} fn @returns {R} */
  function batch(fn) {
    if (isAsyncFunction(fn)) throw asyncRefused("batch");
    port.begin();
    depth++;
    const mark = loggedPlaces.length;
    const ended = port;
    let result;
    try {
      result = fn();
      if (isThenable(result)) throw asyncRefused("batch");
    } catch (error) {
      if (port === ended) rollback(mark);
      throw error;
    }
    if (port === ended) {
      checked(port.commit());
      if (--depth === 0) drain();
      scheduleIdle();
    }
    return result;
  }

  function rollback(/** @type {number} */ mark) {
    port.rollback();
    depth--;
    for (let i = loggedPlaces.length - 1; i >= mark; i--) cache[loggedPlaces[i]] = loggedValues[i];
    loggedPlaces.length = mark;
    loggedValues.length = mark;
    port.forget(forgetSlot, (id) => references.delete(id));
    scheduleIdle();
  }

  /** A call of the module that may change any key. */
  function sweeping(/** @type {() => number} */ call) {
    batch(() => {
      checked(call());
      invalidate();
    });
  }

  /** After a call that wrote inside a batch: what it wrote is not known here. */
  function invalidate() {
    port.touched((slot) => {
      const place = slot & PLACE;
      if (place >= cache.length) return;
      log(place, cache[place]);
      cache[place] = COLD;
    });
  }

  // Collections begun inside a call end only when the module's scheduler runs (measured: 10 times slower snapshots otherwise).
  function scheduleIdle() {
    if (idling) return;
    idling = true;
    setTimeout(() => {
      idling = false;
      if (status === "open") port.idle();
    });
  }

  // --- The methods ---------------------------------------------------------------------------------------------------

  function remove(/** @type {any} */ key) {
    key = keyText(key);
    const slot = find(key);
    if (slot === 0) return false;
    const place = slot & PLACE;
    const old = cache[place];
    const result = checked(port.remove(slot), key);
    if (result === 0) return false;
    log(place, old);
    cache[place] = COLD;
    if (result === DRAIN) drain();
    scheduleIdle();
    return true;
  }

  /** @type {(key: any) => never} */
  function missing(key) {
    throw new SessionKeyError(`key ${JSON.stringify(key)}: there is no such key. Was it initialised? Set it first, or read it with a default`, {
      code: "key-missing", key, hint: "Set it first, or read it with a default",
    });
  }

  function* entries() {
    for (const key of port.keys()) {
      const value = get(key, COLD);
      if (value !== COLD) yield /** @type {[string, any]} */ ([key, value]);
    }
  }

  function* mapped(/** @type {(entry: [string, any]) => any} */ pick) {
    for (const entry of entries()) yield pick(entry);
  }

  function pairs(/** @type {any} */ source, /** @type {string} */ method) {
    if (typeof source !== "object" || source === null) {
      throw new SessionUsageError(`${method}() takes an object or pairs of key and value, not ${source === null ? "null" : typeof source}`, { code: "argument-invalid" });
    }
    return typeof source[Symbol.iterator] === "function" ? [...source] : Object.entries(source);
  }

  function subscribe(/** @type {any} */ target, /** @type {any} */ listener, /** @type {any} */ options) {
    if (typeof target === "function") [target, listener, options] = [null, target, listener];
    if (typeof listener !== "function") throw new SessionUsageError("subscribe() takes a function to call", { code: "argument-invalid" });
    const several = target === null || Array.isArray(target);
    const keys = target === null ? [] : several ? [...new Set(target.map(keyText))] : [keyText(target)];
    /** @type {number[]} */
    const pinned = [];
    try {
      for (const key of keys) {
        const slot = checked(port.pin(key), key);
        if (slots.get(key) !== slot) remember(key, slot);
        pinned.push(slot);
      }
    } catch (error) {
      unpin(pinned);
      throw error;
    }
    const end = listeners.add(target === null ? null : pinned.map((slot) => slot & PLACE), listener, several);
    if (options?.immediate) tellNow(target === null ? port.keys() : keys, listener, several);
    return () => {
      if (end() && status === "open") unpin(pinned);
    };
  }

  function unpin(/** @type {number[]} */ pinned) {
    for (const slot of pinned) port.unpin(slot);
    if (depth === 0) port.forget(forgetSlot, (id) => references.delete(id));
  }

  function tellNow(/** @type {string[]} */ keys, /** @type {Function} */ listener, /** @type {boolean} */ several) {
    const changes = keys.filter((key) => !several || has(key)).map((key) => {
      const slot = find(key);
      port.read(slot);
      const version = port.version(), origin = ORIGINS[port.origin()];
      return { key, value: get(key), old: undefined, version, origin };
    });
    try {
      if (several) listener(changes);
      else listener(changes[0].value, changes[0]);
    } catch (error) {
      events.reportError(error);
    }
  }

  function end(/** @type {"destroyed" | "crashed"} */ how, /** @type {import("./abi.js").Port} */ dead) {
    status = how;
    port = dead;
    for (const dispose of disposers) {
      try {
        dispose();
      } catch (error) {
        events.reportError(error);
      }
    }
    disposers.clear();
    listeners.clear();
    slots.clear();
    references.clear();
    names.length = cache.length = heardBy.length = 0;
    loggedPlaces = [];
    loggedValues = [];
    depth = 0;
    host.onEnd(how);
  }

  const { state, mutate } = createState({
    get,
    has,
    keys: () => port.keys(),
    set: (key, value) => void set(key, value),
    delete: remove,
    isPlain(key) {
      const slot = slots.get(key);
      return slot !== undefined && cache[slot & PLACE] !== COLD;
    },
    replace: (key, node) => store(key, JSON_TEXT, 0, JSON.stringify(node), node),
    freeze(value, key, depthUsed, path) {
      const plain = freezePlain(value, maxDepth - depthUsed);
      if (!(plain instanceof Offence)) return plain;
      plain.path = path + plain.path;
      throw unserializable(key, plain);
    },
  });

  const session = {
    state,
    mutate,
    get size() { return port.stats().keys; },
    get status() { return status; },
    get enforcement() {
      alive();
      return MODES[mode];
    },
    set enforcement(name) {
      const next = MODES.indexOf(name);
      if (next < 0) throw new SessionUsageError(`enforcement is "off", "report" or "enforce", not ${JSON.stringify(name)}`, { code: "mode-invalid" });
      checked(port.setMode(next));
      mode = next;
      if (next > 0) for (const { key, offence } of violations()) reportViolation(key, offence);
    },
    get limits() {
      const [keyBytes, depth, valueBytes, entries, totalBytes] = port.stats().limits;
      return Object.freeze({ keyBytes, depth, valueBytes, entries, totalBytes });
    },

    get,
    has,
    set,
    delete: remove,
    require(/** @type {any} */ key) {
      const value = get(key, COLD);
      return value === COLD ? missing(key) : value;
    },
    pop(/** @type {any} */ key, /** @type {any[]} */ ...fallback) {
      const value = get(key, COLD);
      if (value === COLD) return fallback.length > 0 ? fallback[0] : missing(key);
      remove(key);
      return value;
    },
    clear: () => sweeping(() => port.clear()),
    reset() {
      session.clear();
      warned.clear();
    },

    keys: () => port.keys().values(),
    values: () => mapped(([, value]) => value),
    entries,
    [Symbol.iterator]: entries,
    forEach(/** @type {Function} */ fn) {
      for (const [key, value] of entries()) fn(value, key, session);
    },
    toJSON() {
      return JSON.parse(session.snapshot({ references: "omit" }));
    },

    init(/** @type {any} */ source) {
      const list = pairs(source, "init");
      batch(() => {
        for (const [key, value] of list) if (!has(key)) set(key, value);
      });
      return session;
    },
    update(/** @type {any} */ source) {
      const list = pairs(source, "update");
      batch(() => {
        for (const [key, value] of list) set(key, value);
      });
      return session;
    },
    batch,
    subscribe,

    snapshot(/** @type {any} */ options) {
      const result = port.snapshot(options?.references === "omit");
      scheduleIdle();
      if (result === REFUSED) {
        const [first] = violations();
        throw first ? unserializable(first.key, first.offence) : refusalError(port.refusal(), "");
      }
      return port.text();
    },
    restore(/** @type {any} */ text) {
      if (typeof text !== "string") throw new SessionUsageError(`restore() takes the text of a snapshot, not ${text === null ? "null" : typeof text}`, { code: "argument-invalid" });
      sweeping(() => port.restore(text));
    },
    validate: () => violations().map(({ key, offence: { code, path, type, reason, hint } }) => ({ key, code, path, type, reason, hint })),

    stats() {
      const { keys, bytes, memory, version } = port.stats();
      return { keys, bytes, memory, version, listeners: listeners.live };
    },
    onDispose(/** @type {() => void} */ fn) {
      alive();
      disposers.add(fn);
      return () => void disposers.delete(fn);
    },
    destroy() {
      if (status !== "open") return;
      const dying = port;
      end("destroyed", deadPort(() => new SessionDestroyedError("the session was destroyed. open() starts a new one", { code: "session-destroyed", hint: "Call open() again" })));
      dying.wipe();
    },
    addEventListener: events.addEventListener,
    removeEventListener: events.removeEventListener,
  };

  /** Called by the port when the module is not to be trusted any more. */
  function crashed(/** @type {Error} */ error) {
    if (status !== "open") return;
    end("crashed", deadPort(() => error));
    events.dispatch("session-crashed", { error });
  }

  return { session, crashed };
}

/** Stands in for the port of a session that has ended: every call throws. */
function deadPort(/** @type {() => Error} */ error) {
  const dead = () => {
    throw error();
  };
  return /** @type {import("./abi.js").Port} */ (/** @type {unknown} */ (new Proxy({}, { get: () => dead })));
}

function asyncRefused(/** @type {string} */ method) {
  return new SessionUsageError(`${method}() takes a function that is not async: what follows an await would be outside. Await first, then write`, {
    code: `async-${method}`, hint: "Await first, then write",
  });
}

function isKeyLimit(/** @type {any} */ error) {
  return error?.code === "key-too-long";
}

// JSON.parse gives data of our own: it only has to be frozen. Its own stack, since depth is bounded by the module alone.
function freezeParsed(/** @type {any} */ root) {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const child of Object.values(Object.freeze(node))) if (typeof child === "object" && child !== null) open.push(child);
  }
  return root;
}
