package canon

// PointerToken appends "/" and the key as a reference token of a JSON Pointer,
// in which "~" is written "~0" and "/" is written "~1".
//
// See RFC 6901, section 3: https://www.rfc-editor.org/rfc/rfc6901#section-3
func PointerToken(dst []byte, key []byte) []byte {
	dst = append(dst, '/')
	for _, b := range key {
		switch b {
		case '~':
			dst = append(dst, "~0"...)
		case '/':
			dst = append(dst, "~1"...)
		default:
			dst = append(dst, b)
		}
	}
	return dst
}
