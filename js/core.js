// @ts-check
// The heart of a session: reading, writing, batches, and what follows from a change. Everything else is built on these calls.

import { ABSENT, ADJUSTED, BOOL, DRAIN, JSON_TEXT, NULL, NUMBER, ORIGINS, PLACE, REFERENCE, REFUSED, STRING } from "./abi.js";
import { COLD, createCache } from "./cache.js";
import { createComputed } from "./computed.js";
import { createListeners } from "./listeners.js";
import { createReferences } from "./references.js";
import { createValidators } from "./validators.js";
import { Offence, freezePlain, isPlainPrimitive, wellFormed } from "./plain.js";
import { unwrap } from "./state.js";
import { refusalError, unserializable } from "./refusal.js";
import { asyncRefused, isAsyncFunction, isThenable, keyText } from "./arguments.js";

/**
 * @typedef {ReturnType<typeof createCore>} Core
 * @param {import("./abi.js").Port} livePort of a module whose session is open
 * @param {ReturnType<typeof import("./events.js").createEvents>} events
 * @param {number} mode that the session was opened with
 */
export function createCore(livePort, events, mode) {
  let port = livePort;
  const { setNumber, setBool, setShort } = livePort; // of slots in the cache, which is empty when the session has ended
  const listeners = createListeners(events.reportError);
  const cache = createCache(listeners.byPlace, listeners.alone);
  const { byKey, byPlace } = cache;
  const { deliverOne } = listeners;
  const references = createReferences();
  const validators = createValidators();
  const { schemas } = validators;
  const limits = port.limits();
  let depth = 0; // open batches
  let origin = 0; // who writes now
  /** Where a rerun's reads are noted while it runs: keys, and "" for all of them. @type {Set<any> | null} */
  let reads = null;
  let idling = false;

  // --- Slots ---------------------------------------------------------------------------------------------------

  /** The record of a key that is present or subscribed. */
  function meet(/** @type {string} */ key) {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const slot = checked(port.find(key), key);
    return slot > 0 ? cache.remember(key, slot) : undefined;
  }

  /** Its slot, 0 for any other key. */
  const find = (/** @type {string} */ key) => meet(key)?.slot ?? 0;

  /** Keeps the slot of a key, present or not, until it is unpinned. */
  function pin(/** @type {string} */ key) {
    const slot = checked(port.pin(key), key);
    cache.meet(key, slot);
    return slot;
  }

  function unpin(/** @type {number[]} */ pinned) {
    for (const slot of pinned) port.unpin(slot);
    settle();
  }

  /** Hears which slots and references the module has given up. */
  function settle() {
    port.forget(cache.forget, references.release);
  }

  /** Passes a result on, and throws what the module refused. */
  function checked(/** @type {number} */ result, key = "") {
    if (result === REFUSED) throw refusalError(port.refusal(), key);
    return result;
  }

  // --- Reading -------------------------------------------------------------------------------------------------

  function get(/** @type {any} */ key, /** @type {any} */ fallback = undefined) {
    const known = byKey.get(key);
    if (known !== undefined && reads === null) {
      const { value } = known;
      if (value !== COLD) return value;
    }
    return readOther(key, fallback);
  }

  function readOther(/** @type {any} */ key, /** @type {any} */ fallback) {
    if (reads !== null) reads.add(key);
    return readCold(keyText(key), fallback);
  }

  function readCold(/** @type {string} */ key, /** @type {any} */ fallback) {
    const known = meet(key);
    if (known === undefined) return fallback;
    if (known.value !== COLD) return known.value;
    const kind = port.read(known.slot);
    if (kind === ABSENT) return computed.has(key) ? computed.value(key, known) : fallback;
    if (kind === REFERENCE) return references.value(port.number());
    return (known.value = decode(kind));
  }

  /** What the port read last; a fresh value of an array or object. */
  function decode(/** @type {number} */ kind) {
    switch (kind) {
      case NULL: return null;
      case BOOL: return port.number() !== 0;
      case NUMBER: return small(port.number());
      case STRING: return port.text();
      default: return freezeParsed(JSON.parse(port.text()));
    }
  }

  function has(/** @type {any} */ key) {
    if (reads !== null) reads.add(key);
    const known = byKey.get(key);
    if (known !== undefined && known.value !== COLD) return true;
    const text = typeof key === "string" ? key : keyText(key);
    // A key that no session accepts is in none (rule 3).
    const slot = wellFormed(text) ? port.find(text) : 0;
    return slot > 0 && (port.read(slot) !== ABSENT || computed.has(text));
  }

  // --- Writing -------------------------------------------------------------------------------------------------

  function set(/** @type {any} */ key, /** @type {any} */ value) {
    const known = byKey.get(key);
    if (known !== undefined) {
      const { slot, value: old } = known;
      // A primitive over one of its kind is one call without text.
      if (old !== COLD && !guarded(key)) {
        const result = typeof value === "number" ? setNumber(slot, (value += 0)) : setOther(slot, value); // -0 + 0 is 0
        if (result >= 0) {
          if (result > 0) {
            known.value = value;
            if (!deliverOne(slot & PLACE, key, value, old, result)) wroteMore(slot & PLACE, key, value, old, result);
          }
          return;
        }
      }
    }
    setCold(keyText(key), value);
  }

  function setOther(/** @type {number} */ slot, /** @type {any} */ value) {
    if (typeof value === "string" && value.length <= 16) return setShort(slot, value);
    return typeof value === "boolean" ? setBool(slot, value ? 1 : 0) : DRAIN;
  }

  function guarded(/** @type {string} */ key) {
    return schemas.size > 0 && schemas.has(key);
  }

  function setCold(/** @type {string} */ key, /** @type {any} */ value) {
    if (typeof value === "object" && value !== null || !isPlainPrimitive(value)) {
      const plain = freezePlain(unwrap(value), limits[1]);
      if (plain instanceof Offence) return setReference(key, value, plain);
      value = plain;
    }
    switch (typeof value) {
      case "number": return store(key, NUMBER, value + 0, "", value + 0);
      case "string": return store(key, STRING, 0, value, value);
      case "boolean": return store(key, BOOL, value ? 1 : 0, "", value);
    }
    if (value === null) store(key, NULL, 0, "", null);
    else replace(key, value);
  }

  /** Stores an array or object whose every part is frozen, checked and owned by the session. */
  function replace(/** @type {string} */ key, /** @type {any} */ node) {
    store(key, JSON_TEXT, 0, JSON.stringify(node), node);
  }

  function setReference(/** @type {string} */ key, /** @type {unknown} */ value, /** @type {Offence} */ offence) {
    const slot = find(key); // refuses a key that no session accepts
    if (mode === 2 || offence.code === "too-deep") throw unserializable(key, offence, limits[1]);
    if (slot !== 0 && port.read(slot) === REFERENCE && Object.is(references.value(port.number()), value)) return;
    if (guarded(key)) validators.check(key, value); // code of the page, which runs before the value has its number
    offer(key, value, offence, (id) => write(key, REFERENCE, id, "", COLD, value));
  }

  /** Gives what only a reference can be to the module, by its number, unless enforcement refuses it, and lets go of what the module refuses. */
  function offer(/** @type {string} */ key, /** @type {unknown} */ value, /** @type {Offence} */ offence, /** @type {(id: number) => void} */ give) {
    if (mode === 2) throw unserializable(key, offence, limits[1]);
    const known = references.knows(value);
    const id = references.hold(value, offence);
    try {
      give(id);
    } catch (refused) {
      if (!known) references.release(id);
      throw refused;
    }
    if (mode === 1) events.violation({ key, ...offence });
  }

  /** Writes to the module, then to the cache: `cached`, which is COLD for a reference to `value`. */
  function store(/** @type {string} */ key, /** @type {number} */ kind, /** @type {number} */ number, /** @type {string} */ text, /** @type {any} */ cached, value = cached) {
    if (guarded(key)) validators.check(key, value);
    write(key, kind, number, text, cached, value);
  }

  function write(/** @type {string} */ key, /** @type {number} */ kind, /** @type {number} */ number, /** @type {string} */ text, /** @type {any} */ cached, /** @type {any} */ value) {
    let known = meet(key);
    let old = known === undefined ? COLD : known.value;
    // The last moment to read the old value for whoever will be told.
    if (known !== undefined && old === COLD && depth === 0 && listeners.heard(known.slot & PLACE)) old = readCold(key, COLD);
    const result = checked(known === undefined ? port.put(key, kind, number, text) : port.write(known.slot, kind, number, text), key);
    scheduleIdle();
    if (known === undefined) {
      const slot = port.slot();
      // What nobody has seen of a key that came in is not kept: it is remembered when it is met again, which may be never.
      const seen = guarded(key) || depth === 0 && listeners.heard(slot & PLACE);
      if (!seen) return depth > 0 ? cache.log(slot & PLACE, COLD) : result === DRAIN ? drain() : undefined;
      known = cache.remember(key, slot);
    }
    const { slot } = known, place = slot & PLACE;
    if (result > 0) {
      known.value = cached;
      if (!deliverOne(place, key, value, old === COLD ? undefined : old, result)) wroteMore(place, key, value, old, result);
    } else if (result === ADJUSTED) {
      touch(slot);
      if (depth === 0) drain();
    } else if (result === DRAIN) {
      cache.log(place, old);
      known.value = cached;
      drain();
    }
  }

  /** After a write of exactly one key outside of batches, or of any inside: what deliverOne() leaves to it. */
  function wroteMore(/** @type {number} */ place, /** @type {string} */ key, /** @type {any} */ value, /** @type {any} */ old, /** @type {number} */ version) {
    computed.invalidate(place);
    if (depth > 0) cache.log(place, old);
    else if (listeners.heard(place) || listeners.followers(place)) {
      tell([{ place, change: { key, value, old: old === COLD ? undefined : old, version, origin: listeners.origin } }]);
    }
  }

  function remove(/** @type {any} */ key) {
    key = keyText(key);
    const known = meet(key);
    if (known === undefined) return false;
    const { slot, value: old } = known, place = slot & PLACE;
    const result = checked(port.remove(slot), key);
    if (result === 0) {
      if (computed.has(key)) checked(port.write(slot, NULL, 0, ""), key); // is refused: the name is not the writer's
      // The key of a widget that has its default already stays as it is.
      return port.read(slot) !== ABSENT;
    }
    cache.log(place, old);
    known.value = COLD;
    computed.invalidate(place);
    if (result === DRAIN) drain();
    scheduleIdle();
    return true;
  }

  // --- Changes ---------------------------------------------------------------------------------------------------

  /** Reads the module's changes, brings the cache up to date and tells the listeners. The log has what the cache was. */
  function drain() {
    const olds = cache.takeLog();
    /** @type {{place: number, version: number, origin: string, old: () => any}[]} */
    const heard = [];
    /** @type {Set<number> | null} a program of its own may have changed a key several times: it is told once */
    const seen = port.hasProgram ? new Set() : null;
    port.changes((slot, version, origin, oldKind, index) => {
      const place = slot & PLACE;
      if (seen !== null) {
        if (seen.has(place)) return;
        seen.add(place);
      }
      const logged = olds.size > 0 && olds.has(place);
      const cached = logged ? olds.get(place) : COLD;
      if (logged) olds.delete(place);
      else cache.lose(place);
      computed.invalidate(place);
      if (!listeners.heard(place) && !listeners.followers(place)) return;
      if (!cache.knows(slot)) cache.remember(port.key(slot), slot);
      heard.push({ place, version, origin: ORIGINS[origin], old: oldValue(cached, oldKind, index) });
    });
    // What was written and ended as it had been is no change, and keeps its identity.
    for (const [place, value] of olds) {
      const known = byPlace[place];
      if (known !== undefined && value !== COLD) known.value = value;
    }
    const told = heard.map(({ place, version, origin, old }) => {
      const { key } = /** @type {import("./cache.js").Known} */ (byPlace[place]);
      return { place, change: { key, value: readCold(key, undefined), get old() { return old(); }, version, origin } };
    });
    settle();
    if (told.length > 0) tell(told);
  }

  /** Gives the old value when asked: what was cached, else what is made of the text that the module holds only now. */
  function oldValue(/** @type {any} */ cached, /** @type {number} */ kind, /** @type {number} */ index) {
    if (kind === ABSENT) return () => undefined;
    if (cached !== COLD) return () => cached;
    port.old(index);
    /** @type {any} */
    let value = kind === REFERENCE ? references.value(port.number()) : kind === JSON_TEXT ? COLD : decode(kind);
    const text = value === COLD ? port.text() : "";
    return () => {
      if (value === COLD) value = freezeParsed(JSON.parse(text));
      return value;
    };
  }

  /** Tells the listeners of the changed keys, and those of computed values that changed with them. */
  function tell(/** @type {import("./listeners.js").Told[]} */ told) {
    listeners.deliver(computed.any ? computed.withChanged(told) : told);
  }

  // --- Batches -----------------------------------------------------------------------------------------------------

  /** Counts open batches. */
  function nest(/** @type {1 | -1} */ by) {
    depth += by;
    listeners.batching = depth > 0;
    return depth;
  }

  /** @template R @param {() => R} fn @returns {R} */
  function batch(fn) {
    if (isAsyncFunction(fn)) throw asyncRefused("batch");
    checked(port.begin());
    return inBatch(fn);
  }

  /** Runs fn in the batch that the module has just begun, and ends it. @template R @param {() => R} fn @returns {R} */
  function inBatch(fn) {
    nest(1);
    const outer = cache.begin();
    const began = port;
    let result;
    try {
      result = fn();
      if (isThenable(result)) throw asyncRefused("batch");
    } catch (error) {
      if (port === began) rollback(outer);
      throw error;
    }
    if (port === began) {
      checked(port.commit());
      cache.end(outer);
      if (nest(-1) === 0) drain();
      scheduleIdle();
    }
    return result;
  }

  function rollback(/** @type {{mark: number, serial: number}} */ outer) {
    port.rollback();
    rolledBack(outer);
  }

  function rolledBack(/** @type {{mark: number, serial: number}} */ outer) {
    nest(-1);
    for (const place of cache.rollback(outer)) computed.invalidate(place);
    settle();
    scheduleIdle();
  }

  /** Runs fn in a turn, with what the module says follows. fn throws only when the session has ended. Says whether all was rolled back. */
  function inTurn(/** @type {boolean} */ transaction, /** @type {boolean} */ byCode, /** @type {() => void} */ fn) {
    checked(port.turn(transaction, byCode));
    nest(1);
    const outer = cache.begin(), before = origin, began = port;
    if (!byCode) setOrigin(1);
    fn();
    if (port !== began) return false;
    setOrigin(before);
    const ended = port.turnEnd();
    if (ended === 1) {
      rolledBack(outer);
      return true;
    }
    cache.end(outer);
    if (nest(-1) === 0 && (ended !== 0 || cache.logged)) drain();
    scheduleIdle();
    return false;
  }

  /** From now on, who makes the changes: an index of ORIGINS. The module's turns change it by themselves. */
  function setOrigin(/** @type {number} */ next) {
    origin = next;
    listeners.origin = ORIGINS[next];
  }

  /** Runs fn as another. @template R @param {number} who @param {() => R} fn @returns {R} */
  function as(who, fn) {
    const before = origin, began = port;
    checked(port.setOrigin(who));
    setOrigin(who);
    try {
      return fn();
    } finally {
      if (port === began) port.setOrigin(before);
      setOrigin(before);
    }
  }

  /** Runs fn and notes the keys it reads. @template R @param {Set<any>} into @param {() => R} fn @returns {R} */
  function track(into, fn) {
    const outer = reads;
    reads = into;
    try {
      return fn();
    } finally {
      reads = outer;
    }
  }

  /** A call that changes what it likes, or only the key, and as a batch of its own unless one is open. */
  function apply(/** @type {() => number} */ call, key = "") {
    const result = checked(call());
    if (result === DRAIN) drain();
    else if (result > 0) {
      // A key that is not known here has no value here, either.
      const known = byKey.get(key);
      if (known !== undefined) touch(known.slot);
      else if (key === "") takeTouched(false);
    }
    else if (depth === 0) settle();
    scheduleIdle();
  }

  /** The module has told a primitive, undefined for another value, while the session was quiet. */
  function learn(/** @type {number} */ slot, /** @type {any} */ value) {
    const known = byPlace[slot & PLACE];
    if (known === undefined) return;
    if (value !== undefined) known.value = value === 0 ? 0 : value; // -0 is 0
    else if (isPlainPrimitive(known.value)) known.value = COLD; // a widget before it in the call told it
  }

  /** Inside a batch, or before drain(): the module has written the key of the slot by itself. */
  function touch(/** @type {number} */ slot, ending = false) {
    const place = slot & PLACE;
    const known = byPlace[place];
    if (known === undefined) return cache.log(place, COLD); // it may be read before the batch ends, and is the same afterwards
    // What nobody has read needs no log where the batch is ending; else it may be read before the end.
    if (known.value !== COLD || !ending) cache.log(place, known.value);
    known.value = COLD;
    computed.invalidate(place);
  }

  /** A call of the module that may change any key. */
  function sweep(/** @type {() => number} */ call) {
    batch(() => {
      checked(call());
      takeTouched();
    });
  }

  /** A restore, which may be quiet where nobody is to hear of it or may refuse it. */
  function restore(/** @type {(quiet: boolean) => number} */ call) {
    if (!core.quiet || schemas.size > 0) return sweep(() => call(false));
    const result = checked(call(true));
    if (result === DRAIN) drain();
    else if (result > 0) {
      const marks = port.marked();
      for (let place = 0; place < byPlace.length; place++) if (marks[place >> 3] >> (place & 7) & 1) cache.lose(place);
    }
    scheduleIdle();
  }

  /** After a call that wrote inside a batch: what it wrote is not known here, and passed no validator. */
  function takeTouched(judged = true) {
    port.touched((slot) => {
      touch(slot, judged && depth === 1);
      if (!judged || schemas.size === 0) return;
      const key = port.key(slot);
      if (guarded(key) && has(key)) validators.check(key, get(key, undefined));
    });
  }

  /** Undoes or redoes a step; says whether there was one (rule 25). */
  function travel(/** @type {boolean} */ redo) {
    if (checked(port.travel(redo)) === 0) return false;
    inBatch(() => takeTouched());
    return true;
  }

  // Collections begun inside a call end only when the module's scheduler runs (measured: 10 times slower snapshots otherwise).
  function scheduleIdle() {
    if (idling) return;
    idling = true;
    const scheduled = port;
    setTimeout(() => {
      idling = false;
      if (port !== scheduled) return;
      try {
        port.idle();
      } catch {
        // It crashed: the session has said so.
      }
    });
  }

  const core = {
    listeners, cache, references, limits, validators,
    get port() { return port; },
    get mode() { return mode; },
    set mode(next) {
      checked(port.setMode(next));
      mode = next;
    },
    get depth() { return depth; },
    /** No batch is open, and nothing follows from a change: code runs only when it is called. */
    get quiet() { return depth === 0 && listeners.live === 0 && !computed.any && !port.hasProgram; },
    find, pin, unpin, checked, scheduleIdle, drain,
    get, has, set, offer, remove, replace, batch, sweep, restore, travel, inTurn, setOrigin, as, track, apply, learn, touch, takeTouched, guarded,
    /** What depends on which keys there are, or on all values. */
    seeAll() {
      if (reads !== null) reads.add("");
    },
    /** What a widget in a form holds until it is submitted, undefined for nothing. */
    pending(/** @type {number} */ id) {
      const kind = port.pending(id);
      if (kind === ABSENT) return undefined;
      return kind === REFERENCE ? references.value(port.number()) : decode(kind);
    },
    /** Says whether the key's value, read just now, is an array or object that JSON represents: those are cached, references are not. */
    isPlain(/** @type {string} */ key) {
      const value = byKey.get(key)?.value;
      return typeof value === "object" && value !== null && (!computed.has(key) || computed.isPlain(key));
    },
    /** Why the key's value is held by reference, undefined when it is not. */
    offence(/** @type {string} */ key) {
      return port.read(find(key)) === REFERENCE ? references.offence(port.number()) : undefined;
    },
    /** From now on every call goes to a port that throws. */
    end(/** @type {import("./abi.js").Port} */ dead) {
      depth = 0;
      reads = null;
      setOrigin(0);
      listeners.clear();
      computed.clear();
      cache.clear();
      references.clear();
      validators.schemas.clear();
      port = dead; // last: until then a call that was cut short comes here again
    },
  };
  const computed = createComputed(core, events);
  return Object.assign(core, { computed });
}

// What comes out of the memory is a double for V8, even where it is an integer, until it is made one: reads of it take a tenth longer.
function small(/** @type {number} */ number) {
  const integer = number | 0;
  return integer === number ? integer : number;
}

// JSON.parse gives data of our own: it only has to be frozen. Its own stack, since only the module bounds the depth.
function freezeParsed(/** @type {any} */ root) {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const child of Object.values(Object.freeze(node))) if (typeof child === "object" && child !== null) open.push(child);
  }
  return root;
}
