package canon_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

func TestRule19AppendNumber(t *testing.T) {
	for want, f := range map[string]float64{
		"0": math.Copysign(0, -1), "1": 1, "-1": -1, "123456789012345680": 123456789012345678,
		"100000000000000000000": 1e20, "1e+21": 1e21, "1.5e+300": 1.5e300, "-1e-7": -1e-7,
		"0.000001": 1e-6, "0.0000012345": 1.2345e-6, "1.2345e-7": 1.2345e-7, "0.1": 0.1, "-0.5": -0.5,
		"0.30000000000000004": 0.30000000000000004, "1234.56": 1234.56, "999999999.999999": 999999999.999999,
		"5e-324": 5e-324, "1.7976931348623157e+308": math.MaxFloat64, "9007199254740993000": 9007199254740993e3,
		"999999999999999": 999999999999999, "1000000000000000.1": 1000000000000000.1, "5.684341886080802e-14": math.Pow(2, -44),
	} {
		require.Equal(t, want, string(canon.AppendNumber(nil, f)))
		require.Equal(t, want, slowNumber(f))
		require.Equal(t, f+0, canon.ParseNumber([]byte(want))+0)
	}
	require.Equal(t, "x1", string(canon.AppendNumber([]byte("x"), 1)))
}

func TestRule19Strings(t *testing.T) {
	for text, want := range map[string]string{
		"":                         `""`,
		"plain":                    `"plain"`,
		"\"\\/\b\f\n\r\t":          `"\"\\/\b\f\n\r\t"`,
		"\x00\x01\x1f\x7f":         "\"\\u0000\\u0001\\u001f\x7f\"",
		"äöü 中 😀 \u2028 <script>&": "\"äöü 中 😀 \u2028 <script>&\"",
	} {
		quoted := canon.AppendString(nil, []byte(text))
		require.Equal(t, want, string(quoted))
		require.Equal(t, "x"+text, string(canon.AppendUnquoted([]byte("x"), quoted)))
	}
}

func TestWhatIsNotCanonicalDoesNotPanic(t *testing.T) {
	for _, s := range []string{"", `"`, `""`, `"\"`, `"\u"`, `"\u12"`, `"\ud800"`, `"\ud800\u"`, `"\ud800\udc0"`, `abc`} {
		canon.AppendUnquoted(nil, []byte(s))
	}
	for _, s := range []string{"", "-", ".", "-.", "1.2.3", "e", "0x1p4", "1_0", "................"} {
		canon.ParseNumber([]byte(s))
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		canon.AppendNumber(nil, f)
	}
}

func TestRule17ValidText(t *testing.T) {
	for text, want := range map[string]int{
		"": -1, "abc": -1, "äöü中😀\U0010ffff": -1, "\ufeff": -1,
		"\xff": 0, "a\x80": 1, "ä\xc3": 2, "ab\xed\xa0\x80": 2, "\xe0\x80\xaf": 0, "\xc0\x80": 0, "\xf4\x90\x80\x80": 0, "😀\xf0\x9f\x98": 4, "\xe4\xb8a": 0, "\xc3a": 0,
	} {
		require.Equal(t, want, canon.ValidText([]byte(text)), "%q", text)
	}
}

func TestRule19PointerToken(t *testing.T) {
	require.Equal(t, "/a", string(canon.PointerToken(nil, []byte("a"))))
	require.Equal(t, "/x/~0~1~01 ä", string(canon.PointerToken([]byte("/x"), []byte("~/~1 ä"))))
	require.Equal(t, "/", string(canon.PointerToken(nil, nil)))
}

// TestAppendStringByWords: with room it is written by words, without by bytes, and is the same text, whatever stands where.
func TestAppendStringByWords(t *testing.T) {
	for length := range 72 {
		for at := -1; at < length; at++ {
			for _, odd := range []string{"\"", "\\", "\x00", "\x1f", "\n", " ", "!", "#", "[", "]", "\x7f", "ä", "状"} {
				s := bytes.Repeat([]byte("a"), length)
				if at >= 0 {
					s = append(append(append([]byte{}, s[:at]...), odd...), s[at+1:]...)
				}
				wide := canon.AppendString(append(make([]byte, 0, 512), '['), s)
				tight := canon.AppendString(append(make([]byte, 0, 1), '['), s)
				require.Equal(t, string(tight), string(wide))
				var back string
				require.NoError(t, json.Unmarshal(wide[1:], &back))
				require.Equal(t, string(s), back)
			}
		}
	}
}
