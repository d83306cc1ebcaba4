package validate

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/tabstate/tabstate/wasm/session"
)

// Snapshot is a session's entries as a page sent them, all of which were accepted. It is the request's own: it may be kept.
type Snapshot struct {
	keys  []string
	texts map[string]json.RawMessage
}

func (s *Snapshot) add(key, value []byte) {
	name := string(key)
	s.keys = append(s.keys, name)
	s.texts[name] = append([]byte(nil), value...)
}

// Len returns the number of entries.
func (s *Snapshot) Len() int { return len(s.keys) }

// Text returns the canonical JSON text of a key's value, and whether the key is there.
func (s *Snapshot) Text(key string) (json.RawMessage, bool) {
	text, ok := s.texts[key]
	return text, ok
}

// Decode stores the value of a key in what v points to, as [json.Unmarshal] does.
//
// Returns an error that is [session.ErrKey] if the key is not there, and that of [json.Unmarshal] with the key before it.
func (s *Snapshot) Decode(key string, v any) error {
	text, ok := s.texts[key]
	if !ok {
		return &session.Error{Class: session.ErrKey.Class, Code: "key-missing", Key: key, Reason: "there is no such key", Hint: "Did the page send it?"}
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	return nil
}

// All gives the entries, keys with canonical JSON texts, in the order of the session.
func (s *Snapshot) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for _, key := range s.keys {
			if !yield(key, s.texts[key]) {
				return
			}
		}
	}
}

type contextKey struct{}

// FromContext returns the snapshot that [Mirror.Middleware] found in the request of this context, nil when there is none.
func FromContext(ctx context.Context) *Snapshot {
	s, _ := ctx.Value(contextKey{}).(*Snapshot)
	return s
}
