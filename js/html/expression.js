// @ts-check
// What an output shows: a key and a path, in a row of a list also `item` and `index`, those of the row around it by `outer.item`,
// and perhaps one test against a value. Nothing is evaluated.

import { remember } from "./remember.js";

/**
 * @typedef {object} Expression
 * @property {string} key up to the first dot; in a row "item" and "index" are the row's own
 * @property {number} up -1 for a key of the session, 0 for what is the row's own, 1 for what is the row's around it, ...
 * @property {string[]} path
 * @property {((value: any) => boolean) | null} test
 * @property {string} doubt what was perhaps not meant as it is taken: a word that is compared with, or what looks like a calculation
 */

const PATTERN = /^\s*(!?)\s*([^=!<>]*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*?)\s*)?$/s;

/** What is the row's own, or that of a row around it. */
const OWN = /^((?:outer\.)*)(?:item|index)(?![^.])/;

/** @type {Record<string, (value: any, other: any) => boolean>} */
const TESTS = {
  "==": alike,
  "!=": (a, b) => !alike(a, b),
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

function alike(/** @type {any} */ value, /** @type {any} */ other) {
  return (value ?? null) === other || String(value) === String(other);
}

/** An empty list is false, as an empty text is. */
export function truth(/** @type {any} */ value) {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** The value that a word in an attribute stands for. */
export function literal(/** @type {string} */ text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @type {string[]} the path of a key alone */
const ALONE = [];

/** @returns {Expression} */
export function place(/** @type {string} */ key, /** @type {string[]} */ path, up = -1) {
  return { key, path, up, test: null, doubt: "" };
}

/** Outside of rows, and in them. */
const parsed = [remember((text) => parse(text, false)), remember((text) => parse(text, true))];

/** The expression of a text, null when it is none. */
export function expression(/** @type {string} */ text, /** @type {boolean} */ inRow) {
  return parsed[+inRow](text);
}

/** @returns {Expression | null} */
function parse(/** @type {string} */ text, /** @type {boolean} */ inRow) {
  if (!inRow && /^[\w-]+$/.test(text)) return place(text, ALONE); // most are a key alone
  const [, not, source, operator, other] = /** @type {string[]} */ (PATTERN.exec(text) ?? []);
  if (!source || not && operator || /&&|\|\|/.test(text)) return null;
  const [own, outer] = inRow && OWN.exec(source) || [""];
  const [key, ...path] = (own ? source.slice(outer.length) : source).split(".");
  const found = place(key, path, own ? outer.length / 6 : -1);
  if (/[+*?()]/.test(source)) found.doubt = source;
  if (not) found.test = (value) => !truth(value);
  else if (operator) {
    const [test, wanted] = [TESTS[operator], literal(other)];
    found.test = (value) => test(value, wanted);
    if (wanted === other) found.doubt = other;
  }
  return found;
}

/** What the expression gives when its key, or its row's item or index, has the value. */
export function valueAt(/** @type {Expression} */ { path, test }, /** @type {any} */ value) {
  for (let i = 0; i < path.length; i++) {
    value = value?.[path[i]];
    if (typeof value === "function") value = undefined;
  }
  return test ? test(value) : value;
}
