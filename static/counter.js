// The script tag has started a session; here it is.
const session = await tabstate.ready;
const { state } = session;
const part = (id) => document.getElementById(id);

state.count ??= 0;

const show = (count) => { part("count").textContent = count; };
session.subscribe("count", show, { immediate: true });

part("less").addEventListener("click", () => { state.count--; });
part("more").addEventListener("click", () => { state.count++; });
part("reset").addEventListener("click", () => { state.count = 0; });

part("controls").disabled = false;
