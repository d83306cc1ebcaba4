// @ts-check
// The smallest test runner that a browser page needs: register with test(), compare with the functions below, run() tells all.

/** @type {{name: string, fn: () => unknown}[]} */
const tests = [];

/** Registers one test; the name starts with the rules it proves, as in "rule 9, 10: …". */
export function test(/** @type {string} */ name, /** @type {() => unknown} */ fn) {
  tests.push({ name, fn });
}

/** Runs what was registered, in order. Each result: {name, error: string | null, ms}. */
export async function run() {
  const results = [];
  for (const { name, fn } of tests.splice(0)) {
    const start = performance.now();
    let error = null;
    try {
      await fn();
    } catch (e) {
      error = e instanceof Error ? `${e.name}: ${e.message}\n${e.stack}` : `thrown: ${String(e)}`;
    }
    results.push({ name, error, ms: performance.now() - start });
  }
  return results;
}

/** Fails with the message. */
export function fail(/** @type {string} */ message) {
  throw new Error(message);
}

/** Holds when both are the same by Object.is. */
export function same(/** @type {unknown} */ actual, /** @type {unknown} */ expected, what = "value") {
  if (!Object.is(actual, expected)) fail(`${what}: got ${show(actual)}, want ${show(expected)}`);
}

/** Holds when both print as the same JSON, order of members included. */
export function equal(/** @type {unknown} */ actual, /** @type {unknown} */ expected, what = "value") {
  const [a, b] = [show(actual), show(expected)];
  if (a !== b) fail(`${what}: got ${a}, want ${b}`);
}

/** Holds when fn throws; returns what it threw. Each member of `want` must be equal on the error ("name", "code", "key", …). */
export function throws(/** @type {() => unknown} */ fn, /** @type {Record<string, unknown>} */ want = {}) {
  let result;
  try {
    result = fn();
  } catch (e) {
    return matches(e, want);
  }
  return fail(`nothing was thrown, got ${show(result)}`);
}

/** throws() for a promise. */
export async function rejects(/** @type {Promise<unknown>} */ promise, /** @type {Record<string, unknown>} */ want = {}) {
  let result;
  try {
    result = await promise;
  } catch (e) {
    return matches(e, want);
  }
  return fail(`nothing was thrown, got ${show(result)}`);
}

function matches(/** @type {any} */ error, /** @type {Record<string, unknown>} */ want) {
  for (const [member, value] of Object.entries(want)) {
    const got = error?.[member];
    if (value instanceof RegExp ? !value.test(String(got)) : show(got) !== show(value)) {
      fail(`error.${member}: got ${show(got)}, want ${show(value)} (${error})`);
    }
  }
  return error;
}

function show(/** @type {unknown} */ value) {
  if (value === undefined || typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof RegExp) return String(value);
  return JSON.stringify(value);
}
