package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	entryName = "tabstate.js"
	minName   = "tabstate.min.js"
)

const banner = `/*! Tabstate, MIT licence. Contains wasm_exec.js, copyright The Go Authors, BSD licence: see THIRD-PARTY.txt beside this file. */`

// bundle joins the modules in dir to one ES module. runtime.js comes first, whatever the order of the imports: its
// first statements start the download of the module.
//
// Returns an error that wraps ErrBundle and names file and line.
func bundle(dir string, minify bool) ([]byte, error) {
	if _, err := os.Stat(filepath.Join(dir, entryName)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	options := api.BuildOptions{
		Stdin: &api.StdinOptions{
			Contents:   fmt.Sprintf("import %q; export * from %q;", "./"+runtimeName, "./"+entryName),
			ResolveDir: dir,
			Sourcefile: "entry.js",
		},
		AbsWorkingDir:     dir,
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Platform:          api.PlatformBrowser,
		Charset:           api.CharsetUTF8,
		IgnoreAnnotations: true, // or package.json's sideEffects would drop the plain import of runtime.js
		LegalComments:     api.LegalCommentsInline,
		Banner:            map[string]string{"js": banner},
		LogLevel:          api.LogLevelSilent,
	}
	if minify {
		options.MinifyIdentifiers, options.MinifySyntax, options.MinifyWhitespace = true, true, true
	} else {
		options.Plugins = []api.Plugin{keepComments}
	}
	result := api.Build(options)
	if messages := append(result.Errors, result.Warnings...); len(messages) > 0 {
		text := api.FormatMessages(messages, api.FormatMessagesOptions{})
		return nil, fmt.Errorf("%w:\n%s", ErrBundle, strings.TrimSpace(strings.Join(text, "\n")))
	}
	if len(result.OutputFiles) != 1 {
		return nil, fmt.Errorf("%w: %d files instead of 1", ErrBundle, len(result.OutputFiles))
	}
	out := result.OutputFiles[0].Contents
	if minify {
		return out, nil
	}
	return []byte(unmark(string(out))), nil
}

// esbuild keeps only the comments that it takes for legal ones, those that begin with an exclamation mark. So each
// comment that begins a line gets one, and a word by which it is taken away again. A line in a template literal that
// looks like a comment comes out as it went in.
const mark = "!@keep@"

var (
	lineComment  = regexp.MustCompile(`(?m)^([ \t]*//)`)
	blockComment = regexp.MustCompile(`(?m)^([ \t]*/\*)`)
)

var keepComments = api.Plugin{
	Name: "keep-comments",
	Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `\.js$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			text, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			if strings.Contains(string(text), mark) {
				return api.OnLoadResult{}, errors.New("the text contains " + mark + ", which the build needs for itself")
			}
			marked := blockComment.ReplaceAllString(lineComment.ReplaceAllString(string(text), "$1"+mark), "$1"+mark)
			return api.OnLoadResult{Contents: &marked}, nil
		})
	},
}

func unmark(text string) string { return strings.ReplaceAll(text, mark, "") }
