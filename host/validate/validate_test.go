package validate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/validate"
	"github.com/tabstate/tabstate/wasm/session"
)

func mirror(t testing.TB, o validate.Options) *validate.Mirror {
	t.Helper()
	m, err := validate.New(o)
	require.NoError(t, err)
	return m
}

func post(h http.Handler, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/api/validate", body)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

type problem struct {
	Status     int
	Code       string
	Limit      int64
	More       bool
	Violations []struct {
		Class, Code, Message, Key, Path, Reason, Hint string
		Limit                                         int64
		Line, Column                                  int
	}
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) (p problem) {
	t.Helper()
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p), w.Body.String())
	require.Equal(t, w.Code, p.Status)
	return p
}

// TestSameAsTheTab: codes, paths, texts and places are those of a restore in a session (rules 17 to 19).
func TestSameAsTheTab(t *testing.T) {
	limits := session.Limits{KeyBytes: 20, Depth: 4, ValueBytes: 100, Entries: 5, TotalBytes: 150}
	m := mirror(t, validate.Options{Limits: limits})
	for _, text := range []string{
		`{"$$a":1}`, `{"":1}`, `{"a":[[[[[1]]]]]}`, `{"a":1e999}`, `{"a":"\udc00"}`, `{"a":1,"a":2}`, `{"abcdefghijklmnopqrstuvwxyz":1}`, `{"a":"` + strings.Repeat("x", 100) + `"}`,
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}`, `{"a":"` + strings.Repeat("x", 90) + `","b":"` + strings.Repeat("x", 90) + `"}`, `{"a":tru}`, "{\"a\":\n\"\xff\"}", "\ufeff{}", `nope`,
	} {
		s, err := session.New(session.Options{Limits: limits})
		require.NoError(t, err)
		var want *session.Error
		require.ErrorAs(t, s.Restore([]byte(text)), &want, text)
		p := problemOf(t, post(m, strings.NewReader(text)))
		got := p.Violations[0]
		require.Equal(t, []any{want.Class, want.Code, want.Error(), want.Path, want.Reason, want.Hint, want.Limit, want.Line, want.Column},
			[]any{got.Class, got.Code, got.Message, got.Path, got.Reason, got.Hint, got.Limit, got.Line, got.Column})
		require.Equal(t, map[bool]int{true: 400, false: 422}[want.Code == "invalid-json" || want.Code == "invalid-utf8"], p.Status, text)
	}
	_, err := validate.New(validate.Options{Limits: session.Limits{Depth: 2000}})
	require.ErrorIs(t, err, session.ErrLimit)
}

// TestBounds: a list of violations ends, however many there are and however long.
func TestBounds(t *testing.T) {
	many := "{" + strings.Repeat(`"$$a":1,`, 5000) + `"b":1}`
	p := problemOf(t, post(validate.Default(), strings.NewReader(many)))
	require.Len(t, p.Violations, validate.DefaultMaxViolations)
	require.True(t, p.More)
	p = problemOf(t, post(mirror(t, validate.Options{MaxViolations: 3}), strings.NewReader(`{"$$a":1,"$$b":1,"$$c":1}`)))
	require.Len(t, p.Violations, 3)
	require.False(t, p.More)

	long := strings.Repeat("k", 900)
	var keys []string
	for i := range 500 {
		keys = append(keys, fmt.Sprintf(`"$$%s%d":1`, long, i))
	}
	w := post(validate.Default(), strings.NewReader("{"+strings.Join(keys, ",")+"}"))
	require.Less(t, w.Body.Len(), 80<<10)
	require.True(t, problemOf(t, w).More)
}

type rule func(value []byte) []validate.Issue

func (r rule) Judge(value []byte) []validate.Issue { return r(value) }

func TestRules(t *testing.T) {
	var judged []string
	m := mirror(t, validate.Options{MaxViolations: 3, Rules: map[string]validate.Rule{
		"a/b": rule(func(value []byte) []validate.Issue {
			judged = append(judged, string(value))
			return []validate.Issue{{Path: "/0/x", Message: "it is small"}, {Message: "it is odd"}}
		}),
		"ok":   rule(func([]byte) []validate.Issue { return nil }),
		"$$no": rule(func([]byte) []validate.Issue { t.Error("asked of what is refused"); return nil }),
	}})
	require.Equal(t, 204, post(m, strings.NewReader(`{"ok":1,"other":2}`)).Code, "of an absent key nothing is asked")
	p := problemOf(t, post(m, strings.NewReader(`{"a/b": [ {"x":1.0} ], "ok":1, "$$no":1, "$$more":1}`)))
	require.Equal(t, 422, p.Status)
	require.Equal(t, []string{`[{"x":1}]`}, judged, "the canonical text")
	require.Len(t, p.Violations, 3)
	require.True(t, p.More)
	first := p.Violations[0]
	require.Equal(t, []string{"SessionValidationError", "invalid-value", "a/b", "/a~1b/0/x", "it is small"}, []string{first.Class, first.Code, first.Key, first.Path, first.Reason})
	require.Equal(t, "/a~1b", p.Violations[1].Path)
	require.Equal(t, "key-reserved", p.Violations[2].Code)
}

// failing ends with an error after what it has.
type failing struct {
	text string
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.text == "" {
		return 0, f.err
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

func TestBodies(t *testing.T) {
	m := mirror(t, validate.Options{MaxBody: 10})
	for _, test := range []struct {
		name   string
		body   io.Reader
		status int
		code   string
	}{
		{"cut off", &failing{`{"a":`, io.ErrUnexpectedEOF}, 400, "body-unreadable"},
		{"too slow", &failing{`{"a":`, fmt.Errorf("read: %w", os.ErrDeadlineExceeded)}, 408, "body-unreadable"},
		{"somebody reads less", &failing{`{`, &http.MaxBytesError{Limit: 1}}, 413, "body-too-large"},
		{"another error", &failing{``, errors.New("broken")}, 400, "body-unreadable"},
		{"too large, length unknown", &failing{`{"a":12345`, io.EOF}, 204, ""},
		{"one more", &failing{`{"a":123456}`, io.EOF}, 413, "body-too-large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.code == "" {
				test.body = &failing{`{"a":1234}`, io.EOF}
			}
			w := post(m, test.body)
			require.Equal(t, test.status, w.Code, w.Body)
			if test.code != "" {
				require.Equal(t, test.code, problemOf(t, w).Code)
			}
		})
	}
	p := problemOf(t, post(m, strings.NewReader(`{"a":1234567890}`)))
	require.Equal(t, []any{"body-too-large", int64(10)}, []any{p.Code, p.Limit})
}

func TestMiddleware(t *testing.T) {
	var got *validate.Snapshot
	called := 0
	m := mirror(t, validate.Options{})
	h := m.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		called++
		got = validate.FromContext(r.Context())
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.EqualValues(t, len(body), r.ContentLength)
		w.Header().Set("X-Body", string(body))
		w.WriteHeader(http.StatusCreated)
	}))
	text := `{ "b" : [1.0,"\u0041"], "a":null,"__proto__":{"x":1} }`
	w := post(h, strings.NewReader(text))
	require.Equal(t, http.StatusCreated, w.Code)
	require.Equal(t, text, w.Header().Get("X-Body"), "the body as it came")
	require.Equal(t, 3, got.Len())
	var keys []string
	for key, value := range got.All() {
		keys = append(keys, key+"="+string(value))
	}
	require.Equal(t, []string{`b=[1,"A"]`, "a=null", `__proto__={"x":1}`}, keys)
	for range got.All() {
		break
	}
	var list []any
	require.NoError(t, got.Decode("b", &list))
	require.Equal(t, []any{1.0, "A"}, list)
	var number int
	require.ErrorContains(t, got.Decode("b", &number), `key "b"`)
	require.ErrorIs(t, got.Decode("missing", &number), session.ErrKey)
	_, ok := got.Text("missing")
	require.False(t, ok)

	require.Equal(t, 422, post(h, strings.NewReader(`{"$$a":1}`)).Code)
	require.Equal(t, 1, called, "what is refused is not handed on")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	refused := httptest.NewRecorder()
	h.ServeHTTP(refused, r)
	require.Equal(t, []any{405, "POST, PUT, PATCH"}, []any{refused.Code, refused.Header().Get("Allow")})
	require.Nil(t, validate.FromContext(t.Context()))
}

// TestNothingIsLeft: what one request brought is in no answer to another, whatever is used again.
func TestNothingIsLeft(t *testing.T) {
	m := validate.Default()
	kept := make(chan *validate.Snapshot, 1<<10)
	h := m.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { kept <- validate.FromContext(r.Context()) }))
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 100 {
				own := fmt.Sprintf("own-%d-%d-", worker, i)
				padding := strings.Repeat(own, (i*37)%300)
				body := fmt.Sprintf(`{"%sa":"%s","$$%sb":"%s","%sc":1e999}`, own, padding, own, padding, own)
				w := post(m, strings.NewReader(body))
				require.Equal(t, 422, w.Code)
				require.Equal(t, strings.Count(w.Body.String(), "own-"), strings.Count(w.Body.String(), own), w.Body)
				require.Equal(t, 2, strings.Count(w.Body.String(), `"code":"`)-1)

				require.Equal(t, 200, post(h, strings.NewReader(fmt.Sprintf(`{"key":"%s","list":[ "%s" ]}`, own+padding, own))).Code)
				require.Equal(t, 204, post(m, strings.NewReader(`{}`)).Code, "a smaller one after it")
				require.Equal(t, 400, post(m, strings.NewReader(``)).Code)
			}
		})
	}
	group.Wait()
	close(kept)
	count := 0
	for s := range kept {
		count++
		var key string
		var list []string
		require.NoError(t, s.Decode("key", &key))
		require.NoError(t, s.Decode("list", &list))
		require.Equal(t, "", strings.ReplaceAll(key, list[0], ""), "a snapshot stays as it was")
	}
	require.Equal(t, 800, count)
}
