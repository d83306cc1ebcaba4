package value

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/tabstate/tabstate/wasm/session"
)

// Decode stores a value of a session where target points to, as json.Unmarshal
// does. It returns an [*session.Error] with code type-mismatch, and leaves the
// target in whatever state, when the value is not of the target's type.
func Decode(v session.Value, target any) *session.Error {
	switch v.Kind() {
	case session.Absent:
		return refuse(session.ErrKey, "key-missing", "there is no such key", "Was it initialised? Set it first, or use Init")
	case session.Reference:
		fault := mismatch("JSON does not represent what is held there", "Read it with app.Ref")
		fault.Type = "reference"
		return fault
	}
	switch t := target.(type) {
	case *float64:
		if v.Kind() == session.Number {
			*t = v.Number()
			return nil
		}
	case *int:
		if n := v.Number(); v.Kind() == session.Number && n == float64(int(n)) && n <= maxSafe && n >= -maxSafe {
			*t = int(n)
			return nil
		}
	case *string:
		if v.Kind() == session.String {
			*t = v.Text()
			return nil
		}
	case *bool:
		if v.Kind() == session.Bool {
			*t = v.Bool()
			return nil
		}
	}
	return DecodeText(v.AppendJSON(nil), target)
}

// DecodeText is [Decode] of a JSON text.
func DecodeText(text []byte, target any) (fault *session.Error) {
	defer func() {
		if p := recover(); p != nil {
			fault = mismatch("a method of the type for JSON panicked", "Look at UnmarshalJSON and UnmarshalText of the type")
		}
	}()
	err := json.Unmarshal(text, target)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return mismatch(err.Error(), "")
	}
	fault = mismatch("there is a "+wrong.Value+", which a "+wrong.Type.String()+" cannot take", "Look for who else writes the key, or change its type in Go")
	fault.Type = wrong.Value
	if wrong.Field != "" {
		fault.Path = "/" + strings.ReplaceAll(wrong.Field, ".", "/")
	}
	return fault
}

func mismatch(reason, hint string) *session.Error {
	return refuse(session.ErrUsage, "type-mismatch", reason, hint)
}
