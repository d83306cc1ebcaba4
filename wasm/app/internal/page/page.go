//go:build js && wasm

// Package page is the page as a program in it sees it: the facade, which drives the
// session. Its contract is wasm/ABI.md; the other side is js/program.js.
package page

import (
	"encoding/json"

	"github.com/tabstate/tabstate/wasm/abi"
	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/wire"
)

//go:wasmimport tabstate wake
func wake()

//go:wasmimport tabstate resume
func resume()

var (
	own   *kit.Kit
	begin func()
	// text is what the last call gave: the facade reads it where it lies.
	text []byte
)

// Start has the page run setup once its session is open.
func Start(setup func()) {
	begin = setup
	own = kit.New(abi.Port(), facade{})
	kit.Current = own
}

type facade struct{}

func (facade) Wake() { wake() }

func (facade) Print(text string) { println(text) }

// Run has Go's scheduler run everything that can run, on the way into the page and back:
// an export that waited itself would return before its time, and what it left behind on the
// stack would bring the program down.
func (facade) Run(fn func()) {
	if last := len(idle) - 1; last >= 0 {
		idle[last] <- fn
		idle = idle[:last]
	} else {
		tasks := make(chan func(), 1)
		tasks <- fn
		go work(tasks)
	}
	resume()
}

// idle are the goroutines that have nothing to run. They are used again for the stacks that
// they have: a new one would have to grow its own.
var idle []chan<- func()

func work(tasks chan func()) {
	for fn := range tasks {
		fn()
		idle = append(idle, tasks)
	}
}

// trap is the end of each export: as in package abi.
func trap(result *int32) {
	abi.Port().Done()
	if p := recover(); p != nil {
		abi.Report(p)
		*result = wire.Trapped
	}
}

// What ts_app_call is asked for.
const (
	callCallback = 1 + iota // the buffer holds the key, and the arguments as JSON text
	callRerun
	callListener // the buffer holds the changes as JSON text
	callComputed
	callJudge // the buffer holds the key
)

//go:wasmexport ts_app_start
func start() (result int32) {
	defer trap(&result)
	return answer(nil, own.Start(begin))
}

//go:wasmexport ts_app_call
func call(what, id, first, second int32) (result int32) {
	defer trap(&result)
	var a, b []byte
	if first|second != 0 {
		var ok bool
		if a, b, ok = abi.Port().Texts(uint32(first), uint32(second)); !ok {
			return wire.Refused
		}
	}
	before := own.Writes()
	var out []byte
	var err *session.Error
	switch what {
	case callCallback:
		out, err = own.RunCallback(uint32(id), string(a), b)
	case callRerun:
		err = own.RunRerun(uint32(id))
	case callListener:
		err = own.RunListener(uint32(id), a)
	case callComputed:
		out, err = own.RunComputed(uint32(id))
	case callJudge:
		err = own.Judge(string(a))
	}
	if result = answer(out, err); result != 0 {
		return result
	}
	if own.Writes() != before {
		result |= wrote
	}
	if own.HasNews() {
		result |= hasNews
	}
	return result
}

// What ts_app_call tells besides.
const (
	wrote   = 1
	hasNews = 2
)

// answer gives the result of a call: 0 with a text, or refused.
func answer(out []byte, err *session.Error) int32 {
	text = out
	abi.Give(text)
	if err != nil {
		return abi.Port().Refuse(err)
	}
	return 0
}

//go:wasmexport ts_app_news
func news() (result int32) {
	defer trap(&result)
	list := own.News()
	if len(list) == 0 {
		return answer(nil, nil)
	}
	out, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return answer(out, nil)
}

//go:wasmexport ts_app_end
func end() (result int32) {
	defer trap(&result)
	own.Close()
	return 0
}
