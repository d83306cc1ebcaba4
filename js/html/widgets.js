// @ts-check
// The widgets of the page: elements joined to the core's widgets, one each, or one for all of a group (rules 26 to 34).

import { TYPES, isSubmit, same, typeName } from "./elements.js";

/**
 * @typedef {object} Widget
 * @property {string} key
 * @property {string} name of the type
 * @property {import("./elements.js").Type} type
 * @property {any[]} els in document order when it is read
 * @property {boolean} early there before the session was: what was typed counts
 * @property {number} [id]
 * @property {any} [spec]
 * @property {(() => void)[]} ends
 */

/** @param {import("./bind.js").Page} page */
export function createWidgets(page) {
  const { session, core } = page;
  /** @type {Map<string, Widget>} */
  const groups = new Map();
  /** @type {Set<Widget>} */
  const dirty = new Set();
  /** @type {Set<Widget>} */
  const live = new Set();
  let composing = /** @type {any} */ (null);
  /** @type {number | undefined} the form that the browser is about to read */
  let held;

  /** The widget that the element is a part of from now on; `old` is what it was of. Null when it cannot be one. */
  function join(/** @type {any} */ el, /** @type {string} */ key, /** @type {boolean} */ early, /** @type {Widget | null} */ old) {
    const name = typeName(el);
    if (name === null) return null;
    const type = TYPES[name];
    const group = `${name} ${key}`;
    let widget = old && old.key === key && old.name === name ? old : type.group ? groups.get(group) : undefined;
    if (!widget) {
      widget = { key, name, type, els: [], early, ends: [] };
    }
    live.add(widget);
    if (type.group) groups.set(group, widget);
    if (!widget.els.includes(el)) widget.els.push(el);
    dirty.add(widget);
    if ("autocomplete" in el && !el.hasAttribute("autocomplete") && !el.form?.hasAttribute("autocomplete")) el.setAttribute("autocomplete", "off");
    return widget;
  }

  /** The element is no part of it any more. */
  function leave(/** @type {any} */ el, /** @type {Widget} */ widget) {
    widget.els = widget.els.filter((member) => member !== el);
    dirty.add(widget);
    if (widget.els.length > 0) return;
    live.delete(widget);
    if (groups.get(`${widget.name} ${widget.key}`) === widget) groups.delete(`${widget.name} ${widget.key}`);
  }

  function specOf(/** @type {Widget} */ { key, type, els }) {
    const [el] = els;
    const attrs = Object.assign({}, ...els.map((el) => page.bound.get(el)?.attrs));
    const form = page.formOf(el);
    /** @type {any} */
    const spec = { key, kind: type.kind, default: (type.html ?? ((els) => type.read(els, true)))(els) };
    if (type.options) spec.options = type.options(els);
    if (type.range) [spec.min, spec.max] = type.range(el);
    if (els.every((el) => el.matches(":disabled"))) spec.disabled = true;
    if (attrs.persist === "none") spec.drop = true;
    if (form !== undefined) spec.form = form;
    if (attrs.callback) {
      if (form !== undefined && !isSubmit(el)) page.mistake(el, "callback-in-form", "in a form only a submit button has data-session-callback: move it there");
      else spec.callback = { name: attrs.callback, args: argsOf(el, attrs.args) };
      spec.transaction = "transaction" in attrs;
    }
    const bindable = type.kind !== "trigger" && type.kind !== "file";
    if ("url" in attrs && !bindable) page.mistake(el, "url-kind", `a ${type.kind} cannot be in the address: leave data-session-url out`);
    return { spec, url: bindable && "url" in attrs };
  }

  function argsOf(/** @type {Element} */ el, /** @type {string | undefined} */ text) {
    if (!text) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      page.mistake(el, "args-invalid", `data-session-args is JSON, and this is not: ${text}`);
    }
  }

  function connect(/** @type {Widget} */ widget) {
    const { type, els, key } = widget;
    const { spec, url } = specOf(widget);
    const typed = widget.early ? type.read(els, true) : undefined;
    const said = url ? page.url.tie(key, spec) : undefined;
    const first = said !== undefined && accepts(widget, said) ? said : typed !== undefined && !same(typed, spec.default) ? typed : undefined;
    if (url) widget.ends.push(() => page.url.untie(key));
    page.attempt(els[0], () => {
      widget.id = core.widgets.connect({ ...spec, first, element: els[0] }).id;
      widget.spec = spec;
      if (type.kind !== "trigger") widget.ends.push(page.watch(key, () => show(widget)));
    });
  }

  function change(/** @type {Widget} */ widget) {
    const { spec } = specOf(widget);
    if (JSON.stringify(spec) !== JSON.stringify(widget.spec)) {
      widget.spec = spec;
      page.attempt(widget.els[0], () => core.widgets.change(widget.id, { ...spec, element: widget.els[0] }));
    }
    show(widget);
  }

  /** Says whether the element shows what the address says: it refuses what is no date. */
  function accepts(/** @type {Widget} */ { type, els }, /** @type {any} */ value) {
    if (type.kind !== "date" || value === null) return true;
    const copy = els[0].cloneNode();
    copy.value = value;
    return copy.value === value;
  }

  /** Brings the core up to date with the elements that came, changed and went. */
  function settle() {
    for (const widget of dirty) {
      dirty.delete(widget);
      const { els } = widget;
      if (els.length > 1) els.sort((a, b) => (a.compareDocumentPosition(b) & 4 ? -1 : 1));
      if (els.length > 0) (widget.id === undefined ? connect : change)(widget);
      else {
        for (const end of widget.ends) end();
        const { id } = widget;
        if (id !== undefined && session.status === "open") core.widgets.end(id);
      }
    }
  }

  /** Shows what waits in a form, else the entry. */
  function show(/** @type {Widget} */ widget) {
    const { id, key, spec, els, type } = widget;
    if (els.includes(composing) || held !== undefined && held === spec.form) return;
    const pending = spec.form === undefined ? undefined : core.widgets.pending(id);
    type.write(els, pending === undefined ? session.get(key) : pending);
  }

  /** The user has put something into the element; `final` when it is left. */
  function input(/** @type {any} */ el, /** @type {Widget} */ widget, /** @type {boolean} */ final) {
    const { id, type, els } = widget;
    if (id === undefined || el.matches(":disabled")) return;
    const value = type.read(els, final, el);
    if (value !== undefined) core.widgets.input(id, value);
    if (final) show(widget);
  }

  return {
    live, dirty, join, leave, settle, show, input,
    hold(/** @type {number | undefined} */ form) {
      held = form;
    },
    compose(/** @type {any} */ el) {
      composing = el;
    },
  };
}
