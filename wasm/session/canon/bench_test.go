package canon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

// table returns canonical rows of a table, size bytes or a little more.
func table(size int) []byte {
	text := []byte{'['}
	for i := 0; len(text) < size; i++ {
		if i > 0 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, `{"id":%d,"name":"Customer number %d","email":"c%d@example.org","total":%d.25,"active":%t,"tags":["new","eu"],"note":null}`,
			i+1, i, i, i*7, i%2 == 0)
	}
	return append(text, ']')
}

// loose returns a table that is not canonical: indented, with escapes and
// numbers as no JavaScript prints them.
func loose(size int) []byte {
	text := bytes.ReplaceAll(table(size*2/3), []byte(`.25`), []byte(`.250`))
	text = bytes.ReplaceAll(text, []byte(`@`), []byte(`\u0040`))
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func benchmarkValue(b *testing.B, text []byte) {
	var c canon.Checker
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, f := c.Value(text, 128); f != nil {
			b.Fatal(f.Reason)
		}
	}
}

func BenchmarkValueCanonicalTable10KB(b *testing.B) { benchmarkValue(b, table(10<<10)) }
func BenchmarkValueLoose1MB(b *testing.B)           { benchmarkValue(b, loose(1<<20)) }
func BenchmarkValueSmallObject(b *testing.B) {
	benchmarkValue(b, []byte(`{"id":17,"name":"Ada","tags":["x","y"],"open":true}`))
}
func BenchmarkValueText10KB(b *testing.B) {
	benchmarkValue(b, canon.AppendString(nil, bytes.Repeat([]byte("The quick brown fox jumps. "), 380)))
}
func BenchmarkValueWideText10KB(b *testing.B) {
	benchmarkValue(b, canon.AppendString(nil, bytes.Repeat([]byte("状態は頁の中に在る。äöü "), 250)))
}
func BenchmarkValueMembers100000(b *testing.B) {
	text := []byte{'{'}
	for i := range 100000 {
		text = fmt.Appendf(text, `"member%d":0,`, i)
	}
	text[len(text)-1] = '}'
	benchmarkValue(b, text)
}

func BenchmarkMembers(b *testing.B) {
	text := []byte{'{'}
	for i := range 1000 {
		text = fmt.Appendf(text, `"key.%d":{"id":%d,"name":"row %d"},`, i, i, i)
	}
	text[len(text)-1] = '}'
	var c canon.Checker
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		f := c.Members(text, 128, func(key, value []byte, at int) *canon.Fault { n++; return nil })
		if f != nil || n != 1000 {
			b.Fatal(f)
		}
	}
}

func BenchmarkAppendNumber(b *testing.B) {
	for name, f := range map[string]float64{"integer": 1720000000000, "price": 1234.25, "sixteen": 0.1234567890123456} {
		b.Run(name, func(b *testing.B) {
			var dst []byte
			for b.Loop() {
				dst = canon.AppendNumber(dst[:0], f)
			}
		})
	}
}

// BenchmarkParseNumber reads what takes longest, too: whoever sends many such numbers must not hold up a host.
func BenchmarkParseNumber(b *testing.B) {
	for _, text := range []string{"1720000000000", "1234.25", "0.1234567890123456", "123456789012345678", "1.2345678901234567e-30", "1e300", "1e-300", "0." + strings.Repeat("9", 780)} {
		b.Run(text[:min(len(text), 24)], func(b *testing.B) {
			number := []byte(text)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				canon.ParseNumber(number)
			}
		})
	}
}
