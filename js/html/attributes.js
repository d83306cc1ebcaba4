// @ts-check
// The attributes that HTML is bound by: their names, what each needs beside it, and what is said of those that make no sense.

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

/** What follows the prefix in names that were met: cut off anew, it would be a text that every object has to look up. @type {Map<string, string>} */
const rests = new Map();

/** The element's attributes of ours, null when there are none. @returns {Attributes | null} */
export function attributesOf(/** @type {Element} */ el) {
  let found = null;
  const names = el.getAttributeNames();
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (!name.startsWith(PREFIX)) continue;
    let rest = rests.get(name);
    if (rest === undefined) rests.set(name, rest = name.slice(PREFIX.length));
    if (rest !== "row" && el.localName !== "script") (found ??= /** @type {Attributes} */ ({}))[rest] = /** @type {string} */ (el.getAttribute(name));
  }
  return found;
}

/** @typedef {{kind: string, own: string, needs: string | undefined}} Meaning */

/** @type {Map<string, Meaning>} */
const meanings = new Map();

/** What an attribute such as attr-href or class-done is an instance of, for which name, and what it goes with. @returns {Meaning} */
export function meaning(/** @type {string} */ name) {
  let found = meanings.get(name);
  if (!found) {
    const [, kind, own] = /** @type {string[]} */ (/^(attr|class)-(.+)$/.exec(name) ?? [name, name, ""]);
    const key = own ? `${kind}-` : name;
    meanings.set(name, found = { kind, own, needs: Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined });
  }
  return found;
}

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
