package bench

// Peer is one of those that are measured.
type Peer struct {
	// Name is that of its module in js/bench/peers, or of a store in static/bench/stores.js.
	Name string
	// Title is what the tables call it.
	Title string
	// Package is the npm package it comes from; empty for what every browser has.
	Package string
	// Wasm is the module it loads, in the package's folder.
	Wasm string
	// Development bundles the package as for development, with the checks that it leaves out of a production build.
	Development bool
	// Isolates says whether changing an object after it was stored changes the store.
	Isolates string
	// Skip are rows that it does not run, because they would take minutes.
	Skip []string
}

const tabstate = "tabstate"

// peers are all of them, in the order of the tables.
var peers = []Peer{
	{Name: tabstate, Title: "Tabstate", Isolates: "yes, validated"},
	{Name: "map", Title: "Map", Isolates: "no"},
	{Name: "object", Title: "plain object", Isolates: "no"},
	{Name: "text", Title: "Map of JSON text", Isolates: "yes"},
	{Name: "frozen", Title: "Map, deep-frozen clone", Isolates: "yes"},
	{Name: "copied", Title: "Map, frozen copy by hand", Isolates: "yes"},
	{Name: "cloned", Title: "Map, structuredClone", Isolates: "yes"},
	{Name: "storage", Title: "sessionStorage + JSON", Isolates: "yes"},
	{Name: "signals", Title: "Preact signals", Package: "@preact/signals-core", Isolates: "no"},
	{Name: "nanostores", Title: "nanostores atoms", Package: "nanostores", Isolates: "no"},
	{Name: "zustand", Title: "zustand", Package: "zustand", Isolates: "no"},
	{Name: "valtio", Title: "valtio", Package: "valtio", Isolates: "copies in"},
	{Name: "jotai", Title: "jotai", Package: "jotai", Isolates: "no"},
	{Name: "mobx", Title: "MobX, deep", Package: "mobx", Isolates: "copies in"},
	{Name: "redux", Title: "Redux Toolkit", Package: "@reduxjs/toolkit", Isolates: "freezes yours"},
	{Name: "redux-checked", Title: "… with serializableCheck", Package: "@reduxjs/toolkit", Development: true, Isolates: "freezes yours"},
	{Name: "sqlite", Title: "sqlite-wasm", Package: "@sqlite.org/sqlite-wasm", Wasm: "dist/sqlite3.wasm", Isolates: "yes"},
	{Name: "loro", Title: "Loro", Package: "loro-crdt", Wasm: "web/loro_wasm_bg.wasm", Isolates: "yes"},
	{Name: "automerge", Title: "Automerge", Package: "@automerge/automerge", Wasm: "dist/automerge.wasm", Isolates: "copies in"},
}

// stage is a page of the benchmark: stages in static/bench/workloads.js.
var stages = []string{"100 keys", "10,000 keys", "strings", "values", "listeners", "one key", "100 mixed keys", "10,000 mixed keys"}

func find(name string) (Peer, bool) {
	for _, p := range peers {
		if p.Name == name {
			return p, true
		}
	}
	return Peer{}, false
}
