package bench

import (
	"cmp"
	"fmt"
)

// Target is a ratio to be reached.
type Target struct {
	Part, Row string
	// Peer and PeerRow are what Tabstate is compared with; PeerRow is Row where empty.
	Peer, PeerRow string
	Most          float64
	// Above is added to the peer's figure before Most is applied to it.
	Above float64
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
	{Part: "start", Row: "to the first value", Peer: "loro", Most: 0.85},
	{Part: "start", Row: "to the first value", Peer: "glue", Most: 1, Above: 10},
	{Part: "html", Row: "input event to text, µs", Peer: "petite", Most: 1},
	{Part: "html", Row: "bind 1,000, ms", Peer: "petite", Most: 0.5},
	{Part: "scale", Row: "write one key, ns", Peer: tabstate, Most: 1.3},
}

// isolates says whether a peer is a library that isolates what it holds from the object that was stored.
func isolates(p Peer) bool {
	return p.Package != "" && (p.Isolates == "yes" || p.Isolates == "copies in")
}

// results holds what was measured against the targets; those whose figures are missing are left out.
func (f Figures) results() []Result {
	var all []Result
	for _, t := range targets {
		own, other, ok := f.compared(t)
		if !ok {
			continue
		}
		ratio := own / (other + t.Above)
		all = append(all, Result{Part: t.Part, Row: t.Row, Than: t.than(), Tabstate: own, Other: other, Ratio: ratio, Most: t.Most, Met: ratio <= t.Most})
	}
	return all
}

// than says what a target compares with.
func (t Target) than() string {
	text := map[string]string{isolating: "the fastest library that isolates", "glue": "bare Go glue", "petite": "petite-vue", "signals": "signals"}[t.Peer]
	switch p, _ := find(t.Peer); {
	case t.Part == "scale":
		text = "the same with one key"
	case t.Peer == tabstate:
		text = "its own “" + t.PeerRow + "”"
	case text == "":
		text = p.Title
	}
	if t.Above > 0 {
		text += fmt.Sprintf(" + %g ms", t.Above)
	}
	return text
}

// compared returns the two figures of a target.
func (f Figures) compared(t Target) (own, other float64, ok bool) {
	if t.Part == "scale" {
		own, ok = f.median(t.Part, t.Row, "1000000 keys")
		other, has := f.median(t.Part, t.Row, "0 listeners")
		return own, other, ok && has
	}
	own, ok = f.median(t.Part, t.Row, tabstate)
	row := cmp.Or(t.PeerRow, t.Row)
	if t.Peer != isolating {
		other, has := f.median(t.Part, row, t.Peer)
		return own, other, ok && has
	}
	for _, p := range peers {
		if figure, has := f.median(t.Part, row, p.Name); has && isolates(p) && (other == 0 || figure < other) {
			other = figure
		}
	}
	return own, other, ok && other > 0
}
