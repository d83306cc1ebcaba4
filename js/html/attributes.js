// @ts-check
// The attributes that HTML is bound by: their names, what each needs beside it, and what is said of those that make no sense.

export const PREFIX = "data-session-";

/** Each name after the prefix, and the one that must stand beside it. A name that ends in a dash is followed by one of the author's. */
export const ATTRIBUTES = Object.freeze({
  "key": "",
  "path": "key",
  "callback": "",
  "args": "callback",
  "persist": "key",
  "url": "key",
  "text": "",
  "format": "text",
  "locale": "format",
  "attr-": "",
  "class-": "",
  "show": "",
  "hide": "",
  "each": "",
  "each-key": "each",
  "form": "",
  "clear-on-submit": "form",
  "enter-to-submit": "form",
  "transaction": "", // of a form, or of a widget with a callback
  "row": "", // on what a list made
});

/** @typedef {Record<string, string>} Attributes by name after the prefix */

/** The element's attributes of ours, null when there are none. @returns {Attributes | null} */
export function attributesOf(/** @type {Element} */ el) {
  let found = null;
  if (el.localName !== "script") {
    for (const name of el.getAttributeNames()) {
      if (name.startsWith(PREFIX) && name !== "data-session-row") (found ??= /** @type {Attributes} */ ({}))[name.slice(PREFIX.length)] = /** @type {string} */ (el.getAttribute(name));
    }
  }
  return found;
}

/** What an attribute such as attr-href or class-done is an instance of, and for which name. */
export function split(/** @type {string} */ name) {
  const [, stem, own] = /^(attr|class)-(.+)$/.exec(name) ?? [, name, ""];
  return [/** @type {string} */ (stem), /** @type {string} */ (own)];
}

export function warn(/** @type {Element} */ el, /** @type {string} */ message) {
  console.warn(`tabstate: ${message}`, el);
}

/** Warns of attributes that are unknown, stand alone, or contradict each other. */
export function check(/** @type {Element} */ el, /** @type {Attributes} */ attrs) {
  for (const name in attrs) {
    const [stem, own] = split(name);
    const needs = /** @type {Attributes} */ (ATTRIBUTES)[own ? `${stem}-` : name];
    if (needs === undefined) warn(el, `there is no attribute ${PREFIX}${name}. There are ${Object.keys(ATTRIBUTES).join(", ")}`);
    else if (needs && !(needs in attrs)) warn(el, `${PREFIX}${name} does nothing without ${PREFIX}${needs}: add that, or leave both out`);
  }
  if ("show" in attrs && "hide" in attrs) warn(el, "data-session-show and data-session-hide contradict each other: leave one out");
  if ("each" in attrs && el.localName !== "template") warn(el, "data-session-each works on a <template>: put one around what is repeated");
  if ("form" in attrs && el.localName !== "form") warn(el, "data-session-form names a <form>: put it there");
  if (attrs.persist !== undefined && attrs.persist !== "none") warn(el, 'data-session-persist is "none" or is left out');
}
