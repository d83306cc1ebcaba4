// @ts-check
// Lists: a <template data-session-each> and its rows, which stand before it. Only what changed is touched, only what moved is moved.

import { attributesOf, check } from "./attributes.js";
import { expression, valueAt } from "./expression.js";

/**
 * @typedef {object} Row
 * @property {any} item
 * @property {number} index
 * @property {Element[]} nodes
 * @property {Element[]} parts bound elements
 * @property {Set<() => void>} updates
 * @property {Row | undefined} outer the row that the list stands in
 */

/** What stands in braces in a row's attributes: {item.id}, {index}, {outer.item.id}. */
const HOLES = /\{\s*((?:outer\.)*(?:item|index)\b[^{}]*?)\s*\}/g;

/** The row that the expression is about: this one, or one around it. */
export function rowOf(/** @type {Row | undefined} */ row, /** @type {import("./expression.js").Expression} */ { up }) {
  while (up-- > 0) row = row?.outer;
  return row;
}

export function source(/** @type {Row} */ row, /** @type {import("./expression.js").Expression} */ expr) {
  return expr.key === "index" ? row.index : row.item;
}

/** The text with its holes filled: by JSON text where JSON is wanted. */
export function fill(/** @type {string} */ text, /** @type {Row} */ row, /** @type {boolean} */ json) {
  return text.replace(HOLES, (hole, inner) => {
    const expr = expression(inner, true);
    if (!expr) return hole;
    const at = rowOf(row, expr);
    const value = at && valueAt(expr, source(at, expr));
    return json ? JSON.stringify(value ?? null) : String(value);
  });
}

/** Rows that lists have made: what comes and goes with them is the list's own business. @type {WeakSet<Node>} */
export const made = new WeakSet();

/**
 * @param {import("./bind.js").Page} page
 * @param {any} template
 * @param {string | undefined} id the member that tells items apart, "" for the item itself; without, their places do
 * @param {Row | undefined} outer the row that the template stands in
 * @param {(el: Element, attrs: any, row: Row) => void} attach
 */
export function createList(page, template, id, outer, attach) {
  /** @type {Row[]} */
  let rows = [];
  /** @type {[number, any][]} the bound elements of a row, by their places in it */
  const plan = [];
  for (const [i, el] of template.content.querySelectorAll("*").entries()) {
    const attrs = attributesOf(el);
    if (!attrs) continue;
    check(el, attrs);
    plan.push([i, attrs]);
  }
  for (const node of template.content.children) node.setAttribute("data-session-row", "");
  // What a server, a cached copy of the page or the author put there stands in until now.
  while (template.previousElementSibling?.hasAttribute("data-session-row")) template.previousElementSibling.remove();

  const nameOf = (/** @type {any} */ item) => (id ? item?.[id] : item);

  /** @returns {Row} */
  function create(/** @type {any} */ item, /** @type {number} */ index) {
    const fragment = document.importNode(template.content, true);
    /** @type {Row} */
    const row = { item, index, nodes: [...fragment.children], parts: [], updates: new Set(), outer };
    const all = fragment.querySelectorAll("*");
    for (const [i, attrs] of plan) {
      row.parts.push(all[i]);
      attach(all[i], attrs, row);
    }
    for (const node of row.nodes) made.add(node);
    return row;
  }

  function remove(/** @type {Row} */ row) {
    for (const node of row.nodes) node.remove();
    for (const el of row.parts) page.unbind(el);
  }

  function update(/** @type {Row} */ row, /** @type {any} */ item, /** @type {number} */ index) {
    if (row.item === item && row.index === index) return;
    row.item = item;
    row.index = index;
    for (const fn of row.updates) fn();
  }

  function put(/** @type {Row} */ row, /** @type {Node} */ before) {
    const { parentNode } = template;
    const { activeElement } = template.getRootNode();
    for (const node of row.nodes) {
      if (parentNode.moveBefore && node.isConnected) parentNode.moveBefore(node, before);
      else parentNode.insertBefore(node, before);
    }
    if (template.getRootNode().activeElement !== activeElement) activeElement.focus({ preventScroll: true });
  }

  /** Says whether the rows from one place to another stand as they were put, and before what followed: others may have moved them. */
  function untouched(/** @type {number} */ from, /** @type {number} */ to) {
    for (let i = Math.max(from - 1, 0); i < to; i++) {
      const last = rows[i].nodes.at(-1);
      if (last && last.nextSibling !== (rows[i + 1]?.nodes[0] ?? template)) return false;
    }
    return (rows[to]?.nodes[0] ?? template).parentNode === template.parentNode;
  }

  function render(/** @type {any} */ value) {
    const items = Array.isArray(value) ? value : [];
    const old = rows;
    let start = 0;
    let oldEnd = old.length;
    let end = items.length;
    while (start < oldEnd && start < end && old[start].item === items[start]) start++;
    while (oldEnd > start && end > start && old[oldEnd - 1].item === items[end - 1]) {
      oldEnd--;
      end--;
    }
    if (start === oldEnd && start === end) return;
    const ordered = untouched(start, oldEnd);

    // The rows there are, by what tells their items apart.
    /** @type {Map<any, number[]>} */
    const places = new Map();
    const tell = id === undefined ? (/** @type {any} */ _, /** @type {number} */ i) => i : nameOf;
    for (let i = start; i < oldEnd; i++) {
      const name = tell(old[i].item, i);
      const found = places.get(name);
      if (found) found.push(i);
      else places.set(name, [i]);
    }
    const from = new Int32Array(end - start);
    for (let i = start; i < end; i++) from[i - start] = places.get(tell(items[i], i))?.shift() ?? -1;
    for (const rest of places.values()) for (const i of rest) remove(old[i]);

    const next = rows = old.slice(0, start);
    for (let i = start; i < end; i++) {
      const was = from[i - start];
      if (was < 0) next.push(create(items[i], i));
      else {
        next.push(old[was]);
        update(old[was], items[i], i);
      }
    }
    for (let i = oldEnd; i < old.length; i++) {
      update(old[i], old[i].item, next.length);
      next.push(old[i]);
    }

    const stay = ordered ? rising(from) : new Set();
    let before = ordered && next[end]?.nodes[0] || template;
    for (let i = ordered ? end - 1 : next.length - 1; i >= (ordered ? start : 0); i--) {
      if (!stay.has(i - start)) put(next[i], before);
      before = next[i].nodes[0] ?? before;
    }
    page.work(() => {});
  }

  return {
    render,
    end() {
      for (const row of rows.splice(0)) remove(row);
    },
  };
}

/** The places of a longest run of rising numbers, those under 0 left out: what need not move. */
function rising(/** @type {Int32Array} */ list) {
  /** @type {number[]} the place of the smallest last number of a run of each length */
  const last = [];
  const previous = new Int32Array(list.length);
  for (let i = 0; i < list.length; i++) {
    if (list[i] < 0) continue;
    let low = 0;
    let high = last.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[last[middle]] < list[i]) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? last[low - 1] : -1;
    last[low] = i;
  }
  /** @type {Set<number>} */
  const stay = new Set();
  for (let i = last.at(-1) ?? -1; i >= 0; i = previous[i]) stay.add(i);
  return stay;
}
