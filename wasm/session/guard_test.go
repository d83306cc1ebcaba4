package session

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGuard: a guard judges at every door, before anything changes (rule 20).
func TestGuard(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	require.NoError(t, s.SetHistory(HistoryLimits{Steps: 10}))
	limit := 10.0
	asked := 0
	judge := func(v Value) *Error {
		asked++
		if v.Kind() != Number || v.Number() > limit {
			return &Error{Class: ErrValidation.Class, Code: "invalid-value", Reason: "too much"}
		}
		return nil
	}
	stop, err := s.Guard("n", judge)
	require.NoError(t, err)
	_, err = s.Guard("n", judge)
	require.ErrorIs(t, err, &Error{Class: ErrUsage.Class, Code: "validator-taken"})
	_, err = s.Guard("", judge)
	require.ErrorIs(t, err, ErrKey)

	require.NoError(t, s.Set("n", NumberValue(5)))
	slot := s.Slot([]byte("n"))
	refused := func(err error) {
		t.Helper()
		var own *Error
		require.ErrorAs(t, err, &own)
		require.Equal(t, []string{"SessionValidationError", "invalid-value", "n"}, []string{own.Class, own.Code, own.Key})
		require.Equal(t, 5.0, must(s.Get("n")).Number())
	}
	refused(s.Set("n", NumberValue(11)))
	refused(s.Write(slot, NumberValue(11)))
	refused(s.Set("n", JSONValue([]byte("[1]"))))
	refused(s.Restore([]byte(`{"a":1,"n":11}`)))
	refused(s.Restore([]byte(`{"n":11}`)))
	refused(s.Update(Entry{"n", NumberValue(4)}, Entry{"n", NumberValue(11)}))
	s.Hot()
	require.EqualValues(t, -1, SetNumber(int32(slot), 11), "the hot call leaves it to the full one")
	(*Session)(nil).Hot()

	limit = 100
	require.NoError(t, s.Set("n", NumberValue(50)))
	require.NoError(t, s.Set("n", NumberValue(5)))
	limit = 10
	_, err = s.Undo()
	refused(err)
	deleted, err := s.Delete("n")
	require.NoError(t, err)
	require.True(t, deleted, "a deletion is not judged")
	require.NoError(t, s.Set("n", NumberValue(5)))

	// A widget's default is not judged, what the user enters is.
	id, report, bad := s.Connect(&WidgetSpec{Key: []byte("n"), Kind: NumberWidget, Default: NumberValue(70), First: NumberValue(80)})
	require.Nil(t, bad)
	refused(report)
	s.BeginTurn(false, false)
	_, bad = s.Input(id, NumberValue(90))
	s.EndTurn()
	refused(bad)
	s.Clear("")
	require.Equal(t, 70.0, must(s.Get("n")).Number())
	require.Equal(t, "too much", s.Judge("n").Reason)
	require.Nil(t, s.Judge("other"))
	s.Disconnect(id)

	stop()
	stop()
	asked = 0
	require.NoError(t, s.Set("n", NumberValue(1000)))
	require.Zero(t, asked)
	s.Hot()
	s.SetHistory(HistoryLimits{})
	require.Positive(t, SetNumber(int32(slot), 11))
	(*Session)(nil).Hot()
}

func must(v Value, _ bool) Value { return v }

// TestKeepChanges: what nobody asks about at once is not forgotten by the next write.
func TestKeepChanges(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	require.NoError(t, s.Set("a", NumberValue(1)))
	s.KeepChanges()
	require.NoError(t, s.Set("a", NumberValue(2)))
	require.NoError(t, s.Set("b", StringValue("text")))
	require.NoError(t, s.Set("a", NumberValue(3)))
	require.NoError(t, s.Set("b", StringValue("other")))
	require.Equal(t, 4, s.Changed())
	_, version, _, old := s.ChangedAt(0)
	require.Equal(t, 1.0, old.Number())
	require.EqualValues(t, 4, version, "the version it has now")
	_, _, _, old = s.ChangedAt(3)
	require.Equal(t, "text", old.Text())
	s.Told()
	require.Zero(t, s.Changed())
	require.NoError(t, s.Set("a", NumberValue(4)))
	require.NoError(t, s.Set("a", NumberValue(5)))
	require.Equal(t, 1, s.Changed())
}
