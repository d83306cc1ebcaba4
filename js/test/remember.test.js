// @ts-check
import { remember } from "../html/remember.js";
import { same, test } from "./harness.js";

test("what was made of a text is kept while there are few, and not for ever: a page's keys may be new ones all the time", () => {
  /** @type {string[]} */
  const made = [];
  const half = remember((text) => {
    made.push(text);
    return text === "odd" ? null : { text };
  });
  const first = half("__proto__");
  for (let i = 0; i < 1000; i++) half(`few ${i}`);
  same(half("__proto__"), first);
  same(half("odd"), null);
  half("odd");
  same(made.length, 1002);
  for (let i = 0; i < 10_000; i++) same(/** @type {any} */ (half(`many ${i}`)).text, `many ${i}`);
  same(half("__proto__") === first, false, "it was let go");
  same(half("__proto__"), half("__proto__"));
});
