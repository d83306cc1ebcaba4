// Life: Conway's game, stepped by a goroutine while the page goes on.
package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/tabstate/tabstate/wasm/app"
)

const width, height = 60, 36

// What the page sets.
const (
	speed   = app.Key[float64]("speed") // generations a second
	pattern = app.Key[string]("pattern")
)

// What it shows.
const (
	board      = app.Key[[]string]("board") // rows of '.' and 'o'
	generation = app.Key[int]("generation")
	alive      = app.Key[int]("alive")
	drawing    = app.Key[string]("drawing") // the path of an SVG
	running    = app.Key[bool]("running")
)

var patterns = map[string][]string{
	"glider": {".o.", "..o", "ooo"},
	"gun": {
		"........................o...........",
		"......................o.o...........",
		"............oo......oo............oo",
		"...........o...o....oo............oo",
		"oo........o.....o...oo..............",
		"oo........o...o.oo....o.o...........",
		"..........o.....o.......o...........",
		"...........o...o....................",
		"............oo......................",
	},
	"pulsar": {
		"..ooo...ooo..", ".............", "o....o.o....o", "o....o.o....o", "o....o.o....o", "..ooo...ooo..",
		".............", "..ooo...ooo..", "o....o.o....o", "o....o.o....o", "o....o.o....o", ".............", "..ooo...ooo..",
	},
}

func setup() {
	_ = running.Init(false)
	_ = begin(pattern.Or("gun"))
	callback("pattern", func() error { return begin(pattern.Or("gun")) })
	callback("step", step)
	callback("toggle", func() error { return running.Update(func(on bool) bool { return !on }) })
	_, _ = app.Computed(alive, func() (int, error) { return strings.Count(strings.Join(board.Or(nil), ""), "o"), nil }, board)
	_, _ = app.Computed(drawing, func() (string, error) { return draw(board.Or(nil)), nil }, board)
	app.Go(run)
}

func callback(name string, fn func() error) {
	_, _ = app.Callback(name, func(*app.Event) error { return fn() })
}

// run steps as long as the page lives.
func run() error {
	for {
		time.Sleep(time.Duration(float64(time.Second) / max(1, speed.Or(8))))
		on, err := running.Require()
		if err != nil {
			return err // the session has ended
		}
		if on {
			if err := step(); err != nil {
				return err
			}
		}
	}
}

func step() error {
	return app.Batch(func() error {
		if err := board.Update(next); err != nil {
			return err
		}
		return generation.Update(func(n int) int { return n + 1 })
	})
}

func begin(name string) error {
	return app.Batch(func() error {
		if err := generation.Set(0); err != nil {
			return err
		}
		return board.Set(start(name))
	})
}

// start gives a board with the pattern in its middle, or with random cells.
func start(name string) []string {
	shape, known := patterns[name]
	rows := make([]string, height)
	top, left := (height-len(shape))/2, width/2
	if known {
		left -= len(shape[0]) / 2
	}
	for y := range rows {
		row := []byte(strings.Repeat(".", width))
		for x := range row {
			if !known && rand.IntN(4) == 0 || known && y >= top && y < top+len(shape) && x >= left && x < left+len(shape[0]) && shape[y-top][x-left] == 'o' {
				row[x] = 'o'
			}
		}
		rows[y] = string(row)
	}
	return rows
}

// next gives the generation after. The edges meet: it is the surface of a ring.
func next(rows []string) []string {
	after := make([]string, len(rows))
	for y, row := range rows {
		line := []byte(row)
		for x := range line {
			around := 0
			for _, d := range [8][2]int{{-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}} {
				other := rows[(y+d[1]+len(rows))%len(rows)]
				if other[(x+d[0]+len(other))%len(other)] == 'o' {
					around++
				}
			}
			line[x] = '.'
			if around == 3 || around == 2 && row[x] == 'o' {
				line[x] = 'o'
			}
		}
		after[y] = string(line)
	}
	return after
}

// draw gives a path with a square for each living cell.
func draw(rows []string) string {
	var path strings.Builder
	for y, row := range rows {
		for x := range row {
			if row[x] == 'o' {
				path.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h.9v.9h-.9z")
			}
		}
	}
	return path.String()
}

func main() { app.Main(setup) }
