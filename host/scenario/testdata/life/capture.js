// Before the runtime: remembers the exports of each module that the page instantiates, so that tests see memory and program from outside.
{
  const { instantiate } = WebAssembly;
  globalThis.captured = [];
  WebAssembly.instantiate = async (module, imports) => {
    const instance = await instantiate(module, imports);
    captured.push(instance.exports);
    return instance;
  };
}
