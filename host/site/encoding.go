package site

import (
	"strconv"
	"strings"
)

// A coding is a form in which a file can be sent.
type coding int

const (
	plain coding = iota // identity
	brotli
	gzip
	codings
)

// suffixes end the names of files that hold another file in that coding; tokens name it in headers.
var (
	suffixes = [codings]string{"", ".br", ".gz"}
	tokens   = [codings]string{"identity", "br", "gzip"}
)

// weights says how much a client likes each coding, from 0 for not at all to 1 (RFC 9110, section 12.5.3).
type weights [codings]float64

// accepted reads the Accept-Encoding lines; a platform may have split them at commas.
func accepted(lines []string) weights {
	const unsaid = -1
	w := weights{unsaid, unsaid, unsaid}
	any := float64(unsaid)
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			token, parameters, _ := strings.Cut(part, ";")
			token = strings.TrimSpace(token)
			switch {
			case token == "*":
				any = quality(parameters)
			case strings.EqualFold(token, "x-gzip"):
				w[gzip] = quality(parameters)
			default:
				for c, name := range tokens {
					if strings.EqualFold(token, name) {
						w[c] = quality(parameters)
					}
				}
			}
		}
	}
	for c := range w {
		if w[c] == unsaid {
			w[c] = max(any, 0)
			if coding(c) == plain && any != 0 {
				// Not named, it is acceptable, and least liked: whoever names codings wants them.
				w[c] = least
			}
		}
	}
	return w
}

// least is below all weights that can be written, which have three digits.
const least = 0.0001

// best returns the coding the client likes best of those that there are, and false if it accepts none of them. Of codings that it
// likes equally, the first of brotli, gzip, plain is the best.
func (w weights) best(there func(coding) bool) (coding, bool) {
	best, found := plain, false
	for _, c := range [...]coding{plain, gzip, brotli} {
		if w[c] > 0 && there(c) && (!found || w[c] >= w[best]) {
			best, found = c, true
		}
	}
	return best, found
}

// quality returns the weight in the parameters of one coding: 1 when there is none, 0 when it cannot be read.
func quality(parameters string) float64 {
	if parameters == "" {
		return 1
	}
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, ok := strings.Cut(p, "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
