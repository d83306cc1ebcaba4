// @ts-check
// Brings the module into the page: fetched, compiled while it streams, and compared with the digest that was built into
// this bundle before anything of it runs.

import { createGo, early, runtime } from "./runtime.js";
import { SessionOpenError } from "./errors.js";

/** @type {Map<string, Promise<WebAssembly.Module>>} compiled modules, for sessions opened later in the same page */
const compiled = new Map();

/** The fetch begun when the bundle was loaded: good once, since a body is read once, and what failed may work when asked again. */
let begun = early;

/** @typedef {{url: string, integrity: string, pieces?: {bytes: number, integrity: string}}} Wanted with an integrity of "" its digest is not looked at;
 *   pieces: the digests of so many bytes each, and of the rest */

/** @param {Wanted} wanted */
export function loadModule(wanted) {
  if (typeof WebAssembly !== "object") throw openError("module-blocked", "this browser has no WebAssembly, or has it switched off", "Use another browser, or allow this site what lockdown forbids");
  const key = `${wanted.integrity} ${wanted.url}`;
  let module = compiled.get(key);
  if (!module) {
    const own = wanted.url === runtime.url;
    module = load(wanted, own ? begun : undefined);
    if (own) begun = undefined;
    compiled.set(key, module);
    module.catch(() => compiled.delete(key));
  }
  return module;
}

/**
 * Brings what runs a module: that of this bundle, for null, or that of another Go: a module as the build writes it, or its address, or
 * that of a wasm_exec.js as it came.
 *
 * @param {any} glue
 * @returns {Promise<{createGo: (options: {write(text: string): void}) => any, go: string}>}
 */
export async function loadGlue(glue) {
  if (glue === null) return { createGo, go: runtime.go };
  let found = glue;
  if (typeof glue === "string") {
    try {
      found = await import(glue);
    } catch (cause) {
      throw openError("glue-unreachable", `the glue ${glue} could not be loaded`, "Put tabstate-glue.js, or the wasm_exec.js of the Go that compiled the module, at that address", cause);
    }
  }
  if (typeof found.createGo === "function") return { createGo: found.createGo, go: found.go ?? "" };
  const { Go } = /** @type {any} */ (globalThis);
  if (typeof Go !== "function") {
    throw openError("glue-unreachable", `${glue} is no glue: it makes no Go`, "Use tabstate-glue.js, or the wasm_exec.js of the Go that compiled the module");
  }
  return { createGo: () => new Go(), go: "" };
}

/** What differs from what was built is asked for once more, past the browser's cache: that keeps the file for ever, however it came in. */
async function load(/** @type {Wanted} */ wanted, /** @type {Promise<Response> | undefined} */ early) {
  try {
    return await bring(wanted, early);
  } catch (/** @type {any} */ error) {
    if (error.code !== "module-mismatch") throw error;
    return bring(wanted, undefined, "reload");
  }
}

/** @param {Wanted} wanted @param {Promise<Response> | undefined} early @param {RequestCache} [cache] */
async function bring({ url, integrity, pieces }, early, cache) {
  const response = await fetched(url, integrity, early, cache);
  if (!response.ok) {
    throw openError("module-missing", `the server answered ${response.status} for ${url}`, "Put the .wasm file beside tabstate.js, under the name it was built with");
  }
  // Without crypto.subtle (an insecure origin) fetch compared the digest itself.
  const subtle = integrity === "" ? undefined : globalThis.crypto?.subtle;
  const type = response.headers.get("Content-Type") ?? "";
  const streamed = type.startsWith("application/wasm") && response.body !== null;
  const digest = (/** @type {BufferSource} */ bytes) => /** @type {SubtleCrypto} */ (subtle).digest("SHA-256", bytes).then((sum) => `sha256-${base64(sum)}`);
  const shared = subtle && streamed ? share(response, pieces?.bytes ?? Infinity, digest) : null;
  const whole = streamed ? null : response.arrayBuffer();
  const [digests, module] = await Promise.allSettled([
    shared?.digests ?? (subtle ? /** @type {Promise<BufferSource>} */ (whole).then(digest) : null),
    streamed ? WebAssembly.compileStreaming(shared?.response ?? response) : /** @type {Promise<BufferSource>} */ (whole).then((body) => WebAssembly.compile(body)),
  ]);
  if (digests.status === "rejected") {
    throw openError("module-unreachable", `the connection broke while ${url} was loading`, "Try open() again", digests.reason);
  }
  if (subtle && digests.value !== (shared && pieces ? pieces.integrity : integrity)) {
    throw openError("module-mismatch", `${url} (${type || "no type"}) is not the module that this tabstate.js was built with: its digest differs`,
      "Serve tabstate.js and the .wasm file of one build, unchanged");
  }
  if (module.status === "rejected") throw compileError(url, module.reason);
  return module.value;
}

/**
 * The body of a response as it comes, and the digests of its pieces. (With a clone() the module was there 20 ms later: it takes turns in small pieces.)
 *
 * @param {Response} response
 * @param {number} bytes of a piece; the last one may be shorter
 * @param {(piece: BufferSource) => Promise<string>} digest
 */
function share(response, bytes, digest) {
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  /** @type {ReadableStreamDefaultController | null} null when nobody reads it any more */
  let out = null;
  const stream = new ReadableStream({
    start(controller) { out = controller; },
    cancel() { out = null; },
  });
  return { response: new Response(stream, response), digests: readAll() };

  async function readAll() {
    /** @type {Promise<string>[]} */
    const digests = [];
    /** @type {Uint8Array<ArrayBuffer>[]} of the piece that has begun */
    let parts = [];
    let length = 0;
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        let { value } = next;
        out?.enqueue(value);
        while (length + value.length >= bytes) {
          const cut = bytes - length;
          digests.push(digest(join([...parts, value.subarray(0, cut)])));
          value = value.subarray(cut);
          parts = [];
          length = 0;
        }
        parts.push(value);
        length += value.length;
      }
      out?.close();
    } catch (broken) {
      out?.error(broken);
      throw broken;
    }
    if (length > 0) digests.push(digest(join(parts)));
    return (await Promise.all(digests)).join(" ");
  }
}

function join(/** @type {Uint8Array[]} */ parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let length = 0;
  for (const part of parts) {
    whole.set(part, length);
    length += part.length;
  }
  return whole;
}

/** @param {string} url @param {string} integrity @param {Promise<Response> | undefined} early @param {RequestCache} [cache] */
async function fetched(url, integrity, early, cache = "default") {
  try {
    if (early) return await early;
  } catch {
    // What failed when the page loaded may work now.
  }
  try {
    return await fetch(url, integrity === "" || globalThis.crypto?.subtle ? { cache } : { integrity });
  } catch (cause) {
    throw openError("module-unreachable", `${url} could not be fetched, or on an insecure origin had another digest than it was built with`,
      "Look at the network panel: a wrong address, no connection, or another origin without CORS", cause);
  }
}

/** The error for what a policy forbids, undefined for anything else. Chromium and Firefox compile nothing then, WebKit makes no instance. */
function blocked(/** @type {any} */ cause) {
  if (!/Content Security Policy|unsafe-eval|CSP/i.test(String(cause?.message))) return undefined;
  return openError("module-blocked", "the page's Content Security Policy forbids WebAssembly", "Add 'wasm-unsafe-eval' to script-src", cause);
}

function compileError(/** @type {string} */ url, /** @type {any} */ cause) {
  return blocked(cause) ?? openError("module-invalid", `${url} could not be compiled: ${cause?.message ?? cause}`, "Serve the .wasm file unchanged and whole", cause);
}

/** Makes an instance of the compiled module. */
export async function instantiate(/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) {
  try {
    return await WebAssembly.instantiate(module, imports);
  } catch (/** @type {any} */ cause) {
    if (cause instanceof WebAssembly.LinkError) throw openError("module-invalid", `the module does not fit its glue: ${cause.message}`, "Load both files from one build", cause);
    throw blocked(cause) ?? openError("no-memory", "the browser has no room for the module's memory", "Destroy sessions that nobody needs, or close other pages", cause);
  }
}

export function openError(/** @type {string} */ code, /** @type {string} */ message, /** @type {string} */ hint, /** @type {unknown} */ cause = undefined) {
  return new SessionOpenError(`the session could not be opened: ${message}. ${hint}`, { code, hint, cause });
}

function base64(/** @type {ArrayBuffer} */ buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}
