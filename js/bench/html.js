// @ts-check
// Binds 1,000 inputs and 1,000 outputs of a page, and measures that and the way of one input event to the text. /bench/html?peer=NAME.
// With &rest in the address the page is ready only when it has come to rest.

const name = /** @type {string} */ (new URL(location.href).searchParams.get("peer"));
const COUNT = 1000;

/** The attributes of row i: of its input, and of its output. @type {Record<string, (i: number) => [string, string]>} */
const attributes = {
  tabstate: (i) => [`data-session-key="k${i}"`, `data-session-text="k${i}"`],
  petite: (i) => [`v-model="k${i}"`, `v-text="k${i}"`],
  hand: (i) => [`data-key="k${i}"`, `data-text="k${i}"`],
};

/** Makes ready what must be there before; what it returns binds the root. @type {Record<string, (root: HTMLElement) => Promise<() => any>>} */
const ways = {
  async tabstate(root) {
    const { open } = await import(/** @type {any} */ ("/tabstate/tabstate.min.js"));
    const session = await open({ enforce: true });
    return () => session.bind(root);
  },

  async petite(root) {
    const scope = Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`k${i}`, `v${i}`]));
    // Its script counts, as it is all that there is to load.
    return async () => (await import(/** @type {any} */ ("/peers/petite.js"))).createApp(scope).mount(root);
  },

  async hand(root) {
    return () => {
      /** @type {Map<string, {value: string, outputs: Element[]}>} */
      const state = new Map();
      for (const el of root.querySelectorAll("[data-key]")) state.set(/** @type {any} */ (el).dataset.key, { value: /** @type {any} */ (el).value, outputs: [] });
      for (const el of root.querySelectorAll("[data-text]")) {
        const entry = /** @type {any} */ (state.get(/** @type {any} */ (el).dataset.text));
        entry.outputs.push(el);
        el.textContent = entry.value;
      }
      root.addEventListener("input", ({ target }) => {
        const entry = /** @type {any} */ (state.get(/** @type {any} */ (target).dataset.key));
        entry.value = /** @type {any} */ (target).value;
        for (const el of entry.outputs) el.textContent = entry.value;
      });
    };
  },
};

const root = document.createElement("div");
root.innerHTML = Array.from({ length: COUNT }, (_, i) => {
  const [input, output] = attributes[name](i);
  return `<p><label>k${i} <input value="v${i}" ${input}></label> <output ${output}></output></p>`;
}).join("");
document.body.append(root);
const bind = await ways[name](root);
const outputs = root.getElementsByTagName("output");

async function input(/** @type {HTMLInputElement} */ field, /** @type {Element} */ output, /** @type {string} */ text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  for (let i = 0; output.textContent !== text; i++) {
    if (i > 100) throw new Error(`${output.textContent} instead of ${text}`);
    await null;
  }
}

/** @type {any} */ (globalThis).bench = {
  /** ms until all are bound, for the first time in the page. */
  async bind() {
    const begun = performance.now();
    await bind();
    const took = performance.now() - begun;
    for (let i = 0; i < COUNT; i++) if (outputs[i].textContent !== `v${i}`) throw new Error(`output ${i} shows ${outputs[i].textContent}`);
    return took;
  },

  /** µs from an input event to the text, the fastest of some runs. */
  async input() {
    const field = /** @type {HTMLInputElement} */ (root.querySelectorAll("input")[500]);
    const times = [];
    for (let run = 0, n = 0; run < 25; run++) {
      await new Promise((done) => setTimeout(done, 5));
      const begun = performance.now();
      for (let i = 0; i < 200; i++) await input(field, outputs[500], `text ${n++}`);
      times.push((performance.now() - begun) / 200 * 1000);
    }
    if (outputs[499].textContent !== "v499") throw new Error("another output changed");
    return Math.min(...times);
  },
};
if (new URL(location.href).searchParams.has("rest")) await new Promise((done) => setTimeout(done, 400));
document.title = "ready";
