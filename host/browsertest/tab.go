package browsertest

// Act is something that happens to a tab and that WebDriver has no command for.
type Act string

// The acts. Not every engine's driver can do each, see Cannot.
const (
	// Crash ends the process of the current window's page, as by a fault, and then reloads the tab. The driver may have lost
	// that window for good: switch to another one.
	Crash Act = "crash"
	// Discard has the browser drop the page of the current window to save memory; the tab loads again when it is looked at.
	// The new page's window becomes the current one.
	Discard Act = "discard"
	// Duplicate makes a second tab of the current one, as its menu does. It becomes the current one.
	Duplicate Act = "duplicate"
	// Reopen closes the current window and brings it back, as a user does who closed it by mistake. It is current again.
	Reopen Act = "reopen"
	// Freeze stops the tasks of the current window's page, and lets them go on again.
	Freeze Act = "freeze"
)

// actor is a driver that can do some of the acts.
type actor interface {
	act(b *Browser, act Act) error
}

// Do does to the current window what WebDriver has no command for.
func (b *Browser) Do(act Act) {
	b.t.Helper()
	b.need(act)
	b.must(b.driver.(actor).act(b, act), string(act))
}
