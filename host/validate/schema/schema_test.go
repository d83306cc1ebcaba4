package schema_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/validate/schema"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestJudge(t *testing.T) {
	rules, err := schema.Load(fstest.MapFS{
		"user.json":            file(`{"type":"object","required":["name","mail"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1,"maxLength":5},"mail":{"format":"email"},"age":{"type":"integer","minimum":18,"exclusiveMaximum":150},"role":{"enum":["admin","guest"]},"a/b~":{"const":1}}}`),
		"cart%3Aitems.json":    file(`{"type":"array","minItems":1,"maxItems":3,"uniqueItems":true,"items":{"$ref":"shared/item.json"}}`),
		"shared/item.json":     file(`{"type":["string","null"],"pattern":"^[a-z]*$"}`),
		"either.json":          file(`{"anyOf":[{"type":"string"},{"type":"number","multipleOf":0.5}]}`),
		"one.json":             file(`{"oneOf":[{"minimum":1},{"maximum":5}]}`),
		"never.json":           file(`false`),
		"names.json":           file(`{"propertyNames":{"maxLength":2},"minProperties":1,"not":{"required":["no"]},"dependentRequired":{"a":["b"]}}`),
		"contains.json":        file(`{"contains":{"const":1},"minContains":2,"maxContains":3}`),
		"date.json":            file(`{"format":"date"}`),
		".hidden.txt":          file(`{`),
		"folder/not-a-key.txt": file(`{`),
	})
	require.NoError(t, err)
	require.Len(t, rules, 8)
	tests := []struct {
		key, value string
		want       []string
	}{
		{"user", `{"name":"Ada","mail":"ada@example.org","age":36,"role":"admin","a/b~":1}`, nil},
		{"user", `{"name":"secret","mail":"secret","age":17.5,"role":"secret","a/b~":"secret"}`, []string{
			"/name it has more than 5 characters", "/mail it has not the format email", "/age it is a number, not an integer",
			`/role it is none of "admin", "guest"`, "/a~1b~0 it is not 1",
		}},
		{"user", `{"x":1,"age":150,"role":"guest"}`, []string{" it lacks name, mail", " it has members that are not allowed: x", "/age it is not less than 150"}},
		{"user", `{"name":"Ada","mail":"a@b.c","age":17}`, []string{"/age it is less than 18"}},
		{"user", `[]`, []string{" it is an array, not an object"}},
		{"cart:items", `["a",null]`, nil},
		{"cart:items", `[]`, []string{" it has less than 1 elements"}},
		{"cart:items", `["a","a","SECRET",4]`, []string{" it has more than 3 elements", " its elements 0 and 1 are equal", "/2 it does not match the pattern ^[a-z]*$", "/3 it is a number, not null or a string"}},
		{"either", `1.5`, nil},
		{"either", `1.3`, []string{" it fits none of the shapes that are allowed"}},
		{"one", `3`, []string{" it fits more than one of the shapes that are allowed"}},
		{"never", `1`, []string{" it is not allowed here"}},
		{"names", `{"abc":1,"a":1}`, []string{" the name of its member abc is not allowed", " it lacks b, which goes with a"}},
		{"names", `{"no":1}`, []string{" it has a shape that is not allowed"}},
		{"names", `{}`, []string{" it has less than 1 members"}},
		{"contains", `[1]`, []string{" less than 2 of its elements are as they have to be"}},
		{"contains", `[1,1,1,1]`, []string{" more than 3 of its elements are as only these may be"}},
		{"date", `"2026-02-29"`, []string{" it has not the format date"}},
		{"either", `1e308`, nil},
	}
	for _, test := range tests {
		t.Run(test.key+" "+test.value, func(t *testing.T) {
			var got []string
			for _, issue := range rules[test.key].Judge([]byte(test.value)) {
				got = append(got, fmt.Sprintf("%s %s", issue.Path, issue.Message))
				require.NotContains(t, issue.Message, "secret", "the value")
			}
			require.ElementsMatch(t, test.want, got)
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, folder := range map[string]fstest.MapFS{
		"there is no schema": {},
		"schema bad.json":    {"bad.json": file(`{"type":"none"}`)},
		"schema a.json":      {"a.json": file(`{`)},
		"schema b.json":      {"b.json": file(`{"$ref":"https://example.org/schema.json"}`)},
		"schema c.json":      {"c.json": file(`{"$ref":"../outside.json"}`)},
		"schema d.json":      {"d.json": file(`{"$ref":"file://host/e.json"}`)},
		"its name is no key": {"a%2.json": file(`{}`)},
	} {
		_, err := schema.Load(folder)
		require.ErrorContains(t, err, name)
	}
}
