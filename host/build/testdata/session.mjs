// Writes for a while through the facade's port: node testdata/session.mjs FACADE WASM WRITES. FACADE is a folder with the facade's modules
// and runtime.js. What is left is compared with a plain map.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [facade, wasm, writes] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(facade, name)));
const { createPort, NUMBER, STRING, JSON_TEXT } = await load("abi.js");
const { createGo, runtime } = await load("runtime.js");

const go = createGo({ write: (text) => process.stdout.write(text) });
const { instance } = await WebAssembly.instantiate(await readFile(wasm), go.importObject);
go.run(instance);
const port = createPort(instance, go, () => process.stdout.write("crashed\n"));
port.open(2, new Uint32Array([1, 2]));

// The writes are the same in each run.
let seed = 1;
const random = (n) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % n;
const model = new Map(), slots = new Map();
const drain = () => { port.changes(() => {}); port.forget(() => {}, () => {}); };
const put = (key, kind, number, text, value) => {
  if (port.put(key, kind, number, text) === -1) drain();
  slots.set(key, port.slot());
  model.set(key, value);
};
for (let i = 0; i < Number(writes); i++) {
  const key = `key ${random(500)}`, what = random(20), slot = slots.get(key);
  if (what < 12 && typeof model.get(key) === "number") {
    if (port.setNumber(slot, i) === -1) put(key, NUMBER, i, "", i);
    model.set(key, i);
  } else if (what < 14) {
    put(key, NUMBER, i, "", i);
  } else if (what < 17) {
    const text = `text ${"ä".repeat(random(60))}${i}`;
    put(key, STRING, 0, text, text);
  } else if (what < 19) {
    const value = { i, list: Array.from({ length: random(20) }, (_, n) => n + 0.5), nested: { key } };
    put(key, JSON_TEXT, 0, JSON.stringify(value), value);
  } else if (slot !== undefined) {
    if (port.remove(slot) === -1) drain();
    slots.delete(key);
    model.delete(key);
  }
  if (i % 1000 === 0) port.idle();
}
port.snapshot(false);
const state = JSON.parse(port.text());
const sorted = (entries) => JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(`${sorted(Object.entries(state)) === sorted(model)} ${model.size} ${port.stats().memory > 64 << 20 ? "grew" : "collected"} ${go.exited}\n`);
process.stdout.write(`${runtime.debug.url.endsWith("/tabstate.debug.wasm")} ${runtime.debug.integrity}\n`);
process.exit(0);
