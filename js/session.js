// @ts-check
// The session object: its entries, and what concerns it as a whole. Public documentation is in index.d.ts.

import { createCore } from "./core.js";
import { createSubmit } from "./submit.js";
import { createTurns } from "./turns.js";
import { createProgram } from "./program.js";
import { createWidgets } from "./widgets.js";
import { createEntries } from "./entries.js";
import { keyText } from "./arguments.js";
import { SessionDestroyedError, SessionUsageError } from "./errors.js";

/** @type {WeakMap<object, any>} */
const cores = new WeakMap();

/** The inside of a session: what binds elements to it works with that. */
export function coreOf(/** @type {object} */ session) {
  return cores.get(session);
}

export const MODES = /** @type {const} */ (["off", "report", "enforce"]);

/**
 * @param {import("./abi.js").Port} port of a module whose session is open
 * @param {ReturnType<typeof import("./events.js").createEvents>} events
 * @param {number} mode that it was opened with
 * @param {(how: "destroyed" | "crashed") => void} onEnd
 */
export function createSession(port, events, mode, onEnd) {
  const core = /** @type {import("./core.js").Core & {turns: import("./turns.js").Turns, widgets: ReturnType<typeof createWidgets>, events: typeof events, program: ReturnType<typeof createProgram> | null}} */ (createCore(port, events, mode));
  const turns = core.turns = createTurns(core, events);
  core.widgets = createWidgets(core, turns);
  core.events = events;
  /** @type {"open" | "destroyed" | "crashed"} */
  let status = "open";
  /** @type {Set<() => void>} */
  const disposers = new Set();
  /** @type {Map<string, ReturnType<typeof createEntries>>} */
  const scopes = new Map();

  /** Throws when the session has ended. */
  function alive() {
    if (status !== "open") core.port.stats();
  }

  // What may be called near the end of the engine's stack can be called again: the status is the last to change.
  function end(/** @type {"destroyed" | "crashed"} */ how, /** @type {() => Error} */ error, told = () => {}) {
    core.end(deadPort(error));
    turns.clear();
    onEnd(how);
    told();
    status = how;
  }

  /** Runs what onDispose registered, once. */
  function dispose() {
    for (const fn of disposers) {
      disposers.delete(fn);
      try {
        fn();
      } catch (thrown) {
        events.reportError(thrown);
      }
    }
  }

  const entries = createEntries(core, "", events.reportError);
  const session = Object.defineProperties(entries, Object.getOwnPropertyDescriptors({
    get status() { return status; },
    get enforcement() {
      alive();
      return MODES[core.mode];
    },
    set enforcement(name) {
      const next = MODES.indexOf(name);
      if (next < 0) throw new SessionUsageError(`enforcement is "off", "report" or "enforce", not ${JSON.stringify(name)}`, { code: "mode-invalid" });
      core.mode = next;
      if (next > 0) for (const violation of entries.validate()) events.violation(violation);
    },
    get limits() {
      alive();
      const [keyBytes, depth, valueBytes, entries, totalBytes] = core.limits;
      return Object.freeze({ keyBytes, depth, valueBytes, entries, totalBytes });
    },

    /** @returns {any} */
    scope(/** @type {any} */ name) {
      alive();
      const prefix = `${keyText(name)}:`;
      const known = scopes.get(prefix);
      if (known) return known;
      const scope = Object.assign(createEntries(core, prefix, events.reportError), {
        scope: (/** @type {any} */ inner) => /** @type {any} */ (session).scope(`${keyText(name)}:${keyText(inner)}`),
        computed: (/** @type {any} */ inner, /** @type {any} */ keys, /** @type {any} */ fn) =>
          core.computed.define(prefix + keyText(inner), Array.isArray(keys) ? keys.map((key) => prefix + keyText(key)) : keys, fn),
        validator: (/** @type {any} */ key, /** @type {any} */ schema) => {
          alive();
          return core.validators.add(prefix + keyText(key), schema);
        },
      });
      scopes.set(prefix, scope);
      return scope;
    },
    computed: core.computed.define,
    validator: (/** @type {any} */ key, /** @type {any} */ schema) => {
      alive();
      return core.validators.add(keyText(key), schema);
    },
    undo: () => core.travel(false),
    redo: () => core.travel(true),
    reset() {
      core.sweep(() => core.port.reset());
      events.forgetWarnings();
    },

    turn: turns.turn,
    callback: turns.callback,
    call: turns.call,
    rerun: turns.rerun,
    requestRerun: turns.requestRerun,
    stop: turns.stop,

    stats() {
      const { keys, bytes, memory, version, undo, redo } = core.port.stats();
      return { keys, bytes, memory, version, undo, redo, listeners: core.listeners.live };
    },
    onDispose(/** @type {() => void} */ fn) {
      alive();
      disposers.add(fn);
      return () => void disposers.delete(fn);
    },
    destroy() {
      if (status !== "open") return;
      const dying = core.port;
      end("destroyed", () => new SessionDestroyedError("the session was destroyed. open() starts a new one", { code: "session-destroyed", hint: "Call open() again" }));
      dispose();
      dying.wipe();
    },
    addEventListener: events.addEventListener,
    removeEventListener: events.removeEventListener,
  }));

  cores.set(session, core);
  turns.session = session;
  /** @type {any} */ (session).submit = createSubmit(session, core);

  /** Called by the port when the module is not to be trusted any more. */
  function crashed(/** @type {Error} */ error) {
    if (status !== "open") return;
    // There may be no room on the stack to come to the end of this: then the next call does.
    const again = () => {
      crashed(error);
      return error;
    };
    // In a task of its own: the crash may be that of a stack which has no room for what the page does now.
    end("crashed", again, () => queueMicrotask(() => {
      dispose();
      if (events.dispatch("session-crashed", { error })) console.error(error);
    }));
  }

  const program = core.program = port.hasProgram ? createProgram(core, turns, events, session) : null;
  return { session, crashed, dispose, program };
}

/** Stands in for the port of a session that has ended: every call throws. */
function deadPort(/** @type {() => Error} */ error) {
  const dead = () => {
    throw error();
  };
  return /** @type {import("./abi.js").Port} */ (/** @type {unknown} */ (new Proxy({}, { get: () => dead })));
}
