package browsertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// remote is the HTTP form of WebDriver: one session at one address.
type remote struct {
	client  *http.Client
	session string // the session's address
}

// newRemote asks the driver program at the address for a session with the capabilities.
func newRemote(address string, capabilities map[string]any) (*remote, error) {
	r := &remote{client: &http.Client{Timeout: 2 * time.Minute}}
	value, err := r.send("POST", address+"/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": capabilities}})
	if err != nil {
		return nil, fmt.Errorf("new session: %w", err)
	}
	var made struct {
		SessionID string `json:"sessionId"`
	}
	if err := json.Unmarshal(value, &made); err != nil {
		return nil, fmt.Errorf("new session: %w", err)
	}
	r.session = address + "/session/" + made.SessionID
	return r, nil
}

func (r *remote) do(c command, parameters any, path ...string) (json.RawMessage, error) {
	address := c.path
	if len(path) > 0 {
		parts := make([]any, len(path))
		for i, part := range path {
			parts[i] = part
		}
		address = fmt.Sprintf(c.path, parts...)
	}
	return r.send(c.method, r.session+address, parameters)
}

// end ends the session; the driver program and the browser stay.
func (r *remote) end() { _, _ = r.send("DELETE", r.session, nil) }

func (r *remote) send(method, address string, parameters any) (json.RawMessage, error) {
	var body io.Reader
	if method == "POST" {
		if parameters == nil {
			parameters = struct{}{}
		}
		text, err := json.Marshal(parameters)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, address, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s: the driver answered %q", response.Status, text)
	}
	if response.StatusCode != http.StatusOK {
		f := new(fault)
		if err := json.Unmarshal(answer.Value, f); err != nil {
			return nil, fmt.Errorf("%s: the driver answered %q", response.Status, text)
		}
		return nil, f
	}
	return answer.Value, nil
}
