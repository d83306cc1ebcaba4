package site

import (
	"strconv"
	"strings"
)

// coding is a form in which a file may stand beside itself.
type coding struct{ token, suffix string }

// codings is in order of preference among what a client likes equally.
var codings = []coding{{"br", ".br"}, {"gzip", ".gz"}}

// acceptable returns the codings that the client accepts and likes at least as much as the file as it is, best first
// (RFC 9110, section 12.5.3). values are the Accept-Encoding lines; a platform may have split them at commas.
func acceptable(values []string) []coding {
	weights := map[string]float64{}
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		token, parameters, _ := strings.Cut(part, ";")
		token = strings.ToLower(strings.TrimSpace(token))
		if token == "x-gzip" {
			token = "gzip"
		}
		if token != "" {
			weights[token] = quality(parameters)
		}
	}
	weight := func(token string) (float64, bool) {
		if q, ok := weights[token]; ok {
			return q, true
		}
		q, ok := weights["*"]
		return q, ok
	}
	plain, named := weights["identity"]
	if !named {
		// Not named, it is acceptable, and least liked: whoever names codings wants them.
		plain = 0
	}
	var list []coding
	for _, c := range codings {
		if q, ok := weight(c.token); ok && q > 0 && q >= plain {
			list = append(list, c)
		}
	}
	if len(list) == 2 {
		first, _ := weight(list[0].token)
		second, _ := weight(list[1].token)
		if second > first {
			list[0], list[1] = list[1], list[0]
		}
	}
	return list
}

// quality returns the weight in the parameters of one coding: 1 when there is none, 0 when it cannot be read.
func quality(parameters string) float64 {
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
