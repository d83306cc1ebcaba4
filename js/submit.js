// @ts-check
// session.submit(): sends the snapshot to a server that checks it by the session's own rules (host/validate). What it refuses comes
// back as the errors that the session itself throws.

import { keyText, notAn } from "./arguments.js";
import { SessionError, SessionKeyError, SessionLimitError, SessionSubmitError, SessionSyntaxError, SessionUsageError, SessionValidationError, UnserializableSessionStateError } from "./errors.js";
import { Offence, freezePlain } from "./plain.js";
import { unserializable } from "./refusal.js";

const TEXTS = ["code", "key", "path", "type", "reason", "hint"], NUMBERS = ["limit", "line", "column"];
const ABSENT = Symbol("absent");

/**
 * @param {any} session
 * @param {import("./core.js").Core} core
 */
export function createSubmit(session, core) {
  /** The snapshot, or the part of it that has these keys. */
  function bodyOf(/** @type {any} */ keys) {
    if (keys === undefined) return session.snapshot();
    if (typeof keys !== "object" || keys === null || typeof keys[Symbol.iterator] !== "function") throw notAn("submit()", "a list of keys", keys);
    const members = [];
    for (const key of new Set([...keys].map(keyText))) {
      const value = session.get(key, ABSENT);
      if (value === ABSENT) continue;
      const plain = freezePlain(value, core.limits[1]); // what is held by reference is not, nor need what is computed be
      if (plain instanceof Offence) throw unserializable(key, plain, core.limits[1]);
      members.push(`${JSON.stringify(key)}:${JSON.stringify(plain)}`);
    }
    return `{${members.join()}}`;
  }

  return async function submit(/** @type {any} */ url, /** @type {any} */ { keys, headers, signal, crossOrigin = false } = {}) {
    const address = addressOf(url);
    if (!crossOrigin && address.origin !== location.origin) {
      throw new SessionSubmitError("a session is sent to the page's own origin. Use submit(url, { crossOrigin: true }) to send it to another", {
        code: "submit-cross-origin", hint: "Use submit(url, { crossOrigin: true })",
      });
    }
    const body = bodyOf(keys);
    const all = new Headers(headers);
    if (!all.has("Accept")) all.set("Accept", "application/json, application/problem+json");
    all.set("Content-Type", "application/json");
    try {
      const answer = await fetch(address, { method: "POST", body, headers: all, signal, mode: crossOrigin ? "cors" : "same-origin" });
      if (answer.ok) return answer;
      throw await refusal(answer);
    } catch (cause) {
      if (cause instanceof SessionError || signal?.aborted) throw cause;
      throw new SessionSubmitError("the server did not answer, or what it answered was cut off. Try again later", { code: "submit-unreachable", hint: "Try again later", cause });
    }
  };
}

function addressOf(/** @type {unknown} */ url) {
  try {
    return new URL(String(url), globalThis.document?.baseURI ?? location.href);
  } catch {
    throw new SessionUsageError("submit() takes the address of a server", { code: "argument-invalid" });
  }
}

/** The answer as an error: the first violation that it lists, with all of them, or that it is no answer of ours. */
async function refusal(/** @type {Response} */ answer) {
  const { status } = answer;
  const problem = /^application\/problem\+json\b/i.test(answer.headers.get("Content-Type") ?? "") ? await answer.json().catch((error) => {
    if (error.name === "SyntaxError") return null; // in WebKit it is a DOMException
    throw error;
  }) : null;
  const violations = (Array.isArray(problem?.violations) ? problem.violations : []).filter((/** @type {any} */ one) => typeof one?.code === "string").map(violation);
  for (const error of violations) {
    if (error instanceof SessionValidationError) Object.assign(error, { issues: violations.filter((/** @type {any} */ { code, key }) => code === "invalid-value" && key === /** @type {any} */ (error).key).map(issue) });
  }
  if (violations.length > 0) return Object.assign(violations[0], { status, violations, more: problem.more === true });
  const { code = "submit-failed", detail = "The server did not accept it.", limit } = problem ?? {};
  return new SessionSubmitError(`the session was sent, and answered with status ${status}. ${detail}`, { code: String(code), status, limit, hint: String(detail) });
}

/** One violation as the error that the session would have thrown. Nothing that the server says is taken but what an error has. */
function violation(/** @type {any} */ said) {
  /** @type {Record<string, any>} */
  const fields = {};
  for (const name of TEXTS) if (typeof said[name] === "string") fields[name] = said[name];
  for (const name of NUMBERS) if (typeof said[name] === "number") fields[name] = said[name];
  // A validator's path is one in the value.
  if (said.class === "SessionValidationError") fields.path = (fields.path ?? "").replace(/^\/[^/]*/, "");
  return new (typeOf(said.class))(typeof said.message === "string" ? said.message : said.code, fields);
}

function typeOf(/** @type {unknown} */ name) {
  switch (name) {
    case "UnserializableSessionStateError": return UnserializableSessionStateError;
    case "SessionKeyError": return SessionKeyError;
    case "SessionLimitError": return SessionLimitError;
    case "SessionSyntaxError": return SessionSyntaxError;
    case "SessionValidationError": return SessionValidationError;
  }
  return SessionError;
}

const issue = (/** @type {any} */ { reason, message, path }) => ({ message: reason ?? message, path });
