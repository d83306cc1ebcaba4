// Random use for a long time, called by name as in "soak.work": a session of its own against the model of js/test/model.js, the page's session
// bound to pieces of HTML that come and go, and sessions that are opened and destroyed. One seed, one order of operations.

import { Run, STEPS } from "../js/test/model.js";
import { random } from "../js/test/random.js";

const tabstate = /** @type {any} */ (globalThis).tabstate;
const pause = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

const counts = { operations: 0, pieces: 0, sessions: 0, events: 0 };
/** Elements and sessions that came and went: how many, and how many of them the engine has collected by itself. */
const gone = { all: 0, collected: 0 };
const registry = new FinalizationRegistry(() => { gone.collected++; });
function left(/** @type {object} */ object) {
  gone.all++;
  registry.register(object, undefined);
}
/** @type {any} */
let page, own, run, rng;
/** Listeners of the page's session without any piece. */
let first = 0;

const MOST = 40;
const root = document.createElement("main");
document.body.append(root);

/** The pieces in the page and what their keys hold. @type {{key: string, el: HTMLElement, value: any}[]} */
const pieces = [];
/** What the list shows. @type {{id: number, title: string}[]} */
let items = [];
let serial = 0;

/** @param {string} name @param {Record<string, string>} attributes @param {(Node | string)[]} children */
function element(name, attributes, ...children) {
  const el = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) el.setAttribute(attribute, value);
  (el instanceof HTMLTemplateElement ? el.content : el).append(...children);
  return el;
}

function fail(/** @type {string} */ message) {
  throw new Error(`after ${JSON.stringify(counts)}: ${message}`);
}

const KINDS = /** @type {Record<string, {make: (key: string) => HTMLElement, first: any, change: (el: any) => any}>} */ ({
  text: {
    make: (key) => element("input", { "data-session-key": key, "data-session-persist": "none", value: "first" }), first: "first",
    change: (el) => { el.value = `typed ${rng.below(1000)} <b>`; el.dispatchEvent(new Event("input", { bubbles: true })); return el.value; },
  },
  box: {
    make: (key) => element("input", { type: "checkbox", "data-session-key": key, "data-session-persist": "none" }), first: false,
    change: (el) => { el.click(); return el.checked; },
  },
  select: {
    make: (key) => element("select", { "data-session-key": key, "data-session-persist": "none" }, ...["a", "b", "c"].map((v) => element("option", {}, v))), first: "a",
    change: (el) => { el.value = rng.pick(["a", "b", "c"]); el.dispatchEvent(new Event("change", { bubbles: true })); return el.value; },
  },
});

/** One operation on the page, and what has to hold right after it. */
async function piece() {
  const dice = rng.below(10);
  counts.pieces++;
  if (dice < 3 && pieces.length < MOST || pieces.length === 0) {
    const key = `key ${serial++}`;
    const kind = rng.pick(Object.keys(KINDS));
    const el = element("section", {}, KINDS[kind].make(key), element("output", { "data-session-text": key, "data-session-attr-title": key, "data-session-class-on": key }));
    el.dataset.kind = kind;
    root.append(el);
    pieces.push({ key, el, value: KINDS[kind].first });
    await null; // the observer's turn
  } else if (dice < 5) {
    const [{ key, el }] = pieces.splice(rng.below(pieces.length), 1);
    el.remove();
    left(el);
    await null;
    if (page.has(key)) fail(`${key} stayed when its element left`);
    return;
  } else if (dice < 6) {
    const how = rng.below(4);
    if (how === 0) items = [...items.slice(-20), { id: serial++, title: `title ${rng.below(100)}` }];
    else if (how === 1) items = items.slice(1);
    else if (how === 2) items = [...items].reverse();
    else items = items.map((item, i) => (i === 0 ? { ...item, title: `new ${rng.below(100)}` } : item));
    page.set("items", items);
    const shown = [...root.querySelectorAll("li")].map((li) => li.textContent).join("|");
    if (shown !== items.map(({ title }) => title).join("|")) fail(`the list shows ${shown}`);
    return;
  } else {
    const at = rng.pick(pieces);
    const widget = /** @type {any} */ (at.el.firstChild);
    if (dice === 9 && at.el.dataset.kind === "text") page.set(at.key, at.value = `set ${rng.below(1000)}`);
    else {
      at.value = KINDS[/** @type {string} */ (at.el.dataset.kind)].change(widget);
      counts.events++;
    }
  }
  const { key, el, value } = rng.pick(pieces);
  if (page.get(key) !== value) fail(`${key} is ${page.get(key)}, not ${value}`);
  if (el.lastChild?.textContent !== String(value)) fail(`${key} shows ${el.lastChild?.textContent}, not ${value}`);
}

/** A session that lives for a moment. */
async function moment() {
  const session = await tabstate.open({ separate: true, history: true });
  session.update({ a: counts.sessions, list: [1, 2, 3] });
  session.subscribe(() => {});
  if (session.get("a") !== counts.sessions || session.size !== 2) fail("a new session is not its own");
  session.destroy();
  left(session);
  counts.sessions++;
}

/** @type {any} */ (globalThis).soak = {
  async start(/** @type {number} */ seed) {
    page = await tabstate.ready;
    page.bind(root);
    root.append(element("ul", {}, element("template", { "data-session-each": "items", "data-session-each-key": "id" }, element("li", { "data-session-text": "item.title" }))));
    own = await tabstate.open({ separate: true, history: { steps: STEPS } });
    run = new Run(own, seed);
    rng = random(seed + 1);
    await null;
    first = page.stats().listeners;
  },
  /** Works for so long, in ms; `busy` of 1 is all the time, 0.3 leaves the processor to others for the rest. */
  async work(/** @type {number} */ ms, busy = 1) {
    const end = performance.now() + ms;
    let next = 0;
    while (performance.now() < end) {
      const began = performance.now();
      while (performance.now() - began < 15) {
        for (let i = 0; i < 20; i++) run.turn();
        await piece();
      }
      if (performance.now() > next) {
        await moment();
        next = performance.now() + 1000;
      }
      await pause((performance.now() - began) * (1 / busy - 1));
    }
    counts.operations = run.count;
    return counts;
  },
  measure() {
    const { memory, listeners } = own.stats();
    return { memory, pageMemory: page.stats().memory, listeners, expected: run.listeners.length, gone: gone.all, collected: gone.collected };
  },
  /** Holds everything against the models, then takes the pieces away; what is left then. */
  async end() {
    run.all();
    for (const { key, el, value } of pieces.splice(0)) {
      if (page.get(key) !== value || el.lastChild?.textContent !== String(value)) fail(`${key} is ${page.get(key)}, shows ${el.lastChild?.textContent}, not ${value}`);
      el.remove();
    }
    items = [];
    page.set("items", items);
    await pause(0);
    for (const { end } of run.listeners.splice(0)) end();
    return { keys: [...page.keys()], pageListeners: page.stats().listeners - first, listeners: own.stats().listeners, nodes: root.querySelectorAll("*").length };
  },
};
