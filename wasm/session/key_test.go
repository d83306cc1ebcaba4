package session

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeys: keys that mean something elsewhere are keys like any other (rules 4, 12).
func TestKeys(t *testing.T) {
	for _, key := range []string{
		"a", "$", "$a", "a$$", " ", "\x00", "\n", `"\`, "__proto__", "constructor", "then", "toString", "keys", "set", "0", "-1", "é", "\U0001f600", "\uffff", "\ufeff",
		"e\u0301", "a.b", "cart:a", strings.Repeat("k", 1024), strings.Repeat("é", 512),
	} {
		t.Run(key[:min(len(key), 12)], func(t *testing.T) {
			s := fresh(t)
			require.False(t, s.Has(key))
			require.NoError(t, s.Set(key, NumberValue(1)))
			require.True(t, s.Has(key))
			v, err := s.Require(key)
			require.NoError(t, err)
			require.EqualValues(t, 1, v.Number())
			require.Equal(t, []string{key}, s.Keys())
			again := restored(t, snapshot(t, s))
			require.Equal(t, []string{key}, again.Keys())
			v, err = s.Pop(key)
			require.NoError(t, err)
			require.EqualValues(t, 1, v.Number())
			was, err := s.Delete(key)
			require.NoError(t, err)
			require.False(t, was)
			s.Forget()
			check(t, s)
		})
	}
}

// TestKeysRefused: by every door alike, and nothing changes (rule 4).
func TestKeysRefused(t *testing.T) {
	tests := []struct {
		name, key, code, shown string
		class                  *Error
	}{
		{"empty", "", "key-empty", "", ErrKey},
		{"reserved", "$$", "key-reserved", "$$", ErrKey},
		{"reserved and more", "$$widget", "key-reserved", "$$widget", ErrKey},
		{"too long", strings.Repeat("k", 1025), "key-too-long", strings.Repeat("k", 64), ErrLimit},
		{"too long in UTF-8", strings.Repeat("é", 513), "key-too-long", strings.Repeat("é", 32), ErrLimit},
		{"too long, cut before a character", "a" + strings.Repeat("é", 513), "key-too-long", "a" + strings.Repeat("é", 31), ErrLimit},
		{"too long and no text", strings.Repeat("\xff", 1025), "key-too-long", "", ErrLimit},
		{"lone byte", "a\xff", "key-not-text", "", ErrKey},
		{"unfinished", "a\xc3", "key-not-text", "", ErrKey},
		{"overlong", "\xc0\x80", "key-not-text", "", ErrKey},
		{"surrogate", "\xed\xa0\x80", "key-not-text", "", ErrKey},
		{"beyond Unicode", "\xf4\x90\x80\x80", "key-not-text", "", ErrKey},
		{"reserved and no text", "$$\xff", "key-not-text", "", ErrKey},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := restored(t, `{"a":1}`)
			before := s.Stats()
			doors := map[string]func() error{
				"Set":       func() error { return s.Set(test.key, NullValue()) },
				"Delete":    func() error { _, err := s.Delete(test.key); return err },
				"Require":   func() error { _, err := s.Require(test.key); return err },
				"Pop":       func() error { _, err := s.Pop(test.key); return err },
				"Init":      func() error { return s.Init(Entry{"b", NullValue()}, Entry{test.key, NullValue()}) },
				"Update":    func() error { return s.Update(Entry{"b", NullValue()}, Entry{test.key, NullValue()}) },
				"Subscribe": func() error { _, err := s.Subscribe(test.key, func(Change) {}); return err },
				"Pin":       func() error { _, err := s.Pin([]byte(test.key)); return err.orNil() },
				"Reserve":   func() error { _, err := s.Reserve([]byte(test.key)); return err.orNil() },
				"CheckKey":  func() error { return s.CheckKey([]byte(test.key)).orNil() },
			}
			for door, call := range doors {
				err := call()
				require.ErrorIs(t, err, test.class, door)
				refused := refusal(t, err)
				require.Equal(t, []string{test.code, test.shown}, []string{refused.Code, refused.Key}, door)
			}
			require.False(t, s.Has(test.key))
			_, ok := s.Get(test.key)
			require.False(t, ok)
			require.Zero(t, s.Slot([]byte(test.key)))
			before.Version = s.Stats().Version
			require.Equal(t, before, s.Stats())
			require.Equal(t, "a=1 ", state(s))
			check(t, s)
		})
	}
}

// TestKeyMissing: Require and Pop name the key and ask the question that helps (rules 2, 5).
func TestKeyMissing(t *testing.T) {
	s := fresh(t)
	for _, call := range []func(string) (Value, error){s.Require, s.Pop} {
		_, err := call("count")
		require.ErrorIs(t, err, &Error{Class: ErrKey.Class, Code: "key-missing"})
		require.EqualError(t, err, `key "count": there is no such key. Was it initialised? Set it first, or read it with a default`)
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		text    string
		n, want int
	}{
		{"", 0, 0}, {"abc", 5, 3}, {"abc", 3, 3}, {"abc", 2, 2}, {"é", 1, 0}, {"aé", 2, 1}, {"\U0001f600b", 3, 0}, {"\xbf\xbf\xbf", 2, 0},
	} {
		require.Equal(t, test.want, cut([]byte(test.text), test.n), "%q", test.text)
	}
}

// TestRefusedKeys: Require and Pop say that a key is refused where Set would, and
// not that it may only have to be initialised; Delete does so for the name of a
// computed value (rules 2, 4, 5, 24).
func TestRefusedKeys(t *testing.T) {
	s, err := New(Options{Limits: Limits{KeyBytes: 4}})
	require.NoError(t, err)
	_, refused := s.Reserve([]byte("sum"))
	require.Nil(t, refused)
	_, err = s.Delete("sum")
	require.Equal(t, "key-computed", err.(*Error).Code)

	for key, code := range map[string]string{
		"": "key-empty", "$$x": "key-reserved", "a\xff": "key-not-text", "12345": "key-too-long", "none": "key-missing",
	} {
		_, err := s.Require(key)
		require.Equal(t, code, err.(*Error).Code, "Require(%q)", key)
		_, err = s.Pop(key)
		require.Equal(t, code, err.(*Error).Code, "Pop(%q)", key)
	}
}
