const session = await tabstate.ready;
const { state } = session;
const part = (id) => document.getElementById(id);

// Nothing is looked up anywhere: every new tab begins here.
state.note ??= "";

const show = (note) => { part("held").textContent = note || "nothing yet"; };
session.subscribe("note", show, { immediate: true });

part("note").addEventListener("input", (event) => {
  state.note = event.target.value;
});
part("second").addEventListener("click", () => {
  window.open(location.href);
});

part("controls").disabled = false;
