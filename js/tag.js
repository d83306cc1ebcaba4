// @ts-check
// The script tag: <script type="module" src=".../tabstate.js"> alone opens the page's session, with the options of its
// data-session-* attributes, and offers it as globalThis.tabstate.

import { open, pageSession } from "./open.js";

/** Attributes of the tag, and how each becomes an option of open(). */
const ATTRIBUTES = {
  sessionEnforce: (/** @type {string} */ value) => ({ enforce: value === "" || value === "true" ? true : value === "false" ? false : value }),
  sessionLimits: (/** @type {string} */ value) => ({ limits: JSON.parse(value) }),
};

/** The tag that loaded the module at this address. document.currentScript is null in modules. */
export function findTag(/** @type {string} */ url) {
  if (typeof document !== "object") return null;
  return [...document.scripts].find((script) => script.type === "module" && script.src === url) ?? null;
}

function optionsOf(/** @type {HTMLScriptElement} */ tag) {
  const options = {};
  for (const [name, value] of Object.entries(tag.dataset)) {
    if (!name.startsWith("session")) continue;
    const attribute = `data-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
    const read = /** @type {Record<string, any>} */ (ATTRIBUTES)[name];
    if (!read) {
      console.warn(`tabstate: the script tag has no attribute ${attribute}. It has data-session-enforce and data-session-limits`, tag);
      continue;
    }
    try {
      Object.assign(options, read(value));
    } catch {
      console.warn(`tabstate: ${attribute} is not JSON, so it is ignored: ${value}`, tag);
    }
  }
  return options;
}

export function startTag(/** @type {HTMLScriptElement} */ tag) {
  const ready = open(optionsOf(tag));
  /** @type {any} */ (globalThis).tabstate = {
    open,
    ready,
    get session() { return pageSession(); },
  };
  ready.then(
    (session) => document.dispatchEvent(new CustomEvent("session-ready", { detail: session })),
    (error) => {
      document.dispatchEvent(new CustomEvent("session-error", { detail: { error } }));
      console.error(error);
    },
  );
}
