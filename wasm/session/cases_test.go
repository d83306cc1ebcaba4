package session

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The case files in static/cases are run here against the core, and in browsers by static/cases/run.js. What a case can
// say stands in the README beside them.

// TestCases runs every shared case against the core, once with values as they
// are and once with values as JSON text.
func TestCases(t *testing.T) {
	suite, files := readSuite(t)
	for i, file := range files {
		for _, c := range file.Cases {
			if c.Only == "js" {
				require.NoError(t, c.check(suite), c.Name)
				continue
			}
			t.Run(suite.Files[i]+"/"+c.Name, func(t *testing.T) {
				for _, asText := range []bool{false, true} {
					if err := runCase(suite, c, asText); err != nil {
						t.Errorf("values as text: %v: %v", asText, err)
					}
				}
			})
		}
	}
}

// TestCasesComplete: each file is listed, each name is given once, and each rule
// is cited by a case that runs here, or else by cases that say why they do not.
func TestCasesComplete(t *testing.T) {
	suite, files := readSuite(t)
	listed, err := fs.Glob(os.DirFS(caseFolder), "[0-9]*.json")
	require.NoError(t, err)
	require.Equal(t, listed, suite.Files)
	cited := map[string]int{}
	reasons := map[string]bool{}
	for i, file := range files {
		names := map[string]bool{}
		require.NotEmpty(t, file.Title)
		for _, c := range file.Cases {
			require.False(t, names[c.Name], "%s: %q twice", suite.Files[i], c.Name)
			names[c.Name] = true
			for _, rule := range c.Rules {
				if c.Only != "js" {
					cited[strconv.Itoa(rule)]++
				} else {
					reasons[strconv.Itoa(rule)] = true
				}
			}
		}
	}
	require.Len(t, suite.Rules, 26)
	for n := range 26 {
		rule := strconv.Itoa(n + 1)
		if n == 25 {
			rule = "50"
		}
		require.NotEmpty(t, suite.Rules[rule], "rule %s", rule)
		require.True(t, cited[rule] > 0 || reasons[rule], "no case cites rule %s", rule)
	}
}

// TestCasesWrong: what is wrong in a case is reported, at its step.
func TestCasesWrong(t *testing.T) {
	suite, _ := readSuite(t)
	var wrong caseFile
	readCases(t, "wrong.json", &wrong)
	require.NotEmpty(t, wrong.Cases)
	for _, c := range wrong.Cases {
		t.Run(c.Name, func(t *testing.T) {
			err := runCase(suite, c, false)
			require.ErrorContains(t, err, c.Fails.Says)
			if c.Fails.Step != "" {
				require.ErrorContains(t, err, "step "+c.Fails.Step)
			}
		})
	}
}

// TestCasesBite: no expectation of any case is idle. Each one, made false, fails
// its case.
func TestCasesBite(t *testing.T) {
	suite, files := readSuite(t)
	for i, file := range files {
		for _, c := range file.Cases {
			if c.Only == "js" {
				continue
			}
			spoilSteps(c.Steps, func(what string) {
				require.Error(t, runCase(suite, c, false), "%s: %s: %s made false, and the case passes", suite.Files[i], c.Name, what)
			})
		}
	}
}

var digits = regexp.MustCompile(`\d+`)

// spoilSteps makes the expectations of the steps false one after another, calls
// check, and makes them true again.
func spoilSteps(steps []*caseStep, check func(what string)) {
	for i, s := range steps {
		spoilt := func(what string) { check(fmt.Sprintf("%s of %d (%s)", what, i+1, s.Do)) }
		if gives := s.Gives; gives != nil {
			s.Gives = json.RawMessage(`"what no step gives"`)
			if s.Do == "stats" {
				s.Gives = digits.ReplaceAll(gives, []byte("7$0"))
			}
			spoilt("gives")
			s.Gives = gives
		}
		if throws := s.Throws; throws != nil {
			wrong := *throws
			wrong.Code += "x"
			wrong.Error = strings.Repeat(throws.Error+"x", min(len(throws.Error), 1))
			s.Throws = &wrong
			spoilt("throws")
			wrong = *throws
			wrong.Path += "/x"
			if throws.Error == "" {
				spoilt("throws.path")
			}
			s.Throws = nil
			if !s.Passes {
				spoilt("throws")
			}
			s.Throws = throws
		}
		if hears := s.Hears; hears != nil {
			s.Hears = hears[1:]
			spoilt("hears")
			s.Hears = append(slices.Clone(hears), &heardBy{As: "nobody"})
			s.Hears[len(hears)].Value = json.RawMessage("1")
			spoilt("hears")
			s.Hears = hears
		}
		if reports := s.Reports; reports != nil {
			s.Reports = reports[1:]
			spoilt("reports")
			s.Reports = reports
		}
		if is := s.Is; is != "" {
			s.Is = "other"
			spoilt("is")
			s.Is = is
		}
		spoilSteps(s.inner(), func(what string) { spoilt("in " + what) })
	}
}
