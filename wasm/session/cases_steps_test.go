package session

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// do does what the step says and gives its result as text.
func (r *caseRun) do(step *caseStep, where string) (string, error) {
	s := r.s
	prefix := scopePrefix(step.Scope)
	key := ""
	if step.Key != nil {
		if key = r.text(step.Key); key != "" { // no scope takes the empty key
			key = prefix + key
		}
	}
	switch step.Do {
	case "get":
		v, ok := s.Get(key)
		if !ok && step.Default != nil {
			return r.show(step.Default), nil
		}
		return r.showValue(v), nil
	case "require":
		v, err := s.Require(key)
		return r.showValue(v), err
	case "has":
		return strconv.FormatBool(s.Has(key)), nil
	case "set":
		return "", r.set(key, step.Value)
	case "add":
		v, _ := s.Get(key)
		by, err := strconv.ParseFloat(string(step.By), 64)
		if err != nil {
			return "", err
		}
		return "", s.Set(key, NumberValue(v.Number()+by))
	case "delete":
		ok, err := s.Delete(key)
		return strconv.FormatBool(ok), err
	case "pop":
		if step.Default != nil && !s.Has(key) {
			return r.show(step.Default), nil
		}
		v, err := s.Pop(key)
		return r.showValue(v), err
	case "size":
		return strconv.Itoa(len(r.keys(prefix))), nil
	case "keys":
		return string(s.AppendKeys(nil, prefix)), nil
	case "values", "entries":
		return r.list(prefix, step.Do == "entries"), nil
	case "each":
		var seen []string
		for _, key := range r.keys(prefix) {
			seen = append(seen, quote(key))
			if err := r.steps(step.At[key], where+".at"); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(seen, ",") + "]", nil
	case "toJSON":
		text, err := s.AppendSnapshot(nil, prefix, true)
		return string(text), err.orNil()
	case "clear":
		s.Clear(prefix)
	case "reset":
		s.Reset()
	case "init", "update":
		return "", r.entries(prefix, step)
	case "batch":
		return "", s.Batch(func() error {
			if err := r.steps(step.Steps, where+".steps"); err != nil {
				return err
			}
			if step.Fails != "" {
				return thrownOnPurpose(step.Fails)
			}
			return nil
		})
	case "subscribe":
		return "", r.subscribe(step, prefix, key, where)
	case "end":
		r.ends[step.As]()
	case "enforcement":
		return "", s.SetMode(modeOf(step.Mode))
	case "mode":
		return quote(modeName(s.Mode())), nil
	case "validate":
		found := []string{}
		for _, e := range s.Violations() {
			if strings.HasPrefix(e.Key, prefix) {
				found = append(found, fmt.Sprintf(`{"code":%s,"key":%s,"path":%s}`, quote(e.Code), quote(e.Key), quote(e.Path)))
			}
		}
		return "[" + strings.Join(found, ",") + "]", nil
	case "snapshot":
		text, err := s.AppendSnapshot(nil, prefix, step.References == "omit")
		return quote(string(text)), err.orNil()
	case "restore":
		return "", s.RestoreText([]byte(r.text(step.Text)), prefix).orNil()
	case "undo", "redo":
		ok, err := s.Travel(step.Do == "redo")
		return strconv.FormatBool(ok), err.orNil()
	case "computed":
		slot, err := s.Reserve([]byte(key))
		if err != nil {
			return "", err
		}
		return "", r.named(step.As, func() { s.Unreserve(slot) })
	case "stats":
		return r.stats(step.Gives)
	case "version":
		return "", r.version(key, step.Is)
	default:
		return "", fmt.Errorf("this runner has no step %q", step.Do)
	}
	return "", nil
}

func scopePrefix(scope json.RawMessage) string {
	if scope == nil {
		return ""
	}
	var names []string
	if json.Unmarshal(scope, &names) != nil {
		var name string
		if err := json.Unmarshal(scope, &name); err != nil {
			panic(err)
		}
		names = []string{name}
	}
	return strings.Join(names, ":") + ":"
}

// set stores a value and overwrites the bytes that it was made of: the session
// has to have a copy (rule 9).
func (r *caseRun) set(key string, given json.RawMessage) error {
	v := r.value(given)
	err := r.s.Set(key, v)
	for i := range v.text {
		v.text[i] = '#'
	}
	return err
}

func (r *caseRun) entries(prefix string, step *caseStep) error {
	var list []Entry
	if step.Entries[0] == '{' {
		for _, m := range membersOf(step.Entries) {
			list = append(list, Entry{prefix + m.name, r.value(m.value)})
		}
	} else {
		var pairs [][2]json.RawMessage
		if err := strict(step.Entries, &pairs); err != nil {
			return err
		}
		for _, pair := range pairs {
			list = append(list, Entry{prefix + r.text(pair[0]), r.value(pair[1])})
		}
	}
	if step.Do == "init" {
		return r.s.Init(list...)
	}
	return r.s.Update(list...)
}

func (r *caseRun) keys(prefix string) []string {
	var own []string
	for _, key := range r.s.Keys() {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			own = append(own, rest)
		}
	}
	return own
}

func (r *caseRun) list(prefix string, withKeys bool) string {
	var parts []string
	for _, key := range r.keys(prefix) {
		v, _ := r.s.Get(prefix + key)
		text := r.showValue(v)
		if withKeys {
			text = "[" + quote(key) + "," + text + "]"
		}
		parts = append(parts, text)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func (r *caseRun) stats(gives json.RawMessage) (string, error) {
	stats := r.s.Stats()
	undo, redo := r.s.Steps()
	all := map[string]int64{"keys": int64(stats.Keys), "bytes": stats.Bytes, "listeners": int64(stats.Listeners), "undo": int64(undo), "redo": int64(redo)}
	var parts []string
	for _, m := range membersOf(gives) {
		n, ok := all[m.name]
		if !ok {
			return "", fmt.Errorf("stats have no %q here", m.name)
		}
		parts = append(parts, quote(m.name)+":"+decimal(n))
	}
	return "{" + strings.Join(parts, ",") + "}", nil
}

func (r *caseRun) version(key, is string) error {
	now := r.s.Stats().Version
	if key != "" {
		now = r.s.entries.at(r.s.place([]byte(key))).version
	}
	before, known := r.versions[key]
	r.versions[key] = now
	got := "noted"
	if known {
		got = map[bool]string{true: "newer", false: "older"}[now > before]
		if now == before {
			got = "same"
		}
	}
	if got != is {
		return &caseFailure{"", "version", got, is}
	}
	return nil
}

func (r *caseRun) named(as string, end func()) error {
	if r.ends[as] != nil {
		return fmt.Errorf("%q names two things", as)
	}
	r.ends[as] = end
	return nil
}
