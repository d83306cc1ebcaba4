// @ts-check
// What one element's attributes bind: outputs, a list, a form, a widget; and letting go of it.

import { PREFIX, attributesOf, check, split, warn } from "./attributes.js";
import { typeName } from "./elements.js";
import { expression, place, valueAt } from "./expression.js";
import { createList, fill, source } from "./list.js";
import { createOutput, isOutput } from "./output.js";

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
 */

/** @param {import("./bind.js").Page} page */
export function createAttach(page) {
  const { bound } = page;

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
        else page.queue.push(() => current() && follow(expr, output.update));
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
    else if (type !== null) own.widget = page.widgets.join(el, attrs.key ?? "", page.early, old?.widget ?? null);
    else if (el.localName.includes("-") && !customElements.get(el.localName)) {
      customElements.whenDefined(el.localName).then(() => current() && rebind(el));
    } else if (!shows) warn(el, "this element is no widget: show the value by data-session-text");
  }

  function attachForm(/** @type {any} */ el, /** @type {Bound} */ own, /** @type {Bound | undefined} */ old) {
    if (old?.form !== undefined && old.attrs.form === own.attrs.form) own.form = old.form;
    else page.attempt(el, () => { own.form = page.core.widgets.form(own.attrs.form); });
    page.queue.push(() => {
      if (bound.get(el) === own && !page.submitOf(el)) page.mistake(el, "form-without-submit", "a form without a submit button never applies its values: add a <button>");
    });
  }

  function rebind(/** @type {Element} */ el) {
    const old = /** @type {Bound} */ (bound.get(el));
    const attrs = attributesOf(el);
    page.work(() => {
      unbind(el, true, true);
      if (attrs) {
        check(el, attrs);
        attach(el, { ...attrs, ...old.holes }, old.root, old.row, old);
      }
      if (old.form === bound.get(el)?.form) return;
      endForm(old);
      page.scan(el, old.root); // its widgets are in another form now
    });
  }

  function endForm(/** @type {Bound} */ { form }) {
    if (form !== undefined && page.session.status === "open") page.core.widgets.formEnd(form);
  }

  /** Lets go of what is bound: what is bound there next may take over its widget, and with `keep` its form. */
  function unbind(/** @type {Element} */ el, restore = false, keep = false) {
    const old = bound.get(el);
    if (!old) return;
    bound.delete(el);
    for (const fn of restore ? [...old.restores, ...old.ends] : old.ends) fn();
    if (old.widget) page.widgets.leave(el, old.widget);
    if (!keep) endForm(old);
  }

  return { attach, rebind, unbind };
}
