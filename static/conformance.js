import { open } from "./tabstate/tabstate.js";
import { createRunner, loadSuite } from "./cases/run.js";

const part = (id) => document.getElementById(id);
const copy = (id) => part(id).content.firstElementChild.cloneNode(true);

const suite = await loadSuite();
const all = suite.files.flatMap((file) => file.cases.map((test) => ({ test, title: file.title })));
const cases = all.filter(({ test }) => test.only !== "go");
const rules = new Map(Object.entries(suite.rules).map(([number, text]) => [number, createRule(number, text)]));

part("progress").max = cases.length;
part("omitted").textContent = `${all.length - cases.length} cases are for Go alone, and ${cases.filter(({ test }) => test.only === "js").length} for JavaScript alone. Each says why.`;
part("again").addEventListener("click", run);
await run();

function createRule(number, text) {
  const row = copy("rule");
  row.querySelector(".rule-number").textContent = number;
  row.querySelector(".rule-text").textContent = text;
  part("rules").append(row);
  return { row, passed: 0, failed: 0 };
}

// Each case counts for every rule that it cites.
async function run() {
  part("controls").disabled = true;
  part("status").textContent = "Running …";
  for (const rule of rules.values()) {
    Object.assign(rule, { passed: 0, failed: 0 });
    rule.row.querySelector(".rule-cases").replaceChildren();
    rule.row.querySelector("details").open = false;
    tell(rule);
  }
  const runner = createRunner({ open, suite });
  const began = performance.now();
  let shown = began;
  let failed = 0;
  for (const [i, { test, title }] of cases.entries()) {
    const failures = await runAll(runner, test);
    if (failures.length > 0) failed++;
    for (const number of test.rules) add(rules.get(String(number)), `${title}: ${test.name}`, failures);
    if (performance.now() - shown < 50) continue;
    show(i + 1, failed);
    await new Promise((done) => { setTimeout(done); }); // so that the page can draw
    shown = performance.now();
  }
  runner.end();
  show(cases.length, failed);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  part("status").textContent = failed === 0
    ? `All ${cases.length} cases of ${rules.size} rules passed, in ${seconds} s.`
    : `${failed} of ${cases.length} cases failed. The rules in red say why.`;
  part("controls").disabled = false;
}

async function runAll(runner, test) {
  const failures = [];
  for (const door of runner.doors(test)) {
    try {
      const failure = await runner.run(test, door);
      if (failure) failures.push({ ...failure, door });
    } catch (error) {
      failures.push({ door, step: "none", what: "the case itself", got: String(error), wanted: "a case that can run" });
    }
  }
  return failures;
}

function show(run, failed) {
  part("progress").value = run;
  part("passed").textContent = `${run - failed} / ${cases.length}`;
  for (const rule of rules.values()) tell(rule);
}

function tell({ row, passed, failed }) {
  row.classList.toggle("failed", failed > 0);
  row.querySelector(".rule-count").textContent = failed > 0 ? `${failed} of ${passed + failed} failed` : `${passed} passed`;
}

function add(rule, name, failures) {
  const item = document.createElement("li");
  item.textContent = name;
  for (const failure of failures) item.append(explain(failure));
  rule.row.querySelector(".rule-cases").append(item);
  if (failures.length === 0) {
    rule.passed++;
  } else {
    rule.failed++;
    rule.row.querySelector("details").open = true;
  }
}

function explain(failure) {
  const alarm = copy("failure");
  alarm.querySelector("h3").textContent = `Failed through ${failure.door === "state" ? "session.state" : "the methods"}`;
  for (const at of alarm.querySelectorAll("[data-part]")) at.textContent = failure[at.dataset.part];
  return alarm;
}
