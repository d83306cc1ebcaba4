// @ts-check
// Rule 25: undo and redo.

import { equal, fail, same, test, throws } from "./harness.js";
import { sessionTest, unchanged } from "./sessions.js";
import { open } from "../index.js";

const OPEN = { history: true };

sessionTest("rule 25: without history there is nothing to take back", (session) => {
  session.set("a", 1).set("a", 2);
  same(session.undo(), false);
  same(session.redo(), false);
  equal([session.stats().undo, session.stats().redo], [0, 0]);
  same(session.get("a"), 2);
});

sessionTest("rule 25: a step is a lone write or an outermost batch; undo and redo walk through them", (session) => {
  const images = /** @type {string[]} */ ([session.snapshot()]);
  const steps = [
    () => session.set("a", 1), () => session.set("a", 2), () => session.set("o", { list: [1] }), () => session.state.o.list.push(2), () => session.delete("a"),
    () => session.batch(() => { session.set("a", "x"); session.batch(() => session.set("b", null)); session.delete("o"); }), () => session.update({ c: 1, d: 2 }), () => session.init({ c: 9, e: 3 }),
    () => session.clear(), () => session.set("z", "é😀"), () => session.pop("z"),
  ];
  for (const step of steps) {
    step();
    images.push(session.snapshot());
    equal([session.stats().undo, session.stats().redo], [images.length - 1, 0], String(step));
  }
  for (let round = 0; round < 2; round++) {
    for (let i = images.length - 2; i >= 0; i--) {
      same(session.undo(), true);
      same(session.snapshot(), images[i], `undone to ${i}`);
      equal([session.stats().undo, session.stats().redo], [i, images.length - 1 - i]);
    }
    same(session.undo(), false);
    for (let i = 1; i < images.length; i++) {
      same(session.redo(), true);
      same(session.snapshot(), images[i], `redone to ${i}`);
    }
    same(session.redo(), false);
  }
}, OPEN);

sessionTest("rule 25: what changes nothing is no step; a rolled back batch is none; a new write ends the redo", (session) => {
  session.set("a", 1);
  session.set("a", 1);
  session.batch(() => { session.set("a", 2); session.set("a", 1); });
  throws(() => session.batch(() => { session.set("a", 3); throw new Error(); }));
  session.delete("none");
  session.subscribe("a", () => {})();
  same(session.stats().undo, 1);
  session.set("a", 2);
  session.undo();
  same(session.stats().redo, 1);
  session.set("a", 1);
  same(session.stats().redo, 1, "an equal write is no change");
  session.set("b", 1);
  same(session.stats().redo, 0);
  same(session.redo(), false);
}, OPEN);

sessionTest("rule 10, 25: undo is a change like any other: new version, origin history, one delivery, old values", (session) => {
  session.update({ a: 1, o: { x: 1 } });
  session.batch(() => { session.set("a", 2); session.state.o.x = 2; session.set("new", 1); });
  const { version } = session.stats();
  /** @type {any[]} */
  const heard = [];
  session.subscribe((/** @type {any[]} */ changes) => heard.push(changes));
  session.undo();
  same(heard.length, 1);
  equal(heard[0].map((/** @type {any} */ c) => [c.key, c.value, c.old, c.origin]).sort(), [["a", 1, 2, "history"], ["new", undefined, 1, "history"], ["o", { x: 1 }, { x: 2 }, "history"]]);
  for (const change of heard[0]) if (change.version <= version) fail("an old version");
  session.redo();
  equal(heard[1].map((/** @type {any} */ c) => [c.key, c.value, c.old]).sort(), [["a", 2, 1], ["new", 1, undefined], ["o", { x: 2 }, { x: 1 }]]);
  same(heard[1][0].version > heard[0].at(-1).version, true);
}, OPEN);

sessionTest("rule 9, 25: after an undo views are of what is there, and what is read is frozen and keeps its identity", (session) => {
  session.set("o", { list: [{ n: 1 }] });
  const view = session.state.o.list[0];
  view.n = 2;
  session.undo();
  equal(session.get("o"), { list: [{ n: 1 }] });
  same(session.get("o"), session.get("o"));
  same(Object.isFrozen(session.get("o").list[0]), true);
  session.state.o.list[0].n = 3;
  session.undo();
  session.undo();
  same(session.has("o"), false);
  throws(() => view.n);
  session.redo();
  same(session.state.o.list[0].n, 1);
}, OPEN);

sessionTest("rule 6, 25: undo puts a key back where it stood", (session) => {
  session.update({ a: 1, b: 2, c: 3 });
  session.delete("b");
  session.undo();
  equal([...session.keys()], ["a", "b", "c"]);
  session.clear();
  session.undo();
  equal([...session.entries()], [["a", 1], ["b", 2], ["c", 3]]);
  session.batch(() => { session.delete("a"); session.set("a", 9); });
  session.undo();
  equal(session.toJSON(), { a: 1, b: 2, c: 3 });
}, OPEN);

sessionTest("rule 25: a restore and a reset clear it, a clear is a step", (session) => {
  session.set("a", 1);
  session.restore('{"b":1}');
  equal([session.undo(), session.redo(), session.stats().undo], [false, false, 0]);
  session.set("a", 1);
  session.clear();
  session.undo();
  equal(session.toJSON(), { b: 1, a: 1 });
  session.reset();
  equal([session.undo(), session.redo()], [false, false]);
  session.set("a", 1);
  throws(() => session.restore("{"));
  same(session.undo(), true);
}, OPEN);

sessionTest("rule 25: bounded in steps: the oldest goes first", (session) => {
  for (let i = 0; i < 10; i++) session.set("n", i);
  same(session.stats().undo, 3);
  equal([session.undo(), session.undo(), session.undo(), session.undo()], [true, true, true, false]);
  same(session.get("n"), 6);
}, { history: { steps: 3 } });

sessionTest("rule 25: bounded in bytes: many small steps, or few large ones", (session) => {
  for (let i = 0; i < 50; i++) session.set("s", String(i).repeat(2000));
  const { undo } = session.stats();
  if (undo < 1 || undo > 20) fail(`${undo} steps of 4,000 bytes in 40,000`);
  while (session.undo()) same(session.get("s").length >= 2000, true);
  session.set("big", "x".repeat(100_000));
  session.set("big", 1);
  if (session.undo()) same(session.get("big").length, 100_000);
  same(session.status, "open");
}, { history: { steps: 1000, bytes: 40_000 } });

sessionTest("rule 25: enforcement, limits and validators apply to undo: it throws and changes nothing", (session) => {
  session.set("fn", () => 1);
  session.set("fn", 1);
  session.enforcement = "enforce";
  const error = unchanged(session, () => session.undo());
  equal([error.name, error.key], ["UnserializableSessionStateError", "fn"]);
  unchanged(session, () => session.undo());
  session.enforcement = "off";
  same(session.undo(), true);
  same(typeof session.get("fn"), "function");
  session.enforcement = "enforce";
  same(session.redo(), true);
}, OPEN);

sessionTest("rule 22, 25: a listener of an undo may write: a step of its own", (session) => {
  session.set("a", 1);
  session.set("a", 2);
  session.subscribe("a", (/** @type {any} */ a, /** @type {any} */ change) => { if (change.origin === "history") session.set("log", `undone to ${a}`); });
  session.undo();
  equal(session.toJSON(), { a: 1, log: "undone to 1" });
  session.undo();
  equal(session.toJSON().a, 1);
  same(session.has("log"), false);
}, OPEN);

sessionTest("rule 24, 25: computed values follow", (session) => {
  session.set("n", 1);
  session.computed("twice", ["n"], (/** @type {number} */ n) => n * 2);
  /** @type {any[]} */
  const heard = [];
  session.subscribe("twice", (/** @type {any} */ value, /** @type {any} */ change) => heard.push([value, change.old, change.origin]));
  session.set("n", 5);
  session.undo();
  session.redo();
  equal(heard, [[10, 2, "code"], [2, 10, "history"], [10, 2, "history"]]);
}, OPEN);

test("rule 25: the option: true, an object, or nothing; anything else is refused", async () => {
  for (const history of [{ steps: 0 }, { steps: 5 }, { bytes: 1000 }, {}, true, false]) {
    const session = /** @type {any} */ (await open(/** @type {any} */ ({ separate: true, history })));
    for (let i = 0; i < 200; i++) session.set("n", i);
    const want = history === false ? 0 : history === true || Object.keys(history).length === 0 ? 100 : "steps" in history ? history.steps : session.stats().undo;
    same(session.stats().undo, want, JSON.stringify(history));
    session.destroy();
  }
  for (const history of [5, "yes", { step: 1 }, { steps: -1 }, { steps: 1.5 }, { steps: NaN }, { bytes: -5 }, null]) {
    /** @type {any} */
    let error = null;
    try {
      (await open(/** @type {any} */ ({ separate: true, history }))).destroy();
    } catch (e) {
      error = e;
    }
    same(error !== null, true, JSON.stringify(history));
  }
});
