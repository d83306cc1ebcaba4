// @ts-check
// The shared cases of static/cases against the facade's modules, each through every way JavaScript has to say the same.
import { fail, test } from "./harness.js";
import { open } from "../open.js";

// The site's own folder: it lies beside js/ where the tests are served.
const cases = new URL("../../cases/", import.meta.url);
const { Failure, createRunner, loadSuite } = await import(new URL("run.js", cases).href);
const suite = await loadSuite(cases);
const wrong = await (await fetch(new URL("wrong.json", cases))).json();
const runner = createRunner({ open, suite });

/** @typedef {any} Case */

for (const { name, cases } of suite.files) {
  for (const c of cases.filter((/** @type {Case} */ c) => c.only !== "go")) {
    test(`rule ${c.rules.join(", ")}: ${name}, ${c.name}`, async () => {
      for (const door of runner.doors(c)) {
        const failure = await runner.run(c, door);
        if (failure) fail(`through ${door}: ${failure.message}`);
      }
    });
  }
}

// What is wrong in a case is reported, at its step.
for (const { fails, ...c } of wrong.cases) {
  test(`wrong.json, ${c.name}`, async () => {
    let said;
    try {
      said = await runner.run(c);
    } catch (error) {
      said = error;
    }
    if (!String(said?.message).includes(fails.says)) fail(`got ${said}, want ${fails.says}`);
    if (fails.step && !(said instanceof Failure && said.step.toString().startsWith(fails.step))) fail(`got ${said}, want step ${fails.step}`);
  });
}

// No expectation of any case is idle: each one, made false, fails its case.
test("every expectation, made false, fails its case", async () => {
  for (const { name, cases } of suite.files) {
    for (const c of cases.filter((/** @type {Case} */ c) => c.only !== "go")) {
      for (const what of spoilt(c.steps)) {
        if (await runner.run(c) === null) fail(`${name}, ${c.name}: ${what} made false, and the case passes`);
      }
    }
  }
});

const MORE = /** @type {Record<string, any>} */ ({
  hears: { as: "nobody", key: "x", value: 1 }, reports: { error: "another" }, tells: { key: "x", path: "", type: "", code: "" },
});

/** @returns {Generator<string>} makes the expectations of the steps false one after another, and true again */
function* spoilt(/** @type {any[]} */ steps) {
  for (const [i, step] of steps.entries()) {
    /** @type {(member: string, value: any) => Generator<string>} */
    const as = function* (member, value) {
      const before = step[member];
      if (value === undefined) delete step[member];
      else step[member] = value;
      yield `${member} of ${i + 1} (${step.do})`;
      step[member] = before;
    };
    if ("gives" in step) {
      if (step.do !== "stats") yield* as("gives", "what no step gives");
      else for (const name of Object.keys(step.gives)) yield* as("gives", { ...step.gives, [name]: 777_777 });
    }
    if (step.throws) {
      if (suite.steps[step.do].answers) step.gives = "what no step gives";
      if (!step.passes) yield* as("throws", undefined);
      delete step.gives;
      yield* as("throws", "error" in step.throws ? { error: "another" } : { ...step.throws, code: "another" });
      if (step.throws.class) yield* as("throws", { ...step.throws, path: "/no/where" });
    }
    for (const member of ["hears", "reports", "tells"]) {
      if (!step[member]) continue;
      yield* as(member, step[member].slice(1));
      yield* as(member, [...step[member], MORE[member]]);
    }
    if (step.is) yield* as("is", "other");
    for (const inner of [step.steps, step.then, ...Object.values(step.at ?? {})]) {
      if (inner) for (const what of spoilt(inner)) yield `in ${i + 1}: ${what}`;
    }
  }
}

test("the session of the cases ends", () => runner.end());
