package canon_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// surveyed returns what a Survey finds, a line each.
func surveyed(s *canon.Survey, text string, depth int) (got []string) {
	s.Members([]byte(text), depth, func(name, value []byte, at int, f *canon.Fault) bool {
		if f != nil {
			got = append(got, fmt.Sprintf("%s %q %d:%d", f.Code, f.Path, f.Line, f.Column))
			return true
		}
		line, column := s.Position(at)
		got = append(got, fmt.Sprintf("%d:%d %s=%s", line, column, name, value))
		return true
	})
	return got
}

func TestRule19Survey(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string
	}{
		{"empty", " { } ", nil},
		{"without faults", "{\"a\" : 1.0 ,\n \"\\u0062\":[ 2 ], \"é\": \"\\/\"} ", []string{"1:2 a=1", "2:2 b=[2]", `2:18 é="/"`}},
		{"one each", `{"a":1e400,"b":1,"c":[[[]]],"d":"\ud800","e":{"x":1,"x":2},"a":3,"f":2}`, []string{
			`number-range "/a" 1:6`, "1:12 b=1", `too-deep "/c/0/0" 1:24`, `lone-surrogate "/d" 1:34`, `duplicate-key "/e/x" 1:53`, `duplicate-key "/a" 1:60`, "1:66 f=2",
		}},
		{"two in one member", `{"a":[1e400,"\ud800",[[]]],"b":1}`, []string{`number-range "/a/0" 1:7`, "1:28 b=1"}},
		{"faulty names", `{"\ud800":1,"\udc00":1e400,"b":2}`, []string{`lone-surrogate "" 1:3`, `lone-surrogate "" 1:14`, "1:28 b=2"}},
		{"a duplicate with a faulty value", `{"a":1,"a":1e400,"b":2}`, []string{"1:2 a=1", `duplicate-key "/a" 1:8`, "1:18 b=2"}},
		{"names compared decoded", `{"a":1,"\u0061":2,"A":3}`, []string{"1:2 a=1", `duplicate-key "/a" 1:8`, "1:19 A=3"}},
		{"brackets and quotes in what is passed over", `{"a":[1e400,"]}\"",{"b":[]}],"c":1}`, []string{`number-range "/a/0" 1:7`, "1:30 c=1"}},
		{"malformed after a fault", `{"a":1e400,"b":?,"c":1}`, []string{`number-range "/a" 1:6`, `invalid-json "/b" 1:16`}},
		{"brackets that do not fit, after a fault", `{"a":[1e400}],"b":1}`, []string{`number-range "/a/0" 1:7`, `invalid-json "" 1:13`}},
		{"cut off after a fault", `{"a":[1e400`, []string{`number-range "/a/0" 1:7`, `invalid-json "" 1:12`}},
		{"a duplicate whose value is malformed", `{"a":1,"a":?}`, []string{"1:2 a=1", `duplicate-key "/a" 1:8`, `invalid-json "/a" 1:12`}},
		{"no object", ` [1]`, []string{`invalid-json "" 1:2`}},
		{"after the end", `{"a":1e400} x`, []string{`number-range "/a" 1:6`, `invalid-json "" 1:13`}},
		{"not UTF-8", "{\"a\":1e400,\xff", []string{`number-range "/a" 1:6`, `invalid-utf8 "" 1:12`}},
		{"not UTF-8 in a value", "{\"a\":\"\xff\",\"b\":1}", []string{`invalid-utf8 "/a" 1:7`}},
	}
	var s canon.Survey
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			require.Equal(t, tc.want, surveyed(&s, tc.text, 2))
		})
	}
}

func TestSurveyStops(t *testing.T) {
	var s canon.Survey
	seen := 0
	s.Members([]byte(`{"a":1,"b":1e400,"c":3}`), 2, func(name, value []byte, at int, f *canon.Fault) bool {
		seen++
		return f == nil
	})
	require.Equal(t, 2, seen)
}

// FuzzSurvey: a Survey accepts what a Checker accepts, the same members, and the first of its faults is the Checker's.
func FuzzSurvey(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a":1.0,"b":[1e400],"c":"\ud800"}`, `{"a":1,"a":1e400}`, `{"\ud800":1}`, `{"a":[[[[]]]]}`, `{"a":nul}`, `{"a":"x`, `[`, `{"a":1,}`,
		`{"a":[1e400}],"b":`, "{\"a\":\"\xff\"}", "{\"\xc3\":1}", "\xef\xbb\xbf{}", `{"a":01}`, `{"a":{"b":1,"b":2}}`, `{"a":+1}`, `{"a"`, `{"a":1 "b":2}`, `{"":"\/"}`,
		"{" + strings.Repeat(`"a":1,`, 30) + `"b":2}`,
	} {
		f.Add([]byte(text), 3)
	}
	var c canon.Checker
	var s canon.Survey
	f.Fuzz(func(t *testing.T, text []byte, depth int) {
		given := bytes.Clone(text)
		var want, got []string
		refused := c.Members(text, depth, func(key, value []byte, at int) *canon.Fault {
			want = append(want, fmt.Sprintf("%d %q=%s", at, key, value))
			return nil
		})
		var first *canon.Fault
		last := 0
		s.Members(text, depth, func(name, value []byte, at int, f *canon.Fault) bool {
			if f == nil {
				if first == nil {
					got = append(got, fmt.Sprintf("%d %q=%s", at, name, value))
				}
				return true
			}
			require.GreaterOrEqual(t, f.Offset, last)
			last = f.Offset
			if first == nil {
				first = f
			}
			return true
		})
		require.Equal(t, given, text)
		require.Equal(t, want, got)
		require.Equal(t, refused, first)
	})
}
