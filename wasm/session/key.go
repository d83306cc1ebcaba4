package session

import "github.com/tabstate/tabstate/wasm/session/canon"

// checkKey tells why no session accepts the key, or nil (rule 4).
func (s *Session) checkKey(key []byte) *Error {
	switch {
	case len(key) == 0:
		return refuse(problemKeyEmpty, nil)
	case len(key) > s.limits.KeyBytes:
		shown := key
		if canon.ValidText(key[:cut(key, 64)]) >= 0 {
			shown = nil
		}
		return refuseLimit(problemKeyTooLong, shown, int64(len(key)), int64(s.limits.KeyBytes))
	case canon.ValidText(key) >= 0:
		return refuse(problemKeyNotText, nil)
	case len(key) >= 2 && key[0] == '$' && key[1] == '$':
		return refuse(problemKeyReserved, key)
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
