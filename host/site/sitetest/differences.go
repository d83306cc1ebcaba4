package sitetest

// Difference is where a platform answers otherwise, and why that is so.
type Difference struct {
	Reason string
	Want   Want
}

// Differences are all differences between the platforms, by name of the case. Native has none.
var Differences = map[Platform]map[string]Difference{Workers: onWorkers()}
