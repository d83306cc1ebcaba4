// @ts-check
// What JSON represents exactly: the one pass that checks, copies and freezes a value; names and advice for all other values.
import { SessionError } from "./errors.js";

const { defineProperty, freeze, getOwnPropertyDescriptor, getOwnPropertySymbols, getPrototypeOf, hasOwn, isExtensible, keys } = Object;
const { isArray } = Array;
const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;
const textOf = Function.prototype.toString;
const tagOf = Object.prototype.toString;

// WebKit's regular expressions miss a lone half before a character like U+FE0F (2.50, /\p{Surrogate}/u).
function firstLone(/** @type {string} */ text) {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i) & 0xfc00;
    if (unit === 0xdc00 || (unit === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) !== 0xdc00)) return i;
    if (unit === 0xd800) i++;
  }
  return -1;
}

/** @type {(text: string) => boolean} */
const wellFormedThroughout = "isWellFormed" in String.prototype
  // @ts-ignore: newer than the library the checker knows
  ? (text) => text.isWellFormed()
  : (text) => firstLone(text) < 0;

// Chromium's isWellFormed costs 20 ns a call: the loop takes a quarter off the copy of a table.
/** Says whether a text is well-formed Unicode: without half of a surrogate pair. */
export function wellFormed(/** @type {string} */ text) {
  if (text.length > 24) return wellFormedThroughout(text);
  for (let i = 0; i < text.length; i++) {
    if ((text.charCodeAt(i) & 0xf800) === 0xd800) return wellFormedThroughout(text);
  }
  return true;
}

/** Where a text has half of a surrogate pair, -1 for nowhere. */
export const loneSurrogate = (/** @type {string} */ text) => (wellFormed(text) ? -1 : firstLone(text));

/** @typedef {any[] | Record<string, any>} Node a plain array or object */
/** @typedef {{type: string, reason: string, hint: string, code?: string}} Cause */

/** The first thing in a value, in document order, that JSON does not represent. */
export class Offence {
  constructor(/** @type {string} */ path, /** @type {Cause} */ { type, reason, hint, code = "unserializable" }) {
    this.path = path;
    this.type = type;
    this.reason = reason;
    this.hint = hint;
    this.code = code;
  }
}

// Thrown where the offence is met. While it unwinds, each container adds itself and the member it was reading:
// a value that is accepted pays nothing for paths.
class Fault {
  /** @type {object[]} */
  containers = [];
  /** @type {(string | number | undefined)[]} */
  steps = [];
  constructor(/** @type {Cause} */ cause) {
    this.cause = cause;
  }
}

/** @type {((value: object) => object | undefined) | null} */
let nodeOfView = null;

/** Has freezePlain ask fn for the node of each object it meets; fn answers undefined for what is no view. */
export function resolveViews(/** @type {(value: object) => object | undefined} */ fn) {
  nodeOfView = fn;
}

/**
 * Returns the deep-frozen copy of a value that JSON represents exactly, and an Offence for any other.
 * A SessionError thrown while the value is read, and the end of the engine's stack, come through as they are.
 */
export function freezePlain(/** @type {unknown} */ value, /** @type {number} */ maxDepth) {
  if (typeof value === "object" && value !== null) return freezeContainer(value, maxDepth);
  if (typeof value === "number" && value - value === 0) return value + 0;
  return isPlainPrimitive(value) ? value : new Offence("", describe(value));
}

/** Says whether JSON represents a value that is no object. (A -0 still is to become 0: add 0.) */
export function isPlainPrimitive(/** @type {unknown} */ value) {
  if (typeof value === "string") return wellFormed(value);
  return value === null || typeof value === "boolean" || Number.isFinite(value);
}

/** Says whether two plain values have the same JSON text: the order of members counts. Shared parts cost nothing. @returns {boolean} */
export function equalPlain(/** @type {any} */ a, /** @type {any} */ b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || isArray(a) !== isArray(b)) return false;
  if (isArray(a)) return a.length === b.length && a.every((part, i) => equalPlain(part, b[i]));
  const names = keys(a);
  const others = keys(b);
  return names.length === others.length && names.every((name, i) => name === others[i] && equalPlain(a[name], b[name]));
}

/** The name of a value's type as people know it: "Date", "class Cart", "NaN", "array", … */
export function typeName(/** @type {unknown} */ value) {
  if (value === null) return "null";
  if (isPlainPrimitive(value)) return typeof value;
  try {
    if (typeof value !== "object" || value === null) return describe(value).type;
    if (!isPlainContainer(value)) return describe(value).type;
    return isArray(value) ? "array" : "object";
  } catch {
    return "Proxy";
  }
}

// A page may have frozen Object.prototype: then assigning a member named toString throws, and members are defined instead.
// Asking on each call would cost 75 ns, so it is asked when something was refused; frozen once is frozen for good.
let hardened = !isExtensible(objectPrototype);

/** @returns {unknown} */
function freezeContainer(/** @type {object} */ value, /** @type {number} */ maxDepth) {
  try {
    return copy(value, maxDepth);
  } catch (error) {
    if (!isA(error, Fault)) throw error;
    if (hardened || isExtensible(objectPrototype)) return offence(error);
    hardened = true;
    return freezeContainer(value, maxDepth);
  }
}

// The hot function. Asking for symbols is a quarter of its time, asking arrays for extra properties a tenth.
/** @returns {object} */
function copy(/** @type {any} */ source, /** @type {number} */ room) {
  /** @type {string | number | undefined} */
  let at;
  try {
    if (nodeOfView !== null) source = nodeOfView(source) ?? source;
    if (!isPlainContainer(source)) throw new Fault(describe(source));
    if (room === 0) throw new Fault(TOO_DEEP);
    if (typeof source.toJSON === "function") throw new Fault(TO_JSON);
    /** @type {any} */
    let result;
    if (isArray(source)) {
      result = [];
      const length = source.length;
      for (at = 0; at < length; at++) {
        const value = source[at];
        if (typeof value === "object" && value !== null) result.push(copy(value, room - 1));
        else if (typeof value === "number" && value - value === 0) result.push(value + 0);
        else if (isPlainPrimitive(value)) result.push(value);
        else throw new Fault(value === undefined && !hasOwn(source, at) ? HOLE : describe(value));
      }
      if (keys(source).length !== length) {
        at = oddIndex(source, length);
        throw new Fault(hasOwn(source, at) ? EXTRA : HOLE);
      }
    } else {
      result = {};
      const names = keys(source);
      for (let i = 0; i < names.length; i++) {
        at = names[i];
        if (!wellFormed(at)) throw new Fault(LONE_NAME);
        let value = source[at];
        if (typeof value === "object" && value !== null) value = copy(value, room - 1);
        else if (typeof value === "number" && value - value === 0) value += 0;
        else if (!isPlainPrimitive(value)) throw new Fault(describe(value));
        assign(result, at, value);
      }
    }
    at = undefined;
    if (getOwnPropertySymbols(source).length > 0) refuseSymbols(source);
    return freeze(result);
  } catch (error) {
    throw unwind(error, source, at);
  }
}

/** Adds or changes an own member; never meets the prototype. */
export function assign(/** @type {any} */ target, /** @type {string} */ name, /** @type {unknown} */ value) {
  if (hardened || name === "__proto__") defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  else target[name] = value;
}

function isPlainContainer(/** @type {object} */ value) {
  const prototype = getPrototypeOf(value);
  if (isArray(value)) return prototype === arrayPrototype || isForeign(prototype, Array);
  return prototype === objectPrototype || prototype === null || isForeign(prototype, Object);
}

// The prototype of another realm's arrays or objects: its constructor is native code of the same name.
function isForeign(/** @type {object} */ prototype, /** @type {Function} */ type) {
  if (prototype === null || (type === Object && getPrototypeOf(prototype) !== null)) return false;
  const maker = getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof maker === "function" && maker.prototype === prototype && textOf.call(maker) === textOf.call(type);
}

function oddIndex(/** @type {any[]} */ source, /** @type {number} */ length) {
  for (let i = 0; i < length; i++) if (!getOwnPropertyDescriptor(source, i)?.enumerable) return i;
  return keys(source)[length];
}

function refuseSymbols(/** @type {object} */ source) {
  for (const symbol of getOwnPropertySymbols(source)) {
    if (getOwnPropertyDescriptor(source, symbol)?.enumerable) throw new Fault(SYMBOL_NAME);
  }
}

function unwind(/** @type {unknown} */ error, /** @type {object} */ source, /** @type {string | number | undefined} */ at) {
  if (isA(error, SessionError) || isStackEnd(error)) return error;
  const fault = isA(error, Fault) ? error : new Fault(thrownBy(source, at));
  fault.containers.push(source);
  fault.steps.push(at);
  return fault;
}

// What is thrown may be anything, a revoked Proxy too, which throws when it is asked for its class.
/**
 * @template T
 * @returns {thing is T}
 */
function isA(/** @type {unknown} */ thing, /** @type {new (...args: any[]) => T} */ type) {
  try {
    return thing instanceof type;
  } catch {
    return false;
  }
}

// RangeError in two engines, InternalError in the third.
function isStackEnd(/** @type {unknown} */ error) {
  return isA(error, Error) && /call stack|recursion/.test(String(error.message));
}

function thrownBy(/** @type {object} */ source, /** @type {string | number | undefined} */ at) {
  try {
    if (at !== undefined && getOwnPropertyDescriptor(source, at)?.get) return ACCESSOR;
  } catch {
    // a Proxy that throws here too
  }
  return PROXY;
}

// A cycle is met as mere depth; an object that stands twice on the way down tells it.
function offence(/** @type {Fault} */ { cause, containers, steps }) {
  containers.reverse();
  steps.reverse();
  if (cause === TOO_DEEP) {
    const seen = new Set();
    for (const [i, container] of containers.entries()) {
      if (seen.has(container)) return new Offence(pointer(steps.slice(0, i)), CYCLE);
      seen.add(container);
    }
  }
  return new Offence(pointer(steps), cause);
}

/** The JSON Pointer (RFC 6901) of the steps; undefined ones are no steps. */
export function pointer(/** @type {readonly (string | number | undefined)[]} */ steps) {
  let path = "";
  for (const step of steps) {
    if (step !== undefined) path += "/" + String(step).replaceAll("~", "~0").replaceAll("/", "~1");
  }
  return path;
}

function cause(/** @type {string} */ type, /** @type {string} */ reason, /** @type {string} */ hint, /** @type {string | undefined} */ code = undefined) {
  return { type, reason, hint, code };
}

const TOO_DEEP = cause("too deep", "it is nested deeper than the session allows", "Flatten it, or raise limits.depth (at most 1,000)", "too-deep");
const CYCLE = cause("cycle", "it contains itself", "Store an id in place of the object");
const TO_JSON = cause("object with toJSON", "its toJSON() would replace it by something else", "Store what its toJSON() returns");
export const HOLE = cause("hole", "the array has a hole here", "Fill it with null, or append without leaving a gap");
export const EXTRA = cause("extra property", "the array has a property that is no index", "Store an object, or keep the property beside the array");
const SYMBOL_NAME = cause("symbol key", "it has a member named by a symbol", "Name the member by a string");
export const LONE_NAME = cause("lone surrogate", "the member's name is not well-formed Unicode text", "Look for a character that was cut in two, or use name.toWellFormed()", "lone-surrogate");
export const LONE_TEXT = cause("lone surrogate", "the string is not well-formed Unicode text", "Look for a character that was cut in two, or use text.toWellFormed()", "lone-surrogate");
const ACCESSOR = cause("accessor", "its getter throws", "Store the value that the getter should give");
const PROXY = cause("Proxy", "reading it throws", "Store a plain copy of what it stands for");

const BINARY = "Store Array.from(bytes), or text such as base64";
const WEAK = "Keep it in your code and store an id";
/** @type {Record<string, string>} */
const HINTS = {
  __proto__: /** @type {any} */ (null),
  Date: "Store date.toISOString() or date.getTime()",
  RegExp: "Store its source and flags as strings",
  Map: "Store Object.fromEntries(map) or [...map]",
  Set: "Store [...set]",
  WeakMap: WEAK,
  WeakSet: WEAK,
  WeakRef: WEAK,
  Promise: "Await it and store what it resolves to",
  Error: "Store {name: error.name, message: error.message}",
  DOMException: "Store {name: error.name, message: error.message}",
  ArrayBuffer: BINARY,
  SharedArrayBuffer: BINARY,
  DataView: BINARY,
  Blob: "Read it first and store its text",
  File: "Read it first and store its text, or its name and size",
  Number: "Store the primitive: value.valueOf()",
  String: "Store the primitive: value.valueOf()",
  Boolean: "Store the primitive: value.valueOf()",
  BigInt: "Store the primitive as a string: String(value)",
  Symbol: "Store a string",
};

/** Names a value that is not plain in itself and says what to do instead. @returns {Cause} */
function describe(/** @type {any} */ value) {
  switch (typeof value) {
    case "undefined": return cause("undefined", "JSON has no undefined", "Store null, or leave the member out");
    case "function": return cause("function", "JSON has no functions", "Store the data it needs and keep the function in your code");
    case "symbol": return cause("symbol", "JSON has no symbols", "Store a string");
    case "bigint": return cause("bigint", "JSON has no bigint", "Store it as a string: String(value)");
    case "number": return cause(String(value), "JSON has no such number", "Store null, or mend the calculation");
    case "string": return LONE_TEXT;
  }
  const tag = tagOf.call(value).slice(8, -1);
  const type = className(value, tag);
  if (isNode(value)) return cause(type, "a DOM node is no data", "Store its id, or the text it shows");
  if (ArrayBuffer.isView(value)) return cause(type, "JSON has no binary data", BINARY);
  if (tag === type && /^(Number|String|Boolean|Symbol|BigInt)$/.test(tag)) return cause(tag + " object", "it is a primitive boxed in an object", HINTS[tag]);
  const hint = HINTS[tag] ?? (isArray(value) ? "Store Array.from(array)" : "Store a plain object such as {...object}");
  return cause(type, `JSON cannot represent ${/^[aeio]/i.test(type) ? "an" : "a"} ${type}`, hint);
}

// A class of the platform goes by its bare name, even where it is written in JavaScript, as Blob is in Node.
function className(/** @type {any} */ value, /** @type {string} */ tag) {
  const prototype = getPrototypeOf(value);
  const maker = prototype && getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof maker !== "function") return "object with a prototype of its own";
  const name = typeof maker.name === "string" && maker.name ? maker.name : "(anonymous)";
  const ofPlatform = textOf.call(maker).includes("[native code]") || (name === tag && maker === /** @type {any} */ (globalThis)[name]);
  return ofPlatform ? name : `class ${name}`;
}

/** @type {((this: unknown) => number) | undefined} */
const nodeType = typeof Node === "undefined" ? undefined : getOwnPropertyDescriptor(Node.prototype, "nodeType")?.get;

// The getter knows the nodes of every realm and throws for all else.
function isNode(/** @type {unknown} */ value) {
  try {
    return nodeType !== undefined && nodeType.call(value) > 0;
  } catch {
    return false;
  }
}
