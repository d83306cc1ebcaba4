package validate

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
)

const mediaType = "application/json"

// readable tells why a body with these headers is not read, or nil.
func readable(h http.Header) *problem {
	// Some platforms split header values at commas.
	if kind := strings.Join(h.Values("Content-Type"), ","); kind != mediaType {
		got, parameters, err := mime.ParseMediaType(kind)
		if charset := parameters["charset"]; err != nil || got != mediaType || charset != "" && !strings.EqualFold(charset, "utf-8") {
			return &problem{status: http.StatusUnsupportedMediaType, code: "media-type-unsupported", detail: "The body's Content-Type is to be " + mediaType + ", in UTF-8.", headers: [][2]string{{"Accept", mediaType}}}
		}
	}
	for _, value := range h.Values("Content-Encoding") {
		if value = strings.TrimSpace(value); value != "" && !strings.EqualFold(value, "identity") {
			return &problem{status: http.StatusUnsupportedMediaType, code: "encoding-unsupported", detail: "The body is to be sent without a Content-Encoding.", headers: [][2]string{{"Accept-Encoding", "identity"}}}
		}
	}
	return nil
}

// readAll reads at most so many bytes after those of buf. The room grows with what has come, not with what was announced, so that
// who announces much and sends little takes little.
func readAll(r io.Reader, buf []byte, most int64) ([]byte, error) {
	if r == nil {
		return buf, nil
	}
	for int64(len(buf)) < most {
		if len(buf) == cap(buf) {
			larger := make([]byte, len(buf), max(4<<10, 2*cap(buf)))
			copy(larger, buf)
			buf = larger
		}
		n, err := r.Read(buf[len(buf):min(int64(cap(buf)), most)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
	return buf, nil
}

func unreadable(err error) *problem {
	p := &problem{status: http.StatusBadRequest, code: "body-unreadable", detail: "The body ended before its end."}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.status, p.detail = http.StatusRequestTimeout, "The body took too long."
	}
	// Somebody around this handler may read less than we do.
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		*p = problem{status: http.StatusRequestEntityTooLarge, code: "body-too-large", detail: "The body has more bytes than the limit.", limit: tooLarge.Limit}
	}
	return p
}
