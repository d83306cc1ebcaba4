// Package rules says what a sign-up must be. The page and the server ask the same code.
package rules

import (
	"strings"
	"unicode/utf8"
)

// Entry is what the form sends.
type Entry struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Seats int    `json:"seats"`
	Terms bool   `json:"terms"`
}

// Problems says by the name of a field what is wrong with it.
type Problems map[string]string

// Check returns what is wrong with an entry, nothing when it is good.
func Check(e Entry) Problems {
	found := Problems{}
	if n := utf8.RuneCountInString(strings.TrimSpace(e.Name)); n == 0 {
		found["name"] = "Tell us your name."
	} else if n > 60 {
		found["name"] = "That name is longer than 60 letters."
	}
	if e.Email == "" {
		found["email"] = "We need an address to write to."
	} else if !address(e.Email) {
		found["email"] = "That is no e-mail address."
	}
	if e.Seats < 1 || e.Seats > 4 {
		found["seats"] = "Between one and four seats."
	}
	if !e.Terms {
		found["terms"] = "Please agree first."
	}
	return found
}

// address tells whether the text looks like an e-mail address: whether it is one, only a
// message to it shows.
func address(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	return found && local != "" && len(s) <= 254 && strings.Contains(domain, ".") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") &&
		!strings.ContainsAny(s, " \t\n<>(),;:\"") && !strings.Contains(domain, "@")
}
