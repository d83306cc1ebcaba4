package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// caseFailure says at which step of a case what came and what was wanted.
type caseFailure struct{ step, what, got, wanted string }

func (f *caseFailure) Error() string {
	return fmt.Sprintf("step %s: %s: got %s, wanted %s", f.step, f.what, f.got, f.wanted)
}

// caseRun is a case on its way.
type caseRun struct {
	s        *Session
	asText   bool // values go in as JSON text instead of as what they are
	failure  *caseFailure
	before   uint64
	ends     map[string]func()
	versions map[string]uint64
	given    map[uint64]string
	ids      map[string]uint32
	heard    []delivery
	reported []any
}

type delivery struct{ as, text string }

// thrownOnPurpose is what a case has a batch or a listener fail with.
type thrownOnPurpose string

func (e thrownOnPurpose) Error() string { return string(e) }

func runCase(suite caseSuite, c *sharedCase, asText bool) error {
	if err := c.check(suite); err != nil {
		return err
	}
	r := &caseRun{asText: asText, ends: map[string]func(){}, versions: map[string]uint64{}, given: map[uint64]string{}, ids: map[string]uint32{}}
	s, err := New(Options{Mode: modeOf(c.Options.Enforce), Limits: c.Options.Limits, OnError: func(p any) { r.reported = append(r.reported, p) }})
	if err != nil {
		return err
	}
	r.s = s
	if err := s.SetHistory(historyOf(c.Options.History)); err != nil {
		return err
	}
	for i, step := range c.Steps {
		where := strconv.Itoa(i + 1)
		r.before = s.Stats().Version
		if err := r.step(step, where); err != nil {
			return err
		}
		if r.failure != nil {
			return r.failure
		}
		if s.Stats().Version < r.before {
			return &caseFailure{where, "the session's version", fmt.Sprint(s.Stats().Version), fmt.Sprint("at least ", r.before)}
		}
		if err := r.compareHeard(step, where); err != nil {
			return err
		}
		if err := r.compareReports(step, where); err != nil {
			return err
		}
	}
	return nil
}

func modeOf(name string) Mode {
	modes := map[string]Mode{"": Off, "off": Off, "report": Report, "enforce": Enforce}
	mode, ok := modes[name]
	if !ok {
		return 255
	}
	return mode
}

func modeName(m Mode) string { return [...]string{"off", "report", "enforce"}[m] }

func historyOf(option json.RawMessage) HistoryLimits {
	switch string(option) {
	case "", "false":
		return HistoryLimits{}
	case "true":
		return HistoryLimits{Steps: 100}
	}
	limits := HistoryLimits{Steps: 100}
	if err := strict(option, &limits); err != nil {
		panic(err)
	}
	return limits
}

func (r *caseRun) steps(steps []*caseStep, where string) error {
	for i, step := range steps {
		if err := r.step(step, fmt.Sprintf("%s.%d", where, i+1)); err != nil {
			return err
		}
	}
	return nil
}

// step runs a step and holds it to what it gives or throws. It returns a
// [*caseFailure], or what the step passes on.
func (r *caseRun) step(step *caseStep, where string) error {
	got, err := r.do(step, where)
	where += " (" + step.Do + ")"
	var failed *caseFailure
	if errors.As(err, &failed) {
		if failed.step == "" {
			failed.step = where
		}
		return failed
	}
	if err != nil {
		if step.Throws == nil {
			return &caseFailure{where, "result", err.Error(), "no error"}
		}
		if what, got, wanted := step.Throws.differs(err, true); what != "" {
			return &caseFailure{where, "error." + what, got, wanted}
		}
		if step.Passes {
			return err
		}
		return nil
	}
	if step.Throws != nil {
		return &caseFailure{where, "result", got, step.Throws.Class + " " + step.Throws.Code + step.Throws.Error}
	}
	if step.has("gives") {
		if wanted := r.show(step.Gives); got != wanted {
			return &caseFailure{where, "result", got, wanted}
		}
	}
	return nil
}

// differs gives the first difference between an error and what a case says of it.
func (w *wantedError) differs(thrown any, exact bool) (what, got, wanted string) {
	if w.Error != "" {
		if thrown != any(thrownOnPurpose(w.Error)) {
			return "message", fmt.Sprint(thrown), w.Error
		}
		return "", "", ""
	}
	e, ok := thrown.(*Error)
	if !ok {
		return "class", fmt.Sprint(thrown), w.Class
	}
	type pair struct{ what, got, wanted string }
	pairs := []pair{{"class", e.Class, w.Class}, {"code", e.Code, w.Code}, {"key", e.Key, w.Key}}
	if exact {
		pairs = append(pairs, pair{"path", e.Path, w.Path}, pair{"line", strconv.Itoa(e.Line), strconv.Itoa(w.Line)},
			pair{"column", strconv.Itoa(e.Column), strconv.Itoa(w.Column)}, pair{"limit", decimal(e.Limit), decimal(w.Limit)})
	}
	for _, text := range []struct {
		what, got string
		wanted    *string
	}{{"message", e.Error(), w.Message}, {"type", e.Type, w.Type}, {"reason", e.Reason, w.Reason}, {"hint", e.Hint, w.Hint}} {
		if text.wanted != nil {
			pairs = append(pairs, pair{text.what, text.got, *text.wanted})
		}
	}
	for _, p := range pairs {
		if p.got != p.wanted {
			return p.what, fmt.Sprintf("%s (%s)", p.got, e.Error()), p.wanted
		}
	}
	return "", "", ""
}
