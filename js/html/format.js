// @ts-check
// How a value becomes text: data-session-format="number:style=currency,currency=EUR" and "date:dateStyle=long", by Intl.

import { warn } from "./attributes.js";
import { literal } from "./expression.js";
import { remember } from "./remember.js";

/** By language, a space and the format; null for what is none. */
const byName = remember((name) => {
  const [, locale, format] = /** @type {string[]} */ (/^(\S*) (.*)$/s.exec(name));
  try {
    return formatter(format, locale || undefined);
  } catch {
    return null;
  }
});

/** A date alone, or a month, is a day here and not in Greenwich. */
function dateOf(/** @type {any} */ value) {
  const [day, month] = /^\d{4}-\d\d(-\d\d)?$/.exec(value) ?? [];
  return new Date(day ? `${day}${month ? "" : "-01"}T00:00` : value);
}

/** @returns {((value: any) => string) | null} */
function formatter(/** @type {string} */ format, /** @type {string | undefined} */ locale) {
  const [, kind, rest] = /^\s*(\w+)\s*:?(.*)$/s.exec(format) ?? [];
  /** @type {any} */
  const options = {};
  for (const part of rest?.split(",") ?? []) {
    const [name, value] = part.split("=").map((text) => text.trim());
    if (name) options[name] = literal(value);
  }
  if (kind === "number") {
    const { format } = new Intl.NumberFormat(locale, options);
    return (value) => (isNaN(value) ? String(value) : format(value));
  }
  if (kind === "date") {
    const { format } = new Intl.DateTimeFormat(locale, options);
    return (value) => {
      const date = dateOf(value);
      return isNaN(+date) ? String(value) : format(date);
    };
  }
  return null;
}

/** The text of a value; nothing for null and "". */
export function textOf(/** @type {any} */ value) {
  return value === null || value === undefined ? "" : typeof value === "object" && !(value instanceof Date) ? JSON.stringify(value) : String(value);
}

/** The function that gives the text, in the language given, else the one that the page says it is in there. */
export function textBy(/** @type {Element} */ el, /** @type {string | undefined} */ format, /** @type {string | undefined} */ locale) {
  if (!format) return textOf;
  const language = locale || /** @type {HTMLElement | null} */ (el.closest("[lang]"))?.lang || "";
  const by = byName(`${language} ${format}`);
  if (!by) {
    warn(el, `data-session-format="${format}" is no format: write number or date, then options of Intl, as in number:style=percent`);
    return textOf;
  }
  const found = by;
  return (/** @type {any} */ value) => (value === null || value === "" ? "" : found(value));
}
