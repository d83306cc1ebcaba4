// @ts-check
// Rule 20: validators of keys, those of zod and valibot as they are published, and every way one can misbehave.

import { equal, fail, same, test, throws } from "./harness.js";
import { details, sessionTest, unchanged } from "./sessions.js";

/** A development dependency as an ES module, or null where `npm ci` was not run in js/ (host/scenario/types.go sees to it where CI is set). */
async function dependency(/** @type {string} */ path) {
  const url = new URL(`../node_modules/${path}`, import.meta.url);
  return (await fetch(url, { method: "HEAD" })).ok ? import(url.href) : null;
}

const zod = await dependency("zod/index.js");
const valibot = await dependency("valibot/dist/index.mjs");

/** @type {[library: string, make: () => {user: any, count: any, trimmed: any, later: any}][]} */
const libraries = [];
if (zod) {
  const { z } = zod;
  libraries.push(["zod", () => ({
    user: z.object({ name: z.string().min(1), tags: z.array(z.object({ id: z.number().int() })).optional() }),
    count: z.number().min(0).max(10),
    trimmed: z.string().transform((/** @type {string} */ text) => text.trim()),
    later: z.string().refine(async () => false),
  })]);
}
if (valibot) {
  const v = valibot;
  libraries.push(["valibot", () => ({
    user: v.object({ name: v.pipe(v.string(), v.minLength(1)), tags: v.optional(v.array(v.object({ id: v.pipe(v.number(), v.integer()) }))) }),
    count: v.pipe(v.number(), v.minValue(0), v.maxValue(10)),
    trimmed: v.pipe(v.string(), v.trim()),
    later: v.pipeAsync(v.string(), v.checkAsync(async () => false)),
  })]);
}
for (const [name, found] of [["zod", zod], ["valibot", valibot]]) {
  if (!found) test(`rule 20: SKIPPED with ${name}, which is not installed: run npm ci in js/`, () => {});
}

/** A schema by hand: refuses what `issues` finds. */
const schema = (/** @type {(value: any) => any} */ issues) => ({ "~standard": { version: 1, vendor: "test", validate: (/** @type {any} */ value) => ({ value, issues: issues(value) }) } });
const small = schema((value) => (value > 10 ? [{ message: "too large" }] : undefined));

for (const [library, make] of libraries) {
  sessionTest(`rule 20: ${library} refuses at set, state, update, init, batch, mutate, views, restore, undo and redo; nothing changes`, (session) => {
    const { user } = make();
    session.set("user", { name: "" });
    session.set("user", 1);
    session.set("user", { name: "Ada", tags: [{ id: 1 }] });
    const end = session.validator("user", user);
    const view = session.state.user;
    const refusedDoors = /** @type {[() => void, string][]} */ ([
      [() => session.set("user", { name: "" }), "/name"], [() => session.set("user", 5), ""], [() => session.set("user", "x"), ""], [() => session.set("user", null), ""], [() => session.set("user", true), ""],
      [() => { session.state.user = { name: 1 }; }, "/name"], [() => session.update({ other: 1, user: { name: "" } }), "/name"], [() => session.batch(() => { session.set("other", 1); session.set("user", {}); }), "/name"],
      [() => session.mutate("user", (/** @type {any} */ d) => { d.tags.push({ id: 1.5 }); }), "/tags/1/id"], [() => { view.tags[0].id = "1"; }, "/tags/0/id"], [() => view.tags.push({ id: "x" }), "/tags/1/id"],
      [() => { delete view.name; }, "/name"], [() => session.restore('{"other":1,"user":{"name":""}}'), "/name"], [() => session.restore('{"user":7}'), ""],
    ]);
    for (const [act, path] of refusedDoors) {
      const error = unchanged(session, act);
      equal([error.name, error.code, error.key, error.path, error.issues[0].path], ["SessionValidationError", "invalid-value", "user", path, path], String(act));
      if (!error.message.includes('"user"') || !error.message.includes(error.issues[0].message) || error.issues[0].message === "") fail(error.message);
      equal(session.get("user"), { name: "Ada", tags: [{ id: 1 }] }, String(act));
      same(session.has("other"), false);
    }
    session.delete("user");
    const first = unchanged(session, () => session.init({ other: 1, user: {} }));
    same(first.name, "SessionValidationError");
    session.init({ user: { name: "Bob" } });
    session.state.user.name = "Eve";
    equal(session.get("user"), { name: "Eve" });
    end();
    session.set("user", { name: "" });
    equal(session.validate(), []);
  }, { history: true });

  sessionTest(`rule 20, 25: ${library} refuses an undo and a redo that would bring back what it does not accept`, (session) => {
    const { count } = make();
    session.set("n", 50);
    session.set("n", 5);
    session.set("n", 60);
    session.set("n", 6);
    session.validator("n", count);
    const error = unchanged(session, () => session.undo());
    equal([error.name, error.key], ["SessionValidationError", "n"]);
    same(session.get("n"), 6);
    unchanged(session, () => session.undo());
    session.set("n", 7);
    same(session.undo(), true);
    same(session.get("n"), 6);
    same(session.redo(), true);
    same(session.get("n"), 7);
  }, { history: true });

  sessionTest(`rule 20, 25 of the decisions: ${library} judges only: what is written is stored, not what a transform returns`, (session) => {
    session.validator("name", make().trimmed);
    session.set("name", "  Ada ");
    same(session.get("name"), "  Ada ");
    throws(() => session.set("name", 5), { name: "SessionValidationError" });
    same(session.get("name"), "  Ada ");
  });

  sessionTest(`rule 20: ${library}: an asynchronous schema is refused clearly, and nothing is left to fail later`, async (session) => {
    session.set("a", "before");
    session.validator("a", make().later);
    const error = unchanged(session, () => session.set("a", "x"));
    equal([error.name, error.code, error.key], ["SessionUsageError", "async-validator", "a"]);
    await new Promise((done) => setTimeout(done, 5));
    same(session.get("a"), "before");
  });

  sessionTest(`rule 13, 20: ${library}: validate() lists what is there already, with the issues' paths`, (session) => {
    session.update({ n: 50, user: { name: "x", tags: [{ id: 0.5 }] }, fn: () => 1 });
    session.validator("n", make().count);
    session.validator("user", make().user);
    equal(session.validate().map((/** @type {any} */ v) => [v.code, v.key, v.path, v.type]), [["invalid-value", "n", "", "number"], ["invalid-value", "user", "/tags/0/id", "object"], ["unserializable", "fn", "", "function"]]);
    for (const { reason, hint } of session.validate()) if (!reason || !hint) fail("a violation says why and what to do");
  });
}

sessionTest("rule 20: the hot ways of writing are guarded: numbers, booleans and short strings over their kind", (session) => {
  session.set("n", 1).set("b", true).set("s", "a");
  session.validator("n", small);
  session.validator("b", schema((value) => (value ? undefined : [{ message: "no" }])));
  session.validator("s", schema((value) => (value.length > 2 ? [{ message: "long" }] : undefined)));
  for (const act of [() => session.set("n", 11), () => session.set("b", false), () => session.set("s", "abc"), () => { session.state.n = 12; }]) unchanged(session, act);
  session.set("n", 9).set("s", "ab");
  equal(session.toJSON(), { n: 9, b: true, s: "ab" });
});

sessionTest("rule 20: issues: all of them, paths of keys and of segments, escaped; none is acceptance", (session) => {
  session.validator("a", schema(() => [{ message: "first", path: ["a/b", { key: 3 }, { key: "~" }] }, { message: "second" }, { message: 5, path: [Symbol("s").description] }]));
  const error = throws(() => session.set("a", 1), { name: "SessionValidationError", path: "/a~1b/3/~0" });
  equal(error.issues, [{ message: "first", path: "/a~1b/3/~0" }, { message: "second", path: "" }, { message: "5", path: "/s" }]);
  session.validator("b", schema(() => []));
  session.set("b", 1);
  session.validator("c", schema(() => undefined));
  session.set("c", 1);
  same(session.size, 2);
});

sessionTest("rule 20: a validator sees the value as it will be stored, frozen; a reference as it is", (session) => {
  /** @type {any[]} */
  const seen = [];
  session.validator("a", schema((value) => void seen.push(value)));
  const given = { list: [1, { x: -0 }] };
  session.set("a", given);
  same(seen[0] === given, false);
  same(Object.isFrozen(seen[0].list[1]), true);
  same(session.get("a"), seen[0]);
  session.state.a.list.push(2);
  equal(seen[1], { list: [1, { x: 0 }, 2] });
  const fn = () => 1;
  session.set("a", fn);
  same(seen[2], fn);
  session.restore('{"a":{"from":"text"}}');
  equal(seen[3], { from: "text" });
  const before = seen.length;
  session.delete("a");
  same(seen.length, before, "deleting is not judged");
});

sessionTest("rule 20: one that throws: its error comes out, nothing changes", (session) => {
  session.set("a", 1);
  session.validator("a", schema(() => { throw new RangeError("validator"); }));
  for (const act of [() => session.set("a", 2), () => session.update({ b: 1, a: 2 }), () => session.restore('{"a":2}'), () => session.batch(() => session.set("a", 2))]) {
    equal([unchanged(session, act).message], ["validator"], String(act));
  }
  session.clear();
  session.undo();
}, { history: false });

sessionTest("rule 20: one that writes, reads, batches and listens meanwhile", (session) => {
  session.set("a", 1);
  /** @type {string[]} */
  const log = [];
  session.subscribe((/** @type {any[]} */ changes) => log.push(changes.map((c) => `${c.key}=${c.value}`).join()));
  session.validator("a", schema((value) => {
    session.set("last", value);
    session.batch(() => session.set("count", (session.get("count") ?? 0) + 1));
    if (value === 3) session.set("b", session.get("a"));
    return value > 10 ? [{ message: "too large" }] : undefined;
  }));
  session.set("a", 2);
  session.set("a", 3);
  throws(() => session.set("a", 11), { name: "SessionValidationError" });
  equal(session.toJSON(), { a: 3, last: 11, count: 3, b: 2 });
  equal(log, ["last=2", "count=1", "a=2", "last=3", "count=2", "b=2", "a=3", "last=11", "count=3"]);
  throws(() => session.batch(() => { session.set("a", 4); session.set("a", 12); }), { name: "SessionValidationError" });
  equal(session.toJSON(), { a: 3, last: 11, count: 3, b: 2 }, "what it wrote in the batch went with it");
});

sessionTest("rule 20: one that deletes or overwrites its own key, and one that ends itself", (session) => {
  session.set("a", 1);
  let depth = 0;
  const end = session.validator("a", schema((value) => {
    if (depth++ === 0) { session.delete("a"); session.set("a", [value, "inner"]); }
  }));
  session.set("a", 2);
  same(session.get("a"), 2);
  same(session.snapshot(), '{"a":2}');
  end();
  const other = session.validator("a", schema(() => { other(); return [{ message: "once" }]; }));
  throws(() => session.set("a", 3), { name: "SessionValidationError" });
  session.set("a", 4);
  same(session.get("a"), 4);
});

sessionTest("rule 20: thenables of any kind are asynchronous, and a rejection of theirs is nobody's stray", async (session) => {
  for (const result of [Promise.resolve({ issues: [] }), Promise.reject(new Error("late")), { then() {} }]) {
    const end = session.validator("a", { "~standard": { validate: () => result } });
    throws(() => session.set("a", 1), { code: "async-validator" });
    throws(() => session.batch(() => session.set("a", 1)), { code: "async-validator" });
    end();
  }
  await new Promise((done) => setTimeout(done, 5));
  same(session.has("a"), false);
});

sessionTest("rule 20: one key has one validator; what is no schema is refused", (session) => {
  const end = session.validator("a", small);
  throws(() => session.validator("a", small), { name: "SessionUsageError", code: "validator-taken", key: "a" });
  end();
  end();
  session.validator("a", small);
  end();
  throws(() => session.set("a", 11), { name: "SessionValidationError" });
  for (const bad of [undefined, null, {}, () => {}, { "~standard": {} }, { validate: () => ({}) }]) throws(() => session.validator("b", bad), { name: "SessionUsageError", code: "argument-invalid" });
  throws(() => session.validator(null, small), { name: "TypeError" });
});

sessionTest("rule 14, 20: enforcement comes first, and the mode changes nothing about validators", (session) => {
  session.validator("a", schema((value) => (typeof value === "function" ? undefined : [{ message: "a function, please" }])));
  session.set("a", () => 1);
  throws(() => session.set("a", 1), { name: "SessionValidationError" });
  session.enforcement = "enforce";
  throws(() => session.set("a", () => 1), { name: "UnserializableSessionStateError" });
  throws(() => session.set("a", 1), { name: "SessionValidationError" });
  session.enforcement = "report";
  const events = details(session, "session-violation");
  throws(() => session.set("a", 1), { name: "SessionValidationError" });
  equal(events, []);
});

sessionTest("rule 20, 50: in a scope the key is the scope's", (session) => {
  const end = session.scope("s").validator("n", small);
  throws(() => session.set("s:n", 11), { name: "SessionValidationError", key: "s:n" });
  throws(() => session.scope("s").restore('{"n":11}'), { name: "SessionValidationError" });
  session.set("n", 11);
  end();
  session.scope("s").set("n", 11);
});
