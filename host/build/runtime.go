package build

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// runtimeName is the facade's module that is made here.
const runtimeName = "runtime.js"

// workerName is the service worker, which stands beside tabstate.js as it is.
const workerName = "tabstate-worker.js"

// wasmPattern matches the names that wasmName gives, and those of the compressed forms.
var wasmPattern = regexp.MustCompile(`^tabstate\.[0-9a-f]{16}\.wasm(\.br|\.gz)?$`)

// wasmName returns the name of the module: it has the content's hash in it, so that a copy may be kept for ever.
func wasmName(wasm []byte) string {
	sum := sha256.Sum256(wasm)
	return "tabstate." + hex.EncodeToString(sum[:8]) + ".wasm"
}

// debugName is the module with names. It is asked for by hand, so its name stays the same; its digest stands in runtime.js.
const debugName = "tabstate.debug.wasm"

// integrity returns the digest in the form of Subresource Integrity.
func integrity(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// pieceBytes is the length of what is digested at once of a module that streams in: the digest of the last byte's piece is there sooner than
// that of the whole (3 to 4 ms).
const pieceBytes = 256 << 10

// pieces returns the digests of a module's pieces.
func pieces(b []byte) string {
	var all []string
	for piece := range slices.Chunk(b, pieceBytes) {
		all = append(all, integrity(piece))
	}
	return strings.Join(all, " ")
}

// runtimeText returns the text of runtime.js. Its first statements ask for the module: whatever else the page's script
// does, the download has begun. On an insecure origin there is no crypto.subtle, so the browser checks the digest.
//
// The worker's address has a hash of its text in it, so that a browser that has another one takes the new one.
func runtimeText(modules linked, worker []byte, version, glue string) string {
	sum := sha256.Sum256(worker)
	return fmt.Sprintf(`// Made by the build from wasm/ and the Go installation. Do not edit, do not commit.

/** The compiled module that belongs to this facade, and the same with names in its stack traces. */
const runtime = Object.freeze({
  url: new URL("./%s", import.meta.url).href,
  integrity: %q,
  pieces: { bytes: %d, integrity: %q },
  go: %q,
  worker: new URL("./%s", import.meta.url).href + "?%x",
  debug: Object.freeze({
    url: new URL("./%s", import.meta.url).href,
    integrity: %q,
  }),
});

// By itself, since Chromium looks up where fetch() is called from, and for a statement of the whole file that is 3 ms of parsing it again.
const ask = () => fetch(runtime.url, globalThis.crypto?.subtle ? {} : { integrity: runtime.integrity });

/** The answer to the first request for the module, undefined outside a page. A failure is told to whoever awaits it. */
const early = typeof document === "object" && !document.querySelector("script[data-session-wasm]") ? ask() : undefined;
early?.catch(() => {});

export { runtime, early };
%s`, wasmName(modules.release), integrity(modules.release), pieceBytes, pieces(modules.release), version, workerName, sum[:8], debugName, integrity(modules.debug), wrapGlue(glue, version))
}
