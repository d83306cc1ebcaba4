package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/browsertest"
)

// opened is what scenario.start returns for a session that opened, empty.
var opened = object{"status": "open", "keys": []any{}, "same": true, "error": nil}

// aSession does the basic things once: read, write, listener, batch, and a value that JSON cannot represent.
func aSession(t *testing.T, b *browsertest.Browser) {
	home := serve(t, "/", nil)
	b.Open(home + "scenario.html")
	require.Equal(t, opened, b.Call("scenario.start"))
	require.Equal(t, object{"session-ready": 1.0, "session-error": 0.0, "session-crashed": 0.0}, b.Call("scenario.events"))
	require.Equal(t, true, b.Call("scenario.imported", home+"tabstate/tabstate.js"))

	value := object{"list": []any{1.0, "é 😀", nil, true}, "__proto__": object{"x": -0.5}}
	b.Call("scenario.write", "key", value)
	require.Equal(t, value, b.Call("scenario.read", "key"))
	require.Nil(t, b.Call("scenario.read", "missing"))

	require.Equal(t, []any{[]any{1.0, nil, "heard", "code"}, []any{2.0, 1.0, "heard", "code"}}, b.Call("scenario.listen"))
	require.Equal(t, object{"message": "on purpose", "heard": 0.0, "same": true}, b.Call("scenario.rollBack"))

	var result struct {
		Error  struct{ Name, Message, Code, Key, Path, Type, Reason, Hint string }
		After  string
		Called float64
	}
	b.CallInto(&result, "scenario.unserializable")
	require.Equal(t, "UnserializableSessionStateError", result.Error.Name)
	require.Equal(t, "unserializable", result.Error.Key)
	require.Equal(t, "function", result.Error.Type)
	require.Empty(t, result.Error.Path)
	require.Contains(t, result.Error.Message, "unserializable", "the message names the key")
	require.Contains(t, result.Error.Message, result.Error.Reason, "the message says why")
	require.NotEmpty(t, result.Error.Hint)
	require.Equal(t, "before", result.After)
	require.Equal(t, 42.0, result.Called)

	require.Empty(t, b.Call("scenario.policyViolations"))
	clean(b, home)
}

// capacity: memory grows for what is large, and only for that.
func capacity(t *testing.T, b *browsertest.Browser) {
	home := serve(t, "/", nil)
	const megabyte = 1e6
	t.Run("50 MB in one value", func(t *testing.T) {
		b := b.For(t)
		b.Open(home + "scenario.html")
		b.Call("scenario.start")
		var result struct {
			Read, Snapshot bool
			Small          string
			Grown          float64
		}
		b.CallInto(&result, "scenario.large", 50*megabyte)
		require.True(t, result.Read, "read back")
		require.True(t, result.Snapshot, "in a snapshot")
		require.Equal(t, `{"a":[1,"é"]}`, result.Small)
		require.Greater(t, result.Grown, 50*megabyte, "memory was to grow for this test")
	})
	t.Run("a million different keys set and deleted", func(t *testing.T) {
		b := b.For(t)
		b.Open(home + "scenario.html")
		b.Call("scenario.start")
		var result struct {
			Growth []float64
			Memory float64
			Keys   int
		}
		b.CallInto(&result, "scenario.churn", 1_000_000)
		require.Zero(t, result.Keys)
		require.Less(t, result.Memory, 32*megabyte)
		late := 0.0
		for _, growth := range result.Growth[5:] {
			late += growth
		}
		require.Less(t, late, 4*megabyte, "growth by tenths: %v", result.Growth)
	})
	clean(b, home)
}
