// @ts-check
// session.submit(), against the host that serves this page, and against answers that no host of ours gives.

import { SessionDestroyedError, SessionLimitError, SessionSubmitError, SessionValidationError } from "../index.js";
import { equal, rejects, same } from "./harness.js";
import { sessionTest } from "./sessions.js";

const API = "/api/validate";

/** Has fetch answer by fn while the test runs; gives the requests. */
async function answered(/** @type {(request: any) => any} */ fn, /** @type {(requests: any[]) => Promise<unknown>} */ run) {
  const { fetch } = globalThis;
  /** @type {any[]} */
  const requests = [];
  globalThis.fetch = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => {
    requests.push({ url: String(url), ...init });
    return fn(init);
  });
  try {
    await run(requests);
  } finally {
    globalThis.fetch = fetch;
  }
}

const problem = (/** @type {number} */ status, /** @type {unknown} */ body, type = "application/problem+json") =>
  () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: { "Content-Type": type } });

sessionTest("rule 19: a snapshot that keeps all rules is accepted", async (session) => {
  session.update({ user: { name: "Ada é 😀" }, count: 3, none: null, list: [1] });
  same((await session.submit(API)).status, 204);
  same((await session.submit(new URL(API, location.href))).status, 204);
});

sessionTest("rules 17, 18: what the host refuses is the error of the tab, with all others", async (session) => {
  session.set("deep", JSON.parse("[".repeat(200) + "]".repeat(200)));
  session.set("k".repeat(1500), 1);
  session.set("fine", 1);
  const error = /** @type {any} */ (await rejects(session.submit(API), { name: "SessionLimitError", code: "too-deep", key: "deep", path: "/deep" + "/0".repeat(128), limit: 128, status: 422, more: false }));
  same(error instanceof SessionLimitError, true);
  same(error.violations[0], error);
  equal(error.violations.map((/** @type {any} */ one) => [one.name, one.code, one.key]), [["SessionLimitError", "too-deep", "deep"], ["SessionLimitError", "key-too-long", "k".repeat(64)]]);
}, { limits: { depth: 1000, keyBytes: 2000 } });

sessionTest("rule 17: the text is that of a restore in the tab", async (session) => {
  const text = '{"a":1,"$$b":2}';
  let said = "";
  try {
    session.restore(text);
  } catch (error) {
    said = /** @type {Error} */ (error).message;
  }
  const answer = await fetch(API, { method: "POST", headers: { "Content-Type": "application/json" }, body: text });
  equal([answer.status, answer.headers.get("Content-Type"), (await answer.json()).violations[0].message], [422, "application/problem+json", said]);
});

sessionTest("rule 15: what is held by reference is not sent", async (session) => {
  session.set("fine", 1).set("greet", () => {});
  await answered(problem(204, ""), async (requests) => {
    await rejects(session.submit(API), { name: "UnserializableSessionStateError", key: "greet", type: "function" });
    await rejects(session.submit(API, { keys: ["greet"] }), { name: "UnserializableSessionStateError", key: "greet", type: "function" });
    same(requests.length, 0);
  });
  same((await session.submit(API, { keys: ["fine"] })).status, 204);
});

sessionTest("only the keys that were asked for, computed ones too", async (session) => {
  session.restore('{"a":1,"b":{"__proto__":{"x":[1]}},"c":"x","9":"nine"}');
  session.computed("double", ["a"], (/** @type {number} */ a) => a * 2);
  await answered(() => new Response("ok", { status: 200 }), async (requests) => {
    const answer = await session.submit(API, { keys: ["c", 9, "b", "double", "missing", "c"], headers: { "X-Token": "t", "Content-Type": "text/plain" } });
    same(await answer.text(), "ok");
    const [{ url, body, method, mode, headers, signal }] = requests;
    equal([url, body, method, mode, signal], [location.origin + API, '{"c":"x","9":"nine","b":{"__proto__":{"x":[1]}},"double":2}', "POST", "same-origin", undefined]);
    equal([...headers].sort(), [["accept", "application/json, application/problem+json"], ["content-type", "application/json"], ["x-token", "t"]]);
  });
  await rejects(session.submit(API, { keys: 1 }), { name: "SessionUsageError", code: "argument-invalid" });
  await rejects(session.submit(API, { keys: [{}] }), { name: "TypeError" });
});

sessionTest("another origin only when it is said", async (session) => {
  await answered(problem(200, ""), async (requests) => {
    await rejects(session.submit("https://elsewhere.example/api"), { name: "SessionSubmitError", code: "submit-cross-origin" });
    await rejects(session.submit("//elsewhere.example/api"), { code: "submit-cross-origin" });
    await rejects(session.submit("data:application/json,1"), { code: "submit-cross-origin" });
    await rejects(session.submit("https://["), { name: "SessionUsageError", code: "argument-invalid" });
    same(requests.length, 0);
    await session.submit("https://elsewhere.example/api", { crossOrigin: true });
    same(requests[0].mode, "cors");
  });
});

sessionTest("answers that are no problem documents, and none at all", async (session) => {
  const failed = (/** @type {any} */ fn, /** @type {Record<string, unknown>} */ want) => answered(fn, async () => {
    const error = await rejects(session.submit(API), { name: "SessionSubmitError", ...want });
    same(error instanceof SessionSubmitError, true);
  });
  await failed(problem(500, "<h1>secret</h1>", "text/html"), { code: "submit-failed", status: 500, message: /^(?!.*secret)/ });
  await failed(problem(422, "not JSON"), { code: "submit-failed", status: 422 });
  await failed(problem(422, "null"), { code: "submit-failed", status: 422 });
  await failed(problem(422, { violations: {} }), { code: "submit-failed", status: 422 });
  await failed(problem(422, { violations: [null, 1, {}] }), { code: "submit-failed", status: 422 });
  await failed(problem(413, { code: "body-too-large", detail: "Too large.", limit: 5 }), { code: "body-too-large", status: 413, limit: 5, hint: "Too large." });
  await failed(problem(404, { code: 3 }), { code: "3", status: 404 });
  await failed(() => Promise.reject(new TypeError("Failed to fetch")), { code: "submit-unreachable", status: undefined });
  await failed(() => ({ ok: false, status: 422, headers: new Headers({ "Content-Type": "application/problem+json" }), json: () => Promise.reject(new TypeError("cut off")) }), { code: "submit-unreachable" });
});

sessionTest("a violation has nothing but what an error has", async (session) => {
  await answered(problem(422, { more: true, violations: [
    { class: "constructor", code: "a", message: 1, name: "x", stack: "x", toString: 1, status: 7, key: { a: 1 }, limit: "3", path: "/p" },
    { class: "SessionValidationError", code: "invalid-value", key: "u~/", path: "/u~0~1/a/0", message: 'key "u": bad', reason: "bad" },
    { class: "SessionValidationError", code: "invalid-value", key: "other", path: "/other", message: "no" },
    { class: "SessionValidationError", code: "invalid-value", key: "u~/", path: "/u~0~1/b", reason: "worse" },
  ] }), async () => {
    const error = /** @type {any} */ (await rejects(session.submit(API), { name: "SessionError", code: "a", message: "a", status: 422, path: "/p", key: undefined, limit: undefined, more: true }));
    same(typeof error.toString, "function");
    same(String(error.stack).startsWith("x"), false);
    const [, first, other, second] = error.violations;
    same(first instanceof SessionValidationError, true);
    equal([first.message, first.path, second.path, other.path], ['key "u": bad', "/a/0", "/b", ""]);
    equal(first.issues, [{ message: "bad", path: "/a/0" }, { message: "worse", path: "/b" }]);
    equal(other.issues, [{ message: "no", path: "" }]);
  });
});

sessionTest("it can be aborted, before and while", async (session) => {
  await rejects(session.submit(API, { signal: AbortSignal.abort() }), { name: "AbortError" });
  const controller = new AbortController();
  const sent = session.submit(API, { signal: controller.signal });
  controller.abort();
  await rejects(sent, { name: "AbortError" });
});

sessionTest("rule 47: not after the session has ended", async (session) => {
  session.destroy();
  same(await rejects(session.submit(API)) instanceof SessionDestroyedError, true);
  same(await rejects(session.submit(API, { keys: ["a"] })) instanceof SessionDestroyedError, true);
});
