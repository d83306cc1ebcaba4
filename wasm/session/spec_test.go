package session

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadSpec: values in both ways of writing them, and what is refused (wasm/ABI.md).
func TestReadSpec(t *testing.T) {
	const object = `{"key":"a\"é","kind":5,"disabled":true,"url":true,"form":7,"callback":9,"default":["b","c"],"first":"f","min":-1.5,"max":null,"options":["b","c"]}`
	s, _ := widgetSession(t)
	for _, asJSON := range []bool{false, true} {
		text := SpecText(object, asJSON)
		spec, rest, err := s.ReadSpec([]byte(text + "next"))
		require.Nil(t, err)
		require.Equal(t, "next", string(rest))
		require.Equal(t, `a"é`, string(spec.Key))
		require.Equal(t, []any{ChoicesWidget, true, false, true, uint32(7), uint32(9)}, []any{spec.Kind, spec.Disabled, spec.Drop, spec.URL, spec.Form, spec.Callback})
		require.Equal(t, []string{`["b","c"]`, `"f"`, `-1.5`, `null`, `["b","c"]`},
			[]string{valueText(spec.Default), valueText(spec.First), valueText(spec.Min), valueText(spec.Max), string(spec.Options)})
		for end := range text {
			_, rest, err := s.ReadSpec([]byte(text[:end]))
			require.Equal(t, "widget-invalid", widgetCode(err), text[:end])
			require.Nil(t, rest)
		}
	}
	spec, rest, err := s.ReadSpec([]byte(`1 0 0 0 4"name5"Alice::::`))
	require.Nil(t, err)
	require.Empty(t, rest)
	require.Equal(t, "name Alice", string(spec.Key)+" "+spec.Default.Text())
	tests := []struct{ text, code string }{
		{"1 0 0 0 1\"a1\"\xff::::", "invalid-utf8"},
		{`1 0 0 0 1"a7:"\ud800::::`, "lone-surrogate"},
		{`1 0 0 0 1"a1:[1:[:::`, "invalid-json"},
		{`4 0 0 0 1"a::::2"["`, "widget-invalid"},
		{`-1 0 0 0 1"a:::::`, "widget-invalid"},
		{`1 0 0 0 4294967295"a:::::`, "widget-invalid"},
		{`1 0 0 0 4294967297"a:::::`, ""}, // one byte, as 32 bits count
	}
	for _, test := range tests {
		_, _, err := s.ReadSpec([]byte(test.text))
		require.Equal(t, test.code, widgetCode(err), test.text)
	}
	spec, _, err = s.ReadSpec([]byte("1 0 0 0 1\"\xff:::::"))
	require.Nil(t, err)
	_, _, err = s.Connect(spec)
	require.Equal(t, "key-not-text", widgetCode(err), "a key is checked when the widget is connected")
}

// TestShows: which value of its spec the key of a widget has (wasm/ABI.md).
func TestShows(t *testing.T) {
	tests := []struct {
		there, spec string
		want        int
	}{
		{``, `"kind":1,"default":"d"`, 1}, {``, `"kind":1`, 0}, {``, `"kind":1,"default":"d","first":"f"`, 2}, {`"e"`, `"kind":1,"default":"d"`, 0},
		{`"d"`, `"kind":1,"default":"d"`, 1}, {``, `"kind":2,"default":9,"max":5`, 0}, {``, `"kind":2,"default":null`, 1},
		{``, `"kind":3,"default":false,"first":true`, 2}, {``, `"kind":5,"options":["a"],"default":["a"]`, 0},
	}
	for _, test := range tests {
		s, _ := widgetSession(t)
		if test.there != "" {
			require.NoError(t, s.Set("k", jsonValue(test.there)))
		}
		require.Equal(t, test.want, s.Shows(connectWidget(t, s, `{"key":"k",`+test.spec+`}`)), test.spec)
	}
	s, _ := widgetSession(t)
	require.Zero(t, s.Shows(connectWidget(t, s, `{"kind":7,"default":false}`)), "a trigger without a key")
	require.Zero(t, s.Shows(9))
}
