// @ts-check
// Refusals as errors: those of the module by the class it names, and those of values that JSON cannot represent.

import * as errors from "./errors.js";

/** @param {Record<string, any>} refusal what the module said, see Error.AppendJSON in wasm/session/errors.go */
export function refusalError({ class: name, message, ...fields }, key = "") {
  const type = /** @type {Record<string, any>} */ (errors)[name] ?? errors.SessionError;
  if (key !== "" && fields.key === undefined) fields.key = key;
  if (fields.code === "invalid-value" && fields.issues === undefined) fields.issues = [{ message: fields.reason, path: fields.path ?? "" }];
  return new type(message, fields);
}

/**
 * @param {{code: string, path: string, type: string, reason: string, hint: string}} offence
 * @param {number} depth that the session allows, the limit when the value is too deep
 */
export function unserializable(/** @type {string} */ key, offence, depth) {
  const { code, path, type, reason, hint } = offence;
  const place = path === "" ? "" : `, at ${path}`;
  const message = `key ${JSON.stringify(key)}: ${reason}${place}. ${hint}`;
  if (code === "too-deep") return new errors.SessionLimitError(message, { code, key, path, type, reason, hint, limit: depth });
  return new errors.UnserializableSessionStateError(message, { code, key, path, type, reason, hint });
}

/** A text to restore from has half of a surrogate pair at the offset: on its way to the module it would become another character. */
export function brokenText(/** @type {string} */ text, /** @type {number} */ offset) {
  const lines = text.slice(0, offset).split("\n");
  const line = lines.length, column = [...lines[line - 1]].length + 1;
  const hint = "Look for a character that was cut in two, or use text.toWellFormed()";
  return new errors.SessionSyntaxError(`the text has half of a surrogate pair, line ${line} column ${column}. ${hint}`, { code: "lone-surrogate", line, column, hint });
}
