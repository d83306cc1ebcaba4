// @ts-check
// The attributes that HTML is bound by: their names, what each needs beside it, and what is said of those that make no sense.

import { remember } from "./remember.js";

export const PREFIX = "data-session-";

/**
 * Each name after the prefix, and what it goes with: another name beside it, the element in <>, or not beside the one after "!".
 * A name that ends in a dash is followed by one of the author's.
 */
/** @type {Record<string, string>} */
export const ATTRIBUTES = Object.freeze({
  "key": "",
  "path": "key",
  "callback": "",
  "args": "callback",
  "transaction": "",
  "persist": "key",
  "url": "key",
  "text": "",
  "format": "text",
  "locale": "format",
  "attr-": "",
  "class-": "",
  "show": "",
  "hide": "!show",
  "each": "<template>",
  "each-key": "each",
  "form": "<form>",
  "clear-on-submit": "form",
  "enter-to-submit": "form",
  "submit": "form",
  "submit-keys": "submit",
  "submit-status": "",
  "row": "", // on what a list made
});

/** @typedef {Record<string, string>} Attributes by name after the prefix */

/** What follows the prefix: cut off anew, it would be a text that every object has to look up. */
const restOf = remember((name) => name.slice(PREFIX.length));

/** The element's attributes of ours, null when there are none. @returns {Attributes | null} */
export function attributesOf(/** @type {Element} */ el) {
  let found = null;
  const names = el.getAttributeNames();
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (!name.startsWith(PREFIX)) continue;
    const rest = restOf(name);
    if (rest !== "row" && el.localName !== "script") (found ??= /** @type {Attributes} */ ({}))[rest] = /** @type {string} */ (el.getAttribute(name));
  }
  return found;
}

/** @typedef {{kind: string, own: string, needs: string | undefined}} Meaning */

/** What an attribute such as attr-href or class-done is an instance of, for which name, and what it goes with. */
export const meaning = remember((name) => {
  const [, kind, own] = /** @type {string[]} */ (/^(attr|class)-(.+)$/.exec(name) ?? [name, name, ""]);
  const key = own ? `${kind}-` : name;
  return /** @type {Meaning} */ ({ kind, own, needs: Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined });
});

export function warn(/** @type {Element} */ el, /** @type {string} */ message) {
  console.warn(`tabstate: ${message}`, el);
}

/** Warns of attributes that are unknown, stand alone, or contradict each other. */
export function check(/** @type {Element} */ el, /** @type {Attributes} */ attrs) {
  for (const name in attrs) {
    const { needs } = meaning(name);
    if (needs === "") continue;
    if (needs === undefined) warn(el, `there is no ${PREFIX}${name}. There are ${Object.keys(ATTRIBUTES).join(", ")}`);
    else if (needs[0] === "!" ? needs.slice(1) in attrs : needs[0] === "<" ? needs !== `<${el.localName}>` : !(needs in attrs)) {
      warn(el, `${PREFIX}${name} goes ${needs[0] === "!" ? `not with ${needs.slice(1)}` : needs[0] === "<" ? `on a ${needs}` : `with ${PREFIX}${needs}`}: leave it out`);
    }
  }
}
