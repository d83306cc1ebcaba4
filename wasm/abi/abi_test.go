package abi

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"github.com/tabstate/tabstate/wasm/session"
	"github.com/tabstate/tabstate/wasm/session/wire"
)

// startModule gives the test a module of its own.
func startModule(t *testing.T) {
	t.Helper()
	port = wire.Port{}
	(*session.Session)(nil).Hot()
	t.Cleanup(func() { port = wire.Port{} })
}

// input writes a text as JavaScript does, and gives its length.
func input(t *testing.T, text string) int32 {
	t.Helper()
	require.NotEqual(t, int32(wire.Refused), reserve(int32(len(text)), 0))
	copy(port.Reserve(uint32(len(text)), 0), text)
	return int32(len(text))
}

// TestExports: each does its one line: what it gives is in the result and the registers.
func TestExports(t *testing.T) {
	startModule(t)
	require.EqualValues(t, uint32(uintptr(unsafe.Pointer(&port.Registers))), uint32(handshake()))
	require.EqualValues(t, wire.Refused, reserve(1, 0))
	require.EqualValues(t, wire.Refused, begin())
	require.Zero(t, open(0, -1, -1))
	require.EqualValues(t, 1, put(input(t, "a"), 3, 1, 0))
	slot := int32(port.Registers.Slot)
	require.EqualValues(t, 2, session.SetNumber(slot, 2))
	require.EqualValues(t, wire.Drain, session.SetBool(slot, 1))
	require.EqualValues(t, wire.Drain, session.SetShort(slot, 1, 'a', 0, 0, 0))
	require.EqualValues(t, 3, read(slot))
	require.EqualValues(t, 2, port.Registers.Number)
	require.EqualValues(t, 3, write(slot, 4, 0, input(t, "text")))
	require.EqualValues(t, 4, read(slot))
	require.EqualValues(t, 4, port.Registers.Length)
	require.EqualValues(t, 4, session.SetShort(slot, 1, 'a', 0, 0, 0))
	require.EqualValues(t, 5, write(slot, 2, 1, 0))
	require.EqualValues(t, 6, session.SetBool(slot, 0))
	require.Zero(t, key(slot))
	require.EqualValues(t, 1, port.Registers.Length)
	require.EqualValues(t, slot, find(input(t, "a")))
	require.Zero(t, keys(input(t, "")))
	require.EqualValues(t, len(`["a"]`), port.Registers.Length)
	require.Zero(t, snapshot(input(t, ""), 0))
	require.EqualValues(t, len(`{"a":false}`), port.Registers.Length)

	require.Zero(t, setMode(1))
	require.Zero(t, setOrigin(1))
	require.Zero(t, setLimits(0, 0, 0, 0, 0))
	require.Zero(t, setHistory(5, 0))
	require.Zero(t, stats())
	require.EqualValues(t, 56, port.Registers.Length)
	require.Zero(t, begin())
	require.Positive(t, remove(slot))
	require.Zero(t, touched())
	require.EqualValues(t, 1, port.Registers.Count)
	require.EqualValues(t, wire.Drain, rollback())
	require.Zero(t, begin())
	require.Positive(t, clearAll(input(t, "")))
	require.EqualValues(t, wire.Drain, commit())
	require.Zero(t, changes())
	require.EqualValues(t, 1, port.Registers.Count)
	require.EqualValues(t, 2, old(0))
	require.EqualValues(t, wire.Refused, old(1))
	require.Zero(t, forget())
	require.EqualValues(t, 1, travel(0))
	require.EqualValues(t, wire.Drain, commit())
	require.Zero(t, travel(0))
	require.EqualValues(t, wire.Drain, reset())
	require.EqualValues(t, wire.Drain, restore(0, input(t, `{"b":1}`), 0))

	pinned := pin(input(t, "k"))
	require.Positive(t, pinned)
	require.Zero(t, unpin(pinned))
	reserved := reserveKey(input(t, "k"))
	require.Positive(t, reserved)
	require.Zero(t, unreserveKey(reserved))
	require.EqualValues(t, wire.Refused, read(-1))
	require.Zero(t, lastError())
	require.Positive(t, port.Registers.Length)
	require.Zero(t, idle())
}

// TestTrapped: a panic is the result Trapped, of either type.
func TestTrapped(t *testing.T) {
	double := func() (result float64) {
		defer trap(&result)
		panic("own")
	}
	word := func() (result int32) {
		defer trap(&result)
		var none []int
		return int32(none[len(none)])
	}
	require.EqualValues(t, wire.Trapped, double())
	require.EqualValues(t, wire.Trapped, word())
	fine := func() (result float64) {
		defer trap(&result)
		return 7
	}
	require.EqualValues(t, 7, fine())
}

// TestReport: the console hears what the module panicked with, but nothing of a
// value that is no error and no text of the module.
func TestReport(t *testing.T) {
	if os.Getenv("TABSTATE_REPORT") != "" {
		Report(errors.New("an error"))
		Report("a text")
		Report([]byte("secret"))
		Report(struct{ secret string }{"secret"})
		return
	}
	command := exec.Command(os.Args[0], "-test.run", "^TestReport$")
	command.Env = append(os.Environ(), "TABSTATE_REPORT=1")
	var stderr strings.Builder
	command.Stderr = &stderr
	require.NoError(t, command.Run())
	require.Equal(t, strings.Join([]string{
		"tabstate: the module panicked: an error", "tabstate: the module panicked: a text",
		"tabstate: the module panicked", "tabstate: the module panicked", "",
	}, "\n"), stderr.String())
}

// TestContract: the exports are those of wasm/ABI.md, and each but the
// handshake and the hot ones recovers (decision 8).
func TestContract(t *testing.T) {
	hot := map[string]bool{"ts_abi_1": true, "ts_set_number": true, "ts_set_bool": true, "ts_set_short": true}
	var exports []string
	var declarations []ast.Decl
	for _, name := range []string{"abi.go", "../session/hot.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		declarations = append(declarations, file.Decls...)
	}
	// Those of modules with a program of their own.
	file, err := parser.ParseFile(token.NewFileSet(), "../app/internal/page/page.go", nil, parser.ParseComments)
	require.NoError(t, err)
	declarations = append(declarations, file.Decls...)
	for _, declaration := range declarations {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Doc == nil {
			continue
		}
		for _, line := range function.Doc.List {
			name, ok := strings.CutPrefix(line.Text, "//go:wasmexport ")
			if !ok {
				continue
			}
			exports = append(exports, name)
			first, recovers := function.Body.List[0].(*ast.DeferStmt)
			require.Equal(t, !hot[name], recovers, name)
			if recovers {
				called, ok := first.Call.Fun.(*ast.Ident)
				require.True(t, ok && called.Name == "trap", name)
			}
		}
	}
	contract, err := os.ReadFile("../ABI.md")
	require.NoError(t, err)
	var table []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`ts_[^|]*) \\|").FindAllStringSubmatch(string(contract), -1) {
		for _, name := range regexp.MustCompile("ts_[a-z_0-9]+").FindAllString(row[1], -1) {
			table = append(table, name)
		}
	}
	require.ElementsMatch(t, table, exports)
}

// TestRegisters: the layout of the contract.
func TestRegisters(t *testing.T) {
	r := &port.Registers
	require.EqualValues(t, 80, unsafe.Sizeof(*r))
	require.Equal(t, []uintptr{0, 4, 8, 12, 16, 24, 32, 36, 40}, []uintptr{
		unsafe.Offsetof(r.Slot), unsafe.Offsetof(r.Kind), unsafe.Offsetof(r.Address), unsafe.Offsetof(r.Length),
		unsafe.Offsetof(r.Number), unsafe.Offsetof(r.Version), unsafe.Offsetof(r.Origin), unsafe.Offsetof(r.Count), unsafe.Offsetof(r.Limits),
	})
}

// TestNothingAllocated: by the hot exports, nor by reading a number (decision 8).
func TestNothingAllocated(t *testing.T) {
	startModule(t)
	require.Zero(t, open(0, 1, 2))
	slots := map[string]int32{}
	for name, kind := range map[string]int32{"n": 3, "b": 2, "s": 4} {
		copy(port.Reserve(6, 0), name+"texts")
		require.Positive(t, put(1, kind, 1, 5))
		slots[name] = int32(port.Registers.Slot)
	}
	f := 0.0
	for name, call := range map[string]func(){
		"number": func() { f++; session.SetNumber(slots["n"], f) },
		"bool":   func() { f++; session.SetBool(slots["b"], int32(math.Mod(f, 2))) },
		"short":  func() { f++; session.SetShort(slots["s"], 4, int32(math.Mod(f, 100)), 0, 0, 0) },
		"read":   func() { read(slots["n"]) },
	} {
		require.Zero(t, testing.AllocsPerRun(1000, call), name)
	}
}
