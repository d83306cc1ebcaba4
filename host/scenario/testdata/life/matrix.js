// Every place in which the session calls code of the page, with everything that code may do wrong there: it throws, it comes back in, it
// ends the session. Called by name as in "matrix.run".

const tabstate = /** @type {any} */ (globalThis).tabstate;
const captured = /** @type {any[]} */ (/** @type {any} */ (globalThis).captured);

/** An object on which nothing can be done. */
const bomb = new Proxy(function () {}, Object.fromEntries(
  ["get", "set", "has", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor", "defineProperty", "deleteProperty", "apply", "construct"].map((trap) => [trap, () => { throw new Error(`trap ${trap}`); }]),
));

/** What code of the page does wrong: by name. `s` is the session, `door` does again what led here. @type {Record<string, (s: any, door: () => unknown) => unknown>} */
const DEEDS = {
  "throws an Error": () => { throw new Error("thrown"); },
  "throws undefined": () => { throw undefined; },
  "throws null": () => { throw null; },
  "throws what cannot be looked at": () => { throw bomb; },
  "throws what has no prototype": () => { throw Object.create(null); },
  "throws an error of the session": (s) => s.require("missing"),
  "returns what cannot be looked at": () => bomb,
  "returns a promise that rejects": () => { const p = Promise.reject(new Error("later")); p.catch(() => {}); return p; },
  "writes the same key": (s) => void s.set("a", (s.get("a", 0) + 1) % 3),
  "writes another key": (s) => void s.set("b", { again: [1] }),
  "deletes the key": (s) => void s.delete("a"),
  "clears": (s) => void s.clear(),
  "restores": (s) => void s.restore('{"a":7,"z":[1,2]}'),
  "resets": (s) => void s.reset(),
  "undoes": (s) => void s.undo(),
  "batches and rolls back": (s) => { try { s.batch(() => { s.set("a", 99); throw new Error("back"); }); } catch { /* as meant */ } },
  "begins a turn": (s) => void s.turn(() => s.set("t", 1)),
  "changes the mode": (s) => { s.enforcement = "enforce"; s.enforcement = "off"; },
  "mutates": (s) => { if (s.get("list")) s.mutate("list", (/** @type {any} */ l) => { l.push(0); }); },
  "subscribes and ends it": (s) => s.subscribe("a", () => {})(),
  "does the same again": (_, door) => void door(),
  "recurses until the stack ends": function deeper(s) { s.get("a"); return deeper(s), 0; },
  "reads everything": (s) => void [s.snapshot(), [...s], s.stats(), s.validate(), JSON.stringify(s)],
  "destroys": (s) => void s.destroy(),
  "destroys and throws": (s) => { s.destroy(); throw new Error("after"); },
};

const schema = (/** @type {() => any} */ validate) => ({ "~standard": { version: 1, vendor: "matrix", validate } });

/**
 * Where code of the page is called: `set up`, which gives the function that ends it, and the door through which it is reached. Atomic: what it
 * throws leaves everything as it was.
 * @type {Record<string, {up?: (s: any, deed: () => any) => (() => unknown) | void, door: (s: any, deed: () => any) => unknown, atomic?: boolean}>}
 */
const PLACES = {
  "a listener of a key": { up: (s, deed) => s.subscribe("a", deed), door: (s) => s.set("a", s.get("a", 0) + 10) },
  "a listener of keys": { up: (s, deed) => s.subscribe(["a", "b"], deed), door: (s) => s.update({ a: s.get("a", 0) + 10, b: 5 }) },
  "a listener of all": { up: (s, deed) => s.subscribe(deed), door: (s) => s.delete("b") },
  "an immediate listener": { door: (s, deed) => s.subscribe("a", deed, { immediate: true })() },
  "a listener of a batch": { up: (s, deed) => s.subscribe("b", deed), door: (s) => s.batch(() => { s.set("a", 4); s.set("b", s.get("a")); s.delete("list"); }) },
  "a listener of a restore": { up: (s, deed) => s.subscribe("list", deed), door: (s) => s.restore('{"list":[3],"a":2}') },
  "a listener of an undo": { up: (s, deed) => s.subscribe("a", deed), door: (s) => { s.set("a", 31); s.undo(); } },
  "a listener of a computed value": { up: (s, deed) => { const a = s.computed("c", ["a"], (/** @type {any} */ v) => v); const b = s.subscribe("c", deed); return () => { b(); a(); }; }, door: (s) => s.set("a", s.get("a", 0) + 10) },
  "a computed value": { up: (s, deed) => s.computed("c", ["a"], deed), door: (s) => s.get("c") },
  "a computed value that is listened to": { up: (s, deed) => { const a = s.computed("c", ["a"], deed); const b = s.subscribe("c", () => {}); return () => { b(); a(); }; }, door: (s) => s.set("a", s.get("a", 0) + 10) },
  "a validator": { up: (s, deed) => s.validator("a", schema(deed)), door: (s) => s.set("a", s.get("a", 0) + 10), atomic: true },
  "a validator's list of issues": { up: (s, deed) => s.validator("a", schema(() => ({ get issues() { return deed(); } }))), door: (s) => s.set("a", s.get("a", 0) + 10), atomic: true },
  "a validator of an update": { up: (s, deed) => s.validator("b", schema(deed)), door: (s) => s.update({ a: 1234, b: 6 }), atomic: true },
  "a validator of a restore": { up: (s, deed) => s.validator("b", schema(deed)), door: (s) => s.restore('{"a":1,"b":{"x":1}}'), atomic: true },
  "a getter of a value": { door: (s, deed) => s.set("a", { x: 1, get y() { return deed(); } }), atomic: true },
  "a getter deep in an update": { door: (s, deed) => s.update({ b: 3, a: { list: [{ get y() { return deed(); } }] } }), atomic: true },
  "a Proxy as a value": { door: (s, deed) => s.set("a", new Proxy({ x: 1 }, { get: deed, ownKeys: () => (deed(), ["x"]) })), atomic: true },
  "a Proxy that says what it is": { door: (s, deed) => s.set("a", new Proxy([1], { getPrototypeOf: () => (deed(), Array.prototype) })), atomic: true },
  "a toJSON getter": { door: (s, deed) => s.set("a", { get toJSON() { return deed(); } }), atomic: true },
  "an iterator of an update": { door: (s, deed) => s.update({ *[Symbol.iterator]() { yield ["b", 8]; deed(); yield ["a", 9]; } }), atomic: true },
  "an iterator of an init": { door: (s, deed) => s.init({ *[Symbol.iterator]() { yield ["new", 8]; deed(); yield ["newer", 9]; } }), atomic: true },
  "a batch": { door: (s, deed) => s.batch(() => { s.set("b", 10); deed(); s.set("a", 11); }), atomic: true },
  "a batch in a batch": { door: (s, deed) => s.batch(() => { s.set("b", 10); try { s.batch(() => { s.set("a", 11); deed(); }); } catch (error) { if (s.status !== "open") throw error; } }) },
  "a mutate": { door: (s, deed) => s.mutate("list", (/** @type {any} */ l) => { l.push(1); deed(); l.push(2); }), atomic: true },
  "a sort of a view": { door: (s, deed) => s.state.list.sort(() => (deed(), 1)), atomic: true },
  "a map of a view": { door: (s, deed) => s.state.list.map(() => deed()) },
  "an own object assigned to a view": { door: (s, deed) => { s.state.list[0] = { get x() { return deed(); } }; }, atomic: true },
  "a forEach": { door: (s, deed) => s.forEach(deed) },
  "an iteration": { door: (s, deed) => { for (const [key] of s) if (key) deed(); } },
  "a turn": { door: (s, deed) => s.turn(() => { s.set("b", 12); deed(); }) },
  "a turn as a transaction": { door: (s, deed) => s.turn(() => { s.set("b", 12); deed(); }, { transaction: true }), atomic: true },
  "a callback": { up: (s, deed) => s.callback("cb", deed), door: (s) => s.call("cb", 1) },
  "a rerun, first": { door: (s, deed) => s.rerun(deed)() },
  "a rerun": { up: (s, deed) => { let first = true; return s.rerun(() => { s.get("a"); if (first) first = false; else deed(); }); }, door: (s) => s.turn(() => s.set("a", s.get("a", 0) + 10)) },
  "a listener of session-error": { up: (s, deed) => { s.addEventListener("session-error", deed, { once: true }); return s.subscribe("a", () => { throw new Error("first"); }); }, door: (s) => s.set("a", s.get("a", 0) + 10) },
  "a listener of session-violation": { up: (s, deed) => { s.enforcement = "report"; s.addEventListener("session-violation", deed, { once: true }); }, door: (s) => s.set("b", () => 1) },
};

for (const [name, { door }] of Object.entries(PLACES)) {
  if (!/getter|Proxy/.test(name)) continue;
  PLACES[`${name}, under enforcement`] = { up: (s) => { s.enforcement = "enforce"; }, door, atomic: true };
}

const START = '{"a":1,"b":{"x":[1,2]},"list":[3,1,2],"text":"kept"}';

/** What an exception says, whatever it is. */
function say(/** @type {any} */ error) {
  try {
    return `${error?.name} ${error?.message}`;
  } catch {
    return "what cannot be looked at";
  }
}

/** What the module holds, read past the cache. */
const truth = (/** @type {any} */ s) => s.snapshot({ references: "omit" });

/** Holds the open session against itself: cache and module agree, nothing is half open, and it works. */
function whole(/** @type {any} */ s) {
  s.enforcement = "off";
  const held = JSON.parse(truth(s));
  const keys = [...s.keys()];
  if (s.size !== keys.length || s.stats().keys !== keys.length) return `size ${s.size} of ${keys}`;
  const references = new Set(s.validate().map((/** @type {any} */ v) => v.key));
  for (const key of keys) {
    const value = s.get(key);
    if (references.has(key)) continue;
    if (JSON.stringify(value) !== JSON.stringify(held[key])) return `${key} is ${JSON.stringify(value)} in the cache, ${JSON.stringify(held[key])} in the module`;
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) return `${key} is not frozen`;
  }
  const told = /** @type {any[]} */ ([]);
  const end = s.subscribe("probe", (/** @type {any} */ value) => told.push(value));
  s.set("probe", "one");
  s.batch(() => { s.set("probe", "two"); s.set("probe", "three"); });
  s.turn(() => s.set("probe", "four"));
  end();
  if (told.join() !== "one,three,four") return `a listener afterwards was told of ${told}`;
  s.delete("probe");
  const { undo } = s.stats();
  if (undo > 0 && s.undo() !== true) return "undo does nothing";
  s.restore(START);
  if (truth(s) !== START) return `a restore afterwards gave ${truth(s)}`;
  return "";
}

/** @type {any[]} what nobody handled */
const stray = [];
let now = "";
for (const type of ["error", "unhandledrejection"]) {
  addEventListener(type, (event) => {
    event.preventDefault();
    // What a listener of an event throws is the browser's to report.
    if (!now.startsWith("a listener of session-")) stray.push(`${now}: ${type}`);
  });
}

/** @type {any} */ (globalThis).matrix = {
  size: () => [Object.keys(PLACES).length, Object.keys(DEEDS).length],

  async run() {
    /** @type {string[]} */
    const faults = [];
    const counts = { tried: 0, thrown: 0, reported: 0, destroyed: 0, crashed: 0 };
    /** @type {any} */
    let s = null;
    let memory = 0;
    const fresh = async () => {
      s = await tabstate.open({ separate: true, history: true });
      s.addEventListener("session-error", (/** @type {Event} */ event) => { event.preventDefault(); counts.reported++; });
      s.addEventListener("session-violation", (/** @type {Event} */ event) => event.preventDefault());
      s.addEventListener("session-crashed", (/** @type {Event} */ event) => { event.preventDefault(); counts.crashed++; });
      s.restore(START);
    };
    await fresh();
    for (const [place, { up, door, atomic }] of Object.entries(PLACES)) {
      for (const [deed, act] of Object.entries(DEEDS)) {
        const what = now = `${place} ${deed}`;
        const fault = (/** @type {string} */ text) => faults.push(`${what}: ${text}`);
        counts.tried++;
        // A deed that did its work is done only so often: what comes back in for ever is another matter, see listener-cycle.
        let times = 0;
        const own = () => { if (++times <= 3) return act(s, () => door(s, own)); };
        const own1 = () => own();
        /** @type {any} */
        let end;
        let before = "", threw = false;
        try {
          end = up?.(s, own1);
        } catch (error) {
          // The place itself called it, and refused.
          threw = true;
        }
        if (s.status === "open") {
          before = truth(s);
          const was = s.stats().version;
          try {
            door(s, own1);
          } catch (error) {
            threw = true;
            counts.thrown++;
          }
          if (s.status === "open" && threw && atomic && /throws|recurses/.test(deed) && truth(s) !== before) fault(`it threw, and ${before} became ${truth(s)}`);
          if (s.status === "open" && s.stats().version < was) fault("the version went back");
          if (s.status === "open" && typeof end === "function") {
            try {
              end();
            } catch (error) {
              fault(`ending it threw ${say(error)}`);
            }
          }
        }
        // What was reported is reported now, what is rejected a little later.
        await null;
        if (s.status === "open") {
          let text;
          try {
            text = whole(s);
          } catch (error) {
            text = `afterwards: ${say(error)}`;
          }
          if (text !== "") {
            fault(text);
            s.destroy();
          }
        } else if (s.status === "destroyed") {
          counts.destroyed++;
          if (!deed.startsWith("destroys")) fault("the session was destroyed");
          for (const use of [() => s.get("a"), () => s.set("a", 1), () => s.batch(() => 1), () => s.snapshot()]) {
            try {
              use();
              fault(`${use} did not throw`);
            } catch (/** @type {any} */ error) {
              if (error.name !== "SessionDestroyedError") fault(`${use} threw ${error}`);
            }
          }
          const bytes = new Uint8Array(captured.at(-1).mem.buffer);
          if (bytes.some((b) => b !== 0)) fault("its memory is not 0");
          memory++;
        } else if (!deed.startsWith("recurses")) fault(`the session ${s.status}`);
        if (s.status !== "open") {
          await new Promise((done) => setTimeout(done));
          captured.length = 0;
          await fresh();
        }
      }
    }
    await new Promise((done) => setTimeout(done, 10));
    s.destroy();
    return { ...counts, memory, faults, stray };
  },
};
