import { stages } from "./bench/workloads.js";
import { draw, drawRecorded } from "./bench/tables.js";

const part = (id) => document.getElementById(id);

/** What runs here, by the name of its store. */
const titles = { tabstate: "Tabstate", map: "Map", frozen: "Map, deep-frozen clone", copied: "Map, frozen copy by hand", cloned: "Map, structuredClone", storage: "sessionStorage + JSON" };

// ?short does each thing once: enough to see that it works.
const short = new URLSearchParams(location.search).has("short");
const options = short ? { ms: 1, runs: 1 } : { ms: 10, runs: 5 };

/** A page of its own for one store, and one stage on it. */
async function stageOf(store, stage) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "What is being measured";
  frame.src = "bench/run.html";
  try {
    await new Promise((done, failed) => {
      frame.addEventListener("load", () => frame.contentWindow.run ? done() : failed(new Error("bench/run.html did not load")));
      document.body.append(frame);
    });
    return await frame.contentWindow.run(store, stage, options);
  } finally {
    frame.remove();
  }
}

async function measure() {
  part("controls").disabled = true;
  const names = Object.keys(stages);
  const stores = Object.keys(titles);
  /** Figures by row and store. */
  const rows = {};
  part("progress").max = names.length * stores.length;
  part("progress").value = 0;
  const had = { ...sessionStorage };
  try {
    for (const stage of names) {
      part("status").textContent = `Measuring ${stage} …`;
      for (const store of stores) {
        const figures = await stageOf(store, stage);
        for (const [row, ns] of Object.entries(figures)) (rows[row] ??= {})[store] = ns;
        part("progress").value++;
      }
      part("here").hidden = false;
      draw(part("here"), "Time for one operation, in this browser", rows, titles);
    }
    part("status").textContent = "Done. In brackets: how many times Tabstate’s figure. A busy machine makes all of them larger.";
  } finally {
    sessionStorage.clear();
    for (const [key, value] of Object.entries(had)) sessionStorage.setItem(key, value);
    part("controls").disabled = false;
  }
}

part("start").addEventListener("click", measure);
drawRecorded(await (await fetch("bench/recorded.json")).json(), part("recorded"), part("tables"));
part("controls").disabled = false;
