// Runs testdata/survive: node testdata/survive.mjs BUNDLE WASM [KIND]. Prints what the program prints; with KIND the program is to crash that way,
// with the KIND "stack" to say whether its stack was large enough.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [bundle, wasm, kind] = process.argv.slice(2);
const { createGo } = await import(pathToFileURL(bundle));
const go = createGo({ write: (text) => process.stdout.write(text) });
const { instance } = await WebAssembly.instantiate(await readFile(wasm), go.importObject);
go.exit = (code) => process.stdout.write(`exit ${code}\n`);
go.run(instance);
await new Promise((resolve) => setTimeout(resolve, 100));
const { recovered, work, crash, stays, mix, mixed, clear_mixes, count } = instance.exports;
if (kind === undefined) {
  const leaves = [mix(-3, -1, 1n << 40n, 0.25, 0), mix(-3, 7, -2n, -0.5, 1), mix(2 ** 31, 0, 0n, NaN, 0), mixed(0, 1.5), clear_mixes(), mixed(2, 0), mixed(5, -0), count(9)];
  process.stdout.write(`leaves ${leaves.join(" ")}\n`);
  process.stdout.write(`recovered ${recovered(10_000)}\nwork ${work()} ${work()}\n`);
} else if (kind === "stack") {
  process.stdout.write(`stays ${stays()}\n`);
} else {
  crash(Number(kind));
}
process.stdout.write(`exited ${go.exited}\n`);
process.exit(0);
