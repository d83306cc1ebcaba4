package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Target is a ratio to be reached.
type Target struct {
	Part, Row string
	// Of is the column that is held against another: Tabstate's where empty.
	Of string
	// Peer and PeerRow are what it is held against; PeerRow is Row where empty. Without a Peer it is Limit, in the unit of the row.
	Peer, PeerRow string
	Limit         float64
	// Most is the largest ratio, 1 where 0. Above is added to the peer's figure before.
	Most, Above float64
}

// Result is a target and what was measured.
type Result struct {
	Part string `json:"part"`
	Row  string `json:"row"`
	// Than says what it is held against.
	Than string `json:"than"`
	// Tabstate and Other are in the unit of the row, Ratio is the one divided by the other, with what the target adds to it.
	Tabstate float64 `json:"tabstate"`
	Other    float64 `json:"other"`
	Ratio    float64 `json:"ratio"`
	Most     float64 `json:"most"`
	Met      bool    `json:"met"`
}

// isolating is every peer that isolates its values, taken together: the fastest of them counts.
const isolating = "isolating"

// targets are what the project wants of its speed.
var targets = []Target{
	{Part: "speed", Row: "read number, 100 keys", Peer: "signals", Most: 1},
	{Part: "speed", Row: "read number, 10,000 keys", Peer: "signals", Most: 1},
	{Part: "speed", Row: "write number, 100 keys", Peer: "signals", Most: 0.7},
	{Part: "speed", Row: "write number, 10,000 keys", Peer: "signals", Most: 0.7},
	{Part: "speed", Row: "write number, 10,000 keys", Peer: tabstate, PeerRow: "write number, 100 keys", Most: 1.15},
	{Part: "speed", Row: "write short string", Peer: "signals", Most: 1},
	{Part: "speed", Row: "read number as a property", Peer: tabstate, PeerRow: "read number, 100 keys", Most: 4},
	{Part: "speed", Row: "write small object", Peer: "frozen", Most: 1},
	{Part: "speed", Row: "write 10 KB", Peer: "frozen", Most: 1.2},
	{Part: "speed", Row: "write small object", Peer: "copied", Most: 1},
	{Part: "speed", Row: "write 10 KB", Peer: "copied", Most: 1.2},
	{Part: "speed", Row: "write small object", Peer: isolating, Most: 0.25},
	{Part: "speed", Row: "write 10 KB", Peer: isolating, Most: 0.25},
	{Part: "speed", Row: "read small object", Peer: "map", Most: 1.3},
	{Part: "speed", Row: "change inside 10 KB", Peer: tabstate, PeerRow: "write 10 KB", Most: 1.5},
	{Part: "speed", Row: "write, 1 of 1,000 keys with listeners", Peer: "signals", Most: 0.6},
	{Part: "speed", Row: "write, 1,000 listeners of the key", Peer: "signals", Most: 0.2},
	{Part: "speed", Row: "snapshot 100", Peer: "object", Most: 1.3},
	{Part: "speed", Row: "snapshot 10,000", Peer: "text", Most: 1.2},
	{Part: "speed", Row: "snapshot 10,000 right after a restore", Peer: "text", PeerRow: "snapshot 10,000", Most: 1.2},
	{Part: "speed", Row: "restore 10,000", Peer: "text", Most: 1},
	{Part: "memory", Row: "number", Limit: 150},
	{Part: "memory", Row: "small object", Limit: 300},
	{Part: "start", Row: "to the first value", Peer: "loro", Most: 0.85},
	{Part: "start", Row: "to the first value", Peer: "glue", Above: 10},
	{Part: "html", Row: "bind 1,000, page at rest, ms", Limit: 30},
	{Part: "html", Row: "input event to text, µs", Limit: 14},
	{Part: "scale", Row: "write one key, ns", Of: "1000000 keys", Peer: "0 listeners", Most: 1.3},
	{Part: "scale", Row: "write one key, ns", Of: "100000 listeners", Peer: "0 listeners", Most: 1.3},
	{Part: "frames", Row: "longest export, ms", Of: "numbers", Limit: 16},
	{Part: "frames", Row: "longest export, ms", Of: "numbers, objects and texts", Limit: 16},
}

// isolates says whether a peer is a library that isolates what it holds from the object that was stored.
func isolates(p Peer) bool {
	return p.Package != "" && (p.Isolates == "yes" || p.Isolates == "copies in")
}

// results holds what was measured against the targets; those whose figures are missing are left out.
func (f Figures) results() []Result {
	var all []Result
	for _, t := range targets {
		own, has := f.figure(t.Part, t.Row, cmp.Or(t.Of, tabstate))
		other, ok := f.other(t)
		if !has || !ok {
			continue
		}
		ratio, most := own/(other+t.Above), cmp.Or(t.Most, 1)
		row := t.Row
		if t.Of != "" {
			row += ", " + t.Of
		}
		all = append(all, Result{Part: t.Part, Row: row, Than: t.than(), Tabstate: own, Other: other, Ratio: ratio, Most: most, Met: ratio <= most})
	}
	return all
}

// other returns what a target is held against.
func (f Figures) other(t Target) (float64, bool) {
	row := cmp.Or(t.PeerRow, t.Row)
	switch t.Peer {
	case "":
		return t.Limit, true
	case isolating:
		var found []float64
		for _, p := range peers {
			if figure, ok := f.figure(t.Part, row, p.Name); ok && isolates(p) {
				found = append(found, figure)
			}
		}
		return slices.Min(append(found, math.Inf(1))), len(found) > 0
	}
	return f.figure(t.Part, row, t.Peer)
}

// than says what a target is held against.
func (t Target) than() string {
	p, _ := find(t.Peer)
	text := cmp.Or(map[string]string{"": "a limit", isolating: "the fastest library that isolates", tabstate: "its own “" + t.PeerRow + "”"}[t.Peer],
		otherTitles[t.Peer], p.Title, t.Peer)
	if t.Above > 0 {
		text += fmt.Sprintf(" + %g ms", t.Above)
	}
	return text
}
