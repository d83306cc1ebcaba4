// What lifetime.go and isolation.go do in a page with the script tag, called by name as in "life.use". It stays within the public API, but
// for the captured memory.

const tabstate = /** @type {any} */ (globalThis).tabstate;
const captured = /** @type {any[]} */ (/** @type {any} */ (globalThis).captured);
const id = new URLSearchParams(location.search).get("id") ?? "";

/** @type {any} */
let session;
/** @type {string[]} */
const heard = [];
/** Whether the page was shown from the back-forward cache, each time it was shown. @type {boolean[]} */
const shown = [];
let ticks = 0;
addEventListener("pageshow", ({ persisted }) => shown.push(persisted));

const started = tabstate.ready.then(async (/** @type {any} */ opened) => {
  session = opened;
  const held = session.snapshot();
  session.subscribe("mark", (/** @type {any} */ value) => heard.push(value));
  setInterval(() => ticks++, 10);
  // The test may not reach this page by its driver: frames, and tabs that the driver has lost.
  if (id !== "") await fetch(`opened?id=${encodeURIComponent(id)}`, { method: "POST", body: held });
  if (parent !== self) parent.postMessage({ held, stores: stores() }, "*");
});

function stores() {
  try {
    return sessionStorage.length;
  } catch {
    return -1; // an origin of its own has none
  }
}

/** Looks for ASCII text in the module's memory. */
function inMemory(/** @type {string[]} */ texts) {
  const bytes = new Uint8Array(captured[0].mem.buffer);
  const found = new Set();
  const wanted = texts.map((text) => [...new TextEncoder().encode(text)]);
  for (let at = bytes.indexOf(wanted[0][0]); at >= 0; at = bytes.indexOf(wanted[0][0], at + 1)) {
    for (const [i, codes] of wanted.entries()) if (codes.every((code, j) => bytes[at + j] === code)) found.add(texts[i]);
  }
  return texts.map((text) => found.has(text));
}

/** A frame with the address; resolves when the page in it has opened its session. */
async function frame(/** @type {string} */ address, sandbox = "") {
  const el = document.createElement("iframe");
  if (sandbox !== "") el.setAttribute("sandbox", sandbox);
  const message = new Promise((done) => addEventListener("message", (event) => event.source === el.contentWindow && done(event.data)));
  el.src = address;
  document.body.append(el);
  return { el, said: /** @type {any} */ (await message) };
}

const opens = { opener: "", noopener: "noopener" };
for (const [name, features] of Object.entries(opens)) {
  document.getElementById(name)?.addEventListener("click", () => void open(`page.html${location.search.replace(/id=[^&]*/, `id=${name}`)}`, "_blank", features));
}

/** @type {WeakRef<object> | undefined} */
let kept;

/** @type {any} */ (globalThis).life = {
  async start() {
    await started;
    // The fields' own first value is an empty text.
    return { status: session.status, keys: [...session].filter(([, value]) => value !== "").map(([key]) => key), stores: stores(), isolated: crossOriginIsolated };
  },
  write: (/** @type {string} */ value) => void session.set("mark", value),
  read: () => session.get("mark") ?? null,
  store: (/** @type {string} */ text) => sessionStorage.setItem("own", text),
  history: () => ({ shown, heard, ticks }),
  opener: () => /** @type {any} */ (opener)?.tabstate.session.get("mark") ?? null,

  /** Brings the text, each time with another ending, into everything that a session holds, and says under which endings. */
  async use(/** @type {string} */ text) {
    const of = (/** @type {string} */ ending) => `${text}-${ending}`;
    session.set("value", of("value")).set(of("key"), 1);
    session.set("object", { [of("member")]: { deep: [of("element")] } });
    kept = new WeakRef(session.get("object"));
    session.scope("scope").set("x", of("scope"));
    session.restore(JSON.stringify({ ...session.toJSON(), restored: of("restored") }));
    session.set("undone", of("undone")).undo();
    session.set("deleted", of("deleted")).delete("deleted");
    try {
      session.batch(() => {
        session.set("rolled back", of("rolledback"));
        throw new Error("back");
      });
    } catch { /* as meant */ }
    session.computed("computed", ["value"], (/** @type {any} */ value) => `${value} ${of("computed")}`);
    session.get("computed");
    session.set("reference", Object.assign(() => 1, { text: of("reference") }));
    session.enforcement = "report";
    session.enforcement = "off";
    session.subscribe(() => {});
    return ["value", "key", "member", "element", "scope", "restored", "undone", "deleted", "rolledback"].map(of);
  },
  inMemory,
  /** Bytes of the memory, and how many of them are not 0. */
  memory() {
    const words = new Float64Array(captured[0].mem.buffer);
    let set = 0;
    for (let i = 0; i < words.length; i++) if (words[i] !== 0) set++;
    return { bytes: words.length * 8, set };
  },
  /** Calls whatever the session, its scope and its views offer, and says what was thrown, by class and code, and which members threw nothing. */
  async afterwards() {
    const schema = { "~standard": { validate: () => ({}) } };
    /** What members are called with, where a key is not it. @type {Record<string, unknown[]>} */
    const given = {
      mutate: ["a", () => 1], update: [{}], init: [{}], batch: [() => 1], turn: [() => 1], rerun: [() => 1], onDispose: [() => 1], restore: ["{}"], forEach: [() => 1],
      subscribe: ["a", () => 1], computed: ["c", [], () => 1], validator: ["a", schema], callback: ["c", () => 1], bind: [document.body],
      addEventListener: ["a", () => 1], removeEventListener: ["a", () => 1],
    };
    /** @type {Record<string, number>} */
    const thrown = {};
    const silent = [];
    for (const [name, target, members] of [["session", session, Reflect.ownKeys(session)], ["scope", this.scope, Reflect.ownKeys(this.scope)], ["view", this.view, ["length", "0", "push"]]]) {
      for (const member of members) {
        try {
          const value = target[member];
          if (typeof value === "function") await value.apply(target, given[member] ?? ["a"]);
          else if (member === "state") void value.a;
          silent.push(`${name}.${String(member)}`);
        } catch (/** @type {any} */ error) {
          const kind = `${error.name} ${error.code}`;
          if (error.name !== "SessionDestroyedError") silent.push(`${name}.${String(member)}: ${error}`);
          thrown[kind] = (thrown[kind] ?? 0) + 1;
        }
      }
    }
    return { thrown, silent };
  },
  /** @type {any} */
  scope: null,
  /** @type {any} */
  view: null,
  hold() {
    session.set("list", [1, 2]);
    this.scope = session.scope("scope");
    this.view = session.state.list;
  },
  destroy: () => session.destroy(),
  status: () => session.status,
  /** Whether an object that was read from the session is still in the JavaScript heap. */
  kept: () => kept?.deref() !== undefined,

  /** Whether both sessions, this page's and that of a frame, are each their own; what was in the frame's; and what of it this page can reach. */
  async frame(/** @type {string} */ address, sandbox = "") {
    session.set("mark", "outside");
    const { el, said } = await frame(address, sandbox);
    let reached;
    try {
      const inner = /** @type {any} */ (el.contentWindow).tabstate.session;
      inner.set("mark", "inside");
      reached = inner.get("mark");
    } catch (/** @type {any} */ error) {
      reached = error.name;
    }
    return { ...said, reached, own: session.get("mark") };
  },

  /** Everything the browser stores for the origin, as one text. */
  async stored() {
    const parts = [{ ...sessionStorage }, { ...localStorage }, document.cookie, await indexedDB.databases()];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) parts.push([name, request.url, await (await caches.match(request))?.text()]);
    }
    return JSON.stringify(parts);
  },
  /** Writes a text into a database, on disk. */
  keepOnDisk: (/** @type {string} */ text) => new Promise((done, failed) => {
    const opening = indexedDB.open("control");
    opening.onupgradeneeded = () => opening.result.createObjectStore("texts");
    opening.onsuccess = () => {
      const writing = opening.result.transaction("texts", "readwrite", { durability: "strict" });
      writing.objectStore("texts").put(text, "text");
      writing.oncomplete = () => {
        opening.result.close();
        done(true);
      };
      writing.onerror = failed;
    };
  }),
  forget: () => new Promise((done) => { indexedDB.deleteDatabase("control").onsuccess = () => done(true); }),
};
const life = /** @type {any} */ (globalThis).life;
