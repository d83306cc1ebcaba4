// @ts-check
// Pages for tests of the HTML binding: each test has the page's session, and a piece of HTML bound to it.

import { open } from "../index.js";
import { test } from "./harness.js";
import { details } from "./sessions.js";

// The tests run under Trusted Types, and the binding makes no policy: this one is for the HTML of the tests alone.
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("tests", { createHTML: (/** @type {string} */ text) => text });

/** HTML as the page's policy wants it. @returns {any} */
export const html = (/** @type {string} */ text) => (policy ? policy.createHTML(text) : text);

/**
 * @typedef {object} Page
 * @property {any} session
 * @property {HTMLElement} root
 * @property {(selector: string) => any} $ the first element in the root
 * @property {(selector: string) => any[]} $$ all of them
 * @property {(html: string) => void} put replaces what is in the root, as others do
 * @property {(el: any, value: unknown, types?: string[]) => void} type puts the value into the element and fires its events
 * @property {any[]} errors details of session-error so far
 * @property {() => void} end ends the binding
 */

/**
 * Registers a test of a piece of HTML.
 * @param {string} name begins with the rules it proves
 * @param {string} text
 * @param {(page: Page) => unknown} fn
 * @param {(session: any, root: HTMLElement) => void} [before] runs between the session's start and the binding's
 */
export function htmlTest(name, text, fn, before) {
  test(name, async () => {
    const session = /** @type {any} */ (await open());
    const root = document.createElement("div");
    document.body.append(root);
    root.innerHTML = html(text);
    const errors = details(session, "session-error");
    const page = {
      session, root, errors,
      $: (/** @type {string} */ selector) => root.querySelector(selector),
      $$: (/** @type {string} */ selector) => [...root.querySelectorAll(selector)],
      put: (/** @type {string} */ other) => { root.innerHTML = html(other); },
      type,
      end: () => {},
    };
    try {
      before?.(session, root);
      page.end = session.bind(root);
      await fn(/** @type {any} */ (page));
    } finally {
      if (session.status === "open") session.destroy();
      root.remove();
      await new Promise((done) => setTimeout(done));
    }
  });
}

/** Puts a value into an element as a user does, as far as a script can. */
export function type(/** @type {any} */ el, /** @type {any} */ value, types = ["input"]) {
  if (typeof value === "boolean") el[el.localName === "details" ? "open" : "checked"] = value;
  else if (el.localName === "select" && Array.isArray(value)) for (const option of el.options) option.selected = value.includes(option.value);
  else if (el.isContentEditable) el.textContent = value;
  else el.value = value;
  for (const name of types) el.dispatchEvent(new Event(name, { bubbles: name !== "toggle" }));
}

/** Waits until observers of the page have been told. */
export const settled = () => new Promise((done) => setTimeout(done));

/** Counts what changes in the DOM below the node while fn runs, by the element it changes in. */
export async function touched(/** @type {Node} */ node, /** @type {() => void} */ fn) {
  const observer = new MutationObserver(() => {});
  observer.observe(node, { subtree: true, childList: true, characterData: true, attributes: true });
  fn();
  const records = observer.takeRecords();
  observer.disconnect();
  return records;
}
