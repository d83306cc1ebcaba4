package kit

// goroutine gives a number that no other goroutine has as long as this one lives: its
// address. It is asked at each use of the session, so it must cost next to nothing.
func goroutine() uint64
