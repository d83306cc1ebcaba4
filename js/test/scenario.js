// @ts-check
// What the end-to-end tests do inside a page that has the script tag, called by name as in "scenario.write". It stays
// within the public API.

const tabstate = /** @type {any} */ (globalThis).tabstate;

/** Events that the page's session sent to document. */
const events = { "session-ready": 0, "session-error": 0, "session-crashed": 0 };
for (const type of Object.keys(events)) document.addEventListener(type, () => { events[/** @type {keyof events} */ (type)]++; });

/** @type {string[]} */
const policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) => policyViolations.push(`${event.violatedDirective}: ${event.blockedURI}`));

/** What an error says, in JSON. */
const told = (/** @type {any} */ { name, message, code, key, path, type, reason, hint }) => ({ name, message, code, key, path, type, reason, hint });

const session = () => tabstate.session;

const scenario = {
  /** Waits for the session, or for its failure. */
  async start() {
    try {
      const opened = await tabstate.ready;
      return { status: opened.status, keys: [...opened.keys()], same: opened === tabstate.session, error: null };
    } catch (error) {
      return { status: null, keys: [], same: false, error: told(error), session: tabstate.session };
    }
  },
  events: () => ({ ...events }),
  policyViolations: () => policyViolations,
  write(/** @type {string} */ key, /** @type {unknown} */ value) {
    session().set(key, value);
  },
  read: (/** @type {string} */ key) => session().get(key),
  all: () => session().toJSON(),

  /** The same file, imported as a module, gives the same session. */
  async imported(/** @type {string} */ address) {
    const { open } = await import(address);
    return (await open()) === session();
  },
  /** What a listener hears of a write, an equal write, and a write after it ended. */
  listen() {
    /** @type {unknown[]} */
    const heard = [];
    const end = session().subscribe("heard", (/** @type {unknown} */ value, /** @type {any} */ { key, old, origin }) => heard.push([value, old ?? null, key, origin]));
    session().set("heard", 1).set("heard", 2).set("heard", 2);
    session().set("other", 1);
    end();
    session().set("heard", 3);
    return heard;
  },
  /** A batch that throws leaves everything as it was and tells nobody. */
  rollBack() {
    session().set("kept", { list: [1, 2] });
    const before = session().snapshot();
    let heard = 0;
    const end = session().subscribe(() => { heard++; });
    let message = "";
    try {
      session().batch(() => {
        session().state.kept.list.push(3);
        session().set("fresh", true);
        session().delete("kept");
        throw new Error("on purpose");
      });
    } catch (error) {
      message = /** @type {Error} */ (error).message;
    }
    end();
    return { message, heard, same: session().snapshot() === before };
  },
  /** The case this project began with. */
  unserializable() {
    const { state } = session();
    session().enforcement = "enforce";
    state.unserializable = "before";
    let error = null;
    try {
      state.unserializable = () => (/** @type {unknown} */ x) => x;
    } catch (e) {
      error = told(/** @type {any} */ (e));
    }
    const after = state.unserializable;
    session().enforcement = "off";
    state.unserializable = () => (/** @type {unknown} */ x) => x;
    const called = state.unserializable()(42);
    session().delete("unserializable");
    return { error, after, called };
  },
  /** A value so large that the module's memory has to grow, between small ones that have to survive it. */
  large(/** @type {number} */ bytes) {
    const before = session().stats().memory;
    session().set("small", { a: [1, "é"] });
    const text = "0123456789".repeat(bytes / 10);
    session().set("large", text);
    const read = session().get("large") === text;
    const snapshot = JSON.parse(session().snapshot()).large === text;
    const small = JSON.stringify(session().get("small"));
    const grown = session().stats().memory - before;
    session().delete("large");
    return { read, snapshot, small, grown };
  },
  /** Sets and deletes that many different keys; returns the growth of the module's memory in each tenth. */
  churn(/** @type {number} */ count) {
    const growth = [];
    for (let part = 0; part < 10; part++) {
      const before = session().stats().memory;
      for (let i = 0; i < count / 10; i++) {
        const key = `key ${part} ${i}`;
        session().set(key, i);
        session().delete(key);
      }
      growth.push(session().stats().memory - before);
    }
    return { growth, memory: session().stats().memory, keys: session().size };
  },
  /** Everything the browser stores for this origin. */
  async stored() {
    return {
      sessionStorage: { ...sessionStorage },
      localStorage: { ...localStorage },
      cookies: document.cookie,
      databases: await indexedDB.databases(),
      caches: globalThis.caches ? await caches.keys() : [],
      workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
    };
  },
};
/** @type {any} */ (globalThis).scenario = scenario;
