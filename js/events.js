// @ts-check
// Events of a session: on the session itself and, for the page's own, on document.

import { unserializable } from "./refusal.js";

/** @param {EventTarget | null} page where the events are dispatched too */
export function createEvents(page) {
  const own = new EventTarget();
  /** @type {Set<string>} keys whose violation the console was told of */
  const warned = new Set();

  /** Tells both; says whether nobody prevented the default. */
  function dispatch(/** @type {string} */ type, /** @type {unknown} */ detail) {
    let untouched = true;
    for (const target of [own, page]) {
      if (target && !target.dispatchEvent(new CustomEvent(type, { detail, cancelable: true }))) untouched = false;
    }
    return untouched;
  }

  return {
    dispatch,

    /** A mistake in the page's code that must stop nobody else: an event, and the console unless that was prevented. */
    reportError(/** @type {unknown} */ error) {
      if (!dispatch("session-error", { error })) return;
      if (typeof globalThis.reportError === "function") globalThis.reportError(error);
      else console.error(error);
    },

    /** A value that JSON cannot represent is held: an event each time, and one console warning a key (rule 15). */
    violation(/** @type {{key: string, code: string, path: string, type: string, reason: string, hint: string}} */ violation) {
      const { key } = violation;
      if (!dispatch("session-violation", Object.freeze({ ...violation })) || warned.has(key)) return;
      warned.add(key);
      console.warn(`tabstate: ${unserializable(key, violation, 0).message}`);
    },
    forgetWarnings: () => warned.clear(),

    addEventListener: own.addEventListener.bind(own),
    removeEventListener: own.removeEventListener.bind(own),
  };
}
