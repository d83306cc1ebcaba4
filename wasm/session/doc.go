// Package session is the core of Tabstate: the state of one browser tab, its
// enforcement and its history. It knows no browser and no operating system; it
// runs compiled to WebAssembly in the page, natively in the host, and in tests.
//
// # One session
//
// A [Session] holds entries in insertion order. An entry is a key, a value, a
// version and an origin. A [Value] is null, a boolean, a finite double, a
// string, the canonical JSON text of an array or object, or a reference: the
// number of something JSON cannot represent, held by whoever drives the session.
//
// # Changes
//
// Every write runs as a batch, alone or inside one opened with [Session.Batch].
// When the outermost batch ends, each key that ends with another value than it
// began with is one [Change], delivered to the listeners. A batch that fails is
// rolled back and leaves values, versions and order as they were.
//
// # Errors
//
// Whatever is refused is an [*Error] with a code that programs can rely on, the
// key, a JSON Pointer, and a hint. Nothing panics on what callers pass in.
//
// # Rules
//
// Numbers of rules in comments and tests are those of the project's behaviour
// document. A Session is not for concurrent use.
package session
