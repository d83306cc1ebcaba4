package browsertest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// listening waits until the program listens on a port of 127.0.0.1, and returns the address. WebKitWebDriver takes port 0 for
// any free one, and does not say which it took.
func listening(program *process) (string, error) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		sockets := map[string]bool{}
		links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", program.command.Process.Pid))
		for _, link := range links {
			if target, err := os.Readlink(link); err == nil && strings.HasPrefix(target, "socket:[") {
				sockets[strings.TrimSuffix(strings.TrimPrefix(target, "socket:["), "]")] = true
			}
		}
		table, err := os.Open("/proc/net/tcp")
		if err != nil {
			return "", err
		}
		for lines := bufio.NewScanner(table); lines.Scan(); {
			// Number, local address, remote one, state (0A: listens), four more, and the socket.
			fields := strings.Fields(lines.Text())
			if len(fields) < 10 || fields[3] != "0A" || !sockets[fields[9]] {
				continue
			}
			address, digits, _ := strings.Cut(fields[1], ":")
			if port, err := strconv.ParseUint(digits, 16, 16); err == nil && address == "0100007F" {
				table.Close()
				return fmt.Sprintf("http://127.0.0.1:%d", port), nil
			}
		}
		table.Close()
		if program.ended() {
			break
		}
	}
	return "", errors.New("the program opened no port; it said: " + program.output())
}
