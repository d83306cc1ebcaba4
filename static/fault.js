// Tells the visitor when the page cannot work, as when the session's module did not load.
const tell = (error) => {
  document.getElementById("fault-text").textContent = error?.message ?? String(error);
  document.getElementById("fault").hidden = false;
};

addEventListener("error", (event) => tell(event.error ?? event.message));
addEventListener("error", ({ target }) => {
  if (target instanceof HTMLScriptElement) tell(`${target.src} could not be loaded. The demos in Go are built by ./build.sh serve.`);
}, true);
addEventListener("unhandledrejection", (event) => tell(event.reason));
document.addEventListener("session-error", (event) => tell(event.detail.error));
