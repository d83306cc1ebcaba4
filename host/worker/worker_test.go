//go:build !js

// Package main_test runs the host in workerd.
package main_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tabstate/tabstate/host/api/apitest"
	"github.com/tabstate/tabstate/host/headers"
	"github.com/tabstate/tabstate/host/site/sitetest"
	"github.com/tabstate/tabstate/host/worker/pack"
	"github.com/tabstate/tabstate/host/worker/workertest"
)

const root = "../.."

func packed() pack.Options {
	return pack.Options{Pages: sitetest.Pages(), Runtime: sitetest.Runtime(), Headers: headers.Default(), Log: os.Stderr}
}

// TestWorker runs the host in workerd. The tables are those of the native host.
func TestWorker(t *testing.T) {
	address := workertest.Start(t, root, packed())
	t.Run("api", func(t *testing.T) { apitest.Run(t, address, headers.Default()) })
	t.Run("site", func(t *testing.T) {
		sitetest.Run(t, sitetest.Workers, strings.TrimPrefix(address, "http://"), headers.Default())
	})
}

// TestDeploy has wrangler check the configuration and the bundle, without deploying.
func TestDeploy(t *testing.T) {
	wrangler := workertest.Wrangler(t, root)
	dir := workertest.Folder(t, root, packed())
	out, err := workertest.Command(t, dir, wrangler, "deploy", "--dry-run", "--outdir", "out").CombinedOutput()
	require.NoError(t, err, string(out))
	require.NotContains(t, string(out), "WARNING", string(out))
	require.FileExists(t, dir+"/out/entry.js")
}
