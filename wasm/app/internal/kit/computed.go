package kit

import (
	"slices"
	"strconv"

	"github.com/tabstate/tabstate/wasm/session"
)

// computed is a value that follows from others (rule 24). It is computed when it is
// read and one of them has another version than at the last time.
type computed struct {
	name    string
	keys    []string
	pinned  []session.Slot
	fn      func() (session.Value, *session.Error)
	running []uint64 // the goroutines that compute it
	known   bool
	basis   []uint64 // the versions it was computed from
	value   session.Value
	err     *session.Error
	version uint64 // how often it was computed
}

// Computed defines a value that follows from those of the keys.
func (k *Kit) Computed(name string, keys []string, fn func() (session.Value, *session.Error)) (stop func(), err error) {
	if k == nil {
		return nil, errEarly
	}
	if err := k.checkKeys(append([]string{name}, keys...)); err != nil {
		return nil, err
	}
	c := &computed{name: name, keys: slices.Clone(keys), fn: fn, basis: make([]uint64, len(keys))}
	err = k.Write(func(s *session.Session) *session.Error {
		k.mu.Lock()
		taken := k.computed[name] != nil || s.Has(name)
		if !taken {
			k.computed[name] = c
		}
		k.mu.Unlock()
		if taken {
			return &session.Error{Class: session.ErrKey.Class, Code: "key-taken", Key: name,
				Reason: "the key is there already, so a computed value cannot have it", Hint: "Give the computed value another name"}
		}
		for _, key := range keys {
			slot, _ := s.Pin([]byte(key))
			c.pinned = append(c.pinned, slot)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	id := k.number(c)
	k.mu.Unlock()
	end := k.told(News{Do: "computed", ID: id, Name: name, Keys: c.keys}, func() { delete(k.computed, name) })
	return func() {
		end()
		_ = k.Write(func(s *session.Session) *session.Error {
			for _, slot := range c.pinned {
				s.Unpin(slot)
			}
			c.pinned = nil
			return nil
		})
	}, nil
}

// RunComputed gives a computed value to the page, as JSON text.
func (k *Kit) RunComputed(id uint32) ([]byte, *session.Error) {
	c, ok := function[*computed](k, id)
	if !ok {
		return nil, nil
	}
	var value session.Value
	err := k.run(&frame{what: "the computed value " + strconv.Quote(c.name), fn: func() error {
		var err *session.Error
		value, err = k.valueOf(c)
		return orNil(err)
	}})
	return value.AppendJSON(nil), err
}

func (k *Kit) computedAt(name string) *computed {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.computed[name]
}

// valueOf gives the value, computed anew if it has to be.
func (k *Kit) valueOf(c *computed) (session.Value, *session.Error) {
	id := goroutine()
	if !k.enter(c, id) {
		return session.Value{}, &session.Error{Class: session.ErrUsage.Class, Code: "computed-cycle", Key: c.name,
			Reason: "the computed value depends on itself", Hint: "Take its own key out of what it reads"}
	}
	defer k.leave(c, id)
	basis := make([]uint64, len(c.keys))
	for i, key := range c.keys {
		if other := k.computedAt(key); other != nil {
			_, err := k.valueOf(other) // a cycle of several ends here too
			if err != nil && err.Code == "computed-cycle" {
				return session.Value{}, err
			}
			basis[i] = other.version
		}
	}
	if err := k.Read(func(s *session.Session) {
		for i, slot := range c.pinned {
			if k.computedAt(c.keys[i]) == nil {
				_, basis[i], _, _ = s.Read(slot)
			}
		}
	}); err != nil {
		return session.Value{}, err.(*session.Error)
	}
	if c.known && slices.Equal(basis, c.basis) {
		return c.value, c.err
	}
	var value session.Value
	err := k.protect("the computed value "+strconv.Quote(c.name), func() error {
		var err *session.Error
		value, err = c.fn()
		return orNil(err)
	})
	c.basis, c.known, c.value, c.err = basis, true, value, err
	c.version++
	return value, err
}

// enter notes that the goroutine computes the value; false when it does already.
func (k *Kit) enter(c *computed, id uint64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if slices.Contains(c.running, id) {
		return false
	}
	c.running = append(c.running, id)
	return true
}

func (k *Kit) leave(c *computed, id uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.running = slices.DeleteFunc(c.running, func(other uint64) bool { return other == id })
}
