// @ts-check
// keep: "navigation" and the end of a page, as far as one page can show it; host/scenario/keep.go moves between pages.

import { open } from "../index.js";
import { beforeWipe } from "../leave.js";
import { runtime } from "../runtime.js";
import { equal, fail, rejects, same, test } from "./harness.js";
import { openCaptured, sessionTest } from "./sessions.js";

/** What the browser does when the page goes; the page stays, of course. */
function hide(persisted = false) {
  dispatchEvent(new PageTransitionEvent("pagehide", { persisted }));
}

for (const [options, says] of /** @type {[any, RegExp][]} */ ([
  [{ keep: "session" }, /"none" or "navigation", not "session"/],
  [{ keep: true }, /not true/],
  [{ keep: "navigation", separate: true }, /not for a separate one/],
  [{ app: "a/b" }, /letters, digits/],
  [{ app: ".." }, /letters, digits/],
  [{ app: "a".repeat(65) }, /up to 64/],
  [{ app: 1 }, /letters, digits/],
  [{ worker: 1 }, /address/],
  [{ wipeOnHide: "yes" }, /true or false/],
])) {
  test(`rule 46: open(${JSON.stringify(options)}) is refused`, () => rejects(open(options), { code: "option-invalid", message: says }));
}

sessionTest("rule 48: onDispose runs once, when the page goes for good", (session) => {
  let runs = 0, cancelled = 0;
  session.onDispose(() => { runs++; });
  session.onDispose(() => { cancelled++; })();
  hide(true);
  same(runs, 0, "in the back-forward cache");
  hide();
  same(runs, 1);
  same(session.status, "open", "only the page's end is certain");
  hide();
  session.destroy();
  same(runs, 1);
  same(cancelled, 0);
});

sessionTest("rule 48: one that throws stops no other", (session) => {
  /** @type {string[]} */
  const ran = [];
  session.addEventListener("session-error", (/** @type {CustomEvent} */ event) => {
    event.preventDefault();
    ran.push(event.detail.error.message);
  });
  session.onDispose(() => { throw new Error("on purpose"); });
  session.onDispose(() => { ran.push("second"); });
  hide();
  equal(ran, ["on purpose", "second"]);
});

for (const persisted of [true, false]) {
  test(`rule 45: wipeOnHide overwrites the memory, persisted ${persisted}`, async () => {
    const { session, memory } = await openCaptured({ wipeOnHide: true });
    const marker = "wiped-when-hidden";
    session.set("secret", marker);
    const holds = () => new TextDecoder("latin1").decode(memory.buffer).includes(marker);
    same(holds(), true, "the marker is in memory before");
    /** @type {unknown[]} */
    const seen = [];
    beforeWipe(session, () => seen.push("cancelled"))();
    beforeWipe(session, () => seen.push(session.get("secret")));
    session.onDispose(() => seen.push(session.status));
    hide(persisted);
    equal(seen, [marker, "destroyed"], "what is put back can still read");
    same(holds(), false);
    same(session.status, "destroyed");
  });
}

sessionTest("rule 45: without wipeOnHide the session stays as it is", (session) => {
  session.set("x", 1);
  hide(true);
  same(session.get("x"), 1);
});

// --- The worker, spoken to directly ----------------------------------------------------------------------------------

const pause = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("test", { createScriptURL: (/** @type {string} */ url) => url });

/** Registers the worker under a scope of its own. */
async function startWorker(/** @type {string} */ scope, expires = 10_000) {
  const url = new URL(`../tabstate-worker.js?expires=${expires}`, import.meta.url).href;
  const registration = await navigator.serviceWorker.register(policy?.createScriptURL(url) ?? url, { scope: new URL(`../${scope}/`, import.meta.url).href });
  const worker = /** @type {ServiceWorker} */ (registration.installing ?? registration.active);
  return {
    tell: (/** @type {any} */ message, /** @type {Transferable[]} */ ports = []) => worker.postMessage(message, ports),
    ask: (/** @type {any} */ message) => new Promise((answer) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => answer(data);
      worker.postMessage(message, [port2]);
    }),
  };
}

const handover = (/** @type {string} */ ticket, lineage = "L", version = 1, snapshot = "{}") => ({ ticket, lineage, version, reached: 7, snapshot });

test("rule 46: a ticket is good once, and what it got is dropped when it was received", async () => {
  const { tell, ask } = await startWorker("keep-once");
  tell(handover("t", "L", 1, '{"x":1}'));
  equal(await ask({ claim: "t", lineage: "", version: -1, next: "n" }), { lineage: "L", version: 1, reached: 7, snapshot: '{"x":1}' });
  same(await ask({ claim: "t", lineage: "", version: -1, next: "m" }), null, "a copy of the ticket");
  equal(await ask({ claim: "n", lineage: "", version: -1, next: "o" }), { lineage: "L", version: 1, reached: 7, snapshot: '{"x":1}' }, "the page left before it had it");
  tell({ withdraw: "n" });
  same((await ask({ claim: "o", lineage: "", version: -1, next: "p" })).version, 1, "an older page's receipt");
  tell({ withdraw: "p" });
  same(await ask({ claim: "p", lineage: "L", version: -1, next: "q" }), null, "received");
});

test("rule 46: by lineage a page gets what is newer than its own", async () => {
  const { tell, ask } = await startWorker("keep-lineage");
  tell(handover("t", "L", 5));
  same(await ask({ claim: null, lineage: "other", version: 0, next: "n" }), null);
  same((await ask({ claim: null, lineage: "L", version: 4, next: "n" })).version, 5);
  tell(handover("u", "L", 3));
  same((await ask({ claim: "u", lineage: "", version: -1, next: "v" })).version, 5, "the page left before it had the newer");
  tell(handover("w", "L", 7));
  same(await ask({ claim: null, lineage: "L", version: 7, next: "n" }), null, "its own");
  same(await ask({ claim: "w", lineage: "", version: -1, next: "n" }), null, "dropped");
});

test("rule 46: what was withdrawn or not claimed in time is gone", async () => {
  const { tell, ask } = await startWorker("keep-expiry", 1000);
  const claim = (/** @type {string} */ ticket) => ask({ claim: ticket, lineage: "", version: -1, next: "n" });
  tell(handover("a", "A"));
  tell(handover("b", "B"));
  tell({ withdraw: "a" });
  same(await claim("a"), null);
  await pause(600);
  tell(handover("c", "C"));
  const held = (/** @type {string} */ ticket) => ask({ claim: ticket, lineage: "", version: -1, next: ticket });
  let b, c, before, now = performance.now();
  do {
    await pause(10);
    [b, c] = await Promise.all([held("b"), held("c")]);
    [before, now] = [now, performance.now()];
  } while (b !== null);
  // Where the worker had no turn for so long that the times of both were over, nothing can be said.
  if (now - before < 400) same(c?.version, 1, "the time of one is not that of another");
  while (await held("c") !== null) await pause(10);
});

test("rule 46: more follows by the port", async () => {
  const { tell, ask } = await startWorker("keep-port");
  const { port1, port2 } = new MessageChannel();
  tell(handover("t", "L", 1), [port2]);
  port1.postMessage(handover("t", "L", 2));
  while ((await ask({ claim: "t", lineage: "", version: -1, next: "t" })).version < 2) await pause(10);
});

test("rule 46: two scopes share nothing, and messages of another kind are passed over", async () => {
  const one = await startWorker("keep-one"), two = await startWorker("keep-two");
  for (const message of [null, 1, "text", [], {}, { withdraw: "?" }, { snapshot: 1 }]) one.tell(message);
  one.tell(handover("t", "L"));
  same(await two.ask({ claim: "t", lineage: "L", version: -1, next: "n" }), null);
  same((await one.ask({ claim: "t", lineage: "", version: -1, next: "n" })).version, 1);
});

// --- A page's session ------------------------------------------------------------------------------------------------

test("rule 46: a leave that does not happen, and destroy(), withdraw; the ticket names the site", async () => {
  const worker = new URL("../tabstate-worker.js", import.meta.url).href;
  const options = /** @type {any} */ ({ keep: "navigation", app: "unit", worker });
  const scope = new URL("../tabstate-keep-unit/", import.meta.url);
  await startWorker("tabstate-keep-unit"); // one of another version
  const session = await open(options);
  const current = worker + new URL(runtime.worker).search;
  /** @type {ServiceWorker | null | undefined} */
  let active;
  for (let tries = 0; active?.scriptURL !== current; tries++) {
    if (tries > 3000) fail("the worker of this version was not registered");
    await pause(10);
    ({ active } = /** @type {ServiceWorkerRegistration} */ (await navigator.serviceWorker.getRegistration(scope.href)));
  }
  session.set("secret", "a value");
  dispatchEvent(new Event("beforeunload"));
  equal(Object.keys(sessionStorage), [`tabstate:${scope.pathname}`]);
  const [ticket] = Object.values(sessionStorage);
  if (!/^[0-9a-f-]{36}$/.test(ticket)) fail(`a ticket is random: ${ticket}`);
  session.destroy();
  equal(Object.keys(sessionStorage), []);
  const claim = () => new Promise((answer) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => answer(data);
    /** @type {ServiceWorker} */ (active).postMessage({ claim: ticket, lineage: "", version: -1, next: "" }, [port2]);
  });
  same(await claim(), null);

  const again = await open(options);
  equal(again.snapshot(), "{}", "what was destroyed does not come back");
  again.set("x", 1);
  dispatchEvent(new Event("beforeunload"));
  await pause(2300);
  equal(Object.keys(sessionStorage), []);
  again.destroy();
});
