// @ts-check
// Turns: one interaction and all that follows from it (rules 36 to 39). The module says what comes next; the page's functions
// are called here.

import { CALLBACK_STEP, REFUSED } from "./abi.js";
import { SessionUsageError } from "./errors.js";
import { refusalError } from "./refusal.js";
import { asyncRefused, isAsyncFunction, isThenable, keyText, notAn } from "./arguments.js";

const CODE = 0, CALLBACK = 2;

/**
 * @typedef {{errors: unknown[], after: ((rolledBack: boolean, failed: boolean) => void)[]}} Turn
 * @typedef {{name: string, args?: unknown, key?: string, element?: unknown}} Call
 * @typedef {ReturnType<typeof createTurns>} Turns
 * @param {import("./core.js").Core} core
 * @param {ReturnType<typeof import("./events.js").createEvents>} events
 */
export function createTurns(core, events) {
  /** @type {Map<string, Function>} */
  const callbacks = new Map();
  /** @type {Map<number, Function>} */
  const reruns = new Map();
  /** Those of the module's own program, which notes what they read. @type {Map<number, () => void>} */
  const programReruns = new Map();
  /** @type {Turn | null} */
  let open = null;
  let requested = false;

  /** Runs fn, and says whether the turn goes on: what fn throws is reported after the turn, the rest of which is skipped. */
  function attempt(/** @type {Turn} */ turn, /** @type {(id: any) => void} */ fn, id = 0) {
    const began = core.port;
    try {
      fn(id);
      return core.port === began;
    } catch (error) {
      turn.errors.push(error);
      if (core.port === began) began.turnFailed();
      return false;
    }
  }

  /** Runs what follows from the input: callbacks, then reruns. */
  function follow(/** @type {Turn} */ turn) {
    const began = core.port;
    for (;;) {
      const step = began.turnNext();
      if (step === REFUSED) turn.errors.push(refusalError(began.refusal()));
      if (step <= 0) return;
      const id = began.slot();
      core.setOrigin(step === CALLBACK_STEP ? CALLBACK : CODE);
      if (!attempt(turn, step === CALLBACK_STEP ? runCallbackOf : runRerun, id)) return;
    }
  }

  /**
   * Runs a turn that begins with what `input` does, or does that in the turn that is open. What goes wrong is reported once
   * after the turn, but for what `input` throws in a turn by code: that goes to the caller.
   */
  function run(/** @type {boolean} */ byCode, /** @type {boolean} */ transaction, /** @type {() => void} */ input) {
    if (open !== null) return input();
    /** @type {Turn} */
    const turn = { errors: [], after: [] };
    const { port } = core;
    let began = false, rolledBack = false;
    /** @type {{error: unknown} | null} */
    let thrown = null;
    try {
      rolledBack = core.inTurn(transaction, byCode, () => {
        open = turn;
        began = true;
        if (attempt(turn, input)) follow(turn);
        else if (byCode && turn.errors.length > 0) thrown = { error: turn.errors.pop() };
        open = null;
      });
    } finally {
      if (began) open = null;
    }
    for (const fn of core.port === port ? turn.after : []) attempt(turn, () => fn(rolledBack, turn.errors.length > 0));
    for (const error of turn.errors) events.reportError(error);
    if (thrown !== null) throw /** @type {any} */ (thrown).error;
  }

  function runCallbackOf(/** @type {number} */ widget) {
    return runCallback(turns.callOf(widget));
  }

  function runCallback(/** @type {Call} */ { name, args, key, element }) {
    const fn = callbacks.get(name);
    if (fn === undefined) {
      throw new SessionUsageError(`there is no callback ${JSON.stringify(name)}. Register it with session.callback(name, fn)`, {
        code: "callback-unknown", hint: "Register it with session.callback(name, fn)",
      });
    }
    const value = key === undefined ? undefined : core.get(key);
    const result = fn({ key, value, args, session: turns.session, element });
    // What follows the first await is outside of the turn.
    if (isThenable(result)) result.then(undefined, events.reportError);
    return result;
  }

  function runRerun(/** @type {number} */ id) {
    const fn = reruns.get(id);
    if (fn === undefined) return programReruns.get(id)?.();
    const began = core.port;
    /** @type {Set<any>} */
    const reads = new Set();
    try {
      const result = core.track(reads, () => fn(turns.session));
      if (isThenable(result)) result.then(undefined, events.reportError);
    } finally {
      if (core.port === began && reruns.has(id)) noteReads(id, reads);
    }
  }

  function noteReads(/** @type {number} */ id, /** @type {Set<any>} */ reads) {
    /** @type {number[]} */
    const pinned = [];
    let all = false;
    for (const key of reads) {
      if (key === "") all = true;
      else {
        try {
          pinned.push(core.pin(keyText(key)));
        } catch {
          continue; // a key that no session accepts never changes
        }
        for (const source of core.computed.keys(key)) reads.add(source);
      }
    }
    core.port.rerunReads(id, all ? [...pinned, 0] : pinned);
    core.unpin(pinned);
  }

  const turns = {
    run,
    /** The session that callbacks are given. @type {any} */
    session: null,
    /** What a widget calls. @type {(id: number) => Call} */
    callOf: () => ({ name: "" }),
    report: events.reportError,
    /** Reports the error after the turn that is open, or now. */
    note: (/** @type {unknown} */ error) => void (open === null ? events.reportError(error) : open.errors.push(error)),
    /** Runs fn when the turn that is open has been told to the listeners. */
    after: (/** @type {(rolledBack: boolean, failed: boolean) => void} */ fn) => void open?.after.push(fn),

    turn(/** @type {any} */ fn, /** @type {any} */ options) {
      if (typeof fn !== "function") throw notAn("turn()", "a function to call", fn);
      if (isAsyncFunction(fn)) throw asyncRefused("turn");
      let result;
      run(true, !!options?.transaction, () => {
        result = fn(turns.session);
        if (isThenable(result)) throw asyncRefused("turn");
      });
      return result;
    },

    callback(/** @type {any} */ name, /** @type {any} */ fn) {
      core.port.count(); // throws when the session has ended
      if (typeof name !== "string" || typeof fn !== "function") throw notAn("callback()", "a name and a function to call", typeof name !== "string" ? name : fn);
      if (callbacks.has(name)) {
        throw new SessionUsageError(`there is a callback ${JSON.stringify(name)} already. End that one first`, { code: "callback-taken", hint: "End the other one first" });
      }
      callbacks.set(name, fn);
      return () => {
        if (callbacks.get(name) === fn) callbacks.delete(name);
      };
    },

    call(/** @type {any} */ name, /** @type {any[]} */ ...args) {
      let result;
      run(true, false, () => {
        result = core.as(CALLBACK, () => runCallback({ name, args }));
      });
      return result;
    },

    rerun(/** @type {any} */ fn) {
      if (typeof fn !== "function") throw notAn("rerun()", "a function to call", fn);
      const id = core.checked(core.port.rerun());
      const began = core.port;
      reruns.set(id, fn);
      const end = () => {
        if (reruns.delete(id) && core.port === began) core.apply(() => began.rerunEnd(id));
      };
      try {
        core.batch(() => runRerun(id));
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },

    requestRerun() {
      if (open !== null) return void core.port.turnAgain();
      const began = core.port;
      began.count();
      if (requested) return;
      requested = true;
      queueMicrotask(() => {
        requested = false;
        if (core.port !== began) return;
        try {
          run(true, false, () => void core.port.turnAgain());
        } catch (error) {
          events.reportError(error);
        }
      });
    },

    stop() {
      if (open !== null) core.port.turnStop();
      else core.port.count();
    },

    /** A rerun of the module's own program; returns the function that ends it. */
    programRerun(/** @type {number} */ id, /** @type {() => void} */ fn) {
      programReruns.set(id, fn);
      return () => void programReruns.delete(id);
    },

    clear() {
      callbacks.clear();
      programReruns.clear();
      reruns.clear();
      open = null;
    },
  };
  return turns;
}
