// @ts-check
// Elements that come, change and go, whoever does it: one observer for a root (rules 32, 35).

import { ATTRIBUTES, PREFIX, attributesOf, check } from "./attributes.js";
import { typeName } from "./elements.js";
import { made } from "./list.js";
import { again } from "./output.js";

/** Attributes of HTML that say something of a widget. */
const HTML = ["disabled", "min", "max", "type", "multiple", "value", "contenteditable"];
const WATCHED = [...Object.keys(ATTRIBUTES).filter((name) => !name.endsWith("-")).map((name) => PREFIX + name), ...HTML];

/**
 * Calls fn with the node, if it is an element, and all elements in it.
 *
 * Here, as in all loops of a first binding, by forEach(): a loop that gets hot is compiled while it runs, by the time that it has ended, and
 * took a page with 1,000 elements 2 ms of its two processors; an iterator makes an object of each.
 */
export function each(/** @type {any} */ node, /** @type {(el: any) => void} */ fn) {
  if (node.nodeType === 1) fn(node);
  node.querySelectorAll("*").forEach((/** @type {any} */ el) => fn(el));
}

/** @param {import("./bind.js").Page} page */
export function createObserve(page) {
  const { bound } = page;

  function scan(/** @type {Node} */ node, /** @type {Node} */ root) {
    each(node, (el) => {
      const attrs = attributesOf(el);
      if (!attrs) return;
      const known = bound.get(el);
      if (known) {
        // It was moved: perhaps into a form, or out of one.
        if (known.widget) page.widgets.dirty.add(known.widget);
        for (const output of known.outputs ?? []) again(output);
        return;
      }
      check(el, attrs);
      page.attach(el, attrs, root);
    });
  }

  function changed(/** @type {any} */ el, /** @type {string} */ attribute, /** @type {Node} */ root) {
    const own = bound.get(el);
    if (attribute.startsWith(PREFIX)) {
      if (!own) scan(el, root);
      else if (el.getAttribute(attribute) !== (own.attrs[attribute.slice(PREFIX.length)] ?? null)) page.rebind(el);
    } else if (own?.widget) {
      if (typeName(el) === own.widget.name) page.widgets.dirty.add(own.widget);
      else page.rebind(el);
    } else if (el.localName === "option") refit(el);
  }

  /** The options of the select around the node are others. */
  function refit(/** @type {any} */ node) {
    const widget = bound.get(node.closest?.("select"))?.widget;
    if (widget) page.widgets.dirty.add(widget);
  }

  /** Calls fn with the elements that no list made. */
  function visit(/** @type {NodeList} */ nodes, /** @type {(el: Node) => void} */ fn) {
    for (let i = 0, { length } = nodes; i < length; i++) if (nodes[i].nodeType === 1 && !made.has(nodes[i])) fn(nodes[i]);
  }

  /** Takes up what came, changed and went. */
  function take(/** @type {MutationRecord[]} */ records, /** @type {Node} */ root) {
    if (page.session.status !== "open") return;
    page.work(() => {
      for (const record of records) {
        const { target } = record;
        if (record.type === "attributes") {
          changed(target, /** @type {string} */ (record.attributeName), root);
          continue;
        }
        refit(target);
        visit(record.removedNodes, (node) => each(node, (el) => root.contains(el) || page.unbind(el)));
        visit(record.addedNodes, (node) => root.contains(node) && scan(node, root));
      }
    });
  }

  /**
   * Follows what happens below the root.
   * @returns {{end: () => void, without: (fn: () => void) => void}} without: runs fn, of whose changes nothing has to be heard. A record for
   *   each of them takes as long as to make it.
   */
  function observe(/** @type {Node} */ root) {
    const observer = new MutationObserver((records) => take(records, root));
    const begin = () => observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: WATCHED });
    begin();
    return {
      end: () => observer.disconnect(),
      without(fn) {
        const records = observer.takeRecords();
        observer.disconnect();
        try {
          fn();
        } finally {
          begin();
          take(records, root);
        }
      },
    };
  }

  return { scan, observe };
}
