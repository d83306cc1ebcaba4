// @ts-check
// Rule 17: the module by its raw exports, as any script of the page could call them: nothing thrown, nothing torn.

import { equal, fail, same, test, throws } from "./harness.js";
import { openCaptured, random } from "./sessions.js";

const KINDS = 7, ROOM = 64 << 10;

/** Numbers that are likely to be wrong. */
function number(/** @type {ReturnType<typeof random>} */ rng) {
  switch (rng.below(8)) {
    case 0: return rng.below(4);
    case 1: return rng.below(300);
    case 2: return rng.pick([-1, -2, -3, 0x7fffffff, -0x80000000, 0xffffffff, 1 << 22, (1 << 22) - 1, 1 << 30, ROOM, ROOM + 1]);
    case 3: return rng.next() | 0;
    default: return rng.below(40);
  }
}

const double = (/** @type {ReturnType<typeof random>} */ rng) => rng.pick([0, -0, 1, -1, 0.5, NaN, Infinity, -Infinity, 1e308, 5e-324, 4294967296, rng.next()]);

const TEXTS = ["key", "protected", "a", "$$a", "", '{"a":1}', '{"a":1,"a":2}', "[1,2", "[[[[", '"x"', "null", '{"x":"\\ud800"}', "{}", "1e999", "é😀"];

/** Which arguments each export takes: i an integer, l a length, n a double. */
const SIGNATURES = {
  ts_set_number: "in", ts_set_bool: "ii", ts_set_short: "iliiii", ts_put: "linl", ts_write: "iinl", ts_remove: "i", ts_begin: "", ts_rollback: "", ts_commit: "", ts_touched: "", ts_changes: "",
  ts_old: "i", ts_forget: "", ts_find: "l", ts_pin: "l", ts_unpin: "i", ts_reserve_key: "l", ts_unreserve_key: "i", ts_read: "i", ts_key: "i", ts_keys: "l", ts_snapshot: "li", ts_error: "", ts_set_mode: "i",
  ts_set_origin: "i", ts_set_limits: "nnnnn", ts_advance: "n", ts_set_history: "nn", ts_stats: "", ts_idle: "", ts_travel: "i", ts_restore: "lli", ts_clear: "l", ts_reset: "", ts_open: "iii", ts_reserve: "ll", ts_abi_1: "",
  ts_widgets: "l", ts_widget_change: "il", ts_widget_end: "i", ts_input: "iinl", ts_pending: "i", ts_form: "l", ts_form_end: "i", ts_form_clear: "i", ts_submit: "ii", ts_turn: "i", ts_turn_next: "",
  ts_turn_failed: "", ts_turn_stop: "", ts_turn_again: "", ts_turn_end: "", ts_triggers_end: "", ts_rerun: "", ts_rerun_end: "i", ts_rerun_reads: "il",
};

/** Calls that may rightly take away entries, or the room for them. */
const SWEEPING = ["ts_clear", "ts_reset", "ts_restore", "ts_travel", "ts_rollback", "ts_begin", "ts_commit", "ts_set_limits", "ts_set_history", "ts_turn", "ts_turn_end", "ts_turn_failed"];

async function hostile(/** @type {number} */ seed, /** @type {number} */ calls, /** @type {string[]} */ without) {
  const { session, exports, memory } = await openCaptured({ history: { steps: 20 } });
  const module = Object.keys(exports).filter((name) => name.startsWith("ts_"));
  equal(module.filter((name) => !(name in SIGNATURES)).concat(Object.keys(SIGNATURES).filter((name) => !module.includes(name))), [], "exports that this test does not know, or that are gone");
  const rng = random(seed);
  const kept = /** @type {Record<string, unknown>} */ ({});
  for (let i = 0; i < 50; i++) kept[`kept ${i}`] = rng.pick([i, `text ${i}`, [i, { i }], null, true]);
  session.update(kept);
  const names = Object.keys(SIGNATURES).filter((name) => !without.includes(name));
  const encoder = new TextEncoder();
  // The slots of what is kept are not touched: a right slot is a right to write there.
  const own = new Set();
  const room = exports.ts_reserve(0, 0) >>> 0;
  for (const key of Object.keys(kept)) {
    new Uint8Array(memory.buffer).set(encoder.encode(key), room);
    own.add(exports.ts_find(key.length));
  }
  same(own.has(0), false);
  const places = new Set([...own].map((slot) => slot & 0x3fffff));
  let digest = 0;
  for (let i = 0; i < calls; i++) {
    const name = rng.pick(names);
    if (rng.below(3) > 0) {
      const bytes = new Uint8Array(memory.buffer);
      const at = exports.ts_reserve(0, 0) >>> 0;
      bytes.set(encoder.encode(`${rng.pick(TEXTS)}${rng.pick(TEXTS)}`), at);
      if (rng.below(10) === 0) for (let b = 0; b < 20; b++) bytes[at + b] = rng.below(256);
    }
    const args = [.../** @type {any} */ (SIGNATURES)[name]].map((kind) => (kind === "n" ? double(rng) : kind === "l" && rng.below(3) > 0 ? rng.below(12) : number(rng)));
    if (name === "ts_reserve") args[0] = Math.abs(args[0] % (1 << 20)); // as much memory as it is asked for is what it is for
    if (/set_(number|bool|short)|write|remove|unpin|unreserve/.test(name) && own.has(args[0])) continue;
    let result;
    try {
      result = exports[name](...args);
    } catch (error) {
      fail(`call ${i}: ${name}(${args}) threw ${error}`);
    }
    if (result === -3) fail(`call ${i}: ${name}(${args}) panicked`);
    if (name === "ts_find" || name === "ts_pin") if (result < -2) fail(`${name}(${args}) gave ${result}`);
    if (name === "ts_reserve" || name === "ts_abi_1") continue; // addresses
    digest = (Math.imul(digest, 31) + (result | 0)) | 0;
  }
  same(places.size, 50);
  while (exports.ts_rollback() >= 0);
  exports.ts_set_limits(0, 0, 0, 0, 0);
  exports.ts_set_mode(0);
  return { session, exports, kept, digest };
}

test("rule 17: 100,000 hostile calls throw nothing and leave what they do not name as it was", async () => {
  const { session, kept } = await hostile(1, 100_000, SWEEPING);
  same(session.status, "open");
  const left = JSON.parse(session.snapshot({ references: "omit" }));
  for (const [key, value] of Object.entries(kept)) {
    equal(left[key], value, key);
    equal(session.get(key), value, `${key}, through the facade`);
  }
  session.set("kept 1", { changed: true });
  equal(JSON.parse(session.snapshot({ references: "omit" }))["kept 1"], { changed: true });
  session.destroy();
});

test("rule 17: 100,000 hostile calls of every export leave a session that still answers to a model", async () => {
  const { session, exports } = await hostile(2, 100_000, []);
  same(session.status, "open");
  // The facade could not know of what was written past it: a restore tells it.
  // (Any of the names may be one that was reserved for a computed value.)
  session.restore('{"fresh 1":1,"fresh 2":[1,2]}');
  same(session.snapshot(), '{"fresh 1":1,"fresh 2":[1,2]}');
  const model = new Map(/** @type {any[]} */ ([["fresh 1", 1], ["fresh 2", [1, 2]]]));
  const rng = random(3);
  for (let i = 0; i < 5000; i++) {
    const key = `m${rng.below(40)}`;
    if (rng.below(4) === 0) same(session.delete(key), model.delete(key), `delete ${key}`);
    else {
      const value = rng.pick([i, `v${i}`, [i], { i }, null, i % 2 === 0]);
      session.set(key, value);
      model.set(key, value);
    }
  }
  equal([...session], [...model]);
  equal(JSON.parse(session.snapshot()), Object.fromEntries(model));
  session.destroy();
});

test("rule 17: the same hostile calls give the same results", async () => {
  const first = await hostile(4, 20_000, ["ts_stats"]), second = await hostile(4, 20_000, ["ts_stats"]);
  same(second.digest, first.digest);
  first.session.destroy();
  second.session.destroy();
});

test("rule 4, 14, 16, 17: the exports refuse by themselves what the facade never sends", async () => {
  const { session, exports, memory } = await openCaptured({ enforce: true });
  session.set("key", "before");
  const put = (/** @type {string} */ key, /** @type {number} */ kind, /** @type {number} */ n, /** @type {string | number[]} */ text) => {
    const bytes = new Uint8Array(memory.buffer);
    const at = exports.ts_reserve(0, 0) >>> 0;
    const k = new TextEncoder().encode(key), v = typeof text === "string" ? new TextEncoder().encode(text) : Uint8Array.from(text);
    bytes.set(k, at);
    bytes.set(v, at + k.length);
    const result = exports.ts_put(k.length, kind, n, v.length);
    if (result !== -2) return `accepted: ${result}`;
    exports.ts_error();
    const words = new Uint32Array(memory.buffer, exports.ts_abi_1(), 10);
    return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, words[2], words[3]))).code;
  };
  const before = session.snapshot();
  const refused = /** @type {[string, number, number, string | number[], string][]} */ ([
    ["key", 5, 0, '{"a":1,"a":2}', "duplicate-key"], ["key", 5, 0, "[1", "invalid-json"], ["key", 5, 0, "", "invalid-json"], ["key", 5, 0, "[1e999]", "number-range"], ["key", 5, 0, '["\\ud800"]', "lone-surrogate"],
    ["key", 5, 0, [0x5b, 0x22, 0xff, 0x22, 0x5d], "invalid-utf8"], ["key", 4, 0, [0xed, 0xa0, 0x80], "invalid-utf8"], ["key", 4, 0, [0xc0, 0x80], "invalid-utf8"], ["key", 5, 0, `${"[".repeat(200)}${"]".repeat(200)}`, "too-deep"],
    ["", 3, 1, "", "key-empty"], ["$$x", 3, 1, "", "key-reserved"], ["key", 6, 1, "", "unserializable"],
  ]);
  for (const [key, kind, n, text, code] of refused) same(put(key, kind, n, text), code, `${key} ${kind} ${text}`);
  for (const n of [NaN, Infinity, -Infinity]) {
    const code = put("key", 3, n, "");
    if (code.startsWith("accepted")) fail(`${n} was ${code}`);
  }
  for (const kind of [KINDS, 255, -1]) {
    const code = put("key", kind, 0, "");
    if (code.startsWith("accepted")) fail(`kind ${kind} was ${code}`);
  }
  same(session.snapshot(), before);
  same(session.get("key"), "before");
  throws(() => session.set("key", () => 1), { name: "UnserializableSessionStateError" });
  session.destroy();
});
