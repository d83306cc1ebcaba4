package code

import (
	"regexp"
	"slices"

	"github.com/tabstate/tabstate/host/module"
)

// Go's execution tracer is linked into every program, and begins when runtime.StartTrace is called. A program without that function never
// begins it, so what runs only while it is on never runs: 7 KiB of brotli.
//
// These are the methods that Go calls behind traceLocker.ok(), and what only they call: the writers, buffers and tables of events. Compared
// with src/runtime of Go 1.26: trace.gen is set by StartTrace alone, and ok is false without it.
var tracing = regexp.MustCompile(`^runtime\.(traceLocker\.[A-Zerstw]\w*|` +
	`traceWriter\..*|traceEventWriter\..*|__trace(Buf|StackTable|StringTable|TypeTable|Map|RegionAlloc)_\..*|` +
	`traceAdvance(\.func.*)?|traceReadCPU|traceRegisterLabelsAndReasons|traceSyncBatch|traceBufFlush|traceStack|makeTraceFrames?|dump(Stacks|Types)Rec|` +
	`unsafeTrace(Exp)?Writer|goStatusToTraceGoStatus|traceCPUFlush(\.func1)?|startPCForTrace)$`)

// startsTracing is the function that begins it; runtime/trace and what stands on it call it.
const startsTracing = "runtime.StartTrace"

// DropTracing is a pass that takes out the functions of Go's execution tracer, when nothing in the program can begin it. It needs the names of
// functions. A call of one of them would trap.
func DropTracing(m module.Module) (module.Module, error) {
	functions, err := m.Functions()
	if err != nil {
		return module.Module{}, err
	}
	if slices.ContainsFunc(functions, func(f module.Function) bool { return f.Name == startsTracing }) {
		return m, nil
	}
	bodies, err := m.Bodies()
	if err != nil {
		return module.Module{}, err
	}
	out := slices.Clone(bodies)
	for i, f := range functions {
		if tracing.MatchString(f.Name) {
			out[i] = []byte{0, opUnreachable, opEnd}
		}
	}
	return m.WithBodies(out), nil
}
