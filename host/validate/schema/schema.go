// Package schema makes rules of JSON Schemas (draft 2020-12, and older ones that a schema names), for package validate. It is for
// native hosts: where a program starts anew with each request, reading and compiling schemas costs too much.
package schema

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tabstate/tabstate/host/validate"
	"github.com/tabstate/tabstate/wasm/session/canon"
)

// Load returns the rules of a folder that has a file for each key that is judged: KEY.json, with what cannot stand in the name of
// a file as in a URL ("cart%3Aitems.json" is for "cart:items"). "$ref" names other files by their paths; those in folders below are
// for nothing else. Nothing is loaded from anywhere else. "format" is held, not only noted.
//
// Returns an error that names the file if a schema cannot be read or is none.
func Load(folder fs.FS) (map[string]validate.Rule, error) {
	files, err := fs.Glob(folder, "*.json")
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(loader{folder})
	compiler.AssertFormat()
	rules := map[string]validate.Rule{}
	for _, file := range files {
		key, err := url.PathUnescape(strings.TrimSuffix(file, ".json"))
		if err != nil {
			return nil, fmt.Errorf("schema %s: its name is no key: %w", file, err)
		}
		compiled, err := compiler.Compile((&url.URL{Scheme: "file", Path: "/" + file}).String())
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", file, err)
		}
		rules[key] = rule{compiled}
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("there is no schema: no file KEY.json")
	}
	return rules, nil
}

// loader reads files of the folder and nothing else.
type loader struct{ folder fs.FS }

func (l loader) Load(address string) (any, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "file" || u.Host != "" {
		return nil, fmt.Errorf("%s is not in the folder of schemas", address)
	}
	file, err := l.folder.Open(strings.TrimPrefix(path.Clean(u.Path), "/"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return jsonschema.UnmarshalJSON(file)
}

type rule struct{ schema *jsonschema.Schema }

// Judge lists the keywords of the schema that the value breaks, innermost first.
func (r rule) Judge(value []byte) []validate.Issue {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err != nil {
		return []validate.Issue{{Message: "the value cannot be read"}}
	}
	broken, ok := r.schema.Validate(parsed).(*jsonschema.ValidationError)
	if !ok {
		return nil
	}
	return issues(nil, broken)
}

// issues appends the faults without causes of their own. Where one of several schemas would do, why each does not helps nobody.
func issues(list []validate.Issue, e *jsonschema.ValidationError) []validate.Issue {
	if len(e.Causes) == 0 || single(e.ErrorKind) {
		var pointer []byte
		for _, token := range e.InstanceLocation {
			pointer = canon.PointerToken(pointer, []byte(token))
		}
		return append(list, validate.Issue{Path: string(pointer), Message: message(e.ErrorKind)})
	}
	for _, cause := range e.Causes {
		list = issues(list, cause)
	}
	return list
}
