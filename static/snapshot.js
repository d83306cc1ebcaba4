import { open } from "./tabstate/tabstate.js";

const session = await open();
const { state } = session;
const part = (id) => document.getElementById(id);

session.init({
  title: "Pancakes",
  servings: 4,
  vegetarian: true,
  steps: ["Mix", "Wait", "Fry"],
});

// From the fields into the session.
part("title").addEventListener("input", (event) => {
  state.title = event.target.value;
});
part("servings").addEventListener("input", (event) => {
  state.servings = Number(event.target.value);
});
part("vegetarian").addEventListener("change", (event) => {
  state.vegetarian = event.target.checked;
});
part("steps").addEventListener("input", (event) => {
  state.steps = event.target.value.split("\n");
});

// From the session into the fields, at the start and after an upload.
function fill() {
  const { title, servings, vegetarian, steps } = session.toJSON();
  part("title").value = title ?? "";
  part("servings").value = servings ?? "";
  part("vegetarian").checked = vegetarian === true;
  part("steps").value = Array.isArray(steps) ? steps.join("\n") : "";
}

// Every change shows in the text at once.
session.subscribe(() => {
  part("text").textContent = JSON.stringify(session, null, 2);
}, { immediate: true });

part("download").addEventListener("click", () => {
  const file = new Blob([session.snapshot()], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "session.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});

part("upload").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const text = await file.text();
  event.target.value = ""; // so that the same file can be chosen again
  part("done").textContent = "";
  part("broken").hidden = true;
  try {
    session.restore(text); // all of it or nothing
    fill();
    part("done").textContent = `Restored from ${file.name}.`;
  } catch (error) {
    for (const member of ["message", "line", "column", "path"]) {
      part(member).textContent = error[member];
    }
    part("path").textContent ||= "(the text itself)";
    part("broken").hidden = false;
  }
});

fill();
part("controls").disabled = false;
