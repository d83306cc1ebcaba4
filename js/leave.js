// @ts-check
// What becomes of a session when its page goes (rules 45 and 48). What keep hands over, it has handed over before: its listeners
// are older than the session.

/** @type {WeakMap<object, Set<() => void>>} by session */
const wipers = new WeakMap();

/** Runs fn just before the session is wiped because its page is hidden, while it can still be read. Returns the function that cancels it. */
export function beforeWipe(/** @type {object} */ session, /** @type {() => void} */ fn) {
  const list = wipers.get(session) ?? new Set();
  wipers.set(session, list.add(fn));
  return () => void list.delete(fn);
}

/**
 * Follows the page: destroys the session when it is hidden for good or cached, with `wipe`; else runs what onDispose registered when it
 * goes for good. Returns the function that ends it.
 * @param {any} session
 * @param {boolean} wipe
 * @param {() => void} dispose
 * @param {(error: unknown) => void} reportError
 */
export function watchLeave(session, wipe, dispose, reportError) {
  function hide(/** @type {{persisted: boolean}} */ { persisted }) {
    if (!wipe) {
      if (!persisted) dispose();
      return;
    }
    for (const fn of wipers.get(session) ?? []) {
      try {
        fn();
      } catch (error) {
        reportError(error);
      }
    }
    session.destroy();
  }
  globalThis.addEventListener?.("pagehide", hide);
  return () => globalThis.removeEventListener?.("pagehide", hide);
}
