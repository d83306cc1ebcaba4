// A browser without WebAssembly, as one in lockdown is.
delete globalThis.WebAssembly;
