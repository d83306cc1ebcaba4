package session

import (
	"errors"
	"fmt"
	"strings"
)

func (r *caseRun) subscribe(step *caseStep, prefix, key, where string) error {
	if step.Keys != nil || step.Immediate {
		return errors.New("listeners of several keys, and immediate ones, are of JavaScript alone")
	}
	runs := 0
	hear := func(changes []Change) {
		var told []string
		for _, c := range changes {
			if !strings.HasPrefix(c.Key, prefix) {
				continue
			}
			r.checkVersion(c)
			told = append(told, r.showChange(c.Key[len(prefix):], r.showValue(c.Value), r.showValue(c.Old), originNames[c.Origin]))
		}
		if len(told) == 0 {
			return
		}
		if step.Key != nil {
			r.heard = append(r.heard, delivery{step.As, step.As + " " + told[0]})
		} else {
			r.heard = append(r.heard, delivery{step.As, step.As + " [" + strings.Join(told, " ") + "]"})
		}
		runs++
		if step.Times == nil || runs <= *step.Times {
			var failed *caseFailure
			switch err := r.steps(step.Then, where+".then"); {
			case errors.As(err, &failed):
				r.fail(failed)
			case err != nil:
				panic(err)
			}
		}
		if step.Fails != "" {
			panic(thrownOnPurpose(step.Fails))
		}
	}
	if step.Key == nil {
		return r.named(step.As, r.s.SubscribeAll(hear))
	}
	stop, err := r.s.Subscribe(key, func(c Change) { hear([]Change{c}) })
	if err != nil {
		return err
	}
	return r.named(step.As, stop)
}

var originNames = [...]string{"code", "widget", "callback", "restore", "history", "url"}

func (r *caseRun) showChange(key, value, old, origin string) string {
	return fmt.Sprintf("{key %s value %s old %s origin %s}", quote(key), value, old, origin)
}

func (r *caseRun) fail(f *caseFailure) {
	if r.failure == nil {
		r.failure = f
	}
}

// checkVersion: versions only grow, and none is given twice (rule 10).
func (r *caseRun) checkVersion(c Change) {
	other, given := r.given[c.Version]
	if c.Version <= r.before || c.Version > r.s.Stats().Version || given && other != c.Key {
		r.fail(&caseFailure{"(listener)", "version of " + c.Key, fmt.Sprint(c.Version), fmt.Sprint("a new one, over ", r.before)})
	}
	r.given[c.Version] = c.Key
}

func (r *caseRun) compareHeard(step *caseStep, where string) error {
	heard := r.heard
	r.heard = nil
	for _, w := range step.Hears {
		if w.Count > 0 {
			n := 0
			for n < len(heard) && n < w.Count && heard[n].as == w.As {
				n++
			}
			if n != w.Count {
				return &caseFailure{where, "heard", fmt.Sprint(n, " times by ", w.As), fmt.Sprint(w.Count)}
			}
			heard = heard[n:]
			continue
		}
		var parts []string
		for _, c := range w.Changes {
			parts = append(parts, r.wantedChange(c))
		}
		text := w.As + " [" + strings.Join(parts, " ") + "]"
		if w.Changes == nil {
			text = w.As + " " + r.wantedChange(w.heardChange)
		}
		if len(heard) == 0 || heard[0].text != text {
			got := "nothing"
			if len(heard) > 0 {
				got = heard[0].text
			}
			return &caseFailure{where, "heard", got, text}
		}
		heard = heard[1:]
	}
	if len(heard) > 0 {
		return &caseFailure{where, "heard", heard[0].text, "nothing more"}
	}
	return nil
}

func (r *caseRun) wantedChange(c heardChange) string {
	old, origin := "absent", "code"
	if c.Old != nil {
		old = r.show(c.Old)
	}
	if c.Origin != "" {
		origin = c.Origin
	}
	return r.showChange(c.Key, r.show(c.Value), old, origin)
}

func (r *caseRun) compareReports(step *caseStep, where string) error {
	reported := r.reported
	r.reported = nil
	for i := range max(len(reported), len(step.Reports)) {
		switch {
		case i >= len(step.Reports):
			return &caseFailure{where, "reported", fmt.Sprint(reported[i]), "nothing"}
		case i >= len(reported):
			return &caseFailure{where, "reported", "nothing", fmt.Sprint(*step.Reports[i])}
		}
		if what, got, wanted := step.Reports[i].differs(reported[i], false); what != "" {
			return &caseFailure{where, "reported." + what, got, wanted}
		}
	}
	return nil
}
