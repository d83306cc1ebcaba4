package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/session"
)

// TestShare: code in Go and the calls of the other side never meet each other half done.
func TestShare(t *testing.T) {
	p := &Port{}
	require.Nil(t, p.Take())
	require.Nil(t, p.Inside())
	require.Zero(t, openPort(p, 0, 1))
	p.Done()
	t.Cleanup(func() { (*session.Session)(nil).Hot() })
	slot := pinned(t, p, "a")
	require.Positive(t, put(p, "a", 3, 1, ""))
	require.Nil(t, p.Take(), "a call is at work")
	p.Done()
	require.True(t, p.Free())

	s := p.Take()
	require.NotNil(t, s)
	require.Nil(t, p.Take())
	require.Same(t, s, p.Inside())
	require.EqualValues(t, -1, session.SetNumber(int32(slot), 2), "the hot calls are kept out too")
	require.EqualValues(t, Refused, p.Begin())
	require.Equal(t, "session-busy", code(t, p))
	p.Give()
	p.Give()
	require.Positive(t, session.SetNumber(int32(slot), 2))

	// A call that finds the session taken has it given back, if it can.
	asked := 0
	p.Regain = func() bool {
		asked++
		p.Give()
		return p.Free()
	}
	p.Take()
	require.Zero(t, p.Begin())
	require.Equal(t, 1, asked)
	p.Done()
	require.EqualValues(t, Drain, p.Commit())

	// In the middle of a call nothing gets in, and the call goes on as it was.
	open := p.Shut()
	require.Nil(t, p.Take())
	require.NotNil(t, p.Inside())
	p.Regain = func() bool { return false }
	require.EqualValues(t, Refused, p.Begin())
	p.Done()
	open()
	require.Nil(t, p.Take(), "the call is at work still")
	p.Done()
	require.NotNil(t, p.Take())
	inner := p.Shut()
	inner()
	require.NotNil(t, p.Inside())
	p.Give()

	copy(p.Reserve(8, 0), "keyvalue")
	key, value, ok := p.Texts(3, 5)
	require.True(t, ok)
	require.Equal(t, []string{"key", "value"}, []string{string(key), string(value)})
	_, _, ok = p.Texts(1<<30, 1<<30)
	require.False(t, ok)
	require.EqualValues(t, Refused, p.Refuse(busy))
}
