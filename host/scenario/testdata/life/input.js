// Hostile input, called by name as in "input.snapshots": values, keys and texts that somebody made to break the session. Each is refused with an
// error of the session and changes nothing, or is held exactly as it is.

import { random } from "../js/test/random.js";

const tabstate = /** @type {any} */ (globalThis).tabstate;

/** Names that lead to prototypes where objects are used as maps. */
const POLLUTING = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "__defineGetter__", "__lookupSetter__", "then", "toJSON", "length", "0", "-1", "undefined", "null", "NaN", "arguments", "caller", "name", "Symbol(Symbol.iterator)"];

/** Pairs that look the same, or nearly, and are not. */
const LOOKALIKES = ["é", "e\u0301", "a", "\u0430", "Å", "\u212b", "fi", "\ufb01", "a b", "a\u00a0b", "ab", "a\u200bb", "a\u200db", "\u202eab", "ab\u202c", "k", "\u212a", "ß", "ss", "İ", "i", "a ", " a", "a\u0000", "a\n", "A", "😀", "😀\ufe0f", "\ufeffa", "١", "1", "01", "1.0", "1e0"];

const NUMBERS = [0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 0.1 + 0.2, 1e21, 1e-7, 123456789012345680000, 4.35, 1 / 3];
const NUMBER_TEXTS = ["1e400", "-1e400", "1".repeat(400), "1".repeat(309), "9007199254740993", "0.1e-400", "1e-324", "1e+308", "17976931348623157".padEnd(309, "0"), "17976931348623159".padEnd(309, "0"), "0".repeat(3), "-", "1.", ".1", "1e", "0x10", "1_000", "Infinity", "NaN", "+1"];

const { stringify } = JSON;

/** What makes up a page's prototypes: nothing may be added to it. */
const prototypes = () => stringify([Object, Array, String, Number, Boolean, Function, Map, Set, Promise].map((type) => [Reflect.ownKeys(type).map(String), Reflect.ownKeys(type.prototype).map(String)]));
const untouched = prototypes();

/** @type {any} */
let session;
let tried = 0;

async function fresh(options = {}) {
  session?.destroy();
  session = await tabstate.open({ separate: true, enforce: true, ...options });
}

/** Runs what may be refused; gives the refusal, which is an error of the session, or null. */
function refused(/** @type {string} */ what, /** @type {() => unknown} */ act) {
  tried++;
  const before = session.snapshot();
  try {
    act();
    return null;
  } catch (/** @type {any} */ error) {
    if (typeof error?.code !== "string" || !/^(Session|Unserializable)\w+Error$/.test(error.name)) throw new Error(`${what} threw ${error?.name}: ${error?.message}`);
    if (session.snapshot() !== before) throw new Error(`${what} was refused (${error.code}) and left a trace`);
    return error;
  }
}

function same(/** @type {string} */ what, /** @type {unknown} */ got, /** @type {unknown} */ want) {
  if (!Object.is(got, want)) throw new Error(`${what}: got ${String(got).slice(0, 100)}, want ${String(want).slice(0, 100)}`);
}

/** Holds a key and value through every way in and out. */
function holds(/** @type {string} */ key, /** @type {any} */ value) {
  const what = `key ${stringify(key)}`;
  const text = stringify(value);
  for (const write of [() => session.set(key, value), () => { session.state[key] = value; }, () => session.update([[key, value]]), () => session.batch(() => session.set(key, value))]) {
    session.clear();
    const error = refused(what, write);
    if (error) throw new Error(`${what} was refused: ${error.message}`);
    same(what, stringify(session.get(key)), text);
    same(what, session.has(key), true);
    same(what, session.size, 1);
    same(what, [...session.keys()][0], key);
    same(what, Object.keys(session.toJSON())[0], key);
    const held = session.snapshot();
    session.clear();
    session.restore(held);
    same(what, stringify(session.require(key)), text);
    same(what, session.snapshot(), held);
    same(what, session.delete(key), true);
  }
}

/** @type {any} */ (globalThis).input = {
  tried: () => tried,

  /** Names of prototypes as keys, members, scopes, callbacks, forms and options; then the page's prototypes are what they were. */
  async names() {
    await fresh();
    for (const name of POLLUTING) {
      holds(name, { polluted: [name] });
      holds("key", JSON.parse(`{${stringify(name)}:{"polluted":true,${stringify(name)}:1}}`));
      const scope = session.scope(name);
      scope.set(name, 1);
      same(name, scope.get(name), 1);
      same(name, session.get(`${name}:${name}`), 1);
      session.subscribe(name, () => {})();
      session.computed(`computed ${name}`, [name], (/** @type {any} */ value) => value)();
      session.callback(name, () => {})();
      session.validator(name, { "~standard": { validate: () => ({}) } })();
      session.state.tree = JSON.parse(`{${stringify(name)}:{}}`);
      session.mutate("tree", (/** @type {any} */ tree) => { Object.defineProperty(tree, name, { value: { polluted: 1 }, enumerable: true, configurable: true, writable: true }); });
      session.restore(`{"constructor":{"prototype":{"polluted":1}},"__proto__":{"polluted":1},${stringify(`${name} `)}:1}`);
      try {
        await tabstate.open(JSON.parse(`{"separate":true,${stringify(name)}:{"enforce":true}}`)).then((/** @type {any} */ s) => s.destroy());
      } catch (/** @type {any} */ error) {
        same(name, error.code, "option-invalid");
      }
      tried += 10;
    }
    same("prototypes", prototypes(), untouched);
    same("a member of every object", /** @type {any} */ ({}).polluted, undefined);
  },

  /** Keys that look alike are different keys, and stay as they are. */
  async lookalikes() {
    await fresh();
    for (const key of LOOKALIKES) holds(key, key);
    session.clear();
    session.update(LOOKALIKES.map((key, i) => [key, i]));
    same("size", session.size, new Set(LOOKALIKES).size);
    for (const [i, key] of LOOKALIKES.entries()) same(stringify(key), session.get(key), i);
    same("order", stringify([...session.keys()]), stringify(LOOKALIKES));
  },

  /** Halves of surrogate pairs are refused wherever they stand. */
  async surrogates() {
    await fresh();
    for (const bad of ["\ud800", "\udfff", "a\ud83d", "\ude00a", "\ude00\ud83d", "😀\ud83d", "x\ud83d\ufe0f", `${"x".repeat(100)}\ud800`, `${"é".repeat(30)}\udc00${"y".repeat(30)}`]) {
      const what = stringify(bad);
      for (const act of [
        () => session.set("a", bad), () => session.set(bad, 1), () => session.get(bad), () => session.delete(bad), () => session.set("a", [bad]), () => session.set("a", { [bad]: 1 }), () => session.update({ ok: 1, [bad]: 1 }),
        () => session.restore(`{"a":${what}}`), () => session.restore(`{${what}:1}`), () => session.restore(`{"a":"${bad}"}`), () => session.scope(bad), () => session.subscribe(bad, () => {}),
      ]) if (!refused(`${what} in ${act}`, act)) throw new Error(`${what} was taken by ${act}`);
      same(what, session.has(bad), false);
    }
  },

  async numbers() {
    await fresh();
    for (const number of NUMBERS) holds("n", number);
    for (const bad of [NaN, Infinity, -Infinity, 10n]) if (!refused(String(bad), () => session.set("n", { deep: [bad] }))) throw new Error(`${bad} was taken`);
    for (const text of NUMBER_TEXTS) {
      let want;
      try {
        want = JSON.parse(text);
      } catch { /* no number to JavaScript either */ }
      const error = refused(text, () => session.restore(`{"n":${text}}`));
      if (want === undefined || !Number.isFinite(want)) same(`refusal of ${text}`, error === null, false);
      else {
        same(text, error, null);
        same(text, session.get("n"), want + 0);
      }
    }
  },

  /** Nested so deep that whoever recurses ends: values, texts, and the widest that is allowed. */
  async deep(/** @type {number} */ depth) {
    await fresh();
    /** @type {any} */
    let array = [], object = {};
    for (let i = 0; i < depth; i++) {
      array = [array];
      object = { a: object };
    }
    for (const value of [array, object]) {
      for (const act of [() => session.set("a", value), () => session.update({ ok: 1, a: [value] }), () => session.init({ b: { value } }), () => { session.state.a = value; }, () => session.batch(() => session.set("a", value))]) {
        same(`depth ${depth}`, refused("a deep value", act)?.code, "too-deep");
      }
    }
    for (const text of [`${"[".repeat(depth)}${"]".repeat(depth)}`, "[".repeat(depth), `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`, '{"a":'.repeat(depth)]) {
      if (!refused("a deep text", () => session.restore(`{"a":${text}}`))) throw new Error("a deep text was taken");
      if (!refused("a deep text", () => session.restore(text))) throw new Error("a deep text was taken");
    }
    session.enforcement = "off";
    same("mode off", refused("a deep value", () => session.set("a", array))?.code, "too-deep");
    await fresh({ limits: { depth: 1000 } });
    let allowed = /** @type {any} */ (1);
    for (let i = 0; i < 1000; i++) allowed = i % 2 ? [allowed] : { a: allowed };
    holds("deep", allowed);
    same("one more", refused("one more", () => session.set("deep", [allowed]))?.code, "too-deep");
  },

  /** A million keys at once: restored, found, in order in a snapshot; one too many is refused. */
  async keys(/** @type {number} */ count) {
    await fresh();
    const began = performance.now();
    const text = `{${Array.from({ length: count }, (_, i) => `"key ${i}":${i}`).join()}}`;
    session.restore(text);
    same("size", session.size, count);
    for (let i = 0; i < count; i += 997) same(`key ${i}`, session.get(`key ${i}`), i);
    let code = "";
    try {
      session.update(Array.from({ length: 1048577 - count }, (_, i) => [`more ${i}`, i]));
    } catch (/** @type {any} */ error) {
      ({ code } = error);
    }
    same("one more than may be", code, "too-many-entries");
    same("size", session.size, count);
    same("after a refusal", session.snapshot(), text);
    const { memory, bytes } = session.stats();
    session.destroy();
    session = null;
    tried++;
    return { ms: performance.now() - began, memory, bytes };
  },

  /** Snapshots that were changed at random: each is refused and changes nothing, or is taken as JSON.parse takes it. */
  async snapshots(/** @type {number} */ count, /** @type {number} */ seed) {
    await fresh();
    const rng = random(seed);
    const kept = '{"kept":[1,{"deep":"é"}]}';
    session.restore(kept);
    const seeds = [
      kept, '{"a":1,"b":[true,false,null],"c":{"x":"y","__proto__":{"z":-0.5e-7}},"😀":"\\u00e9\\ud83d\\ude00\\n"}', '{ "a" : [ ] ,\n "b" : { } }', '{"":1}', '{"$$a":1}',
      stringify(Object.fromEntries(NUMBERS.map((n, i) => [`n${i}`, n]))), stringify(Object.fromEntries(LOOKALIKES.map((k) => [k, k]))), '{"a":"<img src=x onerror=alert(1)>","b":"</script>"}',
    ];
    const bits = ["{", "}", "[", "]", ":", ",", '"', "\\", "\\u", "\\ud800", "0", "-", "e9", ".", "null", "tru", " ", "\n", "\u0000", "\ufeff", "é", "😀", '"a":1,', '"__proto__":', "1e999", "/**/", "'"];
    let taken = 0, refusals = 0;
    /** @type {Record<string, number>} */
    const codes = {};
    for (let i = 0; i < count; i++) {
      let text = rng.pick(seeds);
      for (let edits = 1 + rng.below(4); edits > 0; edits--) {
        const at = rng.below(text.length + 1), end = at + rng.below(4);
        switch (rng.below(5)) {
          case 0: text = text.slice(0, at) + text.slice(end); break;
          case 1: text = text.slice(0, at) + rng.pick(bits) + text.slice(at); break;
          case 2: text = text.slice(0, at) + rng.pick(bits) + text.slice(end); break;
          case 3: text = text.slice(0, at); break;
          default: text = text.slice(0, at) + rng.pick(seeds).slice(rng.below(20)) + text.slice(end);
        }
      }
      const before = session.snapshot();
      const error = refused(stringify(text), () => session.restore(text));
      if (error) {
        refusals++;
        codes[error.code] = (codes[error.code] ?? 0) + 1;
        if (error.name === "SessionSyntaxError" && !(error.line >= 1 && error.column >= 1)) throw new Error(`${stringify(text)}: no place in ${error.message}`);
        if (session.snapshot() !== before) throw new Error(`${stringify(text)} was refused and changed something`);
        continue;
      }
      taken++;
      // Members of the same name are refused, so JSON.parse loses none; but it puts names that are numbers first.
      const sorted = (/** @type {any} */ value) => stringify(value, (_, part) => (typeof part === "object" && part !== null && !Array.isArray(part) ? Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)) : part));
      same(stringify(text), sorted(JSON.parse(session.snapshot())), sorted(JSON.parse(text)));
      same(stringify(text), sorted(session.toJSON()), sorted(JSON.parse(text)));
    }
    same("prototypes", prototypes(), untouched);
    return { taken, refusals, codes };
  },
};
