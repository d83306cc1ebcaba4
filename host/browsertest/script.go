package browsertest

import (
	"encoding/json"
	"errors"
)

// A script stands between these two: it becomes the body of an async function. Arguments and answer cross as JSON text,
// which every driver leaves as it is; chromedriver's own form loses a member named __proto__. The arguments are the page's
// own objects: Firefox runs scripts beside the page, where JSON and window.JSON are two.
const evaluateBefore = `
const [args, done] = [window.JSON.parse(arguments[0]), arguments[1]];
(async function () {
`
const evaluateAfter = `
}).apply(globalThis, args).then(
  (value) => done({ text: value === undefined ? "null" : JSON.stringify(value) }),
  (error) => done({ error: error instanceof Error ? error.name + ": " + error.message + "\n" + error.stack : String(error) }));`

// call looks a function up by its dotted name from globalThis, and calls it as a method.
const call = `
const [name, ...rest] = arguments;
let self, found = globalThis;
for (const part of name.split(".")) { self = found; found = found?.[part]; }
if (typeof found !== "function") throw new Error("the page offers no function " + name);
return found.apply(self, rest);`

// Eval runs the script in the page as the body of an async function, with the arguments as its arguments, and returns
// what it returns, decoded from JSON: numbers are float64, objects map[string]any, undefined is nil. It is meant for
// reading the document. Some engines run it in a sandbox that sees the document but not the page's own globals: what
// needs those belongs in a page script, see Call.
func (b *Browser) Eval(script string, arguments ...any) any {
	b.t.Helper()
	var value any
	b.EvalInto(&value, script, arguments...)
	return value
}

// EvalInto is Eval with the result decoded into what target points to.
func (b *Browser) EvalInto(target any, script string, arguments ...any) {
	b.t.Helper()
	text := b.run(script, arguments)
	b.must(json.Unmarshal([]byte(text), target), "decoding what the page returned")
}

// Call calls a function of the page by its dotted name from globalThis, as in "scenario.write", and returns what it
// returns, or what its promise resolves to, decoded as by Eval. An exception fails the test.
func (b *Browser) Call(function string, arguments ...any) any {
	b.t.Helper()
	var value any
	b.CallInto(&value, function, arguments...)
	return value
}

// CallInto is Call with the result decoded into what target points to.
func (b *Browser) CallInto(target any, function string, arguments ...any) {
	b.t.Helper()
	text := b.run(call, append([]any{function}, arguments...))
	b.must(json.Unmarshal([]byte(text), target), "decoding what "+function+" returned")
}

func (b *Browser) run(script string, arguments []any) string {
	b.t.Helper()
	text, failure, err := b.tryRun(script, arguments)
	b.must(err, "running a script")
	if failure != "" {
		b.t.Fatalf("browsertest: a script of the page failed: %s", failure)
	}
	return text
}

// tryRun runs a script and returns its result as JSON text, or how it failed.
func (b *Browser) tryRun(script string, arguments []any) (text, failure string, err error) {
	if arguments == nil {
		arguments = []any{}
	}
	encoded, err := json.Marshal(arguments)
	if err != nil {
		return "", "", err
	}
	body := evaluateBefore + script + evaluateAfter
	answer, err := b.driver.do(executeAsync, map[string]any{"script": body, "args": []string{string(encoded)}})
	if err != nil {
		return "", "", err
	}
	var result struct{ Text, Error string }
	if err := json.Unmarshal(answer, &result); err != nil {
		return "", "", err
	}
	if result.Text == "" && result.Error == "" {
		return "", "", errors.New("the page went away meanwhile")
	}
	return result.Text, result.Error, nil
}
