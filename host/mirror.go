package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/tabstate/tabstate/host/validate"
	"github.com/tabstate/tabstate/host/validate/schema"
	"github.com/tabstate/tabstate/wasm/session"
)

// mirror is the check of snapshots that the settings ask for.
func (s settings) mirror() (*validate.Mirror, error) {
	limits, err := readLimits(s.limits)
	if err != nil {
		return nil, err
	}
	o := validate.Options{Limits: limits, MaxBody: s.maxBody}
	if s.schemas != "" {
		root, err := os.OpenRoot(s.schemas)
		if err != nil {
			return nil, err
		}
		defer root.Close() // they are read now
		if o.Rules, err = schema.Load(root.FS()); err != nil {
			return nil, err
		}
	}
	return validate.New(o)
}

// readLimits reads limits as a page writes them.
func readLimits(text string) (l session.Limits, err error) {
	if text == "" {
		return l, nil
	}
	var given struct {
		KeyBytes   int   `json:"keyBytes"`
		Depth      int   `json:"depth"`
		ValueBytes int64 `json:"valueBytes"`
		Entries    int   `json:"entries"`
		TotalBytes int64 `json:"totalBytes"`
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&given); err != nil {
		return l, fmt.Errorf("-limits: %w", err)
	}
	return session.Limits(given), nil
}
