// @ts-check
// Sessions for tests: each test has one of its own, and may hold the module's exports and memory in its hands.

import { open } from "../index.js";
import { fail, test } from "./harness.js";

export { random } from "./random.js";

/** @typedef {any} Session of any shape, and used against its types too */

/**
 * Registers a test that gets a fresh session of the page's module, destroyed when the test ends.
 * @param {string} name begins with the rules it proves
 * @param {(session: Session) => unknown} fn
 * @param {Record<string, unknown>} [options] of open()
 */
export function sessionTest(name, fn, options = {}) {
  test(name, async () => {
    const session = /** @type {Session} */ (await open({ ...options, separate: true }));
    try {
      await fn(session);
    } finally {
      session.destroy();
      // A task of its own lets the engine collect the memory: it has room for about 120, and does not collect inside a task.
      await new Promise((done) => setTimeout(done));
    }
  });
}

/**
 * Opens a session and captures its module: `exports` are those that the facade calls from then on, and may be replaced.
 * @param {Record<string, unknown>} [options]
 * @returns {Promise<{session: Session, exports: Record<string, any>, memory: WebAssembly.Memory}>}
 */
export async function openCaptured(options = {}) {
  const { instantiate } = WebAssembly;
  /** @type {any} */
  let exports;
  // The glue asks for an instance of the class, and reads nothing but its exports.
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {any} */ module, /** @type {any} */ imports) => {
    const instance = await instantiate(module, imports);
    exports = { .../** @type {any} */ (instance).exports };
    /** @type {Record<string, any>} */
    const stable = {};
    for (const [name, value] of Object.entries(exports)) stable[name] = typeof value === "function" && name.startsWith("ts_") ? (/** @type {any[]} */ ...args) => exports[name](...args) : value;
    return Object.create(WebAssembly.Instance.prototype, { exports: { value: stable } });
  });
  try {
    const session = /** @type {Session} */ (await open({ separate: true, ...options }));
    return { session, exports, memory: exports.mem };
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

/** Runs fn and gives what the console was warned of meanwhile. */
export function warnings(/** @type {() => unknown} */ fn) {
  const { warn } = console;
  /** @type {string[]} */
  const said = [];
  console.warn = (/** @type {any[]} */ ...args) => void said.push(args.map(String).join(" "));
  try {
    fn();
  } finally {
    console.warn = warn;
  }
  return said;
}

/** Collects the details of a session's events of one type, and prevents what they would do. */
export function details(/** @type {Session} */ session, /** @type {string} */ type) {
  /** @type {any[]} */
  const list = [];
  session.addEventListener(type, (/** @type {CustomEvent} */ event) => {
    event.preventDefault();
    list.push(event.detail);
  });
  return list;
}

/** The errors that were reported as session-error, which is how listeners fail without harm. */
export function reported(/** @type {Session} */ session) {
  const list = details(session, "session-error");
  return () => list.splice(0).map(({ error }) => error);
}

/** Everything that a change of the session would alter, as one text; but the version, which a rolled back batch uses up. */
export function image(/** @type {Session} */ session) {
  const { keys, bytes, listeners, undo, redo } = session.stats();
  return JSON.stringify([session.snapshot({ references: "omit" }), [...session.keys()], keys, bytes, listeners, undo, redo]);
}

/** Runs fn, which is to throw, and fails when the session is another afterwards. */
export function unchanged(/** @type {Session} */ session, /** @type {() => unknown} */ fn) {
  const before = image(session);
  let heard = 0;
  const end = session.subscribe(() => { heard++; });
  let thrown;
  try {
    fn();
    fail("nothing was thrown");
  } catch (error) {
    thrown = error;
  } finally {
    end();
  }
  if (heard > 0) fail(`listeners were told of a refused write: ${thrown}`);
  if (image(session) !== before) fail(`a refused write left a trace: ${before} became ${image(session)} (${thrown})`);
  return /** @type {any} */ (thrown);
}
