// Package bench measures the runtime in a real browser, beside what pages use instead of it.
//
//	./build.sh bench                 all of it, half an hour
//	./build.sh bench quick           the rows that matter most, under 2 minutes
//	./build.sh bench -part speed     one part: speed, memory, start, html, scale or frames
//
// Every peer gets a fresh browser process in each round, the peers take turns within a round, and what is kept is the
// median of the rounds. A page checks after each row that the store holds what was written, and that its listeners heard it.
//
// The rounds are kept in .build/bench/rounds.json, so a run can be done in pieces: -add adds to those there are of the same build.
// The report is .build/bench/report.json and report.md; -record also writes what the demo site and the README show.
package bench
