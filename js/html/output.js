// @ts-check
// Outputs: text, attributes, classes, and whether an element is there at all.

import { warn } from "./attributes.js";
import { truth, valueAt } from "./expression.js";
import { textBy, textOf } from "./format.js";
import { NEVER } from "./watch.js";

const URLS = ["href", "src", "action", "formaction", "xlink:href", "data"];

/** What runs code or styles by itself. */
const REFUSED = /^(on.*|srcdoc|style)$/;

function isScript(/** @type {string} */ text) {
  try {
    return new URL(text, document.baseURI).protocol === "javascript:";
  } catch {
    return false;
  }
}

function setText(/** @type {Element} */ el, /** @type {string} */ text) {
  const node = /** @type {Text | null} */ (el.firstChild);
  if (node && node.nodeType === 3 && !node.nextSibling) {
    if (node.data !== text) node.data = text;
  } else el.textContent = text;
}

function setAttribute(/** @type {Element} */ el, /** @type {string} */ name, /** @type {any} */ value) {
  const text = value === true && !name.startsWith("aria-") ? "" : textOf(value);
  if (value === null || value === undefined || value === false && !name.startsWith("aria-")) el.removeAttribute(name);
  else if (URLS.includes(name) && isScript(text)) {
    el.removeAttribute(name);
    warn(el, `${name} is not set: its value is an address that runs code`);
  } else if (el.getAttribute(name) !== text) el.setAttribute(name, text);
}

const HIDDEN = { html: (/** @type {any} */ el) => el.hidden, put: (/** @type {any} */ el, /** @type {string} */ _, /** @type {boolean} */ on) => { el.hidden = on; } };

/**
 * The kinds of output: what of the element they take over, as its HTML has it, and how that is put into it.
 * @type {Record<string, {html: (el: any, name: string) => any, put: (el: any, name: string, value: any) => void, test?: (value: any) => boolean}>}
 */
const KINDS = {
  text: { html: (el) => el.textContent, put: (el, _, text) => setText(el, text) },
  attr: { html: (el, name) => el.getAttribute(name), put: setAttribute },
  class: { html: (el, name) => el.classList.contains(name), put: (el, name, on) => el.classList.toggle(name, on), test: truth },
  show: { ...HIDDEN, test: (value) => !truth(value) },
  hide: { ...HIDDEN, test: truth },
};

export const TEXT = KINDS.text;

/** The text of an option is a value of its select, which hears of other nodes and not of what is in them. */
const OPTION = { ...TEXT, put: (/** @type {any} */ el, /** @type {string} */ _, /** @type {string} */ text) => { if (el.textContent !== text) el.textContent = text; } };

export const isOutput = (/** @type {string} */ kind) => Object.hasOwn(KINDS, kind);

/**
 * @typedef {object} Output
 * @property {Element} el
 * @property {import("./attach.js").Bound} bound
 * @property {string} name
 * @property {typeof KINDS[string]} kind
 * @property {import("./expression.js").Expression} expr
 * @property {((value: any) => string) | null} text
 * @property {any} own what the HTML says
 * @property {any} last
 * @property {typeof update} tell
 * @property {import("./watch.js").Pin | null} pin
 *
 * @param {Element} el
 * @param {import("./attach.js").Bound} bound
 * @param {import("./attributes.js").Meaning} meaning
 * @param {import("./expression.js").Expression} expr
 * @param {import("./attributes.js").Attributes} attrs
 * @returns {Output | null}
 */
export function createOutput(el, bound, { kind, own: name }, expr, attrs) {
  if (kind === "attr" && REFUSED.test(name)) {
    warn(el, `data-session-attr-${name} is refused: it would run code or style by itself`);
    return null;
  }
  const text = kind === "text" ? textBy(el, attrs.format, attrs.locale) : null;
  const put = kind === "text" && el.localName === "option" ? OPTION : KINDS[kind];
  return { el, bound, name, kind: put, expr, text, own: put.html(el, name), last: NEVER, tell: update, pin: null };
}

/** Shows what the expression gives for the source. */
export function update(/** @type {Output} */ output, /** @type {any} */ source) {
  const { test } = output.kind;
  let value = valueAt(output.expr, source);
  if (test) value = test(value);
  if (Object.is(value, output.last)) return;
  output.last = value;
  again(output);
}

/** Shows it once more. A key that is not there leaves what the HTML says. */
export function again(/** @type {Output} */ { el, name, kind, text, own, last }) {
  if (last !== NEVER) kind.put(el, name, last === undefined ? own : text ? text(last) : last);
}

/** Puts back what the HTML says. */
export function restore(/** @type {Output} */ { el, name, kind, own, last }) {
  if (last !== NEVER) kind.put(el, name, own);
}
