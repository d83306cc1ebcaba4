// @ts-check
// Binds HTML to a session: what its attributes say, from the moment an element is in the page until it is gone (rules 26, 35).

import { createAttach } from "./attach.js";
import { PREFIX } from "./attributes.js";
import { isSubmit, same } from "./elements.js";
import { listen } from "./events.js";
import { createSend } from "./submit.js";
import { createObserve, each } from "./observe.js";
import { TEXT } from "./output.js";
import { createUrl } from "./url.js";
import { createWatch } from "./watch.js";
import { createWidgets } from "./widgets.js";
import { SessionUsageError } from "../errors.js";
import { beforeWipe } from "../leave.js";

/**
 * @typedef {object} Page what the modules of this folder share
 * @property {any} session
 * @property {any} core
 * @property {WeakMap<Element, import("./attach.js").Bound>} bound
 * @property {ReturnType<typeof createWatch>["watch"]} watch
 * @property {ReturnType<typeof createWatch>["unwatch"]} unwatch
 * @property {ReturnType<typeof createWidgets>} widgets
 * @property {ReturnType<typeof createUrl>} url
 * @property {ReturnType<typeof createSend>["busy"]} busy
 * @property {ReturnType<typeof createSend>["send"]} send
 * @property {(el: any) => number | undefined} formOf
 * @property {(form: any) => any} submitOf
 * @property {(error: unknown, element?: Element) => void} report
 * @property {(el: Element, fn: () => void) => void} attempt
 * @property {(el: Element, code: string, message: string) => void} mistake
 * @property {ReturnType<typeof createAttach>["attach"]} attach
 * @property {(output: import("./output.js").Output) => void} follow
 * @property {(el: Element) => void} rebind
 * @property {(el: Element, restore?: boolean) => void} unbind
 * @property {(node: Node, root: Node) => void} scan
 * @property {(fn: () => void) => void} work
 * @property {(() => void)[]} lists what waits until the widgets are connected
 * @property {import("./output.js").Output[]} outputs what waits until the lists are made, too
 * @property {(() => void)[]} shows what waits until the outputs are shown
 * @property {boolean} early nothing was bound before: what was typed counts
 */

/**
 * What HTML adds to a session: bind and bindUrl.
 * @param {any} session
 * @param {any} core
 */
export function createHtml(session, core) {
  const page = /** @type {Page} */ (/** @type {unknown} */ ({ session, core, bound: new WeakMap(), lists: [], outputs: [], shows: [], early: true }));
  const { bound, lists, outputs, shows } = page;
  /** @type {Map<Node, (restore: boolean) => void>} */
  const roots = new Map();
  let working = false;

  page.report = (error, element) => {
    if (core.events.dispatch("session-error", { error, element })) console.error(error, element);
  };
  page.attempt = (el, fn) => {
    try {
      fn();
    } catch (error) {
      page.report(error, el);
    }
  };
  page.mistake = (el, code, message) => page.report(new SessionUsageError(message, { code }), el);
  page.formOf = (el) => bound.get("form" in el ? el.form : el.closest("form"))?.form;
  page.submitOf = (form) => [...form.elements].find(isSubmit);
  Object.assign(page, createWatch(core));
  page.widgets = createWidgets(page);
  Object.assign(page, createSend(page));
  page.url = createUrl(page);
  const { widgets } = page;
  Object.assign(page, createAttach(page));
  const { scan, observe } = createObserve(page);
  page.scan = scan;

  /**
   * Runs fn, then connects the widgets it found, makes the lists, which may follow from those and fill others, then shows the outputs.
   * @param {() => void} fn
   * @param {(fn: () => void) => void} [without] given for a root that was not bound before, runs what needs no observer
   */
  function work(fn, without) {
    if (working) return fn();
    working = true;
    try {
      fn();
      do {
        widgets.settle(true);
        for (const render of lists.splice(0)) render();
        widgets.settle();
        /** @type {import("./output.js").Output[]} */
        const plain = [], others = /** @type {typeof plain} */ ([]);
        outputs.splice(0).forEach((output) => (without && isPlain(output) ? plain : others).push(output));
        if (plain.length > 0) without?.(() => plain.forEach(page.follow));
        others.forEach(page.follow);
        for (const show of shows.splice(0)) show();
      } while (lists.length + outputs.length + shows.length + widgets.dirty.size > 0);
    } finally {
      working = false;
    }
  }
  page.work = work;

  /** Says whether showing it runs no code of the page, and changes nothing that the page's elements follow. */
  const isPlain = (/** @type {import("./output.js").Output} */ { el, kind, expr }) =>
    kind === TEXT && !core.computed.has(expr.key) && el.firstElementChild === null;

  function bindRoot(/** @type {any} */ root) {
    const { end: ignore, without } = observe(root);
    const mute = listen(page, root);
    roots.set(root, (restore) => {
      roots.delete(root);
      ignore();
      mute();
      work(() => each(root, (el) => {
        const own = bound.get(el);
        if (restore && own?.widget) own.widget.type.write(own.widget.els, own.widget.spec?.default);
        page.unbind(el, restore);
      }));
    });
    work(() => scan(root, root), without);
    page.early = false;
  }

  /**
   * Binds a root and what is in it from now on, or one element by attributes given as an object, their names without the prefix.
   * @param {any} target
   * @param {Record<string, unknown>} [attributes]
   * @returns {(restore?: boolean) => void} ends it; `restore` puts the elements back to their HTML
   */
  function bind(target = document, attributes) {
    core.port.count(); // throws when the session has ended
    const names = Object.entries(attributes ?? {}).map(([name, value]) => {
      target.setAttribute(PREFIX + name, value === true ? "" : typeof value === "string" ? value : JSON.stringify(value));
      return name;
    });
    const root = [...roots.keys()].find((root) => root.contains(target));
    if (!root) bindRoot(target);
    else if (bound.has(target)) page.rebind(target);
    else work(() => scan(target, root));
    return (restore = false) => {
      for (const name of names) target.removeAttribute(PREFIX + name);
      if (!root) roots.get(target)?.(restore);
      else if (bound.has(target) && attributes) page.rebind(target);
    };
  }

  /** Ties a key to the parameter of its name (rule 49); returns the function that ends it. */
  function bindUrl(/** @type {string} */ key, /** @type {{default?: any}} */ { default: initial = session.get(key) } = {}) {
    core.port.count();
    const kind = Array.isArray(initial) ? "choices" : { number: "number", boolean: "boolean", string: "text", undefined: "text" }[/** @type {"number"} */ (typeof initial)];
    if (!kind || Array.isArray(initial) && !initial.every((item) => typeof item === "string")) {
      throw new SessionUsageError(`key ${JSON.stringify(key)}: an address holds text, a number, a boolean or an array of texts`, { code: "url-kind", key });
    }
    const value = page.url.tie(key, { kind, default: initial });
    if (value !== undefined && !same(value, session.get(key))) page.url.set(key, value);
    let tied = true;
    return () => {
      if (tied) page.url.untie(key);
      tied = false;
    };
  }

  const endAll = (/** @type {boolean} */ restore) => {
    for (const end of [...roots.values()]) end(restore);
  };
  session.onDispose(() => {
    endAll(false);
    page.url.end();
  });
  beforeWipe(session, () => endAll(true));

  return { bind, bindUrl };
}
