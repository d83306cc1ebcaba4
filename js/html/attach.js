// @ts-check
// What one element's attributes bind: outputs, a list, a form, a widget; and letting go of it.

import { PREFIX, attributesOf, check, meaning, warn } from "./attributes.js";
import { typeName } from "./elements.js";
import { expression, place, valueAt } from "./expression.js";
import { createList, fill, rowOf, source } from "./list.js";
import { createOutput, isOutput, restore as restoreOutput } from "./output.js";

/**
 * @typedef {object} Bound what is bound at an element
 * @property {Node} root
 * @property {import("./attributes.js").Attributes} attrs
 * @property {import("./attributes.js").Attributes} [holes] attributes as the template has them
 * @property {import("./list.js").Row | undefined} row
 * @property {import("./widgets.js").Widget | null} widget
 * @property {number} [form]
 * @property {(() => void)[]} [ends]
 * @property {import("./output.js").Output[]} [outputs]
 */

/** @param {import("./bind.js").Page} page */
export function createAttach(page) {
  const { bound, session } = page;

  /**
   * @param {any} el
   * @param {import("./attributes.js").Attributes} attrs
   * @param {Node} root
   * @param {import("./list.js").Row} [row]
   * @param {Bound} [old] what was bound here before
   */
  function attach(el, attrs, root, row, old) {
    /** @type {Bound} */
    const own = { root, attrs, row, widget: null, form: undefined, ends: undefined, outputs: undefined, holes: undefined };
    bound.set(el, own);
    if (row && /\{/.test(`${attrs.key}${attrs.args}`)) attrs = fillHoles(el, own, row);

    let shows = false; // the key of the element is that of an output
    for (const name in attrs) {
      const found = meaning(name);
      if (found.kind !== "each" && !isOutput(found.kind)) continue;
      const text = attrs[name].trim();
      shows ||= text === "";
      const expr = text ? expression(text, row !== undefined) : attrs.key === undefined ? null : place(attrs.key, attrs.path?.split(".") ?? []);
      if (!expr || expr.up >= 0 && !rowOf(row, expr)) doubt(el, name, text);
      else if (found.kind === "each") attachList(el, own, expr);
      else {
        const output = createOutput(el, own, found, expr, attrs);
        if (!output) continue;
        if (own.outputs) own.outputs.push(output);
        else own.outputs = [output];
        if (expr.up < 0) page.outputs.push(output);
        else followRow(own, expr, output);
        if (expr.doubt) doubtLater(el, name, text, expr, row);
      }
    }

    if (attrs.form !== undefined && el.localName === "form") attachForm(el, own, old);
    // A button may have a callback and no key.
    if (attrs.key === undefined && !attrs.callback) return;
    const type = typeName(el);
    if (attrs.key === undefined && type !== "trigger") warn(el, "only a button has data-session-callback without data-session-key: add that");
    else if (type !== null) own.widget = page.widgets.join(el, type, attrs.key ?? "", page.early, old?.widget);
    else if (el.localName.includes("-") && !customElements.get(el.localName)) attachLater(el, own);
    else if (!shows) warn(el, "this element is no widget: show the value by data-session-text");
  }

  // These two make functions: made in attach() itself, they would cost every element a scope of its own.

  function attachLater(/** @type {Element} */ el, /** @type {Bound} */ own) {
    customElements.whenDefined(el.localName).then(() => bound.get(el) === own && rebind(el));
  }

  function doubtLater(/** @type {Element} */ el, /** @type {string} */ name, /** @type {string} */ text, /** @type {import("./expression.js").Expression} */ expr, /** @type {import("./list.js").Row | undefined} */ row) {
    page.shows.push(() => {
      const word = expr.doubt;
      expr.doubt = ""; // once
      if (word && (session.has(word.split(".")[0]) === !!expr.test || row && Number(expression(word, true)?.up) >= 0)) doubt(el, name, text);
    });
  }

  function doubt(/** @type {Element} */ el, /** @type {string} */ name, /** @type {string} */ text) {
    warn(el, `${PREFIX}${name}="${text}": write key, key.member, !key or key == "text"; for more there is session.computed()`);
  }

  /** Tells the watcher what of the row the expression is about, now and after each change. */
  function followRow(/** @type {Bound} */ own, /** @type {import("./expression.js").Expression} */ expr, /** @type {import("./watch.js").Watcher} */ watcher) {
    const row = /** @type {import("./list.js").Row} */ (rowOf(own.row, expr));
    const tell = () => watcher.tell(watcher, source(row, expr));
    tell();
    row.updates.add(tell);
    atEnd(own, () => row.updates.delete(tell));
  }

  /** Shows what the output's key is, now and after each change. */
  function follow(/** @type {import("./output.js").Output} */ output) {
    const { el, expr } = output;
    if (bound.get(el) !== output.bound) return;
    try {
      page.watch(expr.key, output);
    } catch (error) {
      page.report(error, el);
    }
  }

  function attachList(/** @type {Element} */ el, /** @type {Bound} */ own, /** @type {import("./expression.js").Expression} */ expr) {
    if (el.localName !== "template") return;
    const list = createList(page, el, own.attrs["each-key"], own.row, (part, attrs, row) => attach(part, attrs, own.root, row));
    atEnd(own, list.end);
    const watcher = { pin: null, tell: (/** @type {any} */ _, /** @type {any} */ value) => list.render(valueAt(expr, value)) };
    if (expr.up >= 0) followRow(own, expr, watcher);
    else page.lists.push(() => {
      if (bound.get(el) !== own) return;
      atEnd(own, () => page.unwatch(watcher));
      page.attempt(el, () => page.watch(expr.key, watcher));
    });
  }

  /** Fills what stands in braces in the row's attributes, and binds anew when that becomes something else. */
  function fillHoles(/** @type {Element} */ el, /** @type {Bound} */ own, /** @type {import("./list.js").Row} */ row) {
    /** @type {import("./attributes.js").Attributes} */
    const holes = own.holes = {};
    const attrs = own.attrs = { ...own.attrs };
    const filled = (/** @type {string} */ name) => fill(holes[name], row, name === "args");
    for (const name of ["key", "args"]) {
      if (!attrs[name]) continue;
      holes[name] = attrs[name];
      el.setAttribute(PREFIX + name, attrs[name] = filled(name));
    }
    const tell = () => {
      if (Object.keys(holes).some((name) => attrs[name] !== filled(name))) rebind(el);
    };
    for (let at = /** @type {import("./list.js").Row | undefined} */ (row); at; at = at.outer) {
      const { updates } = at;
      updates.add(tell);
      atEnd(own, () => updates.delete(tell));
    }
    return attrs;
  }

  function atEnd(/** @type {Bound} */ own, /** @type {() => void} */ fn) {
    if (own.ends) own.ends.push(fn);
    else own.ends = [fn]; // most have one: an empty array would make room for 16
  }

  function attachForm(/** @type {any} */ el, /** @type {Bound} */ own, /** @type {Bound | undefined} */ old) {
    if (old?.form !== undefined && old.attrs.form === own.attrs.form) own.form = old.form;
    else page.attempt(el, () => { own.form = page.core.widgets.form(own.attrs.form); });
    page.shows.push(() => {
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
    if (form !== undefined && session.status === "open") page.core.widgets.formEnd(form);
  }

  /** Lets go of what is bound: what is bound there next may take over its widget, and with `keep` its form. */
  function unbind(/** @type {Element} */ el, restore = false, keep = false) {
    const old = bound.get(el);
    if (!old) return;
    bound.delete(el);
    for (const end of old.ends ?? []) end();
    for (const output of old.outputs ?? []) {
      page.unwatch(output);
      if (restore) restoreOutput(output);
    }
    if (old.widget) page.widgets.leave(el, old.widget);
    if (!keep) endForm(old);
  }

  return { attach, follow, rebind, unbind };
}
