// Package value brings values of Go into a session and back. The form of a value
// is that of encoding/json, struct tags included; but where that package gives up
// a part of a value without a word, [Encode] refuses the whole.
package value
