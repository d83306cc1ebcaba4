package main

import (
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site/sitetest"
)

// TestReadme: the flags that the README shows are taken, and the policy that it quotes is the one that is sent.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	commands := regexp.MustCompile(`(?m)^tabstate-host (.*)$`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, commands, 3)
	for _, command := range commands {
		var args []string
		for _, word := range regexp.MustCompile(`(?:"[^"]*"|'[^']*'|\S)+`).FindAllString(command[1], -1) {
			quotes := `'`
			if strings.HasPrefix(word, `"`) {
				quotes = `"`
			}
			args = append(args, strings.ReplaceAll(word, quotes, ""))
		}
		s, err := parse(args, io.Discard)
		require.NoError(t, err, command[1])
		require.Equal(t, "public", s.dir)
		_, err = newHandler(s, sitetest.Pages(), fs.FS(sitetest.Runtime()), newLog(s, io.Discard))
		require.NoError(t, err, command[1])
	}
	for _, l := range headers.Default().Everywhere() {
		if l.Name == "Content-Security-Policy" {
			require.Contains(t, string(text), "`"+l.Value+"`")
		}
	}
}
