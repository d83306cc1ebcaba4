// @ts-check
// The entry on Cloudflare Workers: reads a request's body, starts Go, and hands its answer on. What is in dist/ is written by ./build.sh worker.

import "./dist/wasm_exec.js";
import module from "./dist/api.wasm";
import { everywhere, failure, maxBody } from "./dist/table.js";

/** The request with its body read, at most one byte more than is allowed: Go then says that it is too large. */
async function whole(request) {
  const { url, method, headers, body } = request;
  if (body === null) return request;
  const chunks = [];
  let room = maxBody + 1;
  const reader = body.getReader();
  while (room > 0) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value.subarray(0, room));
    room -= Math.min(value.length, room);
  }
  if (room === 0) reader.cancel().catch(() => {}); // not awaited: what still comes is of no interest
  return new Request(url, { method, headers, body: await new Blob(chunks).arrayBuffer() });
}

/** Starts an instance of the program for one request, and returns its answer. */
async function answer(request, env, ctx) {
  const go = new Go();
  const binding = {};
  const { promise: ready, resolve } = Promise.withResolvers();
  const instance = new WebAssembly.Instance(module, { ...go.importObject, workers: { ready: resolve } });
  // Go reads it while its packages are initialised, which is before run() returns.
  globalThis.context = { env, ctx, binding };
  const ended = go.run(instance);
  delete globalThis.context;
  await Promise.race([ready, ended.then(() => { throw new Error("the program ended before it was ready"); })]);
  return binding.handleRequest(request);
}

export default {
  async fetch(request, env, ctx) {
    const withBody = request.method !== "HEAD";
    try {
      const { status, headers, body } = await answer(await whole(request), env, ctx);
      if (!withBody) await body?.cancel();
      const all = new Headers(headers);
      for (const [name, value] of Object.entries(everywhere)) all.set(name, value); // with the options of this site
      // "manual": what Go has encoded, if it has, is not encoded again.
      return new Response(withBody ? body : null, { status, headers: all, encodeBody: "manual" });
    } catch (error) {
      console.error(error);
      return new Response(withBody ? failure.body : null, { status: failure.status, headers: failure.headers });
    }
  },
};
