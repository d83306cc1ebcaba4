// Before the runtime: notes what happens to the page, in order.
globalThis.events = [];
for (const type of ["session-ready", "session-error", "session-crashed"]) document.addEventListener(type, () => events.push(type));
addEventListener("error", ({ message }) => events.push(`error: ${message}`));
addEventListener("unhandledrejection", ({ reason }) => events.push(`unhandled: ${reason}`));
