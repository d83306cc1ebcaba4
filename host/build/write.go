package build

import (
	"os"
	"path/filepath"
)

// writeFile puts a file in its place at once, so that who reads it meanwhile sees the old or the new one whole.
// A file that has the content already is left alone.
func writeFile(name string, b []byte) error {
	if have, err := os.ReadFile(name); err == nil && string(have) == string(b) {
		return nil
	}
	temp, err := os.CreateTemp(filepath.Dir(name), ".write-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if _, err = temp.Write(b); err == nil {
		err = temp.Chmod(0o644)
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}

// dropOld removes the modules of earlier builds from dir.
func dropOld(dir, keep string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if wasmPattern.MatchString(name) && name != keep && name != keep+".br" && name != keep+".gz" {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}
