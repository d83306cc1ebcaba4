// What html_test.go does in a page whose HTML is bound, called by name as in "cases.count". It stays within the public API.

const tabstate = /** @type {any} */ (globalThis).tabstate;
const root = /** @type {HTMLElement} */ (document.getElementById("root"));
const settled = () => new Promise((done) => setTimeout(done));
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("cases", { createHTML: (/** @type {string} */ text) => text });
const html = (/** @type {string} */ text) => policy ? policy.createHTML(text) : text;
const median = (/** @type {number[]} */ list) => list.sort((a, b) => a - b)[list.length >> 1];

/** Records of what changes below the root. @type {MutationRecord[]} */
const records = [];
const observer = new MutationObserver((list) => { records.push(...list); });

const rows = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => `<p><label>k${i} <input data-session-key="k${i}" value="v${i}"></label> <output data-session-text="k${i}"></output></p>`).join("");

/** Two runs of the collector's, where the browser offers it. */
const collect = async () => {
  for (let i = 0; i < 3; i++) {
    /** @type {any} */ (globalThis).gc?.();
    await settled();
  }
};

/** @type {any} */ (globalThis).cases = {
  get: (/** @type {string} */ key) => tabstate.session.get(key) ?? null,
  keys: () => [...tabstate.session.keys()],
  listeners: () => tabstate.session.stats().listeners,
  watch() {
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
  },
  /** What changed since it was last asked: in which row, and what. */
  async changes() {
    await settled();
    return records.splice(0).map(({ target, type }) => {
      const at = /** @type {Element} */ (target.nodeType === 1 ? target : target.parentNode);
      return `${type} in ${at.localName} of ${at.closest("li, p")?.id || [...root.children].indexOf(/** @type {Element} */ (at.closest("#root > *")))}`;
    });
  },

  /** Puts n bound inputs and outputs into the page, and says how long that took, in ms; beside it the same by hand. */
  async bind(/** @type {number} */ n) {
    const times = { bound: /** @type {number[]} */ ([]), observed: /** @type {number[]} */ ([]), byHand: /** @type {number[]} */ ([]) };
    for (let round = 0; round < 7; round++) {
      root.innerHTML = html("");
      await settled();
      const part = document.createElement("div");
      part.innerHTML = html(rows(n));
      root.append(part);
      // The observer's call is a microtask, so it has not run yet; bind() takes what is there now.
      let before = performance.now();
      tabstate.session.bind(part);
      times.bound.push(performance.now() - before);
      await settled();
      part.remove();
      await settled();
      // Left to the observer, whose microtask comes before the one awaited here.
      root.append(part);
      before = performance.now();
      await Promise.resolve();
      times.observed.push(performance.now() - before);
      if (part.querySelector("output")?.textContent !== "v0") throw new Error("it is not bound");
      part.remove();
      await settled();

      const other = document.createElement("div");
      other.innerHTML = html(rows(n).replaceAll("data-session-", "data-hand-"));
      document.body.append(other);
      before = performance.now();
      /** @type {Map<string, {value: string, outputs: Element[]}>} */
      const state = new Map();
      for (const el of other.querySelectorAll("[data-hand-key]")) state.set(/** @type {any} */ (el).dataset.handKey, { value: /** @type {any} */ (el).value, outputs: [] });
      for (const el of other.querySelectorAll("[data-hand-text]")) {
        const entry = /** @type {any} */ (state.get(/** @type {any} */ (el).dataset.handText));
        entry.outputs.push(el);
        el.textContent = entry.value;
      }
      other.addEventListener("input", ({ target }) => {
        const entry = /** @type {any} */ (state.get(/** @type {any} */ (target).dataset.handKey));
        entry.value = /** @type {any} */ (target).value;
        for (const el of entry.outputs) el.textContent = entry.value;
      });
      times.byHand.push(performance.now() - before);
      if (round === 6) this.hand = other;
      else other.remove();
    }
    root.innerHTML = html(rows(n));
    await settled();
    return { first: times.bound[0], firstByHand: times.byHand[0], bound: median(times.bound), observed: median(times.observed), byHand: median(times.byHand) };
  },
  hand: /** @type {HTMLElement | null} */ (null),

  /** From an input event to the text, in µs: median of batches; beside it the same by hand. */
  inputToText() {
    /** @type {Record<string, number>} */
    const result = {};
    for (const [name, part, attribute] of /** @type {[string, HTMLElement, string][]} */ ([["bound", root, "data-session-key"], ["byHand", this.hand, "data-hand-key"], ["boundAgain", root, "data-session-key"]])) {
      const input = /** @type {any} */ (part.querySelector(`[${attribute}="k500"]`));
      const output = /** @type {any} */ (input.closest("p").querySelector("output"));
      const batches = [];
      for (let batch = 0, n = 0; batch < 30; batch++) {
        const before = performance.now();
        for (let i = 0; i < 200; i++) {
          input.value = `text ${n++}`;
          input.dispatchEvent(new Event("input", { bubbles: true }));
        }
        batches.push((performance.now() - before) / 200 * 1000);
        if (output.textContent !== input.value) throw new Error(`${name}: ${output.textContent}`);
      }
      result[name] = median(batches);
    }
    this.hand?.remove();
    return result;
  },

  list(/** @type {number} */ n) {
    tabstate.session.set("list", Array.from({ length: n }, (_, i) => ({ id: i, title: `t${i}` })));
    return root.querySelectorAll("li").length;
  },
  changeRow(/** @type {number} */ i, /** @type {string} */ title) {
    const before = performance.now();
    tabstate.session.mutate("list", (/** @type {any[]} */ list) => { list[i].title = title; });
    return performance.now() - before;
  },

  /** Adds and removes a piece with widgets, outputs, a list, a form and buttons, so often, in three ways. */
  async rounds(/** @type {number} */ n) {
    const piece = /** @type {HTMLTemplateElement} */ (document.getElementById("piece"));
    for (let i = 0; i < n; i++) {
      if (i % 3 === 0) root.append(document.importNode(piece.content, true));
      else root.innerHTML = html(piece.innerHTML);
      await Promise.resolve();
      if (i % 3 === 1) await settled();
      const input = /** @type {any} */ (root.querySelector("input"));
      input.value = `round ${i}`;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      if (i % 3 === 2) root.replaceChildren();
      else for (const el of [...root.children]) el.remove();
      await Promise.resolve();
    }
    await settled();
    await collect();
    return { listeners: tabstate.session.stats().listeners, keys: tabstate.session.size, memory: tabstate.session.stats().memory, heap: /** @type {any} */ (performance).memory?.usedJSHeapSize };
  },

  put(/** @type {string} */ text) {
    root.innerHTML = html(text);
  },
  /** As Turbo goes to another page: the new body takes the place of the old one, elements to keep move over. */
  turbo(/** @type {string} */ text) {
    const next = document.createElement("body");
    next.innerHTML = html(text);
    const kept = document.querySelector("[data-turbo-permanent]");
    if (kept) next.querySelector(`#${kept.id}`)?.replaceWith(kept);
    document.documentElement.replaceChild(next, document.body);
  },
  /** As htmx swaps an answer in: a fragment, inserted beside, then the old element goes; attributes settle after 20 ms. */
  async htmx(/** @type {string} */ selector, /** @type {string} */ text) {
    const holder = document.createElement("template");
    holder.innerHTML = html(text);
    const old = /** @type {Element} */ (document.querySelector(selector));
    const fresh = [...holder.content.children];
    for (const el of fresh) el.classList.add("htmx-added");
    old.before(...fresh);
    old.remove();
    await new Promise((done) => setTimeout(done, 20));
    for (const el of fresh) el.classList.remove("htmx-added");
  },
};
