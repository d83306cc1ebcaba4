package schema

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// single says whether a fault speaks for its causes.
func single(k jsonschema.ErrorKind) bool {
	switch k.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not, *kind.Contains, *kind.MinContains, *kind.MaxContains, *kind.PropertyNames:
		return true
	}
	return false
}

// message says what a fault is, with what the schema wants and never what the value is: the library's own texts quote that.
func message(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		wanted := make([]string, len(k.Want))
		for i, want := range k.Want {
			wanted[i] = article(want)
		}
		return "it is " + article(k.Got) + ", not " + strings.Join(wanted, " or ")
	case *kind.Enum:
		return "it is none of " + shown(k.Want...)
	case *kind.Const:
		return "it is not " + shown(k.Want)
	case *kind.Format:
		return "it has not the format " + k.Want
	case *kind.Pattern:
		return "it does not match the pattern " + k.Want
	case *kind.MinLength:
		return fmt.Sprintf("it has less than %d characters", k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("it has more than %d characters", k.Want)
	case *kind.Minimum:
		return "it is less than " + number(k.Want)
	case *kind.Maximum:
		return "it is more than " + number(k.Want)
	case *kind.ExclusiveMinimum:
		return "it is not more than " + number(k.Want)
	case *kind.ExclusiveMaximum:
		return "it is not less than " + number(k.Want)
	case *kind.MultipleOf:
		return "it is no multiple of " + number(k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("it has less than %d elements", k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("it has more than %d elements", k.Want)
	case *kind.MinProperties:
		return fmt.Sprintf("it has less than %d members", k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("it has more than %d members", k.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("its elements %d and %d are equal", k.Duplicates[0], k.Duplicates[1])
	case *kind.Required:
		return "it lacks " + strings.Join(k.Missing, ", ")
	case *kind.DependentRequired:
		return "it lacks " + strings.Join(k.Missing, ", ") + ", which goes with " + k.Prop
	case *kind.Dependency:
		return "it lacks " + strings.Join(k.Missing, ", ") + ", which goes with " + k.Prop
	case *kind.AdditionalProperties:
		return "it has members that are not allowed: " + strings.Join(k.Properties, ", ")
	case *kind.AdditionalItems:
		return fmt.Sprintf("its last %d elements are not allowed", k.Count)
	case *kind.PropertyNames:
		return "the name of its member " + k.Property + " is not allowed"
	case *kind.Contains:
		return "none of its elements is as one has to be"
	case *kind.MinContains:
		return fmt.Sprintf("less than %d of its elements are as they have to be", k.Want)
	case *kind.MaxContains:
		return fmt.Sprintf("more than %d of its elements are as only these may be", k.Want)
	case *kind.AnyOf:
		return "it fits none of the shapes that are allowed"
	case *kind.OneOf:
		if len(k.Subschemas) > 1 {
			return "it fits more than one of the shapes that are allowed"
		}
		return "it fits none of the shapes that are allowed"
	case *kind.Not:
		return "it has a shape that is not allowed"
	case *kind.FalseSchema:
		return "it is not allowed here"
	}
	return "it breaks " + strings.Join(k.KeywordPath(), " ")
}

func article(kind string) string {
	switch kind {
	case "null":
		return kind
	case "array", "object", "integer":
		return "an " + kind
	}
	return "a " + kind
}

// shown lists what a schema allows, as JSON, shortened.
func shown(values ...any) string {
	var list []string
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			continue
		}
		list = append(list, string(text))
	}
	text := strings.Join(list, ", ")
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:197]) + "..."
	}
	return text
}

func number(r *big.Rat) string {
	f, _ := r.Float64()
	return fmt.Sprint(f)
}
