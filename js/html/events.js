// @ts-check
// What the user does: one listener on the root for each type of event, whatever the number of elements (rules 30, 33, 40 to 43).

import { isSubmit } from "./elements.js";

/**
 * @param {import("./bind.js").Page} page
 * @param {Node} root
 * @returns {() => void} ends it
 */
export function listen(page, root) {
  const { widgets } = page;

  /** What is bound in this root at the element. */
  function boundAt(/** @type {any} */ el) {
    const bound = page.bound.get(el);
    return bound?.root === root ? bound : undefined;
  }

  function onInput(/** @type {any} */ { target }, final = false) {
    const widget = boundAt(target)?.widget;
    if (widget && (final || widget.name !== "file")) widgets.input(target, widget, final);
  }

  function onClick(/** @type {any} */ event) {
    const el = event.target.closest?.("[data-session-key], [data-session-callback]");
    const widget = el && boundAt(el)?.widget;
    if (widget?.id === undefined || widget.type.kind !== "trigger" || el.matches(":disabled")) return;
    // In a form of the session the submission is what counts.
    if (!isSubmit(el) || page.formOf(el) === undefined) page.core.widgets.press(widget.id);
  }

  function onSubmit(/** @type {any} */ event) {
    const { target: form, submitter } = event;
    const bound = boundAt(form);
    if (bound?.form === undefined) return;
    const { attrs } = bound, sends = attrs.submit !== undefined;
    const goes = !sends && (form.method === "dialog" || form.hasAttribute("action") || submitter?.hasAttribute("formaction"));
    if (!goes) event.preventDefault();
    if (page.busy(form)) return;
    const clears = "clear-on-submit" in attrs;
    const own = () => [...widgets.live].filter(({ id, spec }) => id !== undefined && spec.form === bound.form);
    const show = () => {
      widgets.hold(undefined);
      own().forEach(widgets.show);
    };
    // The browser reads the elements after this event, so they must not be cleared before.
    if (goes) widgets.hold(bound.form);
    page.core.widgets.submit(bound.form, page.bound.get(submitter)?.widget?.id, {
      // What is sent is cleared when it has been accepted.
      clear: clears && !sends, transaction: "transaction" in attrs,
      then: sends ? () => void page.send(form, attrs, () => {
        if (!clears || page.bound.get(form)?.form !== bound.form || own().some(({ id }) => page.core.widgets.pending(id) !== undefined)) return;
        page.core.widgets.clear(bound.form);
        show();
      }) : undefined,
    });
    if (goes) setTimeout(show);
    else show();
  }

  function onReset(/** @type {any} */ { target }) {
    // The browser resets the elements after this event.
    setTimeout(() => {
      const reset = [...widgets.live].filter(({ id, els, type }) => id !== undefined && els[0].form === target && type.kind !== "trigger");
      page.core.widgets.inputs(reset.map(({ id, type, els }) => [id, type.read(els, true)]));
    });
  }

  function onKey(/** @type {any} */ event) {
    const { target, key, isComposing } = event;
    if (key !== "Enter" || isComposing) return;
    const { form, localName, type } = target;
    const bound = form && boundAt(form);
    if (bound?.form === undefined) return;
    const enter = bound.attrs["enter-to-submit"] !== "false";
    if (localName === "textarea") {
      if (!event.ctrlKey && !event.metaKey) return;
      const button = page.submitOf(form);
      if (enter && button && !button.disabled) form.requestSubmit(button);
    } else if (enter || localName !== "input" || isSubmit(target) || type === "button" || type === "reset") return;
    event.preventDefault();
  }

  function onCompose(/** @type {any} */ { target, type }) {
    widgets.compose(type === "compositionend" ? null : target);
    if (type === "compositionend") onInput({ target });
  }

  const ended = new AbortController();
  const on = (/** @type {string} */ types, /** @type {(event: any) => void} */ fn, capture = false) => {
    for (const type of types.split(" ")) root.addEventListener(type, fn, { capture, signal: ended.signal });
  };
  // A date changes with each digit that makes another one: while the user is in it, nothing is written over what is half typed.
  const typing = (/** @type {any} */ el) => boundAt(el)?.widget?.type.kind === "date" && el.matches(":focus");
  on("input toggle change", (event) => onInput(event, event.type === "change" && !typing(event.target)), true);
  on("focusout", (event) => boundAt(event.target)?.widget?.type.kind === "date" && onInput(event, true), true);
  on("compositionstart compositionend", onCompose, true);
  // In these a listener of the page comes first, and stops the event to keep it from the session.
  on("keydown", onKey);
  on("click", onClick);
  on("submit", onSubmit);
  on("reset", onReset);
  return () => ended.abort();
}
