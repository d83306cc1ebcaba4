// Package abi exports a [wire.Port] to JavaScript, one line for each call. The
// contract, in the order of this package, is wasm/ABI.md; its other side is
// js/abi.js.
//
// Every export recovers and answers wire.Trapped. The three hot ones, which cannot
// panic, are package session's own (defer and recover cost 10 ns, a call between
// 3, of 17).
package abi

import (
	"runtime"
	"unsafe"

	"github.com/tabstate/tabstate/wasm/session/wire"
)

var port wire.Port

// trap turns a panic into the result Trapped.
func trap[T int32 | float64](result *T) {
	port.Done()
	if p := recover(); p != nil {
		Report(p)
		*result = wire.Trapped
	}
}

// Port gives the port that the exports drive, to code in Go beside them.
func Port() *wire.Port { return &port }

// Report tells the console what the module panicked with. It never prints values
// of the session: panics of the runtime and of this module hold none.
func Report(p any) {
	switch p := p.(type) {
	case error:
		println("tabstate: the module panicked:", p.Error())
	case string:
		println("tabstate: the module panicked:", p)
	default:
		println("tabstate: the module panicked")
	}
}

// Give puts where a text lies into the registers. The text stays where it is
// until the next call; memory that Go has allocated does not move. It is also for the
// exports of package app beside these.
func Give(text []byte) {
	port.Registers.Address = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(text))))
	port.Registers.Length = uint32(len(text))
}

//go:wasmexport ts_abi_1
func handshake() (address int32) {
	return int32(uintptr(unsafe.Pointer(&port.Registers)))
}

//go:wasmexport ts_open
func open(mode, seedHigh, seedLow int32) (result float64) {
	defer trap(&result)
	room, result := port.Open(uint32(mode), uint64(uint32(seedHigh))<<32|uint64(uint32(seedLow)))
	Give(room)
	return result
}

//go:wasmexport ts_reserve
func reserve(n, kept int32) (address int32) {
	defer trap(&address)
	buffer := port.Reserve(uint32(n), uint32(kept))
	if buffer == nil {
		return wire.Refused
	}
	return int32(uintptr(unsafe.Pointer(unsafe.SliceData(buffer))))
}

//go:wasmexport ts_put
func put(keyLength, kind int32, number float64, textLength int32) (result float64) {
	defer trap(&result)
	return port.Put(uint32(keyLength), uint32(kind), number, uint32(textLength))
}

//go:wasmexport ts_write
func write(slot, kind int32, number float64, textLength int32) (result float64) {
	defer trap(&result)
	return port.Write(uint32(slot), uint32(kind), number, uint32(textLength))
}

//go:wasmexport ts_remove
func remove(slot int32) (result float64) {
	defer trap(&result)
	return port.Remove(uint32(slot))
}

//go:wasmexport ts_clear
func clearAll(prefixLength int32) (result float64) {
	defer trap(&result)
	return port.Clear(uint32(prefixLength))
}

//go:wasmexport ts_reset
func reset() (result float64) {
	defer trap(&result)
	return port.Reset()
}

//go:wasmexport ts_restore
func restore(prefixLength, textLength, quiet int32) (result float64) {
	defer trap(&result)
	marks, result := port.Restore(uint32(prefixLength), uint32(textLength), uint32(quiet))
	Give(marks)
	return result
}

//go:wasmexport ts_travel
func travel(redo int32) (result float64) {
	defer trap(&result)
	return port.Travel(uint32(redo))
}

//go:wasmexport ts_begin
func begin() (result float64) {
	defer trap(&result)
	return port.Begin()
}

//go:wasmexport ts_commit
func commit() (result float64) {
	defer trap(&result)
	return port.Commit()
}

//go:wasmexport ts_rollback
func rollback() (result float64) {
	defer trap(&result)
	return port.Rollback()
}

//go:wasmexport ts_touched
func touched() (result float64) {
	defer trap(&result)
	Give(port.Touched())
	return 0
}

//go:wasmexport ts_changes
func changes() (result float64) {
	defer trap(&result)
	Give(port.Changes())
	return 0
}

//go:wasmexport ts_old
func old(i int32) (kind int32) {
	defer trap(&kind)
	text, kind := port.Old(uint32(i))
	Give(text)
	return kind
}

//go:wasmexport ts_forget
func forget() (result float64) {
	defer trap(&result)
	Give(port.Forget())
	return 0
}

//go:wasmexport ts_find
func find(length int32) (slot int32) {
	defer trap(&slot)
	return port.Find(uint32(length))
}

//go:wasmexport ts_pin
func pin(length int32) (slot int32) {
	defer trap(&slot)
	return port.Pin(uint32(length))
}

//go:wasmexport ts_unpin
func unpin(slot int32) (result float64) {
	defer trap(&result)
	port.Unpin(uint32(slot))
	return 0
}

//go:wasmexport ts_reserve_key
func reserveKey(length int32) (slot int32) {
	defer trap(&slot)
	return port.ReserveKey(uint32(length))
}

//go:wasmexport ts_unreserve_key
func unreserveKey(slot int32) (result float64) {
	defer trap(&result)
	port.UnreserveKey(uint32(slot))
	return 0
}

//go:wasmexport ts_read
func read(slot int32) (kind int32) {
	defer trap(&kind)
	text, kind := port.Read(uint32(slot))
	Give(text)
	return kind
}

//go:wasmexport ts_key
func key(slot int32) (result float64) {
	defer trap(&result)
	Give(port.Key(uint32(slot)))
	return 0
}

//go:wasmexport ts_keys
func keys(prefixLength int32) (result float64) {
	defer trap(&result)
	Give(port.Keys(uint32(prefixLength)))
	return 0
}

//go:wasmexport ts_snapshot
func snapshot(prefixLength, omit int32) (result float64) {
	defer trap(&result)
	text, result := port.Snapshot(uint32(prefixLength), uint32(omit))
	Give(text)
	return result
}

//go:wasmexport ts_error
func lastError() (result float64) {
	defer trap(&result)
	Give(port.Error())
	return 0
}

//go:wasmexport ts_set_mode
func setMode(mode int32) (result float64) {
	defer trap(&result)
	return port.SetMode(uint32(mode))
}

//go:wasmexport ts_set_origin
func setOrigin(origin int32) (result float64) {
	defer trap(&result)
	return port.SetOrigin(uint32(origin))
}

//go:wasmexport ts_set_limits
func setLimits(keyBytes, depth, valueBytes, entries, totalBytes float64) (result float64) {
	defer trap(&result)
	return port.SetLimits(keyBytes, depth, valueBytes, entries, totalBytes)
}

//go:wasmexport ts_set_history
func setHistory(steps, bytes float64) (result float64) {
	defer trap(&result)
	return port.SetHistory(steps, bytes)
}

//go:wasmexport ts_advance
func advance(version float64) (result float64) {
	defer trap(&result)
	return port.Advance(version)
}

//go:wasmexport ts_stats
func stats() (result float64) {
	defer trap(&result)
	Give(port.Stats())
	return 0
}

//go:wasmexport ts_widgets
func widgets(length int32) (result float64) {
	defer trap(&result)
	text, result := port.Widgets(uint32(length))
	Give(text)
	return result
}

//go:wasmexport ts_widget_change
func widgetChange(id, length int32) (result float64) {
	defer trap(&result)
	return port.WidgetChange(uint32(id), uint32(length))
}

//go:wasmexport ts_widget_end
func widgetEnd(id int32) (result float64) {
	defer trap(&result)
	return port.WidgetEnd(uint32(id))
}

//go:wasmexport ts_input
func widgetInput(id, kind int32, number float64, textLength int32) (result float64) {
	defer trap(&result)
	return port.Input(uint32(id), uint32(kind), number, uint32(textLength))
}

//go:wasmexport ts_pending
func pending(id int32) (kind int32) {
	defer trap(&kind)
	text, kind := port.Pending(uint32(id))
	Give(text)
	return kind
}

//go:wasmexport ts_form
func form(length int32) (id int32) {
	defer trap(&id)
	return port.Form(uint32(length))
}

//go:wasmexport ts_form_end
func formEnd(id int32) (result float64) {
	defer trap(&result)
	return port.Do(wire.FormEnd, uint32(id))
}

//go:wasmexport ts_form_clear
func formClear(id int32) (result float64) {
	defer trap(&result)
	return port.Do(wire.FormClear, uint32(id))
}

//go:wasmexport ts_submit
func submit(form, button int32) (result float64) {
	defer trap(&result)
	return port.Submit(uint32(form), uint32(button))
}

//go:wasmexport ts_turn
func turn(flags int32) (result float64) {
	defer trap(&result)
	return port.Do(wire.TurnBegin, uint32(flags))
}

//go:wasmexport ts_turn_next
func turnNext() (step int32) {
	defer trap(&step)
	return port.TurnNext()
}

//go:wasmexport ts_turn_failed
func turnFailed() (result float64) {
	defer trap(&result)
	return port.Do(wire.TurnFailed, 0)
}

//go:wasmexport ts_turn_stop
func turnStop() (result float64) {
	defer trap(&result)
	return port.Do(wire.TurnStop, 0)
}

//go:wasmexport ts_turn_again
func turnAgain() (result float64) {
	defer trap(&result)
	return port.Do(wire.TurnAgain, 0)
}

//go:wasmexport ts_turn_end
func turnEnd() (result float64) {
	defer trap(&result)
	return port.TurnEnd()
}

//go:wasmexport ts_triggers_end
func triggersEnd() (result float64) {
	defer trap(&result)
	return port.Do(wire.TriggersEnd, 0)
}

//go:wasmexport ts_rerun
func rerun() (id int32) {
	defer trap(&id)
	return port.Rerun()
}

//go:wasmexport ts_rerun_end
func rerunEnd(id int32) (result float64) {
	defer trap(&result)
	return port.Do(wire.RerunEnd, uint32(id))
}

//go:wasmexport ts_rerun_reads
func rerunReads(id, count int32) (result float64) {
	defer trap(&result)
	return port.RerunReads(uint32(id), uint32(count))
}

// idle lets the scheduler run, which it otherwise does only inside an export, so
// that a collection begun there ends. Without it write barriers stay on
// (measured: snapshots 10 times slower).
//
//go:wasmexport ts_idle
func idle() (result float64) {
	defer trap(&result)
	port.Trim()
	runtime.Gosched()
	return 0
}
