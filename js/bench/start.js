// @ts-check
// Measures how long a peer takes from nothing to its first value: load, compile, run, one write and one read. /bench/start?peer=NAME.
// It starts by itself, in a page that has loaded nothing else, and says in the page's data-took how many ms it took; with &blocked in the
// address how long other tasks of the page had to wait at most meanwhile.

const name = /** @type {string} */ (new URL(location.href).searchParams.get("peer"));

/** @type {Record<string, () => Promise<{set(key: string, value: any): any, get(key: string): any}>>} */
const ways = {
  async tabstate() {
    const { open } = await import(/** @type {any} */ ("/tabstate/tabstate.min.js"));
    return open({ enforce: true });
  },

  /** Go's own glue with the same module, as its documentation shows it, up to the first call of an export. */
  async glue() {
    const wasm = new URL(location.href).searchParams.get("wasm");
    const response = fetch(`/tabstate/${wasm}`);
    await new Promise((done, failed) => document.head.append(Object.assign(document.createElement("script"), { src: "/wasm_exec.js", onload: done, onerror: failed })));
    const go = new /** @type {any} */ (globalThis).Go();
    const { instance } = await WebAssembly.instantiateStreaming(response, go.importObject);
    go.run(instance);
    if (!/** @type {any} */ (instance.exports).ts_abi_1()) throw new Error("the module does not answer");
    return new Map();
  },
};

let waited = 0;
if (new URL(location.href).searchParams.has("blocked")) {
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    waited = Math.max(waited, now - last);
    last = now;
    setTimeout(look, 1);
  };
  look();
}

const begun = performance.now();
const store = await (ways[name] ?? (async () => (await import(`/peers/${name}.js`)).create()))();
if ("fill" in store) /** @type {any} */ (store).fill({ key: 0 });
store.set("key", 1);
if (store.get("key") !== 1) throw new Error("it does not hold what was written");
document.documentElement.dataset.took = String(waited || performance.now() - begun);
document.title = "ready";
