package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/app/apptest"
)

func TestLoan(t *testing.T) {
	page := apptest.Open(t, setup, apptest.Options{})
	money := page.Connect(apptest.Widget{Key: "amount", Kind: apptest.Number, Default: 100000, Min: 0})
	percent := page.Connect(apptest.Widget{Key: "rate", Kind: apptest.Number, Default: 3.6})
	page.Connect(apptest.Widget{Key: "years", Kind: apptest.Number, Default: 10})
	require.InDelta(t, 993.55, monthly.Or(0), 0.005)
	require.InDelta(t, 19225.99, interest.Or(0), 0.005)
	table := schedule.Or(nil)
	require.Len(t, table, 10)
	require.InDelta(t, 0, table[9].Owed, 0.001)
	require.Greater(t, table[0].Interest, table[9].Interest)

	percent.Input(0)
	require.InDelta(t, 833.333, monthly.Or(0), 0.001)
	require.Zero(t, interest.Or(1))
	money.Input(nil)
	require.Zero(t, monthly.Or(1))
}
