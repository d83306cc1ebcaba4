package site

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"io/fs"
	"net/http"
	"sync"
	"time"
)

// folder is a file system with what is known about its files.
type folder struct {
	fs   fs.FS
	tags sync.Map // name → tagged
}

// file is one regular file or directory of a folder.
type file struct {
	name  string
	isDir bool
	size  int64
	time  time.Time
}

// tagged is an ETag and the file it was made from.
type tagged struct {
	etag string
	size int64
	time time.Time
}

func newFolder(f fs.FS) *folder { return &folder{fs: f} }

// find returns the file of that name. Devices, sockets and the like are not found.
func (d *folder) find(name string) (file, error) {
	info, err := fs.Stat(d.fs, name)
	if err != nil {
		return file{}, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return file{}, fs.ErrNotExist
	}
	return file{name: name, isDir: info.IsDir(), size: info.Size(), time: info.ModTime()}, nil
}

// variant returns the compressed form of f, if there is one that is not older than f: of a file edited since, it
// would be the former content.
func (d *folder) variant(f file, c coding) (file, bool) {
	v, err := d.find(f.name + c.suffix)
	if err != nil || v.isDir || v.time.Before(f.time) {
		return file{}, false
	}
	return v, true
}

// varies says whether there is any compressed form of f.
func (d *folder) varies(f file) bool {
	for _, c := range codings {
		if _, ok := d.variant(f, c); ok {
			return true
		}
	}
	return false
}

// choose returns the form of f that the request is to get, and the name of its coding, "" for f as it is. A request
// for a part of f gets it as it is.
func (d *folder) choose(f file, request http.Header) (file, string) {
	if request.Get("Range") == "" {
		for _, c := range acceptable(request.Values("Accept-Encoding")) {
			if v, ok := d.variant(f, c); ok {
				return v, c.token
			}
		}
	}
	return f, ""
}

// settled is how old a file must be for its time to tell one content from the next: some file systems count in 2 s.
const settled = 3 * time.Second

// etag returns the strong ETag of the content that r reads, which is left at its beginning. A file that has the
// same size and time as when it was last read is not read again.
func (d *folder) etag(f file, r io.ReadSeeker) (string, error) {
	if v, ok := d.tags.Load(f.name); ok {
		if t := v.(tagged); t.size == f.size && t.time.Equal(f.time) {
			return t.etag, nil
		}
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return "", err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	etag := `"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:18]) + `"`
	if time.Since(f.time) > settled {
		d.tags.Store(f.name, tagged{etag, f.size, f.time})
	}
	return etag, nil
}
