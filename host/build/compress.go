package build

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"

	"github.com/andybalholm/brotli"
)

// compressed returns the brotli and the gzip form of b. Where the files name.br and name.gz hold them already, they
// are taken from there: brotli's best level takes 6 s for the module.
func compressed(name string, b []byte, quality int) (br, gz []byte, err error) {
	if br = reuse(name+".br", b, func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }); br == nil {
		if br, err = pack(b, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, quality) }); err != nil {
			return nil, nil, err
		}
	}
	if gz = reuse(name+".gz", b, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }); gz == nil {
		gz, err = pack(b, func(w io.Writer) io.WriteCloser {
			z, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // fails only for a level that does not exist
			return z
		})
	}
	return br, gz, err
}

func pack(b []byte, to func(io.Writer) io.WriteCloser) ([]byte, error) {
	var out bytes.Buffer
	w := to(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// reuse returns what the file holds if it unpacks to want, else nil.
func reuse(file string, want []byte, from func(io.Reader) (io.Reader, error)) []byte {
	have, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	r, err := from(bytes.NewReader(have))
	if err != nil {
		return nil
	}
	got, err := io.ReadAll(io.LimitReader(r, int64(len(want))+1))
	if err != nil || !bytes.Equal(got, want) {
		return nil
	}
	return have
}
