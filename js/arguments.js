// @ts-check
// What callers pass in, brought into the form that the session works with, or refused.

import { SessionKeyError, SessionUsageError } from "./errors.js";
import { wellFormed } from "./plain.js";

const AsyncFunction = (async () => {}).constructor;

/** The text of a key: a string as it is, a number in decimal; anything else is a TypeError (rule 4). */
export function keyText(/** @type {unknown} */ key) {
  if (typeof key === "number") return String(key);
  if (typeof key !== "string") throw new TypeError(`a session key is a string or a number, not ${typeOf(key)}`);
  if (!wellFormed(key)) {
    const hint = "Look for a lone surrogate: half of a character that was cut in two";
    throw new SessionKeyError(`the key is not well-formed Unicode text. ${hint}`, { code: "key-not-text", hint });
  }
  return key;
}

export function isThenable(/** @type {any} */ value) {
  return (typeof value === "object" || typeof value === "function") && value !== null && typeof value.then === "function";
}

export function isAsyncFunction(/** @type {unknown} */ fn) {
  return fn instanceof AsyncFunction;
}

export function asyncRefused(/** @type {string} */ method) {
  const hint = "Await first, then write";
  return new SessionUsageError(`${method}() takes a function that is not async: what follows an await would be outside. ${hint}`, { code: `async-${method}`, hint });
}

/** The error for an argument of another type than the method takes. */
export function notAn(/** @type {string} */ method, /** @type {string} */ wanted, /** @type {unknown} */ got) {
  return new SessionUsageError(`${method} takes ${wanted}, not ${typeOf(got)}`, { code: "argument-invalid" });
}

export function typeOf(/** @type {unknown} */ value) {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
