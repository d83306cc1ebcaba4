package canon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// The reference: what package canon does, done again from the words of the
// rules with encoding/json, slowly and without sharing a line with it.

// refusals lists every reason for which the rules refuse a text; all but the
// first are stricter than encoding/json.
func refusals(text []byte, depth int) map[string]bool {
	codes := map[string]bool{}
	if !utf8.Valid(text) {
		codes[canon.InvalidUTF8] = true
	}
	if hasLoneSurrogate(text) {
		codes[canon.LoneSurrogate] = true
	}
	if deepest(text) > depth {
		codes[canon.TooDeep] = true
	}
	if !json.Valid(text) {
		codes[canon.InvalidJSON] = true
		return codes // the rest is known of whole texts only
	}
	slow := slowCanonical(text)
	if slow.duplicate {
		codes[canon.DuplicateKey] = true
	}
	if slow.overflow {
		codes[canon.NumberRange] = true
	}
	return codes
}

func hasLoneSurrogate(text []byte) bool {
	units := []rune{}
	flush := func() bool {
		for i := 0; i < len(units); i++ {
			if !utf16.IsSurrogate(units[i]) {
				continue
			}
			if i+1 == len(units) || utf16.DecodeRune(units[i], units[i+1]) == utf8.RuneError {
				return true
			}
			i++
		}
		units = units[:0]
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			if flush() {
				return true
			}
			continue
		}
		if i+5 < len(text) && text[i+1] == 'u' {
			if u, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16); err == nil {
				units = append(units, rune(u))
				i += 5
				continue
			}
		}
		if flush() {
			return true
		}
		i++
	}
	return flush()
}

func deepest(text []byte) int {
	depth, most, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			inString = !inString
		case '[', '{':
			if !inString {
				depth++
				most = max(most, depth)
			}
		case ']', '}':
			if !inString {
				depth--
			}
		}
	}
	return most
}

type slowResult struct {
	text                string
	duplicate, overflow bool
}

// slowCanonical canonicalises valid JSON token by token.
func slowCanonical(text []byte) (out slowResult) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var b strings.Builder
	type level struct {
		object bool
		count  int
		names  map[string]bool
	}
	levels := []*level{{}}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(fmt.Sprintf("%v in %q", err, text))
		}
		top := levels[len(levels)-1]
		if delim, ok := token.(json.Delim); ok && (delim == ']' || delim == '}') {
			b.WriteString(delim.String())
			levels = levels[:len(levels)-1]
			continue
		}
		name := top.object && top.count%2 == 0
		switch {
		case top.count == 0:
		case top.object && !name:
			b.WriteByte(':')
		default:
			b.WriteByte(',')
		}
		top.count++
		switch v := token.(type) {
		case json.Delim:
			b.WriteString(v.String())
			levels = append(levels, &level{object: v == '{', names: map[string]bool{}})
		case string:
			if name {
				out.duplicate = out.duplicate || top.names[v]
				top.names[v] = true
			}
			b.WriteString(slowQuote(v))
		case json.Number:
			f, err := strconv.ParseFloat(v.String(), 64)
			if err != nil {
				out.overflow = true
				break
			}
			b.WriteString(slowNumber(f))
		case bool:
			b.WriteString(strconv.FormatBool(v))
		case nil:
			b.WriteString("null")
		}
	}
	out.text = b.String()
	return out
}

func slowQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if i := strings.IndexRune("\b\f\n\r\t\"\\", r); i >= 0 {
			b.WriteString(`\` + `bfnrt"\`[i:i+1])
		} else if r < 0x20 {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// slowNumber follows the steps of ECMA-262, Number::toString, with the names
// used there: the value is s × 10^(n-k), s has k digits.
func slowNumber(f float64) string {
	if f == 0 {
		return "0"
	}
	if f < 0 {
		return "-" + slowNumber(-f)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	s := strings.Replace(mantissa, ".", "", 1)
	k := len(s)
	e, err := strconv.Atoi(exponent)
	if err != nil {
		panic(err)
	}
	n := e + 1
	switch {
	case k <= n && n <= 21:
		return s + strings.Repeat("0", n-k)
	case 0 < n && n <= 21:
		return s[:n] + "." + s[n:]
	case -6 < n && n <= 0:
		return "0." + strings.Repeat("0", -n) + s
	}
	sign := "+"
	if n-1 < 0 {
		sign = "-"
	}
	exponent = sign + strconv.Itoa(int(math.Abs(float64(n-1))))
	if k == 1 {
		return s + "e" + exponent
	}
	return s[:1] + "." + s[1:] + "e" + exponent
}
