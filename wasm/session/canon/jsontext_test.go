//go:build goexperiment.jsonv2

package canon_test

import (
	"encoding/json/jsontext"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// FuzzJSONText compares the verdict with that of the strict parser of Go's
// experiment jsonv2, which refuses duplicate names and invalid UTF-8 too, lone
// surrogates among it. Only depth and the range of numbers are stricter here.
// Run it with GOEXPERIMENT=jsonv2.
func FuzzJSONText(f *testing.F) {
	addTorture(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		var c canon.Checker
		_, fault := c.Value(text, canon.MaxDepth)
		if fault != nil && (fault.Code == canon.NumberRange || fault.Code == canon.TooDeep) {
			return
		}
		require.Equal(t, jsontext.Value(text).IsValid(), fault == nil, "%q", text)
	})
}
