// @ts-check
// The widgets of the page: elements joined to the core's widgets, one each, or one for all of a group (rules 26 to 34).

import { TYPES, isSubmit, same } from "./elements.js";

/**
 * @typedef {object} Widget
 * @property {string} key
 * @property {string} name of the type
 * @property {import("./elements.js").Type} type
 * @property {any[]} els in document order when it is read
 * @property {boolean} early there before the session was: what was typed counts
 * @property {number} [id]
 * @property {any} [spec]
 * @property {boolean} tied to the address
 * @property {(widget: Widget, value: any) => void} tell shows it
 * @property {import("./watch.js").Pin | null} pin
 */

/** Says whether it is a select whose options a list makes: nobody has chosen one before. */
const isFilled = (/** @type {Widget} */ { name, els }) => name.startsWith("select") && els[0]?.querySelector("template") != null;

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

  /** The widget of the type that the element is a part of from now on; `old` is what it was of. */
  function join(/** @type {any} */ el, /** @type {string} */ name, /** @type {string} */ key, /** @type {boolean} */ early, /** @type {Widget | null | undefined} */ old) {
    const type = TYPES[name];
    let widget = old && old.key === key && old.name === name ? old : type.group ? groups.get(`${name} ${key}`) : undefined;
    if (!widget) widget = { key, name, type, els: [el], early, id: undefined, spec: undefined, tied: false, tell: show, pin: null };
    else if (!widget.els.includes(el)) widget.els.push(el);
    live.add(widget);
    if (type.group) groups.set(`${name} ${key}`, widget);
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

  /** What the module is to know of the widget, as its elements are now. */
  function specOf(/** @type {Widget} */ { key, type, els }) {
    const el = els[0]; // taken apart as an array, it would cost an iterator for each
    const attrs = els.length > 1 ? Object.assign({}, ...els.map(attrsOf)) : attrsOf(el);
    const form = page.formOf(el);
    /** @type {any} */
    const spec = {
      key, kind: type.kind, default: (type.html ?? type.read)(els, true), first: undefined, url: false, options: undefined, min: undefined, max: undefined,
      disabled: els.every(isDisabled), drop: attrs.persist === "none", form, callback: undefined, transaction: undefined, element: el,
    };
    if (type.options) spec.options = type.options(els);
    if (type.range) [spec.min, spec.max] = type.range(el);
    if (attrs.callback) {
      if (form !== undefined && !isSubmit(el)) page.mistake(el, "callback-in-form", "in a form only a submit button has data-session-callback: move it there");
      else spec.callback = { name: attrs.callback, args: argsOf(el, attrs.args) };
      spec.transaction = "transaction" in attrs;
    }
    if ("url" in attrs) {
      if (type.kind !== "trigger" && type.kind !== "file") spec.url = true;
      else page.mistake(el, "url-kind", `a ${type.kind} cannot be in the address: leave data-session-url out`);
    }
    return spec;
  }

  const isDisabled = (/** @type {Element} */ el) => el.matches(":disabled");
  const attrsOf = (/** @type {Element} */ el) => page.bound.get(el)?.attrs ?? {};

  function argsOf(/** @type {Element} */ el, /** @type {string | undefined} */ text) {
    if (!text) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      page.mistake(el, "args-invalid", `data-session-args is JSON, and this is not: ${text}`);
    }
  }

  /** Enters what came into the session, all in one call. */
  function connect(/** @type {Widget[]} */ fresh) {
    if (fresh.length === 0) return;
    const list = fresh.splice(0);
    /** @type {any[]} what the element of each shows, where it was read */
    const shown = [];
    const told = core.widgets.connect(list.map((widget) => {
      const { type, els } = widget;
      const spec = widget.spec = specOf(widget);
      const said = tie(widget);
      const typed = widget.early && !isFilled(widget) ? type.read(els, true) : undefined;
      spec.url = said !== undefined && accepts(widget, said);
      if (spec.url) spec.first = said;
      else if (typed !== undefined && !same(typed, spec.default)) spec.first = typed;
      shown.push(typed);
      return spec;
    }));
    list.forEach((widget, i) => {
      const id = told[i * 3];
      if (id > 0) {
        widget.id = id;
        if (widget.type.kind !== "trigger") page.watch(widget.key, widget, told[i * 3 + 1], shown[i]);
      } else page.report(told[i * 3 + 2], widget.els[0]);
    });
  }

  function change(/** @type {Widget} */ widget) {
    const old = widget.spec;
    const spec = widget.spec = specOf(widget);
    tie(widget);
    if (comparable(old) !== comparable(spec)) page.attempt(spec.element, () => core.widgets.change(widget.id, spec));
    show(widget);
  }

  const comparable = (/** @type {any} */ spec) => JSON.stringify({ ...spec, first: undefined, url: undefined, element: undefined });

  /** Ties the key to the address, or unties it, as the attribute wants; gives what the address says first. */
  function tie(/** @type {Widget} */ widget) {
    const { key, spec, tied } = widget;
    widget.tied = spec.url;
    if (spec.url && !tied) return page.url.tie(key, spec);
    if (tied && !spec.url) page.url.untie(key);
  }

  /** Says whether the element shows what the address says: it refuses what is no date. */
  function accepts(/** @type {Widget} */ { type, els }, /** @type {any} */ value) {
    if (type.kind !== "date" || value === null) return true;
    const copy = els[0].cloneNode();
    copy.value = value;
    return copy.value === value;
  }

  /** Brings the core up to date with the elements that came, changed and went; `early` leaves out selects that a list fills. */
  function settle(early = false) {
    /** @type {Widget[]} */
    const fresh = [];
    dirty.forEach((widget) => {
      const { id, els } = widget;
      if (early && isFilled(widget)) return;
      dirty.delete(widget);
      if (els.length > 1) els.sort((a, b) => (a.compareDocumentPosition(b) & 4 ? -1 : 1));
      if (els.length > 0) {
        if (id === undefined) fresh.push(widget);
        else change(widget);
      } else {
        connect(fresh); // in their order: what came before another of its key went takes the value over
        page.unwatch(widget);
        if (widget.tied) page.url.untie(widget.key);
        if (id !== undefined && session.status === "open") core.widgets.end(id);
      }
    });
    connect(fresh);
  }

  /** Shows what waits in a form, else the entry. */
  function show(/** @type {Widget} */ widget) {
    const { id, key, spec, els, type } = widget;
    if (type.kind === "trigger" || els.includes(composing) || held !== undefined && held === spec.form) return;
    const pending = spec.form === undefined ? undefined : core.widgets.pending(id);
    type.write(els, pending === undefined ? session.get(key) : pending);
  }

  /** The user has put something into the element; `final` when it is left. */
  function input(/** @type {any} */ el, /** @type {Widget} */ widget, /** @type {boolean} */ final) {
    const { id, type, els } = widget;
    if (id === undefined || isDisabled(el)) return;
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
