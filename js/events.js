// @ts-check
// Events of a session: on the session itself and, for the page's own, on document.

/** @param {EventTarget | null} page where the events are dispatched too */
export function createEvents(page) {
  const own = new EventTarget();

  /** Tells both; says whether nobody asked to have it left at that. */
  function dispatch(/** @type {string} */ type, /** @type {unknown} */ detail) {
    let untouched = true;
    for (const target of [own, page]) {
      if (target && !target.dispatchEvent(new CustomEvent(type, { detail, cancelable: true }))) untouched = false;
    }
    return untouched;
  }

  /** A mistake in the page's code that must stop nobody else: an event, and the console unless that was prevented. */
  function reportError(/** @type {unknown} */ error) {
    if (!dispatch("session-error", { error })) return;
    if (typeof globalThis.reportError === "function") globalThis.reportError(error);
    else console.error(error);
  }

  return {
    dispatch,
    reportError,
    addEventListener: own.addEventListener.bind(own),
    removeEventListener: own.removeEventListener.bind(own),
  };
}
