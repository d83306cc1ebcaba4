// A browser that has no memory for another module.
WebAssembly.instantiate = async () => { throw new RangeError("WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance"); };
