package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	good := Entry{Name: "Ada", Email: "ada@example.org", Seats: 2, Terms: true}
	require.Empty(t, Check(good))
	for field, change := range map[string]func(*Entry){
		"name":  func(e *Entry) { e.Name = " " },
		"email": func(e *Entry) { e.Email = "ada@example" },
		"seats": func(e *Entry) { e.Seats = 5 },
		"terms": func(e *Entry) { e.Terms = false },
	} {
		e := good
		change(&e)
		found := Check(e)
		require.Len(t, found, 1, field)
		require.NotEmpty(t, found[field], field)
	}
	require.Len(t, Check(Entry{Name: strings.Repeat("é", 61)}), 4)
	for _, bad := range []string{"a", "@b.c", "a@", "a@b", "a@.b", "a@b.", "a b@c.d", "a@b@c.d", "<a@b.c>", strings.Repeat("a", 250) + "@b.cd"} {
		require.False(t, address(bad), bad)
	}
}
