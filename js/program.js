// @ts-check
// The module's own program, where it is one of the page's author: what it names in Go, the session calls by these functions. The
// order of everything is that of functions in JavaScript, since the same code keeps it.

import { REFUSED } from "./abi.js";
import { refusalError, unserializable } from "./refusal.js";
import { SessionError } from "./errors.js";
import { Offence, freezePlain } from "./plain.js";

/** A name on the global object that is there while Go looks it up, as in wasm/app/internal/page/reference.go. */
const OFFERED = "tabstate:references";

/** What the result tells, and what is run, as in wasm/app/internal/page/page.go. */
const WROTE = 1, NEWS = 2;
const CALLBACK = 1, RERUN = 2, LISTENER = 3, COMPUTED = 4, JUDGE = 5;

/**
 * @param {import("./core.js").Core} core
 * @param {import("./turns.js").Turns} turns
 * @param {ReturnType<typeof import("./events.js").createEvents>} events
 * @param {any} session
 */
export function createProgram(core, turns, events, session) {
  /** What ends that which has the number. @type {Map<number, () => void>} */
  const ends = new Map();
  let waking = false;

  /** Runs a function of the program, and takes in what it did. */
  function run(/** @type {number} */ what, /** @type {number} */ id, first = "", second = "") {
    const { port } = core;
    const result = port.program(what, id, first, second);
    const text = result === REFUSED ? "" : port.text();
    const refused = result === REFUSED ? refusalError(port.refusal()) : null;
    if (core.port === port) {
      const wrote = result < 0 || (result & WROTE) !== 0, news = result < 0 || (result & NEWS) !== 0;
      // A computed value and a validator are asked in the middle of a read or a write, and goroutines ran meanwhile.
      if (what === COMPUTED || what === JUDGE) {
        if (wrote || news) wake();
      } else takeIn(wrote, news);
    }
    if (refused !== null) throw refused;
    return text;
  }

  function takeIn(/** @type {boolean} */ wrote, /** @type {boolean} */ news) {
    if (news) hear();
    if (wrote) {
      if (core.depth === 0) core.drain();
      else core.takeTouched(false);
    }
    core.scheduleIdle();
  }

  /** The program did something by itself: it is taken in when what runs now has ended. */
  function wake() {
    if (waking) return;
    waking = true;
    const { port } = core;
    queueMicrotask(() => {
      waking = false;
      if (core.port !== port) return;
      try {
        takeIn(true, true);
      } catch (error) {
        events.reportError(error);
      }
    });
  }

  /** Takes what the program has to say. */
  function hear() {
    for (const news of core.port.programNews()) {
      try {
        take(news);
      } catch (error) {
        turns.note(error);
      }
    }
  }

  function take(/** @type {any} */ { do: what, id, name, keys, slots, error }) {
    switch (what) {
      case "callback": return ends.set(id, turns.callback(name, (/** @type {any} */ event) => callback(id, name, event)));
      case "rerun": return ends.set(id, turns.programRerun(slots[0], () => void run(RERUN, id)));
      case "computed": return ends.set(id, session.computed(name, keys, () => JSON.parse(run(COMPUTED, id))));
      case "listen": return ends.set(id, listen(id, keys));
      case "end":
        ends.get(id)?.();
        return ends.delete(id);
      case "stale": return slots.forEach(core.touch);
      case "again": return turns.requestRerun();
      case "error": return turns.note(refusalError(error));
    }
  }

  function callback(/** @type {number} */ id, /** @type {string} */ name, /** @type {any} */ { key, args }) {
    const plain = args === undefined ? undefined : freezePlain(args, core.limits[1]);
    if (plain instanceof Offence) throw unserializable(`arguments of ${name}`, plain, core.limits[1]);
    const result = run(CALLBACK, id, key ?? "", plain === undefined ? "" : JSON.stringify(plain));
    return result === "" ? undefined : JSON.parse(result);
  }

  function listen(/** @type {number} */ id, /** @type {string[] | null} */ keys) {
    const tell = (/** @type {import("./listeners.js").Change[]} */ changes) => {
      run(LISTENER, id, JSON.stringify(changes.map(({ key, value, old, version, origin }) => ({ key, value: plainOf(value), old: plainOf(old), version, origin }))));
    };
    if (keys?.length === 1) return session.subscribe(keys[0], (/** @type {unknown} */ _, /** @type {any} */ change) => tell([change]));
    return keys === null ? session.subscribe(tell) : session.subscribe(keys, tell);
  }

  /** What JSON represents, undefined for what is held by reference. */
  function plainOf(/** @type {unknown} */ value) {
    const plain = freezePlain(value, core.limits[1]);
    return plain instanceof Offence ? undefined : plain;
  }

  // None of it throws: an error is its answer.
  const references = {
    get: (/** @type {number} */ id) => core.references.value(id),
    set(/** @type {string} */ key, /** @type {unknown} */ value) {
      try {
        core.set(key, value);
        return null;
      } catch (error) {
        return error instanceof SessionError ? error : new SessionError(String(error));
      }
    },
  };

  return {
    /** Runs what the program begins with. What it wrote is no step that undo() could take back. */
    start() {
      const { port } = core;
      const refused = port.programStart() === REFUSED ? refusalError(port.refusal()) : null;
      if (core.port === port) takeIn(true, true);
      if (refused !== null) events.reportError(refused);
    },
    wake,
    /** What the program's validators have against the value of a key. */
    issues(/** @type {string} */ key) {
      try {
        run(JUDGE, 0, key);
        return [];
      } catch (/** @type {any} */ { reason, path }) {
        return [{ message: reason, path }];
      }
    },
    /** Puts what Go asks for JavaScript values onto the global object, where alone it can find it, and takes it off again. */
    offer(/** @type {boolean} */ on) {
      if (on) /** @type {any} */ (globalThis)[OFFERED] = references;
      else delete /** @type {any} */ (globalThis)[OFFERED];
    },
  };
}
