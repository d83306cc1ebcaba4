// @ts-check
// Runs one test file, named in the address, and offers globalThis.results: the results of its tests, and what went wrong
// in the page outside of them. A test that means to cause such an error prevents its default.

import { run } from "./harness.js";

/** @type {string[]} */
const stray = [];
const keep = (/** @type {Event} */ event, /** @type {any} */ error) => {
  if (!event.defaultPrevented) stray.push(String(error?.stack ?? error));
};
addEventListener("error", (event) => keep(event, event.error ?? event.message));
addEventListener("unhandledrejection", (event) => keep(event, event.reason));

async function results(/** @type {string | null} */ file) {
  if (!file) return { tests: [], stray };
  await import(`./${file}`);
  const tests = await run();
  await new Promise((done) => setTimeout(done)); // stray rejections are told a little later
  return { tests, stray };
}

const ended = results(new URL(location.href).searchParams.get("file"));
/** @type {any} */ (globalThis).results = () => ended;

ended.then(({ tests }) => {
  const lines = tests.map(({ name, error, ms }) => `${error ? "FAIL" : "ok"}  ${name}  ${ms.toFixed(1)} ms${error ? `\n${error}` : ""}`);
  /** @type {HTMLElement} */ (document.getElementById("results")).textContent = lines.join("\n");
});
