// @ts-check
// Random operations through the JavaScript API against a plain Map with immutable snapshots (rules 1 to 11, 13 to 15, 19, 21 to 25, 50):
// what is there, in which order, what every listener was told, what was refused. One seed, one result.

import { fail, same } from "./harness.js";
import { random } from "./random.js";

/** How many steps of history the session is to have. */
export const STEPS = 40;
const KEYS = ["a", "b", "c", "d", "n", "s", "long key é😀", "__proto__", "then", "0", "p:x", "p:y", "p:q:z"];
const BAD_KEYS = ["", "$$x", "x".repeat(2000)];

const REFERENCES = [() => 1, () => 2, NaN, undefined, 10n, new Date(0), new Map(), { deep: [() => 3] }, Symbol("s"), [Infinity], "\ud800"];

/** A value is one of the two; a held one is compared by identity. @typedef {{plain: any} | {held: any}} Value */
const isHeld = (/** @type {Value} */ value) => "held" in value;
const textOf = (/** @type {any} */ plain) => JSON.stringify(plain);
const equalValues = (/** @type {Value | undefined} */ a, /** @type {Value | undefined} */ b) =>
  a === b || (a !== undefined && b !== undefined && ("held" in a ? "held" in b && Object.is(a.held, b.held) : "plain" in b && (a.plain === b.plain || textOf(a.plain) === textOf(b.plain))));

class Model {
  /** @type {Map<string, Value>} */
  entries = new Map();
  mode = "off";
  /** @type {Map<string, Value>[]} */
  past = [];
  /** @type {Map<string, Value>[]} */
  future = [];
  restored = false;
  /** A batch deleted a key and set it to what it was: no change, so no step knows that it has moved to the end (rule 10). */
  moved = false;

  put(/** @type {string} */ key, /** @type {Value} */ value) {
    const old = this.entries.get(key);
    if (!equalValues(old, value)) this.entries.set(key, value);
  }

  /** Ends a step that began with these entries. */
  step(/** @type {Map<string, Value>} */ before) {
    if (this.restored) [this.past, this.future, this.restored, this.moved] = [[], [], false, false];
    else if (changed(before, this.entries).length > 0) {
      this.past.push(before);
      if (this.past.length > STEPS) this.past.shift();
      this.future = [];
    }
  }

  text(prefix = "") {
    const parts = [];
    for (const [key, value] of this.entries) if (key.startsWith(prefix) && "plain" in value) parts.push(`${JSON.stringify(key.slice(prefix.length))}:${textOf(value.plain)}`);
    return `{${parts.join()}}`;
  }
}

/** The keys whose value differs. */
function changed(/** @type {Map<string, Value>} */ before, /** @type {Map<string, Value>} */ after) {
  const keys = [];
  for (const [key, value] of after) if (!equalValues(before.get(key), value)) keys.push(key);
  for (const key of before.keys()) if (!after.has(key)) keys.push(key);
  return keys.sort();
}

/** Does random operations to a session and to the model, and throws where they differ. */
export class Run {
  /** @param {any} session @param {number} seed */
  constructor(session, seed) {
    this.session = session;
    this.rng = random(seed);
    this.model = new Model();
    this.count = 0;
    this.digest = 0;
    this.version = 0;
    this.depth = 0;
    this.last = "";
    /** @type {Set<string>} the keys that the open batch deleted */
    this.deleted = new Set();
    /** @type {{keys: string[] | null, several: boolean, told: any[], end: () => void}[]} */
    this.listeners = [];
    this.violations = 0; // counted, not kept: a run may be long
    this.expectedViolations = 0;
    /** @type {Map<string, {value: Value, seen: any}>} */
    this.seen = new Map();
    session.addEventListener("session-violation", (/** @type {CustomEvent} */ event) => { event.preventDefault(); this.violations++; });
    session.addEventListener("session-error", (/** @type {CustomEvent} */ event) => fail(`session-error: ${event.detail.error}`));
    session.computed("computed", ["a", "n"], (/** @type {any} */ a, /** @type {any} */ n) => `${show(a)} ${show(n)}`);
  }

  /** Adds to the digest what is the same in every run of a seed. */
  log(/** @type {string} */ text) {
    this.last = text;
    let h = this.digest;
    for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
    this.digest = h;
  }

  fail(/** @type {string} */ message) {
    fail(`operation ${this.count} (${this.last}), mode ${this.model.mode}, depth ${this.depth}: ${message}`);
  }

  // --- What is random

  primitive() {
    const { rng } = this;
    switch (rng.below(9)) {
      case 0: return rng.below(5);
      case 1: return rng.pick([0, -0, -1.5, 1e21, 1e-7, 123456789012, 5e-324]);
      case 2: return rng.pick(["", "x", "exactly sixteen.", "seventeen letters", "é", "😀", "\u0000\"\\\n\u2028", "a".repeat(100)]);
      case 3: return `t${rng.below(1000)}`;
      case 4: return rng.below(2) === 0;
      case 5: return null;
      default: return rng.below(1000) / 4;
    }
  }

  /** @returns {any} */
  plain(depth = 3) {
    const { rng } = this;
    if (depth === 0 || rng.below(3) > 0) return this.primitive();
    const length = rng.below(4);
    if (rng.below(2) === 0) return Array.from({ length }, () => this.plain(depth - 1));
    /** @type {any} */
    const value = {};
    for (let i = 0; i < length; i++) define(value, rng.pick(["x", "y", "list", "__proto__", "0", "é"]), this.plain(depth - 1));
    return value;
  }

  /** @returns {Value} */
  value() {
    return this.rng.below(12) === 0 ? { held: this.rng.pick(REFERENCES) } : { plain: this.plain() };
  }

  key() {
    return this.rng.below(60) === 0 ? this.rng.pick(BAD_KEYS) : this.rng.pick(KEYS);
  }

  // --- One operation: does it to the session and the model, and holds what came out against what was to come

  /** Runs an act that may be refused: `refused` says with what name, undefined for not at all. */
  attempt(/** @type {string} */ what, /** @type {string | undefined} */ refused, /** @type {() => any} */ act) {
    this.log(`${what} ${refused ?? ""}`);
    let result;
    try {
      result = act();
    } catch (error) {
      const { name, message } = /** @type {any} */ (error);
      if (refused === undefined) this.fail(`refused with ${name}: ${message}`);
      if (!new RegExp(`^(${refused})$`).test(name)) this.fail(`refused with ${name}, not ${refused}: ${message}`);
      return undefined;
    }
    if (refused !== undefined) this.fail(`was not refused with ${refused}`);
    return result;
  }

  refusal(/** @type {string} */ key, /** @type {Value | undefined} */ value = undefined) {
    if (BAD_KEYS.includes(key)) return value && isHeld(value) && this.model.mode === "enforce" ? "SessionKeyError|SessionLimitError|UnserializableSessionStateError" : key.length > 5 ? "SessionLimitError" : "SessionKeyError";
    return value && isHeld(value) && this.model.mode === "enforce" ? "UnserializableSessionStateError" : undefined;
  }

  /** What report will say of writing the value. */
  watch(/** @type {string} */ key, /** @type {Value} */ value) {
    if (this.model.mode === "report" && isHeld(value) && !equalValues(this.model.entries.get(key), value)) this.expectedViolations++;
  }

  set() {
    const key = this.key(), value = this.value();
    const given = "held" in value ? value.held : value.plain;
    const refused = this.refusal(key, value);
    const { session } = this;
    const scoped = key.startsWith("p:") && this.rng.below(2) === 0;
    const byState = this.rng.below(3) === 0;
    if (refused === undefined) this.watch(key, value);
    this.attempt(`set ${key} ${show(given)}`, refused, () => {
      const target = scoped ? session.scope("p") : session;
      const name = scoped ? key.slice(2) : key;
      if (byState) target.state[name] = given;
      else same(target.set(name, given), target);
    });
    if (refused === undefined) {
      this.model.put(key, value);
      if (typeof given === "object" && given !== null && "plain" in value) this.model.entries.set(key, equalValues(this.model.entries.get(key), value) ? /** @type {Value} */ (this.model.entries.get(key)) : value);
    }
  }

  delete() {
    const key = this.key();
    const refused = this.refusal(key);
    const pop = this.rng.below(3) === 0;
    const old = this.model.entries.get(key);
    const result = this.attempt(`${pop ? "pop" : "delete"} ${key}`, refused, () => (pop ? this.session.pop(key, REFERENCES) : this.session.delete(key)));
    if (refused !== undefined) return;
    if (pop) this.compare(key, result === REFERENCES ? undefined : result, old, result !== REFERENCES);
    else if (result !== (old !== undefined)) this.fail(`delete said ${result}`);
    this.deleteEntry(key);
  }

  deleteEntry(/** @type {string} */ key) {
    if (this.model.entries.delete(key) && this.depth > 0) this.deleted.add(key);
  }

  /** update or init, with entries some of which may be refused. */
  several() {
    const { rng, model } = this;
    const init = rng.below(3) === 0;
    const list = Array.from({ length: 1 + rng.below(4) }, () => /** @type {[string, Value]} */ ([this.key(), this.value()]));
    let refused;
    const before = new Map(model.entries);
    const expected = this.expectedViolations;
    for (const [key, value] of list) {
      if (init && model.entries.has(key)) continue;
      refused = this.refusal(key, value);
      if (refused !== undefined) break;
      this.watch(key, value);
      model.put(key, value);
    }
    const source = list.map(([key, value]) => [key, "held" in value ? value.held : value.plain]);
    this.attempt(`${init ? "init" : "update"} ${show(source)}`, refused, () => (init ? this.session.init(source) : this.session.update(source)));
    if (refused !== undefined) {
      model.entries = before;
      // What was written before the refusal was reported, though it was taken back.
      if (this.violations < expected || this.violations > this.expectedViolations) this.fail("violations of a refused update");
      this.expectedViolations = this.violations;
    }
  }

  /** A write in place, through a view or a draft. */
  inPlace() {
    const { rng, model, session } = this;
    const key = rng.pick(KEYS);
    const value = model.entries.get(key);
    const mutable = value !== undefined && "plain" in value && typeof value.plain === "object" && value.plain !== null;
    const draft = rng.below(2) === 0;
    if (!mutable) {
      if (draft) this.attempt(`mutate ${key}`, "SessionUsageError", () => session.mutate(key, () => 1));
      return;
    }
    // The same edits, chosen once, for the model's copy and for the session's.
    const edits = Array.from({ length: draft ? 1 + rng.below(3) : 1 }, () => this.edit());
    const copy = structuredCloneOf(/** @type {any} */ (value).plain);
    for (const edit of edits) edit(copy);
    const thrown = draft && rng.below(8) === 0;
    this.attempt(`${draft ? "mutate" : "view"} ${key} ${textOf(copy)}`, thrown ? "Error" : undefined, () => {
      if (!draft) return edits[0](session.state[key]);
      return session.mutate(key, (/** @type {any} */ root) => {
        for (const edit of edits) edit(root);
        if (textOf(root) !== textOf(copy)) this.fail(`the draft is ${textOf(root)}, not ${textOf(copy)}`);
        if (thrown) throw new Error("thrown in mutate");
      });
    });
    if (!thrown) model.put(key, { plain: copy });
  }

  /** @returns {(root: any) => void} an edit that does the same to any value of the same text */
  edit() {
    const { rng } = this;
    const steps = [rng.below(4), rng.below(4)], how = rng.below(8), at = rng.below(4), part = this.plain(1), name = rng.pick(["x", "y", "list", "é"]);
    return (root) => {
      const fresh = () => structuredCloneOf(part);
      let node = root;
      for (const step of steps) {
        const names = Object.keys(node);
        const next = names.length === 0 ? undefined : node[names[step % names.length]];
        if (typeof next !== "object" || next === null) break;
        node = next;
      }
      if (!Array.isArray(node)) {
        if (how < 3) delete node[name];
        else node[name] = fresh();
        return;
      }
      switch (how) {
        case 0: node.push(fresh(), fresh()); break;
        case 1: node.pop(); break;
        case 2: node.shift(); break;
        case 3: node.unshift(fresh()); break;
        case 4: node.splice(at, 1, fresh()); break;
        case 5: node.reverse(); break;
        case 6: if (at <= node.length) node[at] = fresh(); break;
        default: node.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      }
    };
  }

  sweep() {
    const { rng, model, session } = this;
    const prefix = rng.pick(["", "", "p:"]);
    const target = prefix === "" ? session : session.scope("p");
    const clear = () => { for (const key of [...model.entries.keys()]) if (key.startsWith(prefix)) this.deleteEntry(key); };
    switch (rng.below(5)) {
      case 0:
        this.attempt(`clear ${prefix}`, undefined, () => target.clear());
        clear();
        break;
      case 1: {
        const text = rng.pick(["", "{", '{"a":1', '{"a":1,"a":2}', '{"b":1,"$$x":1}', '{"b":1,"":1}', "[]", '{"a":"\\ud800"}', `{"a":${"[".repeat(130)}${"]".repeat(130)}}`]);
        if (prefix !== "" && text.includes("$$x")) break;
        this.attempt(`restore ${text.slice(0, 20)}`, "SessionSyntaxError|SessionKeyError|SessionLimitError", () => target.restore(text));
        break;
      }
      default: {
        /** @type {Map<string, any>} */
        const next = new Map();
        for (let i = rng.below(8); i > 0; i--) next.set(rng.pick(KEYS.slice(0, 10)), this.plain());
        const text = rng.below(3) === 0 ? model.text(prefix) : `{ ${[...next].map(([key, value]) => `${JSON.stringify(key)} : ${textOf(value)}`).join(" ,\n")} }`;
        this.attempt(`restore ${prefix} ${text}`, undefined, () => target.restore(text));
        const before = new Map(model.entries);
        clear();
        for (const [key, plain] of entriesOf(text)) {
          const old = before.get(prefix + key);
          const value = { plain };
          // What is equal keeps its identity; inside a batch that is known only when it ends.
          model.entries.set(prefix + key, old && this.depth === 0 && equalValues(old, value) ? old : value);
        }
        model.restored = true;
      }
    }
  }

  batch() {
    const { rng, model, session } = this;
    const before = new Map(model.entries), restored = model.restored, deleted = new Set(this.deleted);
    const inner = 1 + rng.below(5), thrown = rng.below(3) === 0;
    this.log(`batch of ${inner}`);
    this.depth++;
    try {
      same(session.batch(() => {
        for (let i = 0; i < inner; i++) {
          this.one();
          if (rng.below(4) === 0) this.look(rng.pick(KEYS));
        }
        if (rng.below(6) === 0) this.attempt("undo in a batch", "SessionUsageError", () => session.undo());
        if (thrown) throw this;
        return this;
      }), this);
      if (thrown) this.fail("the batch did not throw");
    } catch (error) {
      if (error !== this) throw error;
      model.entries = before;
      model.restored = restored;
      this.deleted = deleted;
    }
    this.depth--;
    if (this.depth > 0) return;
    // What ended as it began is the same value again.
    for (const [key, value] of before) if (equalValues(model.entries.get(key), value)) model.entries.set(key, value);
    for (const key of this.deleted) if (before.has(key) && model.entries.get(key) === before.get(key)) model.moved = true;
    this.deleted.clear();
  }

  travel() {
    const { rng, model, session } = this;
    const redo = rng.below(3) === 0;
    const [from, to] = redo ? [model.future, model.past] : [model.past, model.future];
    const target = from.at(-1);
    const what = redo ? "redo" : "undo";
    let refused;
    if (target && model.mode === "enforce" && changed(model.entries, target).some((key) => { const value = target.get(key); return value && isHeld(value); })) refused = "UnserializableSessionStateError";
    const result = this.attempt(what, refused, () => (redo ? session.redo() : session.undo()));
    if (refused !== undefined) return;
    if (result !== (target !== undefined)) this.fail(`${what} said ${result}`);
    if (!target) return;
    from.pop();
    to.push(model.entries);
    const now = new Map();
    for (const [key, value] of target) {
      const old = model.entries.get(key);
      // What comes back is equal, and may be another object than it was.
      now.set(key, equalValues(old, value) ? old : "held" in value ? value : { plain: structuredCloneOf(value.plain) });
    }
    model.entries = now;
    if (!model.moved) return;
    // A step brings back the places of the keys that it changed, and of no other.
    const order = [...session.keys()];
    if (order.length !== now.size || !order.every((key) => now.has(key))) this.fail(`${what} left ${order}, not ${[...now.keys()]}`);
    model.entries = new Map(order.map((key) => [key, now.get(key)]));
  }

  subscription() {
    const { rng, session } = this;
    if (this.listeners.length > 6 || (this.listeners.length > 0 && rng.below(2) === 0)) {
      const [gone] = this.listeners.splice(rng.below(this.listeners.length), 1);
      this.log("unsubscribe");
      gone.end();
      if (rng.below(3) === 0) gone.end();
      return;
    }
    /** @type {any[]} */
    const told = [];
    const kind = rng.below(5);
    const keys = kind === 0 ? null : kind === 1 ? [...new Set([rng.pick(KEYS), rng.pick(KEYS), "computed"])] : [rng.pick([...KEYS, "computed"])];
    const several = kind < 2;
    const listener = several ? (/** @type {any[]} */ changes) => void told.push(changes) : (/** @type {any} */ value, /** @type {any} */ change) => { told.push([change]); if (!Object.is(value, change.value)) this.fail("the value is not the change's"); };
    this.log(`subscribe ${keys}`);
    const end = keys === null ? session.subscribe(listener) : session.subscribe(several ? keys : keys[0], listener);
    this.listeners.push({ keys, several, told, end });
  }

  enforcement() {
    const { model, session } = this;
    const mode = this.rng.pick(["off", "off", "report", "enforce"]);
    this.log(`mode ${mode}`);
    if (mode !== "off") this.expectedViolations += [...model.entries.values()].filter(isHeld).length;
    session.enforcement = mode;
    model.mode = mode;
    same(session.enforcement, mode);
  }

  one() {
    const dice = this.rng.below(100);
    if (dice < 45) this.set();
    else if (dice < 58) this.delete();
    else if (dice < 66) this.several();
    else if (dice < 84) this.inPlace();
    else if (dice < 88) this.sweep();
    else if (this.depth < 3 && dice < 97) this.batch();
    else this.look(this.rng.pick(KEYS));
    this.count++;
  }

  /** One operation at the top, and what followed from it. */
  turn() {
    const { rng, model } = this;
    const before = new Map(model.entries);
    const dice = rng.below(100);
    let origin = "";
    if (dice < 8) {
      this.travel();
      this.count++;
      origin = "history";
    } else if (dice < 12) this.subscription();
    else if (dice < 14) this.enforcement();
    else if (dice < 15 && rng.below(10) === 0) {
      this.attempt("reset", undefined, () => this.session.reset());
      model.entries.clear();
      model.restored = true;
      this.count++;
    } else this.one();
    if (origin !== "history") model.step(before);
    this.check(before, origin);
  }

  // --- What is to hold

  /** Holds a value that was read against the model's. */
  compare(/** @type {string} */ key, /** @type {any} */ got, /** @type {Value | undefined} */ want, present = true) {
    if (want === undefined ? present && got !== undefined : "held" in want ? !Object.is(got, want.held) : !(got === want.plain || textOf(got) === textOf(want.plain))) {
      this.fail(`${key} is ${show(got)}, not ${want && "held" in want ? `held ${show(want.held)}` : textOf(want?.plain)}`);
    }
  }

  look(/** @type {string} */ key) {
    const { session, model } = this;
    const want = model.entries.get(key);
    const got = session.get(key);
    this.compare(key, got, want);
    if (session.has(key) !== (want !== undefined)) this.fail(`has ${key} is ${session.has(key)}`);
    if (want && "plain" in want && typeof got === "object" && got !== null) {
      if (!Object.isFrozen(got)) this.fail(`${key} is not frozen`);
      if (session.get(key) !== got) this.fail(`${key} has no identity`);
      const known = this.seen.get(key);
      if (known && known.value === want && known.seen !== got) this.fail(`${key} lost its identity`);
      this.seen.set(key, { value: want, seen: got });
    } else this.seen.delete(key);
  }

  check(/** @type {Map<string, Value>} */ before, /** @type {string} */ origin) {
    const { session, model } = this;
    const keys = changed(before, model.entries);
    const computedBefore = computedOf(before), computedNow = computedOf(model.entries);
    let newest = this.version;
    for (const { keys: wanted, told } of this.listeners) {
      const expected = keys.filter((key) => wanted === null || wanted.includes(key));
      const changes = told.splice(0);
      if (changes.length > 1) this.fail(`a listener of ${wanted} was told ${changes.length} times`);
      const own = changes.length === 0 ? [] : changes[0].filter((/** @type {any} */ c) => c.key !== "computed");
      const names = own.map((/** @type {any} */ c) => c.key).sort();
      if (names.join("|") !== expected.join("|")) this.fail(`a listener of ${wanted} was told of ${names}, not ${expected}`);
      for (const change of own) {
        this.compare(change.key, change.value, model.entries.get(change.key));
        this.compare(`old ${change.key}`, change.old, before.get(change.key));
        if (change.version <= this.version) this.fail(`version ${change.version} after ${this.version}`);
        if (origin !== "" && change.origin !== origin) this.fail(`origin ${change.origin}`);
        newest = Math.max(newest, change.version);
        this.log(`${change.key} ${change.version} ${change.origin}`);
      }
      const computed = changes.length === 0 ? undefined : changes[0].find((/** @type {any} */ c) => c.key === "computed");
      if (wanted?.includes("computed")) {
        if ((computed !== undefined) !== (computedBefore !== computedNow)) this.fail(`computed went from ${computedBefore} to ${computedNow}, and was ${computed ? "told" : "not told"}`);
        if (computed && (computed.value !== computedNow || computed.old !== computedBefore)) this.fail(`computed was told as ${computed.old} to ${computed.value}, not ${computedBefore} to ${computedNow}`);
      }
    }
    this.version = Math.max(newest, this.version);
    if (this.violations !== this.expectedViolations) this.fail(`${this.violations} violations were told, not ${this.expectedViolations}`);
    for (const key of keys.slice(0, 2)) this.look(key);
    if (this.rng.below(12) === 0) this.all();
  }

  all() {
    const { session, model } = this;
    const order = [...model.entries.keys()].join("|");
    if ([...session.keys()].join("|") !== order) this.fail(`keys are ${[...session.keys()]}, not ${[...model.entries.keys()]}`);
    if (session.size !== model.entries.size) this.fail(`size ${session.size}`);
    for (const key of KEYS) this.look(key);
    const prefix = this.rng.pick(["", "p:"]);
    const text = (prefix === "" ? session : session.scope("p")).snapshot({ references: "omit" });
    if (text !== model.text(prefix)) this.fail(`snapshot ${text}, not ${model.text(prefix)}`);
    const held = [...model.entries].filter(([, value]) => isHeld(value)).map(([key]) => key);
    if (session.validate().map((/** @type {any} */ v) => v.key).join("|") !== held.join("|")) this.fail(`validate lists ${session.validate().map((/** @type {any} */ v) => v.key)}, not ${held}`);
    const { undo, redo, listeners, keys } = session.stats();
    if (undo !== model.past.length || redo !== model.future.length) this.fail(`undo ${undo}, redo ${redo}, not ${model.past.length}, ${model.future.length}`);
    if (listeners !== this.listeners.length || keys !== model.entries.size) this.fail(`stats ${listeners}, ${keys}`);
    if (session.get("computed") !== computedOf(model.entries)) this.fail(`computed is ${session.get("computed")}, not ${computedOf(model.entries)}`);
    this.log(text);
  }
}

/** The computed value of the run. */
function computedOf(/** @type {Map<string, Value>} */ entries) {
  const read = (/** @type {string} */ key) => { const value = entries.get(key); return value === undefined ? undefined : "held" in value ? value.held : value.plain; };
  return `${show(read("a"))} ${show(read("n"))}`;
}

function define(/** @type {any} */ target, /** @type {string} */ name, /** @type {any} */ value) {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Members of JSON text in the order of the text, which an object would not keep. @returns {[string, any][]} */
function entriesOf(/** @type {string} */ text) {
  const parsed = JSON.parse(text);
  return topLevel(text).map((name) => [name, parsed[name]]);
}

/** The names of the members at the top, in the order of the text. */
function topLevel(/** @type {string} */ text) {
  const names = [];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") depth--;
    else if (c === '"') {
      let end = i + 1;
      while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      if (depth === 1 && /^"\s*:/.test(text.slice(end, end + 3))) names.push(JSON.parse(text.slice(i, end + 1)));
      i = end;
    }
  }
  return names;
}

/** A copy that may be written; structuredClone() loses a member named __proto__. */
const structuredCloneOf = (/** @type {any} */ plain) => JSON.parse(JSON.stringify(plain));

function show(/** @type {any} */ value) {
  if (typeof value === "function") return `function ${REFERENCES.indexOf(value)}`;
  if (typeof value === "object" && value !== null && REFERENCES.includes(value)) return `held ${REFERENCES.indexOf(value)}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(value, (_, part) => (typeof part === "object" || typeof part === "string" || typeof part === "number" && Number.isFinite(part) || typeof part === "boolean" ? part : String(part)));
  return Object.is(value, -0) ? "0" : String(value);
}
