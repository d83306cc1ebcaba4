package kit

import (
	"github.com/tabstate/tabstate/wasm/app/internal/value"
	"github.com/tabstate/tabstate/wasm/session"
)

// Get gives the value of a key, of a computed one too; absent when it is not there.
func (k *Kit) Get(key string) (v session.Value, err error) {
	if k == nil {
		return v, errEarly
	}
	k.noteRead(key)
	if c := k.computedAt(key); c != nil {
		v, refused := k.valueOf(c)
		return v, orNil(refused)
	}
	err = k.Read(func(s *session.Session) { v, _ = s.Get(key) })
	return v, err
}

// Has tells whether the key is there.
func (k *Kit) Has(key string) (has bool, err error) {
	if k == nil {
		return false, errEarly
	}
	k.noteRead(key)
	if k.computedAt(key) != nil {
		return true, nil
	}
	err = k.Read(func(s *session.Session) { has = s.Has(key) })
	return has, err
}

// Keys gives the keys in insertion order.
func (k *Kit) Keys() (keys []string, err error) {
	if k == nil {
		return nil, errEarly
	}
	k.noteRead("")
	err = k.Read(func(s *session.Session) { keys = s.Keys() })
	return keys, err
}

// Snapshot gives all entries as text, without what is held by reference if omit is set.
func (k *Kit) Snapshot(omit bool) (text []byte, err error) {
	if k == nil {
		return nil, errEarly
	}
	k.noteRead("")
	var refused error
	err = k.Read(func(s *session.Session) { text, refused = s.Snapshot(omit) })
	if err == nil {
		err = refused
	}
	return text, err
}

// Encode gives a value of Go as one of the session, or the error for the key.
func (k *Kit) Encode(key string, v any) (session.Value, *session.Error) {
	if easy, ok := value.Primitive(v); ok {
		return easy, nil
	}
	depth := 0
	if err := k.Read(func(s *session.Session) { depth = s.Limits().Depth }); err != nil {
		return session.Value{}, err.(*session.Error)
	}
	encoded, fault := value.Encode(v, depth)
	if fault != nil {
		fault.Key = key
	}
	return encoded, fault
}

// Set stores a value of Go, only if the key is absent when absent is set.
func (k *Kit) Set(key string, v any, absent bool) error {
	if k == nil {
		return errEarly
	}
	if k.computedAt(key) != nil {
		if absent {
			return nil
		}
		return &session.Error{Class: session.ErrKey.Class, Code: "key-computed", Key: key,
			Reason: "the key is a computed value, which follows from others", Hint: "Write the keys it is computed from"}
	}
	encoded, fault := k.Encode(key, v)
	if fault != nil {
		return fault
	}
	return k.Write(func(s *session.Session) *session.Error {
		if absent && s.Has(key) {
			return nil
		}
		_, err := s.Put([]byte(key), encoded)
		return err
	})
}
