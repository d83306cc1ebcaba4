package main

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/app/apptest"
)

func TestLife(t *testing.T) {
	page := apptest.Open(t, setup, apptest.Options{Values: map[string]any{"speed": 1000}})
	choice := page.Connect(apptest.Widget{Key: "pattern", Kind: apptest.Choice, Options: []string{"gun", "glider", "pulsar", "random"}, Default: "gun", Callback: "pattern"})
	require.Equal(t, 36, alive.Or(0))

	choice.Input("glider")
	before := board.Or(nil)
	for range 4 {
		page.Click("step")
	}
	require.Equal(t, 4, generation.Or(0))
	require.Equal(t, 5, alive.Or(0))
	moved := make([]string, len(before))
	for y := range before { // one to the right, one down
		row := before[(y+len(before)-1)%len(before)]
		moved[y] = row[len(row)-1:] + row[:len(row)-1]
	}
	require.Equal(t, moved, board.Or(nil))

	page.Click("toggle")
	require.Eventually(t, func() bool { return generation.Or(0) > 20 }, 20*time.Second, time.Millisecond)
	page.Click("toggle")
	require.False(t, running.Or(true))
	choice.Input("random")
	require.Greater(t, alive.Or(0), 100)
	page.Destroy()
	page.Wait()
}

func TestNext(t *testing.T) {
	blinker := []string{".....", ".....", ".ooo.", ".....", "....."}
	require.Equal(t, []string{".....", "..o..", "..o..", "..o..", "....."}, next(blinker))
	require.True(t, slices.Equal(blinker, next(next(blinker))))
	require.Equal(t, "M1 0h.9v.9h-.9z", draw([]string{".o"}))
}
