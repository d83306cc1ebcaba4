package app

import (
	"github.com/tabstate/tabstate/wasm/app/internal/kit"
	"github.com/tabstate/tabstate/wasm/app/internal/value"
	"github.com/tabstate/tabstate/wasm/session"
)

// Key names an entry of the session whose values are of type T: any type that
// encoding/json knows. It can be a constant:
//
//	const cart = app.Key[[]Item]("cart")
type Key[T any] string

// Named is a [Key] of any type.
type Named interface {
	// Name returns the key itself.
	Name() string
}

// Name returns the key itself.
func (k Key[T]) Name() string { return string(k) }

// Get returns the value, and whether there is one of type T. [Key.Require] tells why
// there is none.
func (k Key[T]) Get() (T, bool) {
	v, err := k.Require()
	return v, err == nil
}

// Or returns the value, or the given one if there is none of type T.
func (k Key[T]) Or(otherwise T) T {
	if v, err := k.Require(); err == nil {
		return v
	}
	return otherwise
}

// Require returns the value. Returns an error with code key-missing if the key is not
// there, type-mismatch if its value is not of type T, and for a computed value what its
// function failed with.
func (k Key[T]) Require() (v T, err error) {
	held, err := kit.Current.Get(string(k))
	if err != nil {
		return v, err
	}
	var got T
	if fault := value.Decode(held, &got); fault != nil {
		fault.Key = string(k)
		return v, fault
	}
	return got, nil
}

// Has tells whether the key is there, with null too.
func (k Key[T]) Has() bool {
	has, _ := kit.Current.Has(string(k))
	return has
}

// Set stores a copy of the value. Returns an error, and changes nothing, if the session
// refuses the key or the value.
func (k Key[T]) Set(v T) error { return kit.Current.Set(string(k), v, false) }

// Init is Set if the key is not there.
func (k Key[T]) Init(v T) error { return kit.Current.Set(string(k), v, true) }

// Update stores what fn makes of the value; of the zero value if the key is not there.
// Nobody else writes meanwhile, so fn must not wait. Returns the errors of Require and
// Set; then nothing changes.
func (k Key[T]) Update(fn func(T) T) error {
	return kit.Current.Alone(func() error {
		v, err := k.Require()
		if err != nil && !isMissing(err) {
			return err
		}
		return k.Set(fn(v))
	})
}

func isMissing(err error) bool {
	e, ok := err.(*session.Error)
	return ok && e.Code == "key-missing"
}

// Delete removes the key and says whether it was there. The key of a widget goes back
// to the widget's default instead (rule 28).
func (k Key[T]) Delete() (deleted bool, err error) {
	err = kit.Current.Write(func(s *session.Session) *Error {
		var refused error
		if deleted, refused = s.Delete(string(k)); refused != nil {
			return refused.(*Error)
		}
		return nil
	})
	return deleted, err
}

// Subscribe has fn called after each delivery with a change of the key, in one order
// with the listeners in JavaScript. The value is the zero value when the key is gone.
// A value that is not of type T is reported as an error. stop ends it.
func (k Key[T]) Subscribe(fn func(T, Change)) (stop func(), err error) {
	return listen([]string{string(k)}, func(changes []Change) error {
		for _, c := range changes {
			var v T
			if !c.Gone() {
				if err := c.Value(&v); err != nil {
					return err
				}
			}
			fn(v, c)
		}
		return nil
	})
}

// Validate guards the key: what fn returns an error for is refused, whoever writes it,
// JavaScript, a widget, a form, restore and undo alike (rule 20). fn may read the
// session but not change it. Deletions are not asked about, nor are a widget's default
// and the value that is there already. Returns an error if the key has a validator in Go.
// stop ends it.
func (k Key[T]) Validate(fn func(T) error) (stop func(), err error) {
	return kit.Current.Guard(string(k), func(held session.Value) error {
		var v T
		if fault := value.Decode(held, &v); fault != nil {
			return Invalid(fault.Path, fault.Reason)
		}
		return fn(v)
	})
}
