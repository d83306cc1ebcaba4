package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// checkKey tells why no session accepts the key, or nil (rule 4).
func (s *Session) checkKey(key []byte) *Error {
	switch {
	case len(key) == 0:
		return &Error{Class: ErrKey.Class, Code: "key-empty", Reason: "the key is empty", Hint: "Give it at least one character"}
	case int64(len(key)) > int64(s.limits.KeyBytes):
		return &Error{Class: ErrLimit.Class, Code: "key-too-long", Key: string(key[:cut(key, 64)]), Limit: int64(s.limits.KeyBytes),
			Reason: "the key has " + decimal(int64(len(key))) + " bytes, more than the " + decimal(int64(s.limits.KeyBytes)) + " allowed",
			Hint:   "Use a shorter key, and keep the rest in the value"}
	case canon.ValidText(key) >= 0:
		return &Error{Class: ErrKey.Class, Code: "key-not-text", Reason: "the key is not well-formed Unicode text", Hint: "Look for a lone surrogate: half of a character that was cut in two"}
	case len(key) >= 2 && key[0] == '$' && key[1] == '$':
		return &Error{Class: ErrKey.Class, Code: "key-reserved", Key: string(key), Reason: "keys that begin with $$ are reserved", Hint: "Begin it with another character"}
	}
	return nil
}

// cut gives at most n, less where that would split a character.
func cut(b []byte, n int) int {
	if len(b) <= n {
		return len(b)
	}
	for n > 0 && b[n]&0xc0 == 0x80 {
		n--
	}
	return n
}
