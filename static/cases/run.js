// Runs the case files in this folder against sessions of the JavaScript API. README.md says what a case is; the same cases run
// against the Go core in wasm/session/cases_test.go.

/** Everything there is: suite.json, with the content of each case file. */
export async function loadSuite(base = new URL(".", import.meta.url)) {
  const read = async (name) => (await fetch(new URL(name, base))).json();
  const suite = await read("suite.json");
  suite.files = await Promise.all(suite.files.map(async (name) => ({ name, ...(await read(name)) })));
  return suite;
}

/** Why a case failed: at which step, what came, what was wanted. */
export class Failure extends Error {
  constructor(step, what, got, wanted) {
    super(`step ${step}: ${what}: got ${got}, wanted ${wanted}`);
    Object.assign(this, { name: "Failure", step, what, got, wanted });
  }
}

/** A mistake in a case, told before it runs. */
class Malformed extends Error {}

/** Runs cases one after the other, in one session as long as the options allow. */
export function createRunner({ open, suite }) {
  let session = null;
  let opened = "";

  async function sessionFor({ limits, history }) {
    const options = JSON.stringify({ limits, history });
    if (session?.status === "open" && opened === options) session.reset();
    else {
      end();
      session = await open({ separate: true, limits, history });
      opened = options;
    }
    return session;
  }

  function end() {
    session?.destroy();
    session = null;
  }

  return {
    end,
    /** The ways in which JavaScript can do what the case says: through the methods, and through session.state. */
    doors: (test) => (test.steps.some(throughState) ? ["methods", "state"] : ["methods"]),

    /** Runs a case; gives its Failure, or null. */
    async run(test, door = "methods") {
      check(test, suite);
      const { enforce = "off", ...options } = test.options ?? {};
      const run = new Run(await sessionFor(options), door);
      session.enforcement = enforce;
      try {
        run.all(test);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return error;
      } finally {
        if (run.close()) end();
      }
      return null;
    },
  };
}

const throughState = (step) => ["get", "set", "has", "delete"].includes(step.do) || [step.steps, step.then].some((steps) => steps?.some(throughState));

// --- What a case may say -------------------------------------------------------------------------------------------

const CASE = ["name", "rules", "options", "only", "why", "steps"];
const OPTIONS = ["enforce", "limits", "history"];
const EXPECTED = {
  throws: ["error", "class", "code", "key", "path", "line", "column", "limit", "message", "type", "reason", "hint", "issues"],
  reports: ["error", "class", "code", "key"],
  hears: ["as", "count", "key", "value", "old", "origin", "changes"],
  changes: ["key", "value", "old", "origin"],
  tells: ["key", "path", "type", "code"],
  edits: ["path", "set", "delete", "call", "with"],
};

function only(object, members, what) {
  const unknown = Object.keys(object).find((member) => !members.includes(member));
  if (unknown !== undefined) throw new Malformed(`${what} has no member ${JSON.stringify(unknown)}`);
}

/** Throws when a case says what no runner knows: a check that is not made would be a check that cannot fail. */
export function check(test, suite) {
  only(test, CASE, "a case");
  only(test.options ?? {}, OPTIONS, "options");
  if (!test.name || !(test.steps?.length > 0)) throw new Malformed("a case has a name and steps");
  if (!(test.rules?.length > 0) || test.rules.some((rule) => !(rule in suite.rules))) throw new Malformed("a case cites rules that the suite knows");
  if ("only" in test !== "why" in test || !["js", "go", undefined].includes(test.only)) throw new Malformed("a case for one side says why");
  for (const step of test.steps) checkStep(step, test, suite, true);
}

function checkStep(step, test, suite, outermost) {
  const kind = Object.hasOwn(suite.steps, step.do) ? suite.steps[step.do] : null;
  if (!kind) throw new Malformed(`there is no step ${JSON.stringify(step.do)}`);
  const { needs = [], may = [], answers = false, scoped = false, only: side } = kind;
  only(step, [...suite.common, ...needs, ...may, ...(scoped ? ["scope"] : [])], step.do);
  for (const member of needs) if (!(member in step)) throw new Malformed(`${step.do} needs ${member}`);
  if (answers && !("gives" in step || "throws" in step)) throw new Malformed(`${step.do} needs gives or throws`);
  if (!answers && "gives" in step) throw new Malformed(`${step.do} gives nothing`);
  if (side && test.only !== side) throw new Malformed(`${step.do} is for cases that are only for ${side}`);
  if (!outermost && ("hears" in step || "reports" in step || "tells" in step)) throw new Malformed("what is heard stands at the outermost step");
  if ("tells" in step && test.only !== "js") throw new Malformed("tells is for cases that are only for js");
  if ("passes" in step && !("throws" in step)) throw new Malformed("what passes is thrown");
  for (const thrown of [step.throws ?? [], step.reports ?? []].flat()) {
    only(thrown, EXPECTED.throws, "an error");
    if (!("error" in thrown) && !("class" in thrown)) throw new Malformed("an error has a class, or the text of one thrown on purpose");
  }
  for (const edit of step.edits ?? []) only(edit, EXPECTED.edits, "an edit");
  for (const told of step.tells ?? []) only(told, EXPECTED.tells, "tells");
  for (const heard of step.hears ?? []) {
    only(heard, EXPECTED.hears, "hears");
    for (const change of heard.changes ?? []) only(change, EXPECTED.changes, "a change");
  }
  for (const inner of [step.steps ?? [], step.then ?? [], Object.values(step.at ?? {})].flat(2)) checkStep(inner, test, suite, false);
}

// --- Values --------------------------------------------------------------------------------------------------------

const SPECIAL = {
  absent: () => undefined,
  undefined: () => undefined,
  NaN: () => NaN,
  Infinity: () => Infinity,
  "-Infinity": () => -Infinity,
  date: () => new Date(0),
  bigint: () => 1n,
  symbol: () => Symbol("case"),
  map: () => new Map(),
  regexp: () => /x/,
  surrogate: () => "\ud83d",
  repeat: ({ text, times }) => text.repeat(times),
  join: ({ parts }, decode) => parts.map(decode).join(""),
  json: ({ text }) => JSON.parse(text),
  nested: ({ depth }) => {
    let value = [];
    for (let i = 1; i < depth; i++) value = [value];
    return value;
  },
};

const define = (target, name, value) => Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });

/** The text by which values are compared: JSON, and words for what JSON cannot say. */
export function show(value) {
  switch (typeof value) {
    case "undefined": return "absent";
    case "number": return Object.is(value, -0) ? "-0" : String(value);
    case "function": return `function ${value.label ?? value.name}`;
    case "bigint": return `${value}n`;
    case "symbol": return String(value);
    case "object": break;
    default: return JSON.stringify(value);
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(show).join(",")}]`;
  if (value instanceof Date || value instanceof Map || value instanceof RegExp) return value.constructor.name;
  return `{${Object.keys(value).map((name) => `${JSON.stringify(name)}:${show(value[name])}`).join(",")}}`;
}

/** Changes every part of a value that was handed over: the session has to have a copy (rule 9). */
function spoil(value) {
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Map || value instanceof RegExp) return;
  for (const part of Object.values(value)) spoil(part);
  if (Array.isArray(value)) value.push("spoilt");
  else value.spoilt = true;
}

function frozen(value) {
  return typeof value !== "object" || value === null || Object.isFrozen(value) && Object.values(value).every(frozen);
}

const plain = (value) => typeof value !== "object" || value === null
  ? ["string", "number", "boolean", "object"].includes(typeof value)
  : [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)) && Object.values(value).every(plain);

// --- Built-in functions --------------------------------------------------------------------------------------------

const sum = (...values) => values.reduce((total, value) => total + (value ?? 0), 0);
const FUNCTIONS = {
  sum,
  list: (...values) => values.map((value) => value ?? null),
  concat: (...values) => values.join(""),
  count: (...values) => values.filter((value) => value !== undefined).length,
  failWhenNegative: (...values) => {
    const total = sum(...values);
    if (total < 0) throw new Error("negative");
    return total;
  },
};

const schema = (validate) => ({ "~standard": { version: 1, vendor: "cases", validate } });
const SCHEMAS = {
  positive: schema((value) => (typeof value === "number" && value > 0 ? { value } : { issues: [{ message: "must be a positive number" }] })),
  named: schema((value) => (typeof value?.user?.name === "string" ? { value } : { issues: [{ message: "a name is missing", path: ["user", { key: "name" }] }, { message: "second" }] })),
  transforming: schema(() => ({ value: "another value" })),
  asynchronous: schema(async (value) => ({ value })),
};

// --- Steps ---------------------------------------------------------------------------------------------------------

const STEPS = {
  get(run, s, { key, ...step }) {
    if ("default" in step) return s.get(key, run.value(step.default));
    return run.door === "state" && typeof key === "string" ? s.state[key] : s.get(key);
  },
  require: (_, s, { key }) => s.require(key),
  has: (run, s, { key }) => (run.door === "state" && typeof key === "string" ? key in s.state : s.has(key)),
  set(run, s, { key, value }) {
    const given = run.value(value);
    if (run.door === "state" && typeof key === "string") s.state[key] = given;
    else if (s.set(key, given) !== s) throw new Error("set() does not return the session");
    if (plain(given)) spoil(given);
  },
  add: (_, s, { key, by }) => void s.set(key, s.get(key, 0) + by),
  delete(run, s, { key }) {
    if (run.door !== "state" || typeof key !== "string") return s.delete(key);
    const present = s.has(key);
    if (delete s.state[key] !== true) throw new Error("delete says false");
    return present;
  },
  pop: (run, s, { key, ...step }) => ("default" in step ? s.pop(key, run.value(step.default)) : s.pop(key)),
  size: (_, s) => s.size,
  keys: (_, s) => [...s.keys()],
  values: (_, s) => [...s.values()],
  entries: (_, s) => [...s],
  each(run, s, { at }, where) {
    const seen = [];
    for (const key of s.keys()) {
      seen.push(key);
      if (Object.hasOwn(at, key)) run.steps(at[key], `${where}.at`);
    }
    return seen;
  },
  toJSON: (_, s) => s.toJSON(),
  clear: (_, s) => s.clear(),
  reset: (_, s) => s.reset(),
  init: (run, s, { entries }) => run.entries(s, "init", entries),
  update: (run, s, { entries }) => run.entries(s, "update", entries),
  batch: (run, s, { steps, fails }, where) => s.batch(() => {
    run.steps(steps, `${where}.steps`);
    if (fails) throw new Error(fails);
  }),
  mutate: (run, s, { key, edits, fails }) => s.mutate(key, (draft) => {
    for (const edit of edits) run.edit(draft, edit);
    if (fails) throw new Error(fails);
  }),
  edit(run, s, { key, edits }) {
    for (const edit of edits) run.edit(s.state[key], edit);
  },
  subscribe(run, s, step, where) {
    const { as, key, keys, immediate } = step;
    let runs = 0;
    let now = true;
    const listener = (first, change) => {
      run.heard(as, key === undefined ? { changes: first } : { value: first, change }, now);
      if (runs++ < (step.times ?? Infinity) && step.then) run.inListener(() => run.steps(step.then, `${where}.then`));
      if (step.fails) throw new Error(step.fails);
    };
    const target = key ?? keys;
    run.named(as, target === undefined ? s.subscribe(listener, { immediate }) : s.subscribe(target, listener, { immediate }));
    now = false;
  },
  end(run, _, { as }) {
    run.ends.get(as)();
  },
  enforcement(run, _, { mode }) {
    run.session.enforcement = mode;
  },
  mode: (run) => run.session.enforcement,
  validate: (_, s) => s.validate().map(({ code, key, path }) => ({ code, key, path })),
  snapshot: (_, s, { references }) => s.snapshot(references && { references }),
  restore: (_, s, { text }) => s.restore(text),
  undo: (run) => run.session.undo(),
  redo: (run) => run.session.redo(),
  computed(run, s, { as, key, keys, fn, scope }) {
    run.called.set(as, 0);
    run.named(as, s.computed(key, keys, (...values) => {
      run.called.set(as, run.called.get(as) + 1);
      return FUNCTIONS[fn](...values);
    }));
    run.computed.add(key).add([scope ?? [], key].flat().join(":"));
  },
  runs: (run, _, { as }) => run.called.get(as),
  validator: (run, s, { as, key, schema }) => run.named(as, s.validator(key, SCHEMAS[schema])),
  stats(run, _, { gives }) {
    const all = run.session.stats();
    return Object.fromEntries(Object.keys(gives).map((member) => [member, all[member]]));
  },
  version(run, _, { key, is }) {
    const before = run.versions.get(key);
    const now = key === undefined ? run.session.stats().version : run.versionOf(key);
    run.versions.set(key, now);
    const got = before === undefined ? "noted" : now === before ? "same" : now > before ? "newer" : "older";
    if (got !== is) throw new Failure("", "version", got, is);
  },
  destroy: (run) => run.session.destroy(),
};

class Run {
  constructor(session, door) {
    Object.assign(this, { session, door, failure: null, before: 0, start: session.stats().version });
    this.ends = new Map();
    this.called = new Map();
    this.computed = new Set();
    this.versions = new Map();
    this.given = new Map(); // which key got which version
    this.functions = new Map();
    this.heardNow = [];
    this.reported = [];
    this.told = [];
    this.onError = (event) => {
      event.preventDefault();
      this.reported.push(event.detail.error);
    };
    this.onViolation = (event) => {
      event.preventDefault();
      this.told.push(event.detail);
    };
    session.addEventListener("session-error", this.onError);
    session.addEventListener("session-violation", this.onViolation);
  }

  /** Ends what the case left; says whether the session can be used no more. */
  close() {
    const { session } = this;
    session.removeEventListener("session-error", this.onError);
    session.removeEventListener("session-violation", this.onViolation);
    if (session.status !== "open") return true;
    for (const end of this.ends.values()) end();
    return session.stats().listeners !== 0;
  }

  all({ steps, only: side }) {
    const tells = side === "js"; // where events are compared, each one is

    steps.forEach((step, i) => {
      this.before = this.session.status === "open" ? this.session.stats().version : Infinity;
      if (this.before < this.start) throw new Failure(i + 1, "the session's version", this.before, `at least ${this.start}`);
      this.start = this.before;
      this.step(step, `${i + 1}`);
      if (this.failure) throw this.failure;
      this.compareHeard(step, i + 1);
      this.compareAll(i + 1, "reported", this.reported, step.reports ?? [], (error, wanted) => differs(error, wanted, false));
      if (tells) this.compareAll(i + 1, "told", this.told, step.tells ?? [], (violation, wanted) => {
        const member = EXPECTED.tells.find((name) => violation[name] !== wanted[name]);
        return member && [member, violation[member], wanted[member]];
      });
    });
  }

  steps(steps, where) {
    steps.forEach((step, i) => this.step(step, `${where}.${i + 1}`));
  }

  /** Runs one step and holds it to what it gives or throws. */
  step(step, where) {
    let got;
    let thrown = null;
    try {
      const args = { ...step };
      for (const member of ["key", "text"]) if (member in step) args[member] = this.value(step[member]);
      got = STEPS[step.do](this, this.view(step.scope), args, where);
    } catch (error) {
      if (error instanceof Failure) throw error.step === "" ? new Failure(`${where} (${step.do})`, error.what, error.got, error.wanted) : error;
      thrown = error;
    }
    const at = `${where} (${step.do})`;
    if (thrown !== null) {
      const wanted = step.throws;
      if (!wanted) throw new Failure(at, "result", `${thrown}${thrown instanceof TypeError ? thrown.stack : ""}`, "no error");
      const difference = differs(thrown, wanted);
      if (difference) throw new Failure(at, `error.${difference[0]}`, show(difference[1]), show(difference[2]));
      if (step.passes) throw thrown;
      return;
    }
    if (step.throws) throw new Failure(at, "result", show(got), `${step.throws.class ?? "Error"} ${step.throws.code ?? step.throws.error ?? ""}`);
    if ("gives" in step) {
      const [text, wanted] = [show(got), show(this.value(step.gives))];
      if (text !== wanted) throw new Failure(at, "result", text, wanted);
      if (["get", "require"].includes(step.do) && !("default" in step) && this.door === "methods" && plain(got) && !frozen(got)) throw new Failure(at, "result", "a value that can be changed", "a frozen one");
    }
  }

  /** The session, or the scope of a scope … of it. */
  view(scope) {
    return [scope ?? []].flat().reduce((s, name) => s.scope(name), this.session);
  }

  /** What a case says, as a value of its own. */
  value(given) {
    if (typeof given !== "object" || given === null) return given;
    if (Array.isArray(given)) return given.map((part) => this.value(part));
    if (Object.hasOwn(given, "$")) return this.special(given);
    const copy = {};
    for (const name of Object.keys(given)) define(copy, name, this.value(given[name]));
    return copy;
  }

  special({ $: name, ...rest }) {
    if (name === "function") {
      const { label = "" } = rest;
      if (!this.functions.has(label)) this.functions.set(label, define(() => label, "label", label));
      return this.functions.get(label);
    }
    if (!Object.hasOwn(SPECIAL, name)) throw new Malformed(`there is no special value ${JSON.stringify(name)}`);
    return SPECIAL[name](rest, (part) => this.value(part));
  }

  entries(s, method, entries) {
    const given = this.value(entries);
    if (s[method](given) !== s) throw new Error(`${method}() does not return the session`);
    if (plain(given)) spoil(given);
  }

  edit(root, { path, call, with: args = [], ...edit }) {
    const steps = path.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (call) return void steps.reduce((at, step) => at[step], root)[call](...args.map((arg) => this.value(arg)));
    const last = steps.pop();
    const parent = steps.reduce((at, step) => at[step], root);
    if (edit.delete) delete parent[last];
    else parent[last] = this.value(edit.set);
  }

  named(as, end) {
    if (this.ends.has(as)) throw new Malformed(`${JSON.stringify(as)} names two things`);
    this.ends.set(as, end);
  }

  // --- What listeners hear ---------------------------------------------------------------------------------------

  heard(as, { value, change, changes }, immediate) {
    const told = (/** @type {any} */ c) => ({ key: c.key, value: c.value, old: c.old, origin: c.origin });
    for (const c of changes ?? [change]) if (!immediate && !this.computed.has(c.key)) this.inListener(() => this.checkVersion(c));
    if (change && show(value) !== show(change.value)) this.failure ??= new Failure("", "change.value", show(change.value), show(value));
    this.heardNow.push({ as, text: show(changes ? { as, changes: changes.map(told) } : { as, ...told(change) }) });
  }

  /** Versions only grow, and none is given twice (rule 10). */
  checkVersion({ key, version }) {
    const last = this.session.status === "open" ? this.session.stats().version : Infinity;
    const other = this.given.get(version);
    if (!(version > this.before && version <= last)) throw new Failure(`(listener)`, `version of ${key}`, version, `more than ${this.before}, at most ${last}`);
    if (other !== undefined && !(other.endsWith(key) || key.endsWith(other))) throw new Failure(`(listener)`, `version of ${key}`, version, `another than that of ${other}`);
    this.given.set(version, key);
  }

  versionOf(key) {
    let version;
    this.session.subscribe(key, (_, change) => { version = change.version; }, { immediate: true })();
    return version;
  }

  /** A session keeps what a listener throws away from the caller: a failed check must not be lost so. */
  inListener(fn) {
    try {
      fn();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.failure ??= error;
    }
  }

  compareHeard({ hears = [] }, step) {
    const heard = this.heardNow.splice(0);
    const show1 = ({ key, value, old = { $: "absent" }, origin = "code" }) => ({ key, value: this.value(value), old: this.value(old), origin });
    for (const wanted of hears) {
      if ("count" in wanted) {
        const some = heard.splice(0, wanted.count).filter(({ as }) => as === wanted.as);
        if (some.length !== wanted.count) throw new Failure(step, "heard", `${some.length} times by ${wanted.as}`, wanted.count);
        continue;
      }
      const text = show(wanted.changes ? { as: wanted.as, changes: wanted.changes.map(show1) } : { as: wanted.as, ...show1(wanted) });
      const got = heard.shift()?.text ?? "nothing";
      if (got !== text) throw new Failure(step, "heard", got, text);
    }
    if (heard.length > 0) throw new Failure(step, "heard", heard[0].text, "nothing more");
  }

  compareAll(step, what, list, wanted, difference) {
    const got = list.splice(0);
    for (let i = 0; i < Math.max(got.length, wanted.length); i++) {
      if (i >= got.length || i >= wanted.length) throw new Failure(step, what, i < got.length ? String(got[i]?.message ?? show(got[i])) : "nothing", i < wanted.length ? JSON.stringify(wanted[i]) : "nothing");
      const found = difference(got[i], wanted[i]);
      if (found) throw new Failure(step, `${what}.${found[0]}`, show(found[1]), show(found[2]));
    }
  }
}

// Where an error may say something that the case does not mention, that is a difference: all but texts for people.
const EXACT = ["key", "path", "line", "column", "limit"];
// A plain TypeError has a line and a column of the program in WebKit.
const PLAIN = ["key", "path", "limit"];
const TEXTS = ["message", "type", "reason", "hint", "issues"];

/** The first difference between an error and what a case says of it, as [member, got, wanted]. */
function differs(error, wanted, exact = true) {
  if ("error" in wanted) return error.constructor === Error && error.message === wanted.error ? null : ["message", String(error), wanted.error];
  if (error.name !== wanted.class) return ["class", `${error.name}: ${error.message}`, wanted.class];
  if (error.code !== wanted.code) return ["code", error.code, wanted.code];
  for (const member of exact ? (wanted.code ? EXACT : PLAIN) : ["key"]) if ((error[member] || undefined) !== wanted[member]) return [member, error[member], wanted[member]];
  for (const member of TEXTS) if (member in wanted && show(error[member]) !== show(wanted[member])) return [member, error[member], wanted[member]];
  return null;
}
