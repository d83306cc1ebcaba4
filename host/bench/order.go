package bench

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// speedRows are the rows of the speed part in the order of the tables, as static/bench/workloads.js calls them.
var speedRows = []string{
	"read number, 100 keys", "read number, 10,000 keys", "read number as a property",
	"write number, 100 keys", "write number, 10,000 keys", "write short string", "write small object", "read small object",
	"write 10 KB", "change inside 10 KB", "write, 1 of 1,000 keys with listeners", "write, 1,000 listeners of the key",
	"snapshot 100", "restore 100", "snapshot 10,000", "snapshot 10,000 right after a restore", "restore 10,000",
}

// columnsOf returns the rows of a part in order.
func columnsOf(part string, rows map[string]map[string]float64) []string {
	names := slices.Sorted(maps.Keys(rows))
	if part == "speed" {
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(slices.Index(speedRows, a), slices.Index(speedRows, b)) })
	}
	return names
}

// linesOf returns the names that have a figure in a row, in order: peers as they are listed, counts by number, others by name.
func linesOf(part string, rows map[string]map[string]float64) []string {
	found := map[string]bool{}
	for _, byPeer := range rows {
		for name := range byPeer {
			found[name] = true
		}
	}
	place := func(name string) int {
		if i := slices.IndexFunc(peers, func(p Peer) bool { return p.Name == name }); i >= 0 {
			return i - len(peers)
		}
		count, _, _ := strings.Cut(name, " ")
		n, _ := strconv.Atoi(count)
		return n
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		_, kindA, _ := strings.Cut(a, " ")
		_, kindB, _ := strings.Cut(b, " ")
		if part == "scale" && kindA != kindB {
			return -cmp.Compare(kindA, kindB)
		}
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
}
