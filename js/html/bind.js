// @ts-check
// Binds HTML to a session: what its attributes say, from the moment an element is in the page until it is gone (rules 26, 35).

import { ATTRIBUTES, PREFIX, attributesOf, check, split, warn } from "./attributes.js";
import { isSubmit, same, typeName } from "./elements.js";
import { listen } from "./events.js";
import { expression, place, valueAt } from "./expression.js";
import { createList, fill, made, source } from "./list.js";
import { createOutput, isOutput } from "./output.js";
import { createUrl } from "./url.js";
import { createWatch } from "./watch.js";
import { createWidgets } from "./widgets.js";
import { SessionUsageError } from "../errors.js";
import { beforeWipe } from "../leave.js";

/**
 * @typedef {object} Bound what is bound at an element
 * @property {Node} root
 * @property {import("./attributes.js").Attributes} attrs
 * @property {import("./attributes.js").Attributes} holes attributes as the template has them
 * @property {import("./list.js").Row | undefined} row
 * @property {import("./widgets.js").Widget | null} widget
 * @property {number} [form]
 * @property {(() => void)[]} ends
 * @property {(() => void)[]} restores
 *
 * @typedef {object} Page what the modules of this folder share
 * @property {any} session
 * @property {any} core
 * @property {WeakMap<Element, Bound>} bound
 * @property {ReturnType<typeof createWatch>} watch
 * @property {ReturnType<typeof createWidgets>} widgets
 * @property {ReturnType<typeof createUrl>} url
 * @property {(el: any) => number | undefined} formOf
 * @property {(form: any) => any} submitOf
 * @property {(error: unknown, element?: Element) => void} report
 * @property {(el: Element, fn: () => void) => void} attempt
 * @property {(el: Element, code: string, message: string) => void} mistake
 * @property {(el: Element) => void} unbind
 * @property {() => void} flush
 */

/** Attributes of HTML that say something of a widget. */
const HTML = ["disabled", "min", "max", "type", "multiple", "value", "contenteditable"];
const WATCHED = [...Object.keys(ATTRIBUTES).filter((name) => !name.endsWith("-")).map((name) => PREFIX + name), ...HTML];

/**
 * What HTML adds to a session: bind and bindUrl.
 * @param {any} session
 * @param {any} core
 */
export function createHtml(session, core) {
  const page = /** @type {Page} */ ({ session, core, bound: new WeakMap() });
  const { bound } = page;
  /** @type {Map<Node, (restore: boolean) => void>} */
  const roots = new Map();
  /** @type {(() => void)[]} what waits until all widgets are connected */
  const queue = [];
  let working = false;
  let early = true;

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
  page.formOf = (el) => bound.get(el.form ?? el.closest("form"))?.form;
  page.submitOf = (form) => [...form.elements].find(isSubmit);
  page.watch = createWatch(session, page.report);
  page.widgets = createWidgets(page);
  page.url = createUrl(page);
  const { widgets } = page;

  /** Runs fn, then connects the widgets it found, then shows the outputs. */
  function work(/** @type {() => void} */ fn) {
    if (working) return fn();
    working = true;
    try {
      fn();
      do {
        widgets.settle();
        for (const waiting of queue.splice(0)) waiting();
      } while (queue.length + widgets.dirty.size > 0);
    } finally {
      working = false;
    }
  }
  page.flush = () => work(() => {});

  // --- One element ---------------------------------------------------------------------------------------------

  /**
   * @param {any} el
   * @param {import("./attributes.js").Attributes} given
   * @param {Node} root
   * @param {import("./list.js").Row} [row]
   * @param {Bound} [old] what was bound here before
   */
  function attach(el, given, root, row, old) {
    const attrs = { ...given };
    /** @type {Bound} */
    const own = { root, attrs, holes: {}, row, widget: null, ends: [], restores: [] };
    bound.set(el, own);
    const current = () => bound.get(el) === own;

    /** Calls fn in each update of the row. */
    const eachUpdate = (/** @type {(row: any) => void} */ fn) => {
      row?.updates.add(fn);
      own.ends.push(() => row?.updates.delete(fn));
    };
    /** Calls fn with what the expression is about, now and after each change. */
    const follow = (/** @type {import("./expression.js").Expression} */ expr, /** @type {(value: any) => void} */ fn) => {
      if (row && expr.local) {
        fn(source(row, expr));
        eachUpdate((row) => fn(source(row, expr)));
      } else own.ends.push(page.watch(expr.key, fn));
    };

    if (row) {
      for (const name of ["key", "args"]) {
        const text = attrs[name];
        if (!text?.includes("{")) continue;
        const filled = () => fill(text, row, name === "args");
        own.holes[name] = text;
        el.setAttribute(PREFIX + name, attrs[name] = filled());
        eachUpdate(() => attrs[name] === filled() || rebind(el));
      }
    }

    let shows = false; // the key of the element is that of an output
    for (const name in attrs) {
      const [kind, ownName] = split(name);
      if (kind !== "each" && !isOutput(kind)) continue;
      const text = attrs[name].trim();
      const expr = text ? expression(text, row !== undefined) : attrs.key === undefined ? null : place(attrs.key, attrs.path?.split(".") ?? []);
      shows ||= text === "";
      if (!expr) warn(el, `${PREFIX}${name}="${text}" names no key: write key, key.member, !key or key == value`);
      else if (kind !== "each") {
        const output = createOutput(el, kind, ownName, expr, attrs);
        if (!output) continue;
        own.restores.push(output.restore);
        if (expr.local) follow(expr, output.update);
        else queue.push(() => current() && follow(expr, output.update));
      } else if (el.localName === "template") {
        const list = createList(page, el, attrs["each-key"], (part, partAttrs, partRow) => attach(part, partAttrs, root, partRow));
        own.ends.push(list.end);
        follow(expr, (value) => list.render(valueAt(expr, value)));
      }
    }

    if (attrs.form !== undefined && el.localName === "form") attachForm(el, own, old);
    // A button may have a callback and no key.
    const type = typeName(el);
    if (attrs.key === undefined && !attrs.callback) return;
    if (attrs.key === undefined && type !== "trigger") warn(el, "only a button has data-session-callback without data-session-key: add that");
    else if (type !== null) own.widget = widgets.join(el, attrs.key ?? "", early, old?.widget ?? null);
    else if (el.localName.includes("-") && !customElements.get(el.localName)) {
      customElements.whenDefined(el.localName).then(() => current() && rebind(el));
    } else if (!shows) warn(el, "this element is no widget: show the value by data-session-text");
  }

  function attachForm(/** @type {any} */ el, /** @type {Bound} */ own, /** @type {Bound | undefined} */ old) {
    if (old?.form !== undefined && old.attrs.form === own.attrs.form) own.form = old.form;
    else page.attempt(el, () => { own.form = core.widgets.form(own.attrs.form); });
    queue.push(() => {
      if (bound.get(el) === own && !page.submitOf(el)) page.mistake(el, "form-without-submit", "a form without a submit button never applies its values: add a <button>");
    });
  }

  function rebind(/** @type {Element} */ el) {
    const old = /** @type {Bound} */ (bound.get(el));
    const attrs = attributesOf(el);
    work(() => {
      unbind(el, true, true);
      if (attrs) {
        check(el, attrs);
        attach(el, { ...attrs, ...old.holes }, old.root, old.row, old);
      }
      if (old.form === bound.get(el)?.form) return;
      endForm(old);
      scan(el, old.root); // its widgets are in another form now
    });
  }

  function endForm(/** @type {Bound} */ { form }) {
    if (form !== undefined && session.status === "open") core.widgets.formEnd(form);
  }

  /** Lets go of what is bound: what is bound there next may take over its widget, and with `keep` its form. */
  function unbind(/** @type {Element} */ el, restore = false, keep = false) {
    const old = bound.get(el);
    if (!old) return;
    bound.delete(el);
    for (const fn of restore ? [...old.restores, ...old.ends] : old.ends) fn();
    if (old.widget) widgets.leave(el, old.widget);
    if (!keep) endForm(old);
  }
  page.unbind = unbind;

  // --- Many ----------------------------------------------------------------------------------------------------

  function each(/** @type {any} */ node, /** @type {(el: any) => void} */ fn) {
    if (node.nodeType === 1) fn(node);
    for (const el of node.querySelectorAll("*")) fn(el);
  }

  function scan(/** @type {Node} */ node, /** @type {Node} */ root) {
    each(node, (el) => {
      const known = bound.get(el);
      // It was moved: perhaps into a form, or out of one.
      if (known) return known.widget && widgets.dirty.add(known.widget);
      const attrs = attributesOf(el);
      if (!attrs) return;
      check(el, attrs);
      attach(el, attrs, root);
    });
  }

  function changed(/** @type {any} */ el, /** @type {string} */ attribute, /** @type {Node} */ root) {
    const own = bound.get(el);
    if (attribute.startsWith(PREFIX)) {
      if (!own) scan(el, root);
      else if (el.getAttribute(attribute) !== (own.attrs[attribute.slice(PREFIX.length)] ?? null)) rebind(el);
    } else if (own?.widget) {
      if (typeName(el) === own.widget.name) widgets.dirty.add(own.widget);
      else rebind(el);
    } else if (el.localName === "option") refit(el);
  }

  /** The options of the select around the node are others. */
  function refit(/** @type {any} */ node) {
    const widget = bound.get(node.closest?.("select"))?.widget;
    if (widget) widgets.dirty.add(widget);
  }

  function take(/** @type {MutationRecord[]} */ records, /** @type {Node} */ root) {
    if (session.status !== "open") return;
    work(() => {
      for (const { type, target, attributeName, removedNodes, addedNodes } of records) {
        if (type === "attributes") changed(target, /** @type {string} */ (attributeName), root);
        else if (removedNodes.length + addedNodes.length > 0) {
          refit(target);
          for (const node of removedNodes) {
            if (node.nodeType === 1 && !made.has(node)) each(node, (el) => root.contains(el) || unbind(el));
          }
          for (const node of addedNodes) {
            if (node.nodeType === 1 && !made.has(node) && root.contains(node)) scan(node, root);
          }
        }
      }
    });
  }

  function bindRoot(/** @type {any} */ root) {
    const observer = new MutationObserver((records) => take(records, root));
    observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: WATCHED });
    const mute = listen(page, root);
    roots.set(root, (restore) => {
      roots.delete(root);
      observer.disconnect();
      mute();
      work(() => each(root, (el) => {
        const own = bound.get(el);
        if (restore && own?.widget) own.widget.type.write(own.widget.els, own.widget.spec?.default);
        unbind(el, restore);
      }));
    });
    work(() => scan(root, root));
    early = false;
  }

  /**
   * Binds a root and what is in it from now on, or one element by attributes given as an object, their names without the prefix.
   * @param {any} target
   * @param {Record<string, unknown>} [attributes]
   * @returns {(restore?: boolean) => void} ends it; `restore` puts the elements back to their HTML
   */
  function bind(target = document, attributes) {
    const names = Object.entries(attributes ?? {}).map(([name, value]) => {
      target.setAttribute(PREFIX + name, value === true ? "" : typeof value === "string" ? value : JSON.stringify(value));
      return name;
    });
    const root = [...roots.keys()].find((root) => root.contains(target));
    if (!root) bindRoot(target);
    else if (bound.has(target)) rebind(target);
    else work(() => scan(target, root));
    return (restore = false) => {
      for (const name of names) target.removeAttribute(PREFIX + name);
      if (!root) roots.get(target)?.(restore);
      else if (bound.has(target) && attributes) rebind(target);
    };
  }

  /** Ties a key to the parameter of its name (rule 49); returns the function that ends it. */
  function bindUrl(/** @type {string} */ key, /** @type {{default?: any}} */ { default: initial = session.get(key) } = {}) {
    const kind = Array.isArray(initial) ? "choices" : initial === undefined ? "text" : { number: "number", boolean: "boolean", string: "text" }[/** @type {"number"} */ (typeof initial)];
    if (!kind || Array.isArray(initial) && !initial.every((item) => typeof item === "string")) {
      throw new SessionUsageError(`key ${JSON.stringify(key)}: an address holds text, a number, a boolean or an array of texts`, { code: "url-kind", key });
    }
    const value = page.url.tie(key, { kind, default: initial });
    if (value !== undefined && !same(value, session.get(key))) session.set(key, value);
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
