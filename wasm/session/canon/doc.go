// Package canon checks JSON text from callers that are not trusted, and brings
// it into the one canonical form in which equal text means equal value.
//
// # What is accepted
//
// One value as RFC 8259 defines it, and stricter where that document leaves
// the reader a choice: no byte order mark, valid UTF-8 only, no escape of half
// a surrogate pair, no member name twice in one object (names are compared
// after their escapes are read), no number beyond the range of a double, and
// no nesting deeper than the caller allows. The first fault in the order of
// the text is the one reported.
//
// # The canonical form
//
// Compact, members in the order given, each string with the shortest escapes,
// each number as JavaScript prints it: the bytes that
// JSON.stringify(JSON.parse(text)) gives, except that it neither moves members
// whose names look like array indices nor drops "__proto__".
//
// # How it is built
//
// One pass that writes nothing while the text is canonical; from the first
// deviation on, spans are copied. Containers stand on a stack of the package's
// own, because recursion on the depth of data would overflow the stack of the
// WebAssembly engine, which Go cannot recover from. The package is linked into
// a module with a size budget, so it imports nothing but strconv,
// unicode/utf8, math and math/bits; strconv prints, and does not parse.
//
// [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259
package canon
