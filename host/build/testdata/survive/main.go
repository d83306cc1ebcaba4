// Survive does what reads the function table at run time: garbage collection, growing stacks, panics, recover, goroutines. The same must
// come of it with and without names in the table.
package main

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

type point struct{ x, y int }

// Size has a value receiver, so (*point).Size is a wrapper, which the runtime knows by its name.
func (p point) Size() int { return p.x + p.y }

func (p *point) add(n int) { p.x += n }

type sized interface{ Size() int }

var sink any

// attempt returns what fn panics with, as text.
func attempt(fn func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	fn()
	return "nothing"
}

func swallow() any { return recover() } // inlined into its caller, it is a call of its own all the same

func indirect() (text string) {
	defer func() { text = fmt.Sprint("outer ", recover()) }()
	defer func() { text = fmt.Sprint("inner ", swallow()) }()
	panic("indirect")
}

type closer struct{ closed *int }

func (c closer) Close() { *c.closed++; _ = recover() }

// wrapped recovers in a method that is deferred by an interface, through a wrapper.
func wrapped() (closed int) {
	var c interface{ Close() } = &closer{&closed}
	defer c.Close()
	panic("wrapped")
}

// deep grows the stack while pointers into it are live, and collects at the bottom.
func deep(n int, from *point) int {
	var room [32]int
	here := &point{n, from.x}
	for i := range room {
		room[i] = n + i
	}
	if n == 0 {
		runtime.GC()
		return here.Size()
	}
	below := deep(n-1, here)
	return below + room[n%32] - n + here.x - n + from.x - from.x
}

func churn(n int) int {
	kept := map[string][]*point{}
	for i := range n {
		key := fmt.Sprint("k", i%100)
		if kept[key] = append(kept[key], &point{i, i}); len(kept[key]) > 50 {
			delete(kept, key)
		}
		if i%1000 == 0 {
			runtime.Gosched()
		}
	}
	sum := 0
	for _, list := range kept {
		for _, p := range list {
			sum += p.Size()
		}
	}
	return sum
}

// made calls by package reflect, whose stubs the collector knows by name, while only their frames hold the arguments.
func made() string {
	join := reflect.MakeFunc(reflect.TypeOf(func(*string, *string) *string { return nil }), func(args []reflect.Value) []reflect.Value {
		runtime.GC()
		sink = make([]byte, 1<<20)
		text := *args[0].Interface().(*string) + *args[1].Interface().(*string)
		return []reflect.Value{reflect.ValueOf(&text)}
	}).Interface().(func(*string, *string) *string)
	fresh := func(s string) *string { s = strings.Repeat(s, 3); return &s }
	method := reflect.ValueOf(&point{1, 2}).MethodByName("Size").Interface().(func() int)
	return fmt.Sprint(*join(fresh("a"), fresh("b")), method())
}

func meet() int {
	var group sync.WaitGroup
	var lock sync.Mutex
	results, sum := make(chan int), 0
	for i := range 100 {
		group.Add(1)
		go func() {
			defer group.Done()
			runtime.Gosched()
			lock.Lock()
			defer lock.Unlock()
			sum += i
		}()
		go func() { results <- deep(i, &point{1, 1}) }()
	}
	group.Wait()
	for range 100 {
		sum += <-results
	}
	return sum
}

//go:wasmexport ts_abi_1
func version() int32 { return 1 }

//go:wasmexport recovered
func recovered(n int32) int32 {
	caught := int32(0)
	for range n {
		if attempt(func() { panic("again") }) == "again" {
			caught++
		}
	}
	return caught
}

//go:wasmexport work
func work() int32 {
	done := false
	go func() { runtime.GC(); done = true }()
	sum := churn(200_000)
	for !done {
		runtime.Gosched()
	}
	return int32(sum)
}

// Leaves call nothing: the build takes them off Go's stack where it can.

var mixes int64

//go:wasmexport mix
//go:nosplit
func mix(a int32, b uint32, c int64, d float64, e bool) float64 {
	mixes++
	if e {
		return math.Float64frombits(math.Float64bits(d)^1<<63) + float64(a)
	}
	return d + float64(a) + float64(b) + float64(c)
}

//go:wasmexport mixed
//go:nosplit
func mixed(from, d float64) int64 {
	bits := math.Float64bits(d)
	if from > d && mixes > int64(bits>>52) {
		return int64(bits)
	}
	return mixes
}

//go:wasmexport clear_mixes
//go:nosplit
func clearMixes() { mixes = -mixes }

//go:wasmexport count
//go:nosplit
func count(n int32) (sum int32) {
	for range n {
		sum += n
	}
	return sum
}

var null *point

//go:noinline
func nullSized() sized { return null }

//go:wasmexport crash
func crash(kind int32) {
	var none map[string]int
	switch kind {
	case 0:
		panic("boom")
	case 1:
		null.add(1)
	case 2:
		none["a"] = 1
	case 3:
		new(sync.Mutex).Unlock()
	case 4:
		defer func() { panic("second") }()
		panic("first")
	case 5:
		nullSized().Size()
	case 6:
		defer runtime.Gosched()
		var list []int
		_ = list[kind]
	}
}

// stays says whether a call that takes most of 2 KiB stays on the stack that it began on.
//
//go:wasmexport stays
func stays() bool {
	var here int
	at := uintptr(unsafe.Pointer(&here))
	fill(&here)
	return at == uintptr(unsafe.Pointer(&here))
}

//go:noinline
func fill(n *int) {
	var room [200]int
	for i := range room {
		room[i] = *n
	}
	*n = room[*n]
}

var fromGo = mix // not known where it is called

func main() {
	fmt.Println(fromGo(1, 2, 3, 0.5, false), fromGo(1, 2, 3, 0.5, true), mixes)
	mixes = 0
	fmt.Println(attempt(func() { panic("boom") }))
	fmt.Println(attempt(func() { null.add(1) }))
	fmt.Println(attempt(func() { nullSized().Size() }))
	fmt.Println(attempt(func() { reflect.ValueOf(1).Len() }) != "nothing")
	fmt.Println(attempt(func() { sink = []int{}[len(fmt.Sprint())] }))
	fmt.Println(indirect(), wrapped())
	fmt.Println(deep(300, &point{1, 1}), churn(100_000), made(), meet())
	runtime.GC()
	fmt.Println(runtime.NumGoroutine(), "goroutines")
	pc, file, line, ok := runtime.Caller(0)
	fmt.Fprintln(discard{}, pc, file, line, ok, runtime.FuncForPC(pc).Name())
	select {}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
