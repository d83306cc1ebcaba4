// @ts-check
// Validators of keys: anything that follows the Standard Schema interface (https://standardschema.dev), rule 20. They judge:
// the value that is written is stored, not the one they return.

import { SessionUsageError, SessionValidationError } from "./errors.js";
import { isThenable, typeOf } from "./arguments.js";
import { pointer } from "./plain.js";

export function createValidators() {
  /** @type {Map<string, {schema: any}>} an object of its own each time, since one schema may guard a key again */
  const schemas = new Map();

  /** Gives the issues that the key's validator has with a value, [] when it has none. */
  function issuesOf(/** @type {string} */ key, /** @type {unknown} */ value) {
    const result = schemas.get(key)?.schema["~standard"].validate(value);
    if (isThenable(result)) {
      Promise.resolve(result).catch(() => {}); // refused here, so nobody waits for what it rejects with
      throw new SessionUsageError(`key ${JSON.stringify(key)}: its validator is asynchronous, and a write cannot wait. Validate before you write, or use a synchronous schema`, {
        code: "async-validator", key, hint: "Use a synchronous schema",
      });
    }
    if (typeof result !== "object" || result === null) {
      throw new SessionUsageError(`key ${JSON.stringify(key)}: its validator answered ${typeOf(result)}, and not an object with the issues, as the Standard Schema interface has it`, {
        code: "argument-invalid", key, hint: "Return {} for no issues, or { issues }",
      });
    }
    return (result.issues ?? []).map((/** @type {any} */ { message, path = [] }) => ({
      message: String(message),
      path: pointer(path.map((/** @type {any} */ step) => (typeof step === "object" && step !== null ? step.key : step))),
    }));
  }

  return {
    schemas,
    issues: (/** @type {string} */ key, /** @type {unknown} */ value) => (schemas.has(key) ? issuesOf(key, value) : []),

    /** Throws when the key's validator refuses the value. */
    check(/** @type {string} */ key, /** @type {unknown} */ value) {
      if (!schemas.has(key)) return;
      const issues = issuesOf(key, value);
      if (issues.length === 0) return;
      const [{ message, path }] = issues;
      throw new SessionValidationError(`key ${JSON.stringify(key)}: ${message}${path === "" ? "" : `, at ${path}`}`, {
        code: "invalid-value", key, path, issues, hint: "Write a value that the key's validator accepts",
      });
    },

    /** Guards the key; returns the function that ends it. One key has one validator. */
    add(/** @type {string} */ key, /** @type {any} */ schema) {
      if (typeof schema?.["~standard"]?.validate !== "function") {
        throw new SessionUsageError(`key ${JSON.stringify(key)}: a validator follows the Standard Schema interface, as those of zod, valibot and arktype do`, { code: "argument-invalid", key });
      }
      if (schemas.has(key)) {
        throw new SessionUsageError(`key ${JSON.stringify(key)}: it has a validator already. End that one first`, { code: "validator-taken", key, hint: "End the other one first" });
      }
      const own = { schema };
      schemas.set(key, own);
      return () => {
        if (schemas.get(key) === own) schemas.delete(key);
      };
    },
  };
}
