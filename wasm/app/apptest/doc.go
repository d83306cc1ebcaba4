// Package apptest runs a program of package app natively, without a browser: what the
// user does is said in Go, and what the program makes of it is read from the session.
//
//	func TestAdd(t *testing.T) {
//		page := apptest.Open(t, setup, apptest.Options{})
//		page.Click("add")
//		if n, _ := count.Get(); n != 1 {
//			t.Fatal(n)
//		}
//	}
//
// The order of callbacks, reruns and listeners is that of the page (rules 36 to 42). What
// a page would report as a session-error event fails the test, unless [Page.Errors] took
// it. Open pages of one test do not know of each other, but a program has one session at a
// time: tests that open one do not run in parallel.
package apptest
