// Package pclntab makes the table smaller by which a Go program knows its functions: the pclntab, a quarter of a small
// WebAssembly module's download. What goes is what only stack traces are made of; what the garbage collector, growing stacks,
// panics and recover read stays, and is read back and compared after each change.
//
// A panic that nobody recovers then prints its message and a trace without names, files, lines and arguments:
//
//	panic: index out of range
//
//	goroutine 6 [running]:
//	?.?(...)
//		?:0 +0x7
//
// # What Go 1.26 reads, in src/runtime, and what becomes of it
//
//   - symtab.go: moduledataverify1 checks the header and the order of ftab: both stay. pcvalue answers -1 for a table at offset 0,
//     so funcline1 answers "?", 0 for every pc. funcname never sees an offset outside the table.
//   - symtab.go findfunc: on wasm pc>>16 is a function, so of its 16 buckets only the first number of the first is read; from there
//     it goes forward. Beginning up to 15 functions early, or at the first of few, is a longer walk to the same one.
//   - stkframe.go argMapInternal compares names: "reflect.makeFuncStub" and "reflect.methodValueCall" keep theirs, or the garbage
//     collector would miss their arguments.
//   - error.go panicwrap takes the name of a generated wrapper apart, "main.(*T).M", and throws when it cannot: wrappers keep theirs.
//   - traceback.go isSystemGoroutine, showfuncinfo and (signals only, so not here) preempt.go isAsyncSafePoint, panic.go panicCheck1, proc.go
//     sigprof look at what a name begins with: functions of package runtime are all called "runtime.", others "?.?", and "" when there
//     is no dot in the name. isSystemGoroutine decides
//     about deadlocks (checkdead), scheduling while the world is stopped and runtime.NumGoroutine.
//   - traceback.go prints "panic" for "runtime.gopanic" and shows it amid other frames: it keeps its name.
//   - panic.go gorecover (new in 1.26) walks inlined calls by their funcID: the inline trees stay, without names and start lines.
//   - stack.go, mgcmark.go: pcsp, the stack map index, pointer maps, stack objects and open-coded defers stay.
//   - preempt.go, debugcall.go: the table of unsafe points is read when a signal or a debugger interrupts a thread, which wasm
//     does not have: it goes.
//   - traceback.go printArgs prints nothing when there is no argument info: it goes.
//   - symtab.go Caller, CallersFrames, FuncForPC and what is built on them (log's file and line, runtime/debug.Stack, pprof, the method named by
//     a reflect.ValueError) answer "?.?", "runtime." and "?". heapdump.go, mprof.go, tracestack.go: likewise.
package pclntab

import "strings"

// Known reports whether the package knows the layout that this version of Go ("go1.26.8") uses. It was compared with
// the sources of those versions; a new one needs the list above read again.
func Known(version string) bool {
	return version == "go1.26" || strings.HasPrefix(version, "go1.26.")
}

// Versions says which versions of Go are known, for messages.
const Versions = "go1.26.x"
