// @ts-check
// A form with data-session-submit sends the session after its turn. While it is under way the form is busy and its submit buttons
// are disabled; how it ended is told by an event on the form, and by the element with data-session-submit-status.

import { PREFIX } from "./attributes.js";
import { isSubmit } from "./elements.js";

/** @param {import("./bind.js").Page} page */
export function createSend(page) {
  /** @type {WeakSet<Element>} */
  const busy = new WeakSet();

  /** Disables the form's submit buttons; returns the function that enables them again, and gives the focus back to the one that had it. */
  function disable(/** @type {any} */ form) {
    const root = form.getRootNode();
    const buttons = [...form.elements].filter((el) => isSubmit(el) && !el.disabled);
    const focused = buttons.find((el) => el === root.activeElement);
    for (const el of buttons) el.disabled = true;
    form.setAttribute("aria-busy", "true");
    busy.add(form);
    return () => {
      busy.delete(form);
      form.removeAttribute("aria-busy");
      for (const el of buttons) el.disabled = false;
      if (focused && (root.activeElement === null || root.activeElement === document.body)) focused.focus({ preventScroll: true });
    };
  }

  /** Shows a text where the form says how it went; says whether there is such a place. */
  function say(/** @type {Element} */ form, /** @type {(el: Element) => string} */ text) {
    const place = form.querySelector(`[${PREFIX}submit-status]`);
    if (!place) return false;
    if (place.localName !== "output" && !place.hasAttribute("role")) place.setAttribute("role", "status");
    place.textContent = text(place);
    return true;
  }

  return {
    busy: (/** @type {Element} */ form) => busy.has(form),

    /** Sends the session; calls `done` when the server has accepted it. */
    async send(/** @type {any} */ form, /** @type {import("./attributes.js").Attributes} */ attrs, /** @type {() => void} */ done) {
      const enable = disable(form);
      const tell = (/** @type {string} */ type, /** @type {unknown} */ detail) => form.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
      say(form, () => "");
      try {
        const response = await page.session.submit(attrs.submit, { keys: attrs["submit-keys"]?.split(/\s+/).filter(Boolean) });
        enable();
        if (page.session.status === "open") page.attempt(form, done);
        if (tell("session-submitted", { response })) say(form, (place) => place.getAttribute(`${PREFIX}submit-status`) ?? "");
      } catch (error) {
        enable();
        if (tell("session-submit-failed", { error }) && !say(form, () => /** @type {Error} */ (error).message)) page.report(error, form);
      }
    },
  };
}
