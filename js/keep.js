// @ts-check
// keep: "navigation" (rule 46): as the page leaves, the session's snapshot goes to the memory of a service worker, and the next page
// of the tab claims it. The one file that uses storage: sessionStorage holds a random ticket from the leave to the next load.
//
// A lineage is a session with all those that followed from it, in the pages of one tab; its id is in memory only. A page that
// loads claims by the ticket. A page that comes back from the back-forward cache still has its lineage, and claims what is newer.

import { runtime } from "./runtime.js";

/** A leave that has not happened after this time, in ms, was none (a download): the handover is withdrawn. */
const WITHDRAW = 2_000;
/** The worker is alive at least so long after it was given something. */
const ALIVE = 10_000;
/** How long a page waits for the worker's answer before it begins empty. */
const PATIENCE = 5_000;
/** Bytes of a snapshot. */
const LIMIT = 8 << 20;

/** @typedef {{lineage: string, version: number, reached: number, snapshot: string}} Handover version: see `at`; reached: the last version that the session gave */

/** @type {Set<string>} */
const said = new Set();
function say(/** @type {string} */ kind, /** @type {string} */ text) {
  if (!said.has(kind)) console.warn(`tabstate: ${text}`);
  said.add(kind);
}

function impossible(/** @type {any} */ { message }) {
  say("impossible", `keep: "navigation" is not possible here, so the session ends with the page: ${message}`);
}

/** @type {{createScriptURL(url: string): any} | undefined} */
let policy;
function trusted(/** @type {string} */ url) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  policy ??= types?.createPolicy("tabstate", { createScriptURL: (/** @type {string} */ given) => given });
  return policy ? policy.createScriptURL(url) : url;
}

/** @type {Map<string, Keep>} by address of the worker's script and of its scope */
const keeps = new Map();

/** The page's keep for these options: one for good, since its lineage outlives a session that was wiped. Null where it cannot be. */
export function keepOf(/** @type {string} */ app, /** @type {string} */ address) {
  try {
    const url = new URL(address || runtime.worker, document.baseURI);
    url.search ||= new URL(runtime.worker).search;
    if (self !== top) throw new Error("it is for the page of the tab, not for a frame in it");
    if (!isSecureContext) throw new Error("the origin is insecure. Serve the page by https");
    if (!navigator.serviceWorker) throw new Error("the browser offers no service workers");
    if (url.origin !== location.origin) {
      throw new Error("the service worker has to come from the page's own origin. Copy tabstate-worker.js there, and give its address by the option worker or by data-session-worker");
    }
    const scope = new URL(app ? `tabstate-keep-${app}/` : "tabstate-keep/", url);
    const id = `${url} ${scope}`;
    const keep = keeps.get(id) ?? createKeep(navigator.serviceWorker, url.href, scope);
    keeps.set(id, keep);
    return keep;
  } catch (error) {
    impossible(error);
    return null;
  }
}

/**
 * @typedef {ReturnType<typeof createKeep>} Keep
 * @param {ServiceWorkerContainer} container
 * @param {string} url of the worker's script
 * @param {URL} scope a folder that holds no page
 */
function createKeep(container, url, scope) {
  const name = `tabstate:${scope.pathname}`;
  /** @type {ServiceWorkerRegistration | undefined} */
  let registration;
  let lineage = "";
  // The handover's version is the time of the last change: in a lineage it never goes back, and of two pages that both went on
  // from one state, since a handover was lost, the one changed last is the newer.
  let at = 0;
  /** The session's own version that `at` belongs to. */
  let seen = 0;
  /** @type {any} open, or null */
  let session = null;
  /** @type {(version: number) => void} has the session's versions go on above this one */
  let advance;
  /** @type {(error: unknown) => void} */
  let reportError;
  /** @type {Handover | null} claimed, and in no session yet */
  let claimed = null;
  /** The ticket under which the worker holds what this page is about to get: found, and from its claim to the answer another one. */
  let asked = "";
  /** The ticket of this leave, when it was, and the port by which more of it can follow. */
  let ticket = "", given = 0;
  /** @type {MessagePort | undefined} */
  let more;
  /** @type {number | undefined} */
  let timer;
  /** How often the page was left. */
  let hidden = 0;

  const worker = () => registration?.active ?? registration?.waiting ?? registration?.installing;

  async function register() {
    try {
      if (worker()?.scriptURL !== url) registration = await container.register(trusted(url), { scope: scope.href });
    } catch (error) {
      impossible({ message: `the browser refused its service worker ${url} (${/** @type {Error} */ (error).message})` });
    }
  }

  /** @returns {Promise<Handover | null>} */
  async function ask(/** @type {string | null} */ claim, /** @type {number} */ version) {
    const to = worker();
    if (!to) return null;
    const { port1, port2 } = new MessageChannel();
    const next = asked = crypto.randomUUID();
    const answer = await new Promise((done) => {
      port1.onmessage = ({ data }) => done(data);
      setTimeout(done, PATIENCE, null);
      to.postMessage({ claim, lineage, version, next }, [port2]);
    });
    port1.close();
    // Had the page left meanwhile, the next one would be given the same.
    if (asked === next) {
      asked = "";
      to.postMessage({ withdraw: next });
    }
    return answer;
  }

  function version() {
    const now = session.stats().version;
    if (now !== seen) at = Math.max(at + 1, Date.now());
    seen = now;
    return at;
  }

  function replace(/** @type {Handover} */ handover) {
    try {
      lose("are not in a later page's state, which replaces this one's");
      advance(handover.reached);
      session.restore(handover.snapshot);
      at = handover.version;
      seen = session.stats().version;
    } catch (error) {
      reportError(error); // a limit or a validator of this page refuses what another page held
    }
  }

  /** Says once which values JSON cannot represent, if there are any, and what becomes of them. */
  function lose(/** @type {string} */ how) {
    const keys = session.validate().filter((/** @type {any} */ v) => v.code !== "invalid-value").map((/** @type {any} */ v) => JSON.stringify(v.key));
    if (keys.length > 0) say(how, `values that JSON cannot represent ${how}: ${keys.join(", ")}`);
  }

  /** The session's snapshot, undefined when it is too large. */
  function snapshot() {
    let text;
    // Entries of twice the limit are over it as text, too, which need not be made then.
    if (session.stats().bytes < 2 * LIMIT) {
      try {
        text = session.snapshot();
      } catch {
        lose("do not go to the next page");
        text = session.snapshot({ references: "omit" });
      }
      if (new Blob([text]).size <= LIMIT) return text;
    }
    say("large", `the session's snapshot is over ${LIMIT >> 20} MiB, so it does not go to the next page`);
  }

  /** Gives the worker what the next page is to claim; throws when sessionStorage is full. */
  function give() {
    const to = worker();
    if (!session && !claimed) {
      // It left before it got what it had asked for: that is for the next page.
      if (asked) sessionStorage.setItem(name, asked);
      return;
    }
    if (!to) return;
    const handover = session ? { lineage, version: version(), reached: session.stats().version, snapshot: snapshot() } : claimed;
    if (handover?.snapshot === undefined) return withdraw();
    const message = { ...handover, ticket: ticket ||= crypto.randomUUID() };
    sessionStorage.setItem(name, ticket);
    // What is posted to the worker itself from pagehide gets lost in Chromium when a cached page comes back; by a port it arrives.
    if (more && Date.now() - given < ALIVE) more.postMessage(message);
    else {
      const { port1, port2 } = new MessageChannel();
      more = port1;
      to.postMessage(message, [port2]);
    }
    given = Date.now();
  }

  function withdraw() {
    clearTimeout(timer);
    if (ticket) worker()?.postMessage({ withdraw: ticket });
    if (registration) sessionStorage.removeItem(name);
    ticket = "";
  }

  function tryGive() {
    try {
      give();
    } catch (error) {
      impossible(error);
    }
  }

  addEventListener("beforeunload", () => {
    tryGive();
    clearTimeout(timer);
    timer = setTimeout(withdraw, WITHDRAW);
  });

  // Again, when the state has moved since beforeunload, or the server took so long to answer that the handover was withdrawn.
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (!ticket || Date.now() - given > WITHDRAW || session?.stats().version !== seen) tryGive();
    ticket = "";
    more = undefined;
    hidden++;
  });

  addEventListener("pageshow", async ({ persisted }) => {
    if (!persisted) return;
    sessionStorage.removeItem(name);
    // A session that was wiped has nothing to compare with: whoever opens one anew claims.
    if (!session) return;
    // What it wrote while it was hidden, and writes before the answer, does not make it the newer one.
    const shown = hidden;
    const handover = await ask(null, at);
    if (handover && session && hidden === shown) replace(handover);
  });

  return {
    /** Claims what the page before has handed over. Where there is nothing to claim, waits for nothing. */
    async claim() {
      if (/** @type {any} */ (document).prerendering) await new Promise((done) => document.addEventListener("prerenderingchange", done, { once: true }));
      try {
        const found = sessionStorage.getItem(name);
        sessionStorage.removeItem(name);
        const looked = container.getRegistration(scope.href).then((r) => {
          // The site's own worker may have a scope around this one.
          registration = r?.scope === scope.href ? r : undefined;
        });
        if (found || lineage) {
          asked = found ?? "";
          await looked;
          claimed = await ask(found, -1) ?? claimed;
          asked = "";
          register();
        } else looked.then(register, register);
      } catch (error) {
        impossible(error);
      }
      lineage = claimed?.lineage ?? (lineage || crypto.randomUUID());
    },

    /** From now on it is this session that is handed over; it begins with what was claimed. */
    follow(/** @type {any} */ opened, /** @type {(version: number) => void} */ forward, /** @type {(error: unknown) => void} */ report) {
      session = opened;
      advance = forward;
      reportError = report;
      at = 0;
      seen = session.stats().version;
      if (claimed) replace(claimed);
      claimed = null;
    },

    /** The session has ended. */
    end() {
      session = null;
      if (ticket) withdraw();
    },
  };
}
