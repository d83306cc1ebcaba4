package site

import "net/http"

// header is one line of the tables below.
type header struct{ name, value string }

// everywhere is what all responses have, errors too.
var everywhere = []header{
	{"Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; base-uri 'self'; object-src 'none'; frame-ancestors 'self'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "strict-origin-when-cross-origin"},
	{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
}

// sharedFiles is what the runtime's files have besides, so that pages of other origins can load them.
var sharedFiles = []header{
	{"Access-Control-Allow-Origin", "*"},
	{"Cross-Origin-Resource-Policy", "cross-origin"},
}

const (
	cacheForEver    = "public, max-age=31536000, immutable"
	cacheRevalidate = "no-cache"
)

func setHeaders(h http.Header, table []header) {
	for _, line := range table {
		h.Set(line.name, line.value)
	}
}
