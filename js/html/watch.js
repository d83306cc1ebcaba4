// @ts-check
// One subscription for each key that the page shows, and who is to be told of it.

/**
 * @param {any} session
 * @param {(error: unknown) => void} report
 */
export function createWatch(session, report) {
  /** @type {Map<string, {users: Set<(value: any) => void>, end: () => void}>} */
  const keys = new Map();

  /** Calls the user now and after each change of the key; returns the function that ends it. */
  return (/** @type {string} */ key, /** @type {(value: any) => void} */ user) => {
    let entry = keys.get(key);
    if (!entry) {
      /** @type {Set<(value: any) => void>} */
      const users = new Set();
      const end = session.subscribe(key, (/** @type {any} */ value) => {
        for (const user of users) {
          try {
            user(value);
          } catch (error) {
            report(error);
          }
        }
      });
      keys.set(key, entry = { users, end });
    }
    const { users, end } = entry;
    users.add(user);
    user(session.get(key));
    return () => {
      if (users.delete(user) && users.size === 0) {
        keys.delete(key);
        end();
      }
    };
  };
}
