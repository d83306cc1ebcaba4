// @ts-check
// open(): one session for the page, shared by every copy of the runtime in it, and separate ones for who asks (rule 44).

import { runtime } from "./runtime.js";
import { REFUSED, checkModule, createPort } from "./abi.js";
import { createEvents } from "./events.js";
import { keepOf } from "./keep.js";
import { watchLeave } from "./leave.js";
import { instantiate, loadGlue, loadModule } from "./load.js";
import { MODES, coreOf, createSession } from "./session.js";
import { createHtml } from "./html/bind.js";
import { refusalError } from "./refusal.js";
import { typeOf } from "./arguments.js";
import { SessionOpenError } from "./errors.js";

const LIMITS = ["keyBytes", "depth", "valueBytes", "entries", "totalBytes"];
const OPTIONS = ["enforce", "limits", "history", "separate", "keep", "app", "worker", "wipeOnHide", "debug", "wasm", "glue", "integrity"];

/** @typedef {{enforce: number, limits: number[], history: [steps: number, bytes: number], keep: boolean, app: string, worker: string, wipeOnHide: boolean, debug: boolean,
 *   module: {url: string, integrity: string} | null, glue: any}} Settings */

/** @type {{opened: Promise<any> | null, session: any, settings: string}} the page's session, known to every copy of this file */
const page = /** @type {any} */ (globalThis)[Symbol.for("tabstate.page")] ??= { opened: null, session: null, settings: "" };

/** The page's session, null until it is open. */
export function pageSession() {
  return page.session;
}

export async function open(/** @type {any} */ options = {}) {
  const settings = settingsOf(options);
  if (options.separate) return start(settings, null);
  const asked = JSON.stringify(settings);
  if (page.opened) {
    if (Object.keys(options).length > 0 && asked !== page.settings) {
      throw new SessionOpenError("the page's session is open already, with other options. Use the same options, or open({ separate: true }) for a session of its own", {
        code: "session-open", hint: "Use the same options, or open({ separate: true })",
      });
    }
    return page.opened;
  }
  page.settings = asked;
  const opened = page.opened = start(settings, () => {
    if (page.opened === opened) page.opened = page.session = null;
  });
  try {
    page.session = await opened;
  } catch (error) {
    if (page.opened === opened) page.opened = null;
    throw error;
  }
  return page.session;
}

/** @returns {Settings} */
function settingsOf(/** @type {any} */ options) {
  if (typeof options !== "object" || options === null) throw usage(`open() takes an object of options, not ${typeOf(options)}`);
  for (const name of Object.keys(options)) if (!OPTIONS.includes(name)) throw usage(`open() has no option ${JSON.stringify(name)}. It has ${OPTIONS.join(", ")}`);
  const { enforce = false, limits = {}, history = false, keep = "none", app = "", worker = "", wipeOnHide = false, debug = false, separate = false, wasm, glue, integrity = "" } = options;
  const mode = typeof enforce === "boolean" ? (enforce ? 2 : 0) : MODES.indexOf(enforce);
  if (mode < 0) throw usage(`enforce is true, false, "off", "report" or "enforce", not ${JSON.stringify(enforce)}`);
  for (const name of Object.keys(limits)) if (!LIMITS.includes(name)) throw usage(`there is no limit ${JSON.stringify(name)}. There are ${LIMITS.join(", ")}`);
  if (keep !== "none" && keep !== "navigation") throw usage(`keep is "none" or "navigation", not ${JSON.stringify(keep)}`);
  if (keep === "navigation" && separate) throw usage('keep: "navigation" is for the page\'s session, not for a separate one');
  if (typeof app !== "string" || !/^[\w-]{0,64}$/.test(app)) throw usage(`app is up to 64 letters, digits, - and _, not ${JSON.stringify(app)}`);
  if (typeof worker !== "string") throw usage("worker is the address of tabstate-worker.js");
  if (typeof wipeOnHide !== "boolean") throw usage("wipeOnHide is true or false");
  if (typeof debug !== "boolean") throw usage("debug is true or false");
  if ((wasm === undefined) !== (glue === undefined)) throw usage("wasm and glue go together: a module of your own runs only with the wasm_exec.js of the Go that compiled it");
  if (typeof integrity !== "string" || integrity !== "" && !/^sha256-[\w+/]{43}=$/.test(integrity)) throw usage('integrity is "sha256-" and a digest in base64');
  const module = wasm === undefined ? null : { url: addressOf(wasm, "wasm"), integrity };
  return { module, glue: typeof glue === "object" && typeof glue?.createGo === "function" ? glue : glue === undefined ? null : addressOf(glue, "glue"), enforce: mode, limits: LIMITS.map((name) => limits[name] ?? 0), history: historyOf(history), keep: keep === "navigation", app, worker, wipeOnHide, debug };
}

function addressOf(/** @type {unknown} */ value, /** @type {string} */ name) {
  if (typeof value !== "string" && !(value instanceof URL) || value === "") throw usage(`${name} is an address, not ${typeOf(value)}`);
  try {
    return new URL(value, globalThis.document?.baseURI ?? import.meta.url).href;
  } catch {
    throw usage(`${name} is no address: ${JSON.stringify(value)}`);
  }
}

/** @returns {[steps: number, bytes: number]} */
function historyOf(/** @type {any} */ history) {
  if (history === false) return [0, 0];
  const { steps = 100, bytes = 0, ...rest } = history === true ? {} : history ?? { unknown: history };
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined || typeof history !== "object" && history !== true) throw usage("history is true, false, or { steps, bytes }");
  return [steps, bytes];
}

function usage(/** @type {string} */ message) {
  return new SessionOpenError(message, { code: "option-invalid" });
}

/** @param {(() => void) | null} onEnd given for the page's session */
async function start(/** @type {Settings} */ settings, onEnd) {
  const keep = settings.keep && typeof document === "object" ? keepOf(settings.app, settings.worker) : null;
  const [module, { glue, go }] = await Promise.all([
    loadModule(settings.module ?? (settings.debug ? runtime.debug : runtime)),
    loadGlue(settings.glue).then((glue) => ({ glue, go: glue.createGo({ write: createOutput() }) })),
    keep?.claim(),
  ]);
  // What a program of the page's own asks the page for. None of it throws: that would tear the program's stack.
  /** @type {ReturnType<typeof import("./program.js").createProgram> | null} */
  let own = null;
  go.importObject.tabstate = { wake: () => own?.wake(), resume: () => go._resume(), offer: (/** @type {number} */ on) => own?.offer(on !== 0) };
  checkModule(module, go.importObject, glue.go);
  const instance = await instantiate(module, go.importObject);
  /** @type {ReturnType<typeof createSession> | undefined} */
  let opened;
  /** @type {import("./abi.js").Port} */
  let port;
  go.exit = () => {
    if (port) {
      try {
        port.crash(new Error("the program ended"));
      } catch {
        // crash() tells the session, and throws for callers; here there is none.
      }
    }
  };
  go.run(instance).catch((/** @type {unknown} */ error) => console.error(error));
  port = createPort(instance, go, settings.debug ? null : runtime.debug, (error) => opened?.crashed(error));
  const seed = crypto.getRandomValues(new Uint32Array(2));
  // A call that is not made spares V8 the functions that it would call for the first time.
  const asked = (/** @type {number[]} */ numbers) => numbers.some((n) => n !== 0);
  if (port.open(settings.enforce, seed) === REFUSED || asked(settings.limits) && port.setLimits(settings.limits) === REFUSED
    || asked(settings.history) && port.setHistory(...settings.history) === REFUSED) throw refusalError(port.refusal());
  const events = createEvents(onEnd && typeof document === "object" ? document : null);
  const created = opened = createSession(port, events, settings.enforce, () => {
    stopWatching();
    keep?.end();
    onEnd?.();
  });
  const { session, dispose, program } = created;
  const stopWatching = watchLeave(session, settings.wipeOnHide, dispose, events.reportError);
  // What was handed over, and what the program begins with, is no step that undo() could take back.
  if (keep || program) port.setHistory(0, 0);
  keep?.follow(session, port.advance, events.reportError);
  own = program;
  own?.start();
  if ((keep || program) && /** @type {any} */ (session).status === "open") port.setHistory(...settings.history);
  if (onEnd && typeof document === "object") Object.assign(session, createHtml(session, coreOf(session)));
  return session;
}

/** What the program prints goes to the console, line by line: the trace of a crash, never a value of the session. */
function createOutput() {
  let rest = "";
  return (/** @type {string} */ text) => {
    const lines = (rest + text).split("\n");
    rest = /** @type {string} */ (lines.pop());
    for (const line of lines) console.error(line);
  };
}
