// @ts-check
// Keys tied to parameters of the address (rule 49): it gives the first value, then follows, and a way back through history counts again.

import { ORIGINS } from "../abi.js";
import { same } from "./elements.js";

/** The address is written at most once in so many ms on average, WebKit allows 100 times in 30 s; the first few times at once. */
const PAUSE = 350, AT_ONCE = 10;

/** @typedef {{kind: string, options?: string[], initial: any, uses: number, watcher: any}} Tie */

/** What parameters say for a kind of value; undefined when they say nothing that fits. */
function parse(/** @type {any} */ { kind, options }, /** @type {string[]} */ texts) {
  const [text] = texts;
  const listed = (/** @type {string} */ option) => !options || options.includes(option);
  if (text === undefined) return undefined;
  switch (kind) {
    case "choices": {
      const chosen = texts.filter((option) => option !== "");
      return chosen.every(listed) ? chosen : undefined;
    }
    case "number": return text === "" ? null : Number.isFinite(+text) ? +text : undefined;
    case "boolean": return text === "true" ? true : text === "false" ? false : undefined;
    case "choice": return text === "" ? null : listed(text) ? text : undefined;
    case "date": return text || null;
    default: return text;
  }
}

/** Nothing chosen, and nothing entered, is one empty text. */
const print = (/** @type {any} */ value) => (value?.length === 0 ? [""] : [value ?? ""].flat().map(String));

/** The parameters of the address; null when they are too many, and so none of ours. */
function parameters() {
  const { search } = location;
  const found = search.length > 512 * 1024 ? null : new URLSearchParams(search);
  return found && [...found].length <= 1000 ? found : null;
}

/** @param {import("./bind.js").Page} page */
export function createUrl(page) {
  const { session, core } = page;
  /** @type {Map<string, Tie>} */
  const ties = new Map();
  /** @type {Set<string>} */
  const left = new Set();
  let due = 0;
  /** When it may be written next: before now, as long as it was written seldom. */
  let next = 0;

  function follow() {
    due ||= setTimeout(write, next - performance.now());
  }

  // The page may go before the time has come. Browsers keep what is written in beforeunload when the page is reloaded, and give up
  // on a tab that is closed, discarded or crashes, when there is no page to come back to.
  function flush() {
    if (due) write();
  }

  function write() {
    clearTimeout(due);
    due = 0;
    const found = parameters();
    if (!found || session.status !== "open") return;
    let changed = false;
    const put = (/** @type {string} */ key, /** @type {string[]} */ texts) => {
      if (same(found.getAll(key), texts)) return;
      changed = true;
      if (texts.length === 0) found.delete(key);
      else found.set(key, texts[0]); // where it stood
      for (const text of texts.slice(1)) found.append(key, text);
    };
    for (const key of left) put(key, []);
    for (const [key, { initial }] of ties) {
      const value = session.get(key);
      put(key, value === undefined || same(value, initial) ? [] : print(value));
    }
    left.clear();
    if (!changed) return;
    next = Math.max(next, performance.now() - AT_ONCE * PAUSE) + PAUSE;
    try {
      history.replaceState(history.state, "", `${location.pathname}${found.size > 0 ? `?${found}` : ""}${location.hash}`);
    } catch {
      follow(); // too often for this browser: once more, later
    }
  }

  /** The user went through the history: what the address says now counts. */
  function travelled() {
    const found = parameters();
    /** @type {[number, any][]} */
    const inputs = [];
    for (const [key, tie] of ties) {
      const said = found ? parse(tie, found.getAll(key)) : undefined;
      const value = said === undefined ? tie.initial : said;
      if (same(value, session.get(key))) continue;
      const widget = [...page.widgets.live].find((w) => w.key === key && w.id !== undefined);
      if (widget) inputs.push([/** @type {number} */ (widget.id), value]);
      else set(key, value);
    }
    if (inputs.length > 0) core.widgets.inputs(inputs, "url");
    follow();
  }

  const set = (/** @type {string} */ key, /** @type {any} */ value) => core.as(ORIGINS.indexOf("url"), () => session.set(key, value));
  addEventListener("beforeunload", flush);
  addEventListener("pagehide", flush);

  return {
    set,
    /** Ties the key; gives the value that the address has for it. spec: its kind, default and options. */
    tie(/** @type {string} */ key, /** @type {any} */ spec) {
      const known = ties.get(key);
      if (known) known.uses++;
      else {
        if (ties.size === 0) addEventListener("popstate", travelled);
        const watcher = { tell: follow, pin: null };
        ties.set(key, { kind: spec.kind, options: spec.options, initial: spec.default, uses: 1, watcher });
        page.watch(key, watcher);
        left.delete(key);
      }
      follow();
      return known ? undefined : parse(spec, parameters()?.getAll(key) ?? []);
    },
    untie(/** @type {string} */ key) {
      const tie = ties.get(key);
      if (!tie || --tie.uses > 0) return;
      ties.delete(key);
      page.unwatch(tie.watcher);
      left.add(key);
      if (ties.size === 0) removeEventListener("popstate", travelled);
      follow();
    },
    end() {
      flush();
      removeEventListener("popstate", travelled);
      removeEventListener("beforeunload", flush);
      removeEventListener("pagehide", flush);
    },
  };
}
