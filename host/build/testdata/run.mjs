// Runs a bundle as a page would: node testdata/run.mjs BUNDLE WASM. Prints what the program prints, and what it left behind.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [bundle, wasm] = process.argv.slice(2);
globalThis.document = { querySelector: () => null };
globalThis.fetch = async () => { throw new Error("offline"); };
console.log = (...words) => process.stdout.write(`console: ${words.join(" ")}\n`);

const { early, createGo, runtime } = await import(pathToFileURL(bundle));
const before = new Set(Reflect.ownKeys(globalThis));
await early.catch((error) => process.stdout.write(`early: ${error.message}\n`));
const go = createGo({ write: (text) => process.stdout.write(text) });
const { instance } = await WebAssembly.instantiate(await readFile(wasm), go.importObject);
go.run(instance);
instance.exports.say();
const added = Reflect.ownKeys(globalThis).filter((key) => typeof key === "string" && !before.has(key));
process.stdout.write(`exited: ${go.exited}\nadded: ${added}\nGo: ${typeof globalThis.Go} ${typeof globalThis.fs} ${runtime.go}\n`);
process.exit(0);
