package browsertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// marionette is Firefox's own form of WebDriver: numbered JSON messages over one TCP connection, each after its length
// and a colon, see https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html.
type marionette struct {
	connection net.Conn
	reader     *bufio.Reader
	last       int // the number of the last command
}

// patience with one command.
const marionettePatience = 2 * time.Minute

// newMarionette connects to a Firefox and makes a session with the capabilities.
func newMarionette(port string, capabilities map[string]any) (*marionette, error) {
	connection, err := net.DialTimeout("tcp", "127.0.0.1:"+port, 10*time.Second)
	if err != nil {
		return nil, err
	}
	m := &marionette{connection: connection, reader: bufio.NewReader(connection)}
	var hello struct {
		Protocol int `json:"marionetteProtocol"`
	}
	text, err := m.read()
	if err == nil {
		err = json.Unmarshal(text, &hello)
	}
	if err == nil && hello.Protocol != 3 {
		err = fmt.Errorf("Firefox speaks version %d of the protocol, not 3", hello.Protocol)
	}
	if err == nil {
		_, err = m.send("WebDriver:NewSession", map[string]any{"capabilities": map[string]any{"alwaysMatch": capabilities}})
	}
	if err != nil {
		m.end()
		return nil, err
	}
	return m, nil
}

// end closes the connection, and with it the session.
func (m *marionette) end() { _ = m.connection.Close() }

// do runs a WebDriver command by its name. What stands in the path of the HTTP form is a parameter here, always an
// element's id.
func (m *marionette) do(c command, parameters any, path ...string) (json.RawMessage, error) {
	name := strings.ReplaceAll(c.name, " ", "")
	if c == navigateTo {
		name = "Navigate"
	}
	all := map[string]any{}
	if given, ok := parameters.(map[string]any); ok {
		for key, value := range given {
			all[key] = value
		}
	}
	for _, id := range path {
		all["id"] = id
	}
	answer, err := m.send("WebDriver:"+name, all)
	if err != nil {
		return nil, err
	}
	// Some answers stand in a member alone, as in the HTTP form.
	var wrapped map[string]json.RawMessage
	if json.Unmarshal(answer, &wrapped) == nil && len(wrapped) == 1 {
		if value, found := wrapped["value"]; found {
			return value, nil
		}
	}
	return answer, nil
}

// send sends one command and waits for its answer.
func (m *marionette) send(name string, parameters map[string]any) (json.RawMessage, error) {
	m.last++
	text, err := json.Marshal([]any{0, m.last, name, parameters})
	if err != nil {
		return nil, err
	}
	if err := m.connection.SetDeadline(time.Now().Add(marionettePatience)); err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(m.connection, "%d:%s", len(text), text); err != nil {
		return nil, err
	}
	for {
		text, err := m.read()
		if err != nil {
			return nil, err
		}
		var number int
		var failed *fault
		var result json.RawMessage
		var kind int
		if err := json.Unmarshal(text, &[]any{&kind, &number, &failed, &result}); err != nil {
			return nil, fmt.Errorf("Firefox answered %q: %w", text, err)
		}
		switch {
		case number != m.last: // the answer to a command that was given up
		case failed != nil:
			return nil, failed
		default:
			return result, nil
		}
	}
}

// read reads one message.
func (m *marionette) read() ([]byte, error) {
	head, err := m.reader.ReadString(':')
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
	if err != nil {
		return nil, err
	}
	text := make([]byte, length)
	_, err = io.ReadFull(m.reader, text)
	return text, err
}
