package canon_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// collect returns what Members yields, a line each.
func collect(c *canon.Checker, text string, depth int) ([]string, *canon.Fault) {
	var got []string
	f := c.Members([]byte(text), depth, func(key, value []byte, at int) *canon.Fault {
		got = append(got, fmt.Sprintf("%d %s=%s", at, key, value))
		return nil
	})
	return got, f
}

func TestRule19Members(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string
	}{
		{"empty", " { } ", nil},
		{"one", `{"a":1}`, []string{"1 a=1"}},
		{"order and offsets", " {\"b\" : 1.0 ,\n\"a\":[ ] } ", []string{"2 b=1", "14 a=[]"}},
		{"decoded names", `{"\u0061\n":0,"é\/":{ "\u0062" : "\u0063" },"😀":""}`, []string{"1 a\n=0", `14 é/={"b":"c"}`, `45 😀=""`}},
		{"the buffer begins afresh", `{"a":1.0,"b":"x","\u0063":[ 2 ],"d":[2]}`, []string{"1 a=1", `9 b="x"`, "17 c=[2]", "32 d=[2]"}},
	}
	var c canon.Checker
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got, f := collect(&c, tc.text, 4)
			require.Nil(t, f)
			require.Equal(t, tc.want, got)
		})
	}
}

func TestRule17And19MembersFaults(t *testing.T) {
	cases := []struct {
		name, text, code, path string
		offset, yielded        int
		reason                 string
	}{
		{"no object", ` [1]`, canon.InvalidJSON, "", 1, 0, "expected an object, found '['"},
		{"empty", ``, canon.InvalidJSON, "", 0, 0, "expected an object, found the end"},
		{"cut off", `{"a":1`, canon.InvalidJSON, "", 6, 1, "expected ',' or '}'"},
		{"trailing comma", `{"a":1,}`, canon.InvalidJSON, "", 7, 1, "expected a member's name"},
		{"no colon", `{"a" 1}`, canon.InvalidJSON, "", 5, 0, "expected ':'"},
		{"no value", `{"a":}`, canon.InvalidJSON, "/a", 5, 0, "expected a value"},
		{"after the end", `{"a":1} x`, canon.InvalidJSON, "", 8, 1, "expected the end of the text"},
		{"duplicate at the top", `{"a":1,"b":2,"\u0061":3}`, canon.DuplicateKey, "/a", 13, 2, "already"},
		{"duplicate within", `{"a":{"x":1,"x":2}}`, canon.DuplicateKey, "/a/x", 12, 0, "already"},
		{"the same name in a value", `{"a":{"a":?}}`, canon.InvalidJSON, "/a/a", 10, 0, "found '?'"},
		{"too deep", `{"a":[[0]],"b":[[[0]]]}`, canon.TooDeep, "/b/0/0", 17, 1, "deeper than 2"},
		{"lone surrogate in a name", `{"\ud800":0}`, canon.LoneSurrogate, "", 2, 0, "half"},
		{"number", `{"a":0,"b":1e999}`, canon.NumberRange, "/b", 11, 1, "the number"},
	}
	var c canon.Checker
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got, f := collect(&c, tc.text, 2)
			require.NotNil(t, f)
			require.Len(t, got, tc.yielded)
			require.Equal(t, tc.code, f.Code)
			require.Equal(t, tc.path, f.Path)
			require.Equal(t, tc.offset, f.Offset)
			require.Contains(t, f.Reason, tc.reason)
		})
	}
}

func TestRule17MembersDuplicateAmongMany(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, `"k%d":{"k1":%d},`, i, i)
	}
	c := canon.Checker{Seed: 7}
	got, f := collect(&c, "{"+b.String()+`"last":0}`, 2)
	require.Nil(t, f)
	require.Len(t, got, 5001)
	_, f = collect(&c, "{"+b.String()+`"k4999":0}`, 2)
	require.NotNil(t, f)
	require.Equal(t, canon.DuplicateKey, f.Code)
	require.Equal(t, "/k4999", f.Path)
}

func TestRule19MembersReturnsTheFaultOfYield(t *testing.T) {
	var c canon.Checker
	text := []byte("{\n\"a\":1,\n  \"b\":2,\"c\":?}")
	mine := &canon.Fault{Code: "limit", Path: "/b"}
	f := c.Members(text, 1, func(key, value []byte, at int) *canon.Fault {
		if string(key) == "b" {
			mine.Offset = at
			return mine
		}
		return nil
	})
	require.Same(t, mine, f)
	require.Equal(t, canon.Fault{Code: "limit", Path: "/b", Offset: 11, Line: 3, Column: 3}, *f)

	placed := &canon.Fault{Code: "limit", Line: 9, Column: 8}
	f = c.Members(text, 1, func(key, value []byte, at int) *canon.Fault { return placed })
	require.Equal(t, canon.Fault{Code: "limit", Line: 9, Column: 8}, *f)

	_, ok := c.Value([]byte("[]"), 1) // the Checker goes on
	require.Nil(t, ok)
}
