const session = await tabstate.ready;
const { state } = session;
const part = (id) => document.getElementById(id);

const values = {
  "function": () => x => x,
  "inside": { rules: [{ name: "double", run: (x) => 2 * x }] },
  "date": new Date(0),
  "nan": NaN,
  "plain": { rules: [{ name: "double", factor: 2 }] },
};

function store() {
  part("refused").hidden = true;
  try {
    state.unserializable = values[part("value").value];
  } catch (error) {
    explain(error);
  }
}

// What an error says, each member in the field of its name.
function explain(error) {
  for (const field of part("refused").querySelectorAll("[data-member]")) {
    field.textContent = error[field.dataset.member] || "(the value itself)";
  }
  part("refused").hidden = false;
}

function show(value) {
  const plain = session.validate().length === 0;
  part("held").textContent = plain ? JSON.stringify(value) : `${value}`;
  part("how").textContent = plain ? "copied as JSON" : "held by reference";
  part("call").disabled = typeof value !== "function";
  part("result").textContent = "";
}

function call() {
  const identity = state.unserializable();
  part("result").textContent = `Called, and called again: ${identity(42)}`;
}

state.unserializable = "the value before";
session.enforcement = "enforce";
session.subscribe("unserializable", show, { immediate: true });

part("enforce").addEventListener("change", (event) => {
  session.enforcement = event.target.checked ? "enforce" : "off";
});
part("store").addEventListener("click", store);
part("call").addEventListener("click", call);

part("controls").disabled = false;
