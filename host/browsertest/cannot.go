package browsertest

// Beside the acts, what not every driver can do.
const (
	// Media is what SetMedia does.
	Media Act = "media"
	// Counting is what Count does.
	Counting Act = "counting"
	// Narrow are viewports of under 450 pixels across.
	Narrow Act = "narrow"
	// Dates are typed into date fields, digit by digit.
	Dates Act = "dates"
	// Disk is that the browser writes what pages store to files in its profile.
	Disk Act = "disk"
)

const unoffered = "nothing offers it"

// lacks says what each engine's driver cannot do, and why; what is not here it can.
var lacks = map[Engine]map[Act]string{
	Firefox: {Freeze: "Firefox has no such state"},
	WebKit: {
		Crash: "its driver ends the session with the page's process", Discard: "WebKitGTK discards no page",
		Duplicate: "its driver cannot reach the menus", Reopen: "its driver cannot reach the menus", Freeze: "WebKit has no such state", Counting: unoffered,
		Media:  "WebKitGTK takes such preferences from the desktop alone",
		Narrow: "the bars of MiniBrowser need 447 pixels",
		Dates:  "WebKitGTK has a calendar for them, and no fields",
		Disk:   "MiniBrowser keeps everything in memory while it is driven",
	},
}

// Cannot says why this browser's driver cannot do it, in a few words; "" when it can.
func (b *Browser) Cannot(act Act) string { return lacks[b.engine][act] }

// need fails the test when the driver cannot do it.
func (b *Browser) need(act Act) {
	b.t.Helper()
	if why := b.Cannot(act); why != "" {
		b.t.Fatalf("browsertest: %s is not to be had in %s: %s", act, b.engine, why)
	}
}
