// @ts-check
// The script tag: <script type="module" src=".../tabstate.js"> alone opens the page's session, with the options of its
// data-session-* attributes, offers it as globalThis.tabstate, and binds the document to it.

import { open, pageSession } from "./open.js";

/** Attributes of the tag, by name in its dataset, and how each becomes an option of open(). */
const ATTRIBUTES = {
  sessionEnforce: (/** @type {string} */ value) => ({ enforce: value === "" ? true : word(value) }),
  sessionLimits: (/** @type {string} */ value) => ({ limits: JSON.parse(value) }),
  sessionHistory: (/** @type {string} */ value) => ({ history: value === "" ? true : JSON.parse(value) }),
  sessionKeep: (/** @type {string} */ keep) => ({ keep }),
  sessionApp: (/** @type {string} */ app) => ({ app }),
  sessionWasm: (/** @type {string} */ wasm) => ({ wasm }),
  sessionGlue: (/** @type {string} */ glue) => ({ glue }),
  sessionIntegrity: (/** @type {string} */ integrity) => ({ integrity }),
  sessionWorker: (/** @type {string} */ worker) => ({ worker }),
  sessionWipeOnHide: (/** @type {string} */ value) => ({ wipeOnHide: value === "" ? true : word(value) }),
  sessionDebug: (/** @type {string} */ value) => ({ debug: value === "" ? true : word(value) }),
};

function word(/** @type {string} */ value) {
  return value === "true" ? true : value === "false" ? false : value;
}

const attributeName = (/** @type {string} */ name) => `data-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

/** The tag that loaded the module at this address. document.currentScript is null in modules. */
export function findTag(/** @type {string} */ url) {
  if (typeof document !== "object") return null;
  return [...document.scripts].find((script) => script.type === "module" && script.src === url) ?? null;
}

function optionsOf(/** @type {HTMLScriptElement} */ tag) {
  /** @type {any} */
  const options = {};
  for (const [name, value] of Object.entries(tag.dataset)) {
    if (!name.startsWith("session")) continue;
    const attribute = attributeName(name);
    const read = /** @type {Record<string, (value: string) => object>} */ (ATTRIBUTES)[name];
    if (!read) {
      console.warn(`tabstate: the script tag has no attribute ${attribute}. It has ${Object.keys(ATTRIBUTES).map(attributeName).join(", ")}`, tag);
      continue;
    }
    try {
      Object.assign(options, read(/** @type {string} */ (value)));
    } catch {
      console.warn(`tabstate: ${attribute} is not JSON, so it is ignored: ${value}`, tag);
    }
  }
  return options;
}

export function startTag(/** @type {HTMLScriptElement} */ tag) {
  const options = optionsOf(tag);
  const parsed = new Promise((done) => {
    if (document.readyState === "complete") done(undefined);
    for (const type of ["DOMContentLoaded", "load"]) addEventListener(type, done, { once: true }); // the first may have been
  });
  /** @type {Promise<any>} */
  let ready;
  /** @type {any} */ (globalThis).tabstate = {
    open,
    get ready() { return ready; },
    get session() { return pageSession(); },
  };

  function run() {
    ready = open(options);
    ready.then(
      async (session) => {
        document.dispatchEvent(new CustomEvent("session-ready", { detail: session }));
        // The page's own scripts come first: what they initialise wins over the HTML (rule 26).
        await parsed;
        setTimeout(() => session.status === "open" && session.bind(document));
      },
      (error) => {
        document.dispatchEvent(new CustomEvent("session-error", { detail: { error } }));
        console.error(error);
      },
    );
  }
  run();

  // The page comes back from the back-forward cache, and its session was wiped when it went there (rule 45).
  if (options.wipeOnHide) {
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted && !pageSession()) run();
    });
  }
}
