// @ts-check
// 100,000 random operations against the model.

import { same, test } from "./harness.js";
import { Run, STEPS } from "./model.js";
import { open } from "../index.js";

async function run(/** @type {number} */ seed, /** @type {number} */ operations) {
  const session = /** @type {any} */ (await open({ separate: true, history: { steps: STEPS } }));
  const run = new Run(session, seed);
  try {
    while (run.count < operations) run.turn();
    run.all();
  } finally {
    session.destroy();
  }
  return run;
}

const SEED = 20240607, OPERATIONS = 100_000;
let digest = 0;

test(`rule 1-11, 13-15, 19, 21-25, 50: ${OPERATIONS} random operations against a model`, async () => {
  const { digest: first, count } = await run(SEED, OPERATIONS);
  same(count >= OPERATIONS, true);
  digest = first;
});

test("rule 1-11, 13-15, 19, 21-25, 50: the same seed gives the same result", async () => {
  same((await run(SEED, OPERATIONS)).digest, digest);
});

for (let seed = 1; seed <= 8; seed++) {
  test(`rule 1-11, 13-15, 19, 21-25, 50: 5,000 random operations from seed ${seed}`, async () => void (await run(seed, 5000)));
}
