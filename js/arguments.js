// @ts-check
// What callers pass in, brought into the form that the session works with.

import { SessionKeyError } from "./errors.js";

const LONE = /\p{Surrogate}/u;

/** The text of a key: a string as it is, a number in decimal; anything else is a TypeError (rule 4). */
export function keyText(/** @type {unknown} */ key) {
  if (typeof key === "number") return String(key);
  if (typeof key !== "string") {
    throw new TypeError(`a session key is a string or a number, not ${key === null ? "null" : typeof key}`);
  }
  if (LONE.test(key)) {
    throw new SessionKeyError("the key is not well-formed Unicode text. Look for a lone surrogate: half of a character that was cut in two", {
      code: "key-not-text", hint: "Look for a lone surrogate: half of a character that was cut in two",
    });
  }
  return key;
}

export function isThenable(/** @type {any} */ value) {
  return (typeof value === "object" || typeof value === "function") && value !== null && typeof value.then === "function";
}

const AsyncFunction = (async () => {}).constructor;

export function isAsyncFunction(/** @type {unknown} */ fn) {
  return fn instanceof AsyncFunction;
}
