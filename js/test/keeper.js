// @ts-check
// The script of the pages that host/scenario/keep.go moves between: opens a session with keep, shows what it holds, and offers by name, as
// in "keeper.write", what the tests do there. The address has the options of open() as JSON in ?options=, and the runtime's in ?from=.

const query = new URLSearchParams(location.search);
const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
for (const link of document.querySelectorAll("a")) link.search = location.search;

/** What happened in this page: the changes heard, and whether it came from the back-forward cache. */
const history = { shown: /** @type {boolean[]} */ ([]), heard: /** @type {string[][]} */ ([]), errors: /** @type {string[]} */ ([]) };
addEventListener("pageshow", ({ persisted }) => history.shown.push(persisted));
document.addEventListener("session-error", (event) => {
  event.preventDefault();
  history.errors.push(/** @type {CustomEvent} */ (event).detail.error.code);
});

/** @type {any} */
let session;
const options = { keep: "navigation", ...JSON.parse(query.get("options") ?? "{}") };
const runtime = import(`${query.get("from") ?? new URL("../../", import.meta.url)}tabstate/tabstate.js`);

function show() {
  const text = session.snapshot({ references: "omit" });
  part("state").textContent = text.length > 1000 ? `${text.length} characters` : text;
}

async function start() {
  const { open } = await runtime;
  session = await open(options);
  session.subscribe((/** @type {any[]} */ changes) => {
    history.heard.push(...changes.map(({ key, origin }) => [key, origin]));
    show();
  });
  show();
}

/** @type {any} */ (globalThis).keeper = {
  history: () => history,
  write: (/** @type {string} */ key, /** @type {unknown} */ value) => void session.set(key, value),
  refer: (/** @type {string} */ key) => void session.set(key, () => key),
  fill: (/** @type {string} */ key, /** @type {number} */ bytes) => void session.set(key, "x".repeat(bytes)),
  writeOn: (/** @type {string} */ type, /** @type {string} */ key) => addEventListener(type, () => void session.set(key, true)),
  undo: () => session.undo(),
  version: () => session.stats().version,
  status: () => session.status,
  /** Opens again after the session ended. */
  start,
  /** Goes elsewhere, after a while, without waiting for it. */
  go: (/** @type {string} */ address, after = 0) => void setTimeout(() => { location.href = new URL(address, location.href).href; }, after),
  /** Writes once a ticket has been there and gone again, and then has the server answer for slow.html. */
  writeWhenWithdrawn(/** @type {string} */ key, /** @type {unknown} */ value) {
    let given = false;
    const timer = setInterval(() => {
      given ||= sessionStorage.length > 0;
      if (!given || sessionStorage.length > 0) return;
      clearInterval(timer);
      session.set(key, value);
      navigator.sendBeacon("answer");
    }, 10);
  },
  /** Remembers this page's tickets in the window's name, as a copy of the tab would have them. */
  copyTickets: () => addEventListener("beforeunload", () => { window.name = JSON.stringify({ ...sessionStorage }); }),
  copiedTickets: () => JSON.parse(window.name || "{}"),
  activated: () => /** @type {any} */ (performance.getEntriesByType("navigation")[0]).activationStart > 0,

  /** Everything the browser stores for this origin, as one text, and the scopes of its service workers. */
  async stored() {
    const databases = await indexedDB.databases();
    const cached = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) cached.push(request.url);
    }
    return {
      session: { ...sessionStorage }, local: { ...localStorage }, cookies: document.cookie, databases: databases.map(({ name }) => name), cached,
      scopes: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
    };
  },
  /** Writes a text into a database, on disk. */
  store: (/** @type {string} */ text) => new Promise((done, failed) => {
    const opening = indexedDB.open("control");
    opening.onupgradeneeded = () => opening.result.createObjectStore("texts");
    opening.onsuccess = () => {
      const writing = opening.result.transaction("texts", "readwrite", { durability: "strict" });
      writing.objectStore("texts").put(text, "text");
      writing.oncomplete = () => done(true);
      writing.onerror = failed;
    };
  }),
};

start().catch((error) => {
  part("state").textContent = `${error.name}: ${error.message}`;
});
