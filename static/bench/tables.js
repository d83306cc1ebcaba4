// @ts-check
// Draws tables of figures: a line for each row, a column for each store, or the other way round.

const nameOf = (/** @type {string} */ engine) => ({ chromium: "Chromium", firefox: "Firefox", webkit: "WebKit" })[engine] ?? engine;

function element(/** @type {string} */ name, /** @type {string} */ text = "", /** @type {Record<string, string>} */ attributes = {}) {
  const el = document.createElement(name);
  el.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) el.setAttribute(attribute, value);
  return el;
}

const digits = (/** @type {number} */ n) => n.toLocaleString("en", n >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });

/** ns as people read them. */
function time(/** @type {number} */ ns) {
  if (ns >= 1e6) return `${digits(ns / 1e6)} ms`;
  return ns >= 1e3 ? `${digits(ns / 1e3)} µs` : `${digits(ns)} ns`;
}

function table(/** @type {string} */ title, /** @type {string[]} */ heads, /** @type {string[][]} */ lines) {
  const table = element("table");
  table.append(element("caption", title));
  const head = element("tr");
  for (const text of heads) head.append(text ? element("th", text, { scope: "col" }) : element("td"));
  table.append(element("thead"), element("tbody"));
  table.children[1].append(head);
  for (const [name, ...cells] of lines) {
    const line = element("tr");
    line.append(element("th", name, { scope: "row" }), ...cells.map((text) => element("td", text)));
    table.children[2].append(line);
  }
  return table;
}

/**
 * A line for each row, a column for each store.
 * @param {HTMLElement} into
 * @param {string} title
 * @param {Record<string, Record<string, number>>} rows ns by row and store
 * @param {Record<string, string>} titles of the stores, by name
 */
export function draw(into, title, rows, titles) {
  const names = Object.keys(titles);
  into.replaceChildren(table(title, ["", ...Object.values(titles)], Object.entries(rows).map(([row, figures]) => [row, ...names.map((name) => cell(figures, name, time))])));
}

/** A figure, and how many times Tabstate's it is. */
function cell(/** @type {Record<string, number>} */ figures, /** @type {string} */ name, /** @type {(figure: number) => string} */ format) {
  const figure = figures[name];
  if (figure === undefined) return "–";
  return name === "tabstate" || !(figures.tabstate > 0) ? format(figure) : `${format(figure)} (${digits(figure / figures.tabstate)} ×)`;
}

/** The tables of what was recorded: title, part, and the rows with what their column is called. @type {[string, string, [string, string][]][]} */
const RECORDED = [
  ["Reading and writing", "speed", [
    ["read number, 100 keys", "read number"], ["write number, 100 keys", "write number"], ["write short string", "write string"],
    ["read small object", "read object"], ["write small object", "write object"], ["write 10 KB", "write 10 KB"], ["change inside 10 KB", "change inside"],
  ]],
  ["Many keys, many listeners", "speed", [
    ["read number, 10,000 keys", "read, 10,000 keys"], ["write number, 10,000 keys", "write, 10,000 keys"],
    ["write, 1 of 1,000 keys with listeners", "1 of 1,000 keys heard"], ["write, 1,000 listeners of the key", "1,000 listeners"],
  ]],
  ["Snapshot and restore", "speed", [
    ["snapshot 100", "snapshot of 100"], ["restore 100", "restore 100"], ["snapshot 10,000", "snapshot of 10,000"],
    ["snapshot 10,000 right after a restore", "right after a restore"], ["restore 10,000", "restore 10,000"],
  ]],
];

/**
 * Shows a report, as host/bench writes it.
 * @param {any} report
 * @param {HTMLElement} about gets what it was made with
 * @param {HTMLElement} into gets the tables
 */
export function drawRecorded(report, about, into) {
  const { peers, engines, versions } = report;
  const browsers = Object.keys(engines).map((engine) => `${nameOf(engine)} ${versions[engine]} (rounds: ${report.rounds[engine]})`).join(", ");
  about.textContent = `${report.date}, ${report.machine}. ${browsers}.`;
  const add = (/** @type {string} */ title, /** @type {string[]} */ heads, /** @type {string[][]} */ lines) => {
    const region = element("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": title });
    region.append(table(title, heads, lines));
    into.append(region);
  };
  for (const engine of Object.keys(engines)) {
    for (const [title, part, columns] of RECORDED) {
      const rows = engines[engine][part] ?? {};
      const lines = peers.filter((/** @type {any} */ peer) => columns.some(([row]) => rows[row]?.[peer.name] !== undefined));
      if (lines.length === 0) continue;
      add(`${title}, ${nameOf(engine)}`, ["", ...columns.map(([, name]) => name), "isolates"], lines.map((/** @type {any} */ peer) =>
        [peer.title, ...columns.map(([row]) => cell(rows[row] ?? {}, peer.name, time)), peer.isolates]));
    }
  }
  const { memory = {}, start = {} } = engines.chromium ?? {};
  const bytes = (/** @type {number} */ n) => `${digits(n)} B`;
  add("Memory for each of 50,000 keys, start and size", ["", "a number", "a small object", "start, cold", "loaded, brotli", "version"], peers.map((/** @type {any} */ peer) => [
    peer.title,
    cell(memory.number ?? {}, peer.name, bytes),
    cell(memory["small object"] ?? {}, peer.name, bytes),
    cell(start["to the first value"] ?? {}, peer.name, (ms) => `${digits(ms)} ms`),
    peer.brotli ? `${digits(peer.brotli / 1024)} KiB` : "–",
    peer.version ?? "–",
  ]));
}
