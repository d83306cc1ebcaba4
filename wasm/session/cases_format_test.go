package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/wasm/session/canon"
)

type caseSuite struct {
	Files []string
	Rules map[string]string
	Steps map[string]struct {
		Needs, May      []string
		Answers, Scoped bool
		Only            string
	}
	Common []string
}

type caseFile struct {
	Title string
	Cases []*sharedCase
}

type sharedCase struct {
	Name    string
	Rules   []int
	Options struct {
		Enforce string
		Limits  Limits
		History json.RawMessage
	}
	Only, Why string
	Steps     []*caseStep
	Fails     *struct{ Step, Says string } // in wrong.json
}

type caseStep struct {
	Do                                            string
	Scope, Key, Value, Default, Entries, Text, By json.RawMessage
	Keys                                          []string
	Gives                                         json.RawMessage
	Throws                                        *wantedError
	Passes                                        bool
	Hears                                         []*heardBy
	Reports                                       []*wantedError
	Tells, Edits                                  json.RawMessage
	Steps, Then                                   []*caseStep
	At                                            map[string][]*caseStep
	As, Mode, References, Is, Fn, Schema, Fails   string
	Immediate                                     bool
	Times                                         *int

	members []string
}

type wantedError struct {
	Error, Class, Code, Key, Path string
	Line, Column                  int
	Limit                         int64
	Message, Type, Reason, Hint   *string
	Issues                        json.RawMessage
}

type heardChange struct {
	Key        string
	Value, Old json.RawMessage
	Origin     string
}

type heardBy struct {
	As    string
	Count int
	heardChange
	Changes []heardChange
}

func (s *caseStep) UnmarshalJSON(text []byte) error {
	type bare caseStep
	if err := strict(text, (*bare)(s)); err != nil {
		return err
	}
	for _, m := range membersOf(text) {
		s.members = append(s.members, m.name)
	}
	return nil
}

func strict(text []byte, target any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(target)
}

type member struct {
	name  string
	value json.RawMessage
}

// membersOf gives the members of a JSON object in their order.
func membersOf(text []byte) []member {
	var list []member
	var c canon.Checker
	if fault := c.Members(text, canon.MaxDepth, func(key, value []byte, _ int) *canon.Fault {
		list = append(list, member{string(key), bytes.Clone(value)})
		return nil
	}); fault != nil {
		panic(fmt.Sprint(fault.Reason, " in ", string(text)))
	}
	return list
}

func (s *caseStep) has(name string) bool { return slices.Contains(s.members, name) }

const caseFolder = "../../static/cases"

func readSuite(t *testing.T) (caseSuite, []caseFile) {
	t.Helper()
	suite := caseSuite{}
	readCases(t, "suite.json", &suite)
	files := make([]caseFile, len(suite.Files))
	for i, name := range suite.Files {
		readCases(t, name, &files[i])
	}
	return suite, files
}

// readCases decodes a file, which has to be JSON by our own, stricter measure: no member twice.
func readCases(t *testing.T, name string, target any) {
	t.Helper()
	text, err := os.ReadFile(caseFolder + "/" + name)
	require.NoError(t, err)
	var c canon.Checker
	_, fault := c.Value(text, canon.MaxDepth)
	require.Nil(t, fault, "%s: %+v", name, fault)
	require.NoError(t, strict(text, target), name)
}

// check tells what a case says that no runner knows.
func (c *sharedCase) check(suite caseSuite) error {
	if c.Name == "" || len(c.Steps) == 0 || len(c.Rules) == 0 {
		return errors.New("a case has a name, rules and steps")
	}
	for _, rule := range c.Rules {
		if suite.Rules[strconv.Itoa(rule)] == "" {
			return fmt.Errorf("there is no rule %d", rule)
		}
	}
	if (c.Only == "") != (c.Why == "") || !slices.Contains([]string{"", "js", "go"}, c.Only) {
		return errors.New("a case for one side says why")
	}
	for _, s := range c.Steps {
		if err := s.check(c, suite, true); err != nil {
			return err
		}
	}
	return nil
}

func (s *caseStep) check(c *sharedCase, suite caseSuite, outermost bool) error {
	kind, ok := suite.Steps[s.Do]
	if !ok {
		return fmt.Errorf("there is no step %q", s.Do)
	}
	allowed := slices.Concat(suite.Common, kind.Needs, kind.May)
	if kind.Scoped {
		allowed = append(allowed, "scope")
	}
	for _, name := range s.members {
		if !slices.Contains(allowed, name) {
			return fmt.Errorf("%s has no member %q", s.Do, name)
		}
	}
	for _, name := range kind.Needs {
		if !s.has(name) {
			return fmt.Errorf("%s needs %s", s.Do, name)
		}
	}
	inner := s.has("hears") || s.has("reports") || s.has("tells")
	switch {
	case kind.Answers && !s.has("gives") && !s.has("throws"):
		return fmt.Errorf("%s needs gives or throws", s.Do)
	case !kind.Answers && s.has("gives"):
		return fmt.Errorf("%s gives nothing", s.Do)
	case kind.Only != "" && kind.Only != c.Only:
		return fmt.Errorf("%s is for cases that are only for %s", s.Do, kind.Only)
	case inner && !outermost:
		return errors.New("what is heard stands at the outermost step")
	case s.has("tells") && c.Only != "js":
		return errors.New("tells is for cases that are only for js")
	case s.Passes && s.Throws == nil:
		return errors.New("what passes is thrown")
	}
	for _, inner := range s.inner() {
		if err := inner.check(c, suite, false); err != nil {
			return err
		}
	}
	return nil
}

func (s *caseStep) inner() []*caseStep {
	steps := slices.Concat(s.Steps, s.Then)
	for _, at := range s.At {
		steps = append(steps, at...)
	}
	return steps
}
