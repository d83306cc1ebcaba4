// @ts-check
// Refusals as errors: those of the module by the class it names, and those of values that JSON cannot represent.

import * as errors from "./errors.js";

/** @param {Record<string, any>} refusal what the module said, see Error.AppendJSON in wasm/session/errors.go */
export function refusalError({ class: name, message, ...fields }, key = "") {
  const type = /** @type {Record<string, any>} */ (errors)[name] ?? errors.SessionError;
  if (key !== "" && fields.key === undefined) fields.key = key;
  return new type(message, fields);
}

/** @param {{code: string, path: string, type: string, reason: string, hint: string}} offence */
export function unserializable(/** @type {string} */ key, offence) {
  const { code, path, type, reason, hint } = offence;
  const Type = code === "too-deep" ? errors.SessionLimitError : errors.UnserializableSessionStateError;
  const place = path === "" ? "" : `, at ${path}`;
  return new Type(`key ${JSON.stringify(key)}: ${reason}${place}. ${hint}`, { code, key, path, type, reason, hint });
}
