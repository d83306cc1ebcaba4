//go:build !js

// Package tabstate_test tries the whole: the facade, the module, the host and the demos, in real browsers.
package tabstate_test

import (
	"os"
	"testing"

	"github.com/tabstate/tabstate/host/scenario"
)

func TestMain(m *testing.M) { os.Exit(scenario.Main(m)) }

// TestTypes has TypeScript check the public types. It comes first: it installs what the facade's tests serve.
func TestTypes(t *testing.T) { scenario.Types(t) }

// TestBrowsers runs every scenario in every browser engine.
func TestBrowsers(t *testing.T) { scenario.Browsers(t) }

// TestSoak uses a session at random for a while, in every browser engine at once.
func TestSoak(t *testing.T) { scenario.Soak(t) }
