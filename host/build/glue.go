package build

import (
	"fmt"
	"strings"
)

// The glue is a function around the untouched text of wasm_exec.js. The text is a script: it fills in what the global
// object lacks (fs, process, path) and leaves the class Go there. Here it sees a global object of its own while it runs,
// so that the page's stays as it was, and afterwards the page's, which is what js.Global() gives to Go.
//
//   - `fs` is what runtime.wasmWrite uses: print, and the trace of a panic.
//   - scope.fs is what package os uses; its writes go the same way.
//   - `Reflect.get` is how Go reads a property: the program finds fs, process and path although the page has none.
//
// Nothing is evaluated from text, so a strict Content-Security-Policy is enough.
const (
	glueHead = `
const page = globalThis;

/**
 * Makes the object that runs one instance of the module: Go's own class, the global object untouched.
 * @param {{ write(text: string): void }} options write gets what the Go program prints, in the pieces in which it prints it.
 */
const createGo = ({ write }) => {
  const utf8 = new TextDecoder();
  const fs = {
    writeSync(fd, bytes) {
      write(utf8.decode(bytes, { stream: true }));
      return bytes.length;
    },
  };
  const { crypto, performance, TextEncoder, TextDecoder: Decoder } = page;
  const scope = { crypto, performance, TextEncoder, TextDecoder: Decoder };
  const Reflect = Object.create(page.Reflect, {
    get: {
      value: (target, name) =>
        target === page && (name === "fs" || name === "process" || name === "path") ? scope[name] : page.Reflect.get(target, name),
    },
  });
  let globalThis = scope;

  // From here to the end mark: wasm_exec.js of VERSION as it came, under the licence in THIRD-PARTY.txt.
`
	glueTail = `
  // The end mark.

  scope.fs.writeSync = fs.writeSync;
  globalThis = page;
  return new scope.Go();
};

export { createGo };
`
)

// glueName is the glue by itself, for who opens a session with a module of another place.
const glueName = "tabstate-glue.js"

func glueText(version, glue string) string {
	return fmt.Sprintf("/** Runs a module that was compiled by this Go: see open({ wasm, glue }). */\nconst go = %q;\nexport { go };\n", version) + wrapGlue(glue, version)
}

func wrapGlue(text, version string) string {
	return strings.Replace(glueHead, "VERSION", version, 1) + text + glueTail
}
